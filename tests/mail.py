"""A mail server that refuses one recipient."""

import smtplib
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class RefusesAnna(BaseEmailBackend):
    """Takes mail for everybody but anna@example.org."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """The number of messages; SMTPRecipientsRefused for Anna's."""
        for message in email_messages:
            if "anna@example.org" in message.to:
                raise smtplib.SMTPRecipientsRefused({"anna@example.org": (550, b"no such mailbox")})
        return len(email_messages)
