"""A plan and a forecast as the API tells them."""

from collections import Counter
from typing import Any, Final

from rest_framework import serializers

from api.fields import Id, Input, Text, Truth, Whole
from tasks.assigning.asking import DAYS, LONGEST_DAYS
from tasks.assigning.naming import MOST as MOST_NAMED
from tasks.assigning.rebalancing import Preview
from tasks.assigning.work import MOST
from tasks.planning.plan import Load
from workflow.queries import name_of

LISTED: Final = 1000  # changes and tasks without a taker that are listed; all are counted


class AssignIn(Input):
    """Which tasks of a project, and who shall have them (a member's id)."""

    project = serializers.SlugField()
    tasks = serializers.ListField(child=Id(), min_length=1, max_length=MOST_NAMED)
    to = Id()


class AssignedRow(serializers.Serializer[Any]):
    """What became of one task: reserved, or left alone with a code and a sentence."""

    task = serializers.UUIDField(source="task_id")
    assigned = serializers.BooleanField()
    code = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)


class AssignedOut(serializers.Serializer[Any]):
    """A row for each task, in the order in which they were named."""

    results = AssignedRow(many=True)


class RebalanceIn(Input):
    """`preview: true` shows a plan, `digest` applies the one that was shown; days: working days that are filled."""

    project = serializers.SlugField()
    days = serializers.FloatField(min_value=0.1, max_value=LONGEST_DAYS, default=DAYS)
    most = Whole(
        min_value=1, max_value=MOST, default=MOST, help_text="Tasks that are planned, best rank first."
    )
    preview = Truth(default=False)
    digest = Text(required=False, max_length=71)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of both."""
        if attrs["preview"] == ("digest" in attrs):
            raise serializers.ValidationError({"digest": ["Send preview: true, or the digest of a preview."]})
        return attrs


class LoadOut(serializers.Serializer[Any]):
    """One person before and after; `filled` is the share of their time in these days (null without any)."""

    member = serializers.UUIDField()
    name = serializers.CharField()
    tasks_before = serializers.IntegerField()
    tasks_after = serializers.IntegerField()
    minutes_before = serializers.FloatField()
    minutes_after = serializers.FloatField()
    filled_before = serializers.FloatField(allow_null=True)
    filled_after = serializers.FloatField(allow_null=True)


class PlannedChangeOut(serializers.Serializer[Any]):
    """A task that is given (`from` null), moved, or anybody's again (`to` null)."""

    task = serializers.UUIDField()
    kind = serializers.CharField()
    to = serializers.UUIDField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python's."""
        return {**super().get_fields(), "from": serializers.UUIDField(allow_null=True)}


class LeftOut(serializers.Serializer[Any]):
    """A task without a taker, and how many people each rule keeps from it."""

    task = serializers.UUIDField()
    kind = serializers.CharField()
    reasons = serializers.DictField(child=serializers.IntegerField())


class PlanOut(serializers.Serializer[Any]):
    """What would be, or was, changed. Of changes and of tasks that are left the first 1,000 are listed."""

    applied = serializers.BooleanField()
    digest = serializers.CharField()
    people = LoadOut(many=True)
    given = serializers.IntegerField()
    moved = serializers.IntegerField()
    taken_back = serializers.IntegerField()
    changes = PlannedChangeOut(many=True)
    left_reasons = serializers.DictField(child=serializers.IntegerField())
    left = LeftOut(many=True)


def plan_out(shown: Preview, *, applied: bool) -> dict[str, Any]:
    """A preview as the API tells it."""
    plan, asked, changes = shown.plan, shown.asked, shown.changes
    kinds = Counter(
        "taken_back" if c.to is None else "moved" if c.work.holder_id else "given" for c in changes
    )
    return {
        "applied": applied,
        "digest": plan.digest,
        "people": [_load(load, name_of(asked.members[load.person])) for load in plan.people],
        **{name: kinds[name] for name in ("given", "moved", "taken_back")},
        "changes": [
            {"task": c.work.id, "kind": c.work.kind, "from": c.work.holder_id, "to": c.to}
            for c in changes[:LISTED]
        ],
        "left_reasons": dict(plan.reasons),
        "left": [
            {"task": one.task, "kind": asked.work[one.task].kind, "reasons": dict(one.reasons)}
            for one in plan.left[:LISTED]
        ],
    }


def _load(load: Load, name: str) -> dict[str, Any]:
    told = {field: getattr(load, field) for field in load.__slots__ if field != "person"}
    return {"member": load.person, "name": name, **told}


class TierOut(serializers.Serializer[Any]):
    """One kind of task: how many are still to come, against the time of those who may do it."""

    kind = serializers.CharField()
    tasks = serializers.FloatField()
    people = serializers.IntegerField()
    hours_needed = serializers.FloatField()
    hours_a_day = serializers.FloatField()
    holds_up = serializers.FloatField(help_text="Its share in when the study ends; all sum to 1.")


class ForecastOut(serializers.Serializer[Any]):
    """When the study ends, in 90 of 100 draws between which moments, and which tier holds it up.

    `never` is a sentence instead, where it does not end. `settled`: cases whose history the averages come from.
    """

    at = serializers.DateTimeField()
    settled = serializers.IntegerField()
    days = serializers.FloatField(allow_null=True)
    ends = serializers.DateTimeField(allow_null=True)
    between = serializers.ListField(child=serializers.DateTimeField(), allow_null=True)
    bottleneck = serializers.CharField(allow_null=True)
    tiers = TierOut(many=True)
    never = serializers.CharField(allow_blank=True)
