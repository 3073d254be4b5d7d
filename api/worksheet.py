"""What is shown of a task: to its holder the case under a number of their own, never who else reads it or what."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from tasks.completing import is_first_look
from tasks.displays import shown, waits_for_commitment
from tasks.drafts import draft_of
from tasks.due import due_shown
from tasks.models import Task
from workflow.documents import guideline_of
from workflow.models import CaseRound, GuidelineVersion
from workflow.unit import CaseUnit

from .fields import AnyObject


class TaskOut(serializers.Serializer[Any]):
    """A task of one's own. Slot, round and age stay hidden: they would tell what became of the other reads."""

    id = serializers.UUIDField()
    project = serializers.CharField(source="case.project.slug")
    kind = serializers.ChoiceField(Task.Kind.choices)
    status = serializers.ChoiceField(Task.Status.choices)
    case_number = serializers.CharField(help_text="The case's name for you alone.")
    returned = serializers.BooleanField(help_text="Your own read came back to you.")
    started_at = serializers.DateTimeField(allow_null=True)
    lease_until = serializers.DateTimeField(allow_null=True)
    due_at = serializers.SerializerMethodField(
        help_text="Your own tasks: the end of a day, counted from when they came to you. Others': exact."
    )

    def get_due_at(self, task: Task) -> datetime | None:
        """When it is due, as its holder may know."""
        return due_shown(task)


class WorklistOut(TaskOut):
    """A task in a list; `case_id`, `slot` and `holder` are there for managers and auditors only."""

    case_number = serializers.CharField(required=False, help_text="The case's name for you alone.")
    case_id = serializers.UUIDField(required=False)
    slot = serializers.IntegerField(required=False)
    holder = serializers.CharField(required=False, allow_null=True, source="holder.actor_id", default=None)

    def get_due_at(self, task: Task) -> datetime | None:
        """When it is due: exactly for those who run the project, as its holder may know for them."""
        return due_shown(task) if task.holder_id in self.context["members"] else task.due_at

    def to_representation(self, instance: Task) -> dict[str, Any]:
        """A person's own task without its case, another's without their name for it."""
        row = dict(super().to_representation(instance))
        mine = instance.holder_id in self.context["members"]
        for hidden in ("case_id", "slot", "holder") if mine else ("case_number",):
            row.pop(hidden, None)
        return row


class GuidelineForTaskOut(serializers.Serializer[Any]):
    """What the reader must know."""

    number = serializers.IntegerField()
    digest = serializers.CharField()
    title = serializers.CharField()
    instructions = serializers.CharField()
    examples = serializers.JSONField()


class DraftOut(serializers.Serializer[Any]):
    """What was typed so far; send its version with the next save."""

    version = serializers.IntegerField()
    saved_at = serializers.DateTimeField()
    data = AnyObject()  # type: ignore[assignment]


class TaskDetailOut(TaskOut):
    """A task with all that its holder needs. While it is not leased to them there is no token and no material."""

    token = serializers.UUIDField(allow_null=True, help_text="The lease's token; send it with every act.")
    step = serializers.ChoiceField(
        ["first_look", "commitment", "result"],
        help_text="first_look: your own labels first; then you see the reads and decide. commitment: commit to your "
        "own labels first; then you see a model's marks, may change yours, and submit.",
    )
    guideline = GuidelineForTaskOut()
    label_schema = AnyObject()
    material = AnyObject(allow_null=True)
    draft = DraftOut(allow_null=True)


def task_detail(unit: CaseUnit, task: Task, *, new_to_it: bool = False) -> dict[str, Any]:
    """A task in its holder's hands. Nothing of the material is told unless the lease is theirs."""
    held = task.status == Task.Status.LEASED
    draft = draft_of(task, unit.acting) if held and getattr(task, "has_draft", True) else None
    return {
        **TaskOut(task).data,
        **_rules(unit, task),
        "token": str(task.token) if held else None,
        "step": _step(unit, task) if held else "result",
        "material": shown(unit, task, new_to_it=new_to_it).material if held else None,
        "draft": DraftOut(draft).data if draft else None,
    }


def _step(unit: CaseUnit, task: Task) -> str:
    if is_first_look(unit, task):
        return "first_look"
    return "commitment" if waits_for_commitment(unit, task) else "result"


def _rules(unit: CaseUnit, task: Task) -> dict[str, Any]:
    """What the task is done under: the guideline of its own round."""
    guideline = (
        unit.at_work().guideline
        if unit.case.round == task.round
        else GuidelineVersion.objects.get(
            pk__in=CaseRound.objects.filter(case=task.case_id, number=task.round).values("guideline")
        )
    )
    document = guideline_of(str(guideline.content_id))
    about = {key: document.get(key) for key in ("title", "instructions", "examples")}
    return {
        "guideline": {"number": guideline.number, "digest": guideline.content_id, **about},
        "label_schema": document["label_schema"],
    }
