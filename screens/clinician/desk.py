"""A task in its holder's hands: the case under their number, the material, the rules, the draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from screens.access import acting_on_task
from screens.forms.labels import texts_of
from screens.forms.places import place_words
from screens.forms.typed import Typed
from tasks.completing import needs_first_look
from tasks.displays import shown, waits_for_commitment
from tasks.drafts import draft_of
from tasks.errors import LeaseLost, TaskFinished
from tasks.models import Draft, Task
from tasks.naming import told_to_holder
from tasks.numbers import with_case_number
from workflow.acting import Acting
from workflow.errors import NotFound
from workflow.images.marked import series_of
from workflow.labels.schema import LabelSchema
from workflow.labels.schema_parts import Kind as FieldKind
from workflow.models import Part, Read
from workflow.permissions import Verb
from workflow.unit import CaseUnit

from .errors import NoLongerNeeded, NotStarted
from .guideline_panel import Panel, panel_of

KINDS = {
    Task.Kind.ANNOTATE: "Read",
    Task.Kind.REVIEW: "Review",
    Task.Kind.RECONCILE: "Second look",
    Task.Kind.ARBITRATE: "Arbitration",
}
MODEL = "model"  # its layer, and the letter under which its marks are taken over
FORM = "form"  # what a draft of this form is kept under


@dataclass
class Desk:
    """A task that its holder works on, and everything that the page may show of it."""

    acting: Acting
    task: Task
    number: str

    @cached_property
    def unit(self) -> CaseUnit:
        """The case, not locked: for looking."""
        return CaseUnit(self.acting, self.task.case)

    @cached_property
    def material(self) -> dict[str, Any]:
        """What is shown for this task and no more; read once."""
        return shown(self.unit, self.task).material

    @property
    def schema(self) -> LabelSchema:
        """The label schema of the case's round, as the answer of this task must fit it."""
        return self.unit.settled_schema if self.mode == "arbitrate" else self.unit.label_schema

    @cached_property
    def first_look(self) -> bool:
        """Whether this arbitration still waits for the arbiter's own labels, with nothing revealed."""
        return self.task.kind == Task.Kind.ARBITRATE and needs_first_look(self.unit, self.task)

    @cached_property
    def committing(self) -> bool:
        """Whether the reader keeps what they say alone before a model's marks are shown."""
        return waits_for_commitment(self.unit, self.task)

    @property
    def offered(self) -> Mapping[str, Any]:
        """The labels that marks may be taken from, by letter: others' reads; a model's after one's own commitment."""
        reads = dict(self.material.get("reads") or {})
        return {**reads, MODEL: self.material["model"]["labels"]} if "committed" in self.material else reads

    @property
    def mode(self) -> str:
        """Which page this is: read, review, second_look or arbitrate. A first look is a read like any other."""
        if self.task.kind == Task.Kind.ANNOTATE or self.first_look:
            return "read"
        return {Task.Kind.REVIEW: "review", Task.Kind.RECONCILE: "second_look"}.get(
            Task.Kind(self.task.kind), "arbitrate"
        )

    @cached_property
    def draft(self) -> Draft | None:
        """What was typed before."""
        return draft_of(self.task, self.acting)

    def outside_draft(self, seen: int) -> int | None:
        """The version of a draft that an outside viewer saved after the one that was `seen`; None if there is none."""
        newer = self.draft is not None and self.draft.version > seen and FORM not in self.draft.data
        return self.draft.version if newer and self.draft else None

    @cached_property
    def own_first_look(self) -> dict[str, Any] | None:
        """The arbiter's own labels, made before the reads were shown."""
        looks = Read.objects.filter(
            case=self.task.case_id, round=self.task.round, slot=0, member=self.acting.person()
        )
        last = looks.select_related("content").order_by("-revision").first()
        return None if last is None else dict(told_to_holder(last.content.data, self.task.case, self.task))

    @property
    def guideline(self) -> Panel:
        """What the reader must know: the guideline of the case's round."""
        return panel_of(self.acting.person(), self.unit.at_work().guideline)

    @cached_property
    def has_images(self) -> bool:
        """Whether the case has images here, so that they are shown beside the form."""
        return series_of(self.task.case).exists()

    @property
    def no_contact(self) -> str:
        """Why the project has no safety contact; empty where it has one."""
        return self.unit.protocol.safety_contact.none_because or ""

    def typed(self) -> Typed:
        """What the form shows at first: the draft, else the labels that this work begins from."""
        labels = self._begin_with()
        try:
            return self._kept() or texts_of(self.schema, labels)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            # A draft that a program saved may hold anything.
            return texts_of(self.schema, labels)

    def _kept(self) -> Typed | None:
        """The draft as a form: one of this page, or labels that a program saved."""
        data = self.draft.data if self.draft else {}
        if FORM in data:
            return Typed.of({name: [str(text) for text in given] for name, given in data[FORM].items()})
        return texts_of(self.schema, data["labels"]) if "labels" in data else None

    def _begin_with(self) -> dict[str, Any]:
        if self.mode == "arbitrate":
            begun = self.own_first_look or {}
            return {**begun, "findings": self.material["undisputed"].get("findings") or []}
        for name in ("earlier", "committed", "read", "own"):
            if name in self.material:
                return dict(self.material[name])
        return dict(self.material["model"]["labels"]) if "model" in self.material else {}


def desk_of(request: HttpRequest, task_id: UUID, verb: Verb = Verb.SEE) -> Desk:
    """The task on this person's desk; NotFound if it isn't theirs, LeaseLost if it was."""
    acting = acting_on_task(request, task_id, verb)
    own = Task.objects.filter(pk=task_id, holder=acting.person())
    task = with_case_number(own).select_related("case__project__log", "holder").first()
    if task is None:
        raise _whose(acting, task_id)
    match task.status:
        case Task.Status.LEASED:
            return Desk(acting, task, str(task.case_number))  # type: ignore[attr-defined]
        case Task.Status.DONE:
            raise TaskFinished()
        case Task.Status.WITHDRAWN:
            raise NoLongerNeeded()
        case _:
            raise NotStarted()


def about_case(shown_of_case: dict[str, Any], first: int = 0) -> list[tuple[str, str]]:
    """What is told of the case beside its question: a marked place in words, and plain texts. Never a UID."""
    rows = []
    for key, value in shown_of_case.items():
        if isinstance(value, dict) and value.get("kind") in list(FieldKind):
            rows.append((_label(key), place_words(value, first)))
        elif key != "question" and isinstance(value, str | int):
            rows.append((_label(key), str(value)))
    return rows


def _label(key: str) -> str:
    return key.replace("_", " ").capitalize()


def _whose(acting: Acting, task_id: UUID) -> Exception:
    # Only of this very part: else two readers who compare addresses would learn that they read the same case.
    task = Task.objects.filter(pk=task_id, case__project=acting.person().project_id).first()
    mine = Part.objects.filter(member=acting.person())
    if (
        task
        and mine.filter(
            case=task.case_id, round=task.round, kind=task.part_kind, slot=task.part_slot
        ).exists()
    ):
        return LeaseLost()
    return NotFound("You have no such task. Press Start next in your queue to get one.")
