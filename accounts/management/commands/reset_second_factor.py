"""`manage.py reset_second_factor NAME`: for somebody who lost the phone, the key and the codes."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User
from accounts.sessions import end_sessions


class Command(BaseCommand):
    help = "Remove a person's passkeys, authenticator app and recovery codes, and end their sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    @transaction.atomic
    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username__iexact=username).first()
        if user is None:
            raise CommandError(f"Nobody here has the username {username!r}.")
        removed, _ = Authenticator.objects.filter(user=user).delete()
        ended = end_sessions(user=user)
        self.stdout.write(
            f"{user.username}: {removed} passkeys, apps and sets of codes removed, {ended} sessions ended. "
            "The password alone now signs in: see that a new second factor is added."
        )
