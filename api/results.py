"""The form of what people send to finish a task. What the values must be, the workflow says."""

from typing import Any

from rest_framework import serializers

from tasks.models import Task
from workflow.models import Arbitration, Review

from .fields import AnyObject, Id, Input, Text, Truth, Whole, reason_code


class TokenIn(Input):
    """The lease's token."""

    token = Id()


class SkipIn(TokenIn):
    """Why the case is passed on."""

    reason_code = reason_code()
    note = Text(max_length=4000, required=False, allow_blank=True, default="")


class DraftIn(TokenIn):
    """What was typed so far, over which version; `explicit` when the person pressed Save."""

    data = AnyObject()  # type: ignore[assignment]
    version = Whole(min_value=0, required=False, default=0)
    explicit = Truth(required=False, default=False)


class ReadIn(Input):
    """Labels that fit the task's label schema: a read, a second look, or an arbiter's first look."""

    labels = AnyObject()


class CommitIn(TokenIn):
    """The lease's token, and the reader's own labels, whole, before a model's marks are shown."""

    labels = AnyObject()


class CommentIn(Input):
    """A remark on one place of a read, for its author; `mark`: a box on the image where something was missed."""

    path = Text(max_length=200, required=False, allow_blank=True)
    text = Text(max_length=4000)
    mark = AnyObject(required=False)


class VerdictIn(Input):
    """A review: correct, return and escalate need a reason; correct carries the whole corrected read."""

    verdict = serializers.ChoiceField([v for v in Review.Verdict.values if v != Review.Verdict.WAIVED])
    reason_code = reason_code(required=False)
    note = Text(max_length=4000, required=False, allow_blank=True)
    comments = serializers.ListField(child=CommentIn(), required=False, max_length=100)
    correction = AnyObject(required=False)


class DecisionIn(Input):
    """An arbitration: picks per field by letter, or labels of one's own; or reads to rework; always with a reason."""

    outcome = serializers.ChoiceField(Arbitration.Outcome.choices)
    reason_code = reason_code()
    rationale = Text(max_length=8000)
    picks = serializers.DictField(child=Text(max_length=1), required=False)
    labels = AnyObject(required=False)
    rework = serializers.ListField(child=Text(max_length=1), required=False)
    another_read = Truth(required=False)


class SubmitIn(TokenIn):
    """The lease's token, and the result: labels, a verdict or a decision, by the task's kind."""

    result = AnyObject()


def form_of(kind: str, *, first_look: bool) -> type[Input]:
    """The form of a task's result."""
    if kind == Task.Kind.REVIEW:
        return VerdictIn
    return DecisionIn if kind == Task.Kind.ARBITRATE and not first_look else ReadIn


def checked(form: type[Input], result: dict[str, Any]) -> dict[str, Any]:
    """The result as its form understands it; ValidationError with places below `/result` otherwise."""
    filled = form(data=result)
    if not filled.is_valid():
        raise serializers.ValidationError({"result": filled.errors})
    return dict(plain(filled.validated_data))


def plain(value: Any) -> Any:
    """Validated data as plain dicts and lists, as the workflow takes them."""
    if isinstance(value, dict):
        return {key: plain(below) for key, below in value.items()}
    return [plain(below) for below in value] if isinstance(value, list) else value
