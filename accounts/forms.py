"""allauth's forms for second factors: a code works once, failures are logged, passkeys stand alone."""

import hashlib
import logging
from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.core.cache import cache

from accounts.adapters import WRONG_CODE
from accounts.models import User

logger = logging.getLogger(__name__)

CODE_LIVES = 120  # seconds, more than a code of an app is good for


class _OnceOnly:
    """A code counts once; failures are logged by the person's key."""

    user: User

    def clean_code(self) -> str:
        """The code; ValidationError if it is wrong or was used."""
        try:
            code = str(super().clean_code())  # type: ignore[misc]
            self._use(code)
        except forms.ValidationError:
            logger.warning("Second factor failed.", extra={"actor": str(self.user.pk)})
            raise
        return code

    def _use(self, code: str) -> None:
        bare = "".join(filter(str.isalnum, code)).upper()  # 123 456 is 123456
        digest = hashlib.sha256(f"{self.user.pk} {bare}".encode()).hexdigest()
        if not cache.add(f"second-factor:{digest}", True, CODE_LIVES):
            raise forms.ValidationError(WRONG_CODE)


class SecondFactorForm(_OnceOnly, AuthenticateForm):  # type: ignore[misc]
    """The code after the password."""


class SecondFactorAgainForm(_OnceOnly, ReauthenticateForm):  # type: ignore[misc]
    """The code before a change to one's own account."""


class NewPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey; unless its owner says otherwise, it signs in without the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("passwordless", True)
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = "So that you can tell your keys apart."
        self.fields["passwordless"].label = "Sign in with this key alone, without username and password"
        self.fields["passwordless"].help_text = (
            "The key then asks for your fingerprint, face or PIN. "
            "Without this it is a second step after the password."
        )
