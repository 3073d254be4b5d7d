"""What a member was trained in, and what they are told."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from audit.models import Content, Event

from .projects import Membership


class Training(models.Model):
    """A member completed training material, with a score; written once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Membership, models.PROTECT, related_name="training")
    material = models.ForeignKey(Content, models.PROTECT, related_name="+")
    completed_at = models.DateTimeField()
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    passed = models.BooleanField()
    event = models.OneToOneField(Event, models.PROTECT, to_field="event_id", related_name="+")


class Notice(models.Model):
    """A sentence for one person, shown until they have read it; never tells what blinding hides."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Membership, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=300)
    link = models.CharField(max_length=200, blank=True)
    urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["member"], condition=models.Q(read_at=None), name="notice_unread"),
            models.Index(fields=["created_at"], condition=models.Q(mailed_at=None), name="notice_unmailed"),
        ]
