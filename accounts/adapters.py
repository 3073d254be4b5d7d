"""How we differ from django-allauth's defaults: nobody signs up, people of the house are linked, secrets are kept."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import redirect, resolve_url

from accounts import secrets
from accounts.models import User
from accounts.one_time import end_one_time_password

logger = logging.getLogger(__name__)

WRONG_CODE = (
    "This code is not right, or it was used already. Wait until your app shows the next one and enter that."
)
TOO_MANY = "Too many attempts. Wait five minutes, then try again."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Passwords: no sign-up, sentences that say what to do, failures in the log without names."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": (
            "This username and password don't belong together. Check both and try again. "
            "After five failures this username has to wait for five minutes."
        ),
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
        "incorrect_code": WRONG_CODE,
        "incorrect_password": "This is not your password. Try again.",
        "enter_current_password": "This is not your present password. Try again.",
        "invalid_password_reset": "This link was used already or is too old. Ask for a new one.",
    }

    def get_reauthentication_methods(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """allauth's ways, in our words."""
        words = {
            "reauthenticate": "Use your password",
            "mfa_reauthenticate": "Use a code",
            "mfa_reauthenticate:webauthn": "Use a passkey",
        }
        return [way | {"description": words[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people are added by those who run the projects."""
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Log whose sign-in failed, by key; an unknown name is not written down, it may be a password."""
        user = User.objects.filter(username__iexact=credentials.get("username", "")).first()
        logger.warning("Sign-in failed.", extra={"actor": str(user.pk) if user else None})

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        """A new password is strong enough, and not the one-time password again."""
        if isinstance(user, User) and user.password_is_one_time and user.check_password(password):
            raise ValidationError("Somebody else knows this password. Choose another.")
        return str(super().clean_password(password, user))

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Their own password from now on."""
        if isinstance(user, User):
            user.password_is_one_time = False
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to one's own account."""
        return own_account()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send it; a mail server that is away is logged, and the page says the same as always."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            logger.exception("A mail could not be sent.")


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The house's identity provider: it signs in people we know, and makes no new ones."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> AbstractBaseUser:
        """Keep nothing of what the provider says about the person: we only need to know them again."""
        user: AbstractBaseUser = super().populate_user(request, sociallogin, data)
        sociallogin.account.extra_data = {}
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Link a person at their first sign-in through the provider."""
        if sociallogin.state.get("process") == "connect":
            raise ImmediateHttpResponse(redirect(own_account()))
        if not sociallogin.is_existing and (person := _person_with(sociallogin.email_addresses)):
            sociallogin.connect(request, person)
        if isinstance(person := sociallogin.user, User):
            end_one_time_password(person)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **details: Any) -> None:
        """Log why; the person reads a page that says what to do."""
        logger.warning("Sign-in through the provider failed.", exc_info=details.get("exception"))


def _person_with(addresses: list[Any]) -> User | None:
    """The one person with an address that the provider verified.

    Addresses are entered by the house, never by their owners, so that nobody can claim another's.
    """
    verified = [address.email for address in addresses if address.verified is True]
    found = [user for email in verified for user in _active_with(email)]
    return found[0] if len(found) == 1 else None


def _active_with(email: str) -> list[User]:
    return list(User.objects.filter(email__iexact=email, is_active=True))


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: encrypted at rest, named for people."""

    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WRONG_CODE}

    def encrypt(self, text: str) -> str:
        """As it is kept."""
        return secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """As it is used."""
        return secrets.decrypt(encrypted_text)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:
        """A name for a new passkey, which its owner may change."""
        count = user.authenticator_set.filter(type=type).count()  # type: ignore[attr-defined]
        return f"Passkey {count + 1}" if count else "Passkey"

    def _get_site_name(self) -> str:
        return "Consilium"


def own_account() -> str:
    """Where people manage their own account."""
    return resolve_url("account_home")
