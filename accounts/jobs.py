"""What the machine tidies up about people: sessions that are over."""

from django.contrib.sessions.models import Session
from django.utils import timezone

from audit.background import job


@job
def forget_sessions() -> int:
    """Delete the sessions that ended; returns how many."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
