"""How much readers leave a model's marks as they are: automation bias as far as reads alone can tell of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Count, QuerySet

from workflow.counted import read_in_turn
from workflow.models import Assistance, Membership, Project, ReaderModel
from workflow.queries import name_of

from .comparing import ADDED, CHANGED, DROPPED, KEPT
from .marks import DISTANCE, IOU


@dataclass(slots=True)
class Measures:
    """What became of the marks in some reads. Medians are over the marks that were moved."""

    reads: int = 0
    kept: int = 0
    changed: int = 0
    dropped: int = 0
    added: int = 0
    shifts: Counter[str] = field(default_factory=Counter)
    moved: dict[str, list[Decimal]] = field(default_factory=lambda: {IOU: [], DISTANCE: []})

    @property
    def marks(self) -> int:
        """The model's findings."""
        return self.kept + self.changed + self.dropped

    @property
    def unchanged_share(self) -> float | None:
        """The share of the model's findings that were left as they were; None without any."""
        return self.kept / self.marks if self.marks else None

    @property
    def median_iou(self) -> float | None:
        """Of what was moved, how much of it lies where it did: 0 to 1."""
        return _median(self.moved[IOU])

    @property
    def median_distance_px(self) -> float | None:
        """Of points and lengths that were moved, how far: in pixels."""
        return _median(self.moved[DISTANCE])

    @property
    def committed(self) -> int:
        """The reads whose readers had committed to an answer before they saw the model's marks."""
        return self.shifts.total()

    @property
    def towards(self) -> int:
        """Of these, those that differ less from the model than the commitment did."""
        return self.shifts[Assistance.Shift.TOWARDS]

    @property
    def away(self) -> int:
        """Of these, those that differ more from the model."""
        return self.shifts[Assistance.Shift.AWAY]

    @property
    def changed_after(self) -> int:
        """Of these, those that were changed at all after the marks were shown."""
        return self.committed - self.shifts[Assistance.Shift.UNCHANGED]

    @property
    def changed_share(self) -> float | None:
        """The share of committed reads that were changed after the marks were shown; None without any."""
        return self.changed_after / self.committed if self.committed else None

    def take(self, counts: dict[str, int], marks: Iterable[dict[str, Any]], shift: str = "") -> None:
        """One more read; `shift`: how it differs from its commitment, if there was one."""
        self.reads += 1
        self.shifts.update([shift] if shift else [])
        self.kept, self.changed = self.kept + counts[KEPT], self.changed + counts[CHANGED]
        self.dropped, self.added = self.dropped + counts[DROPPED], self.added + counts[ADDED]
        for measure, value in _moves(marks):
            self.moved[measure].append(value)


@dataclass(frozen=True, slots=True)
class OfReader:
    """One reader's measures."""

    member: Membership
    measures: Measures

    @property
    def name(self) -> str:
        """What people call them."""
        return name_of(self.member)


@dataclass(frozen=True, slots=True)
class OfModel:
    """A model's measures, in all and reader by reader."""

    model: ReaderModel
    measures: Measures
    readers: list[OfReader]


def models_of(project: Project) -> QuerySet[Any]:
    """The models of a project, those in use first, each with how many `said` there are."""
    found = ReaderModel.objects.filter(project=project).annotate(said=Count("predictions"))
    return found.order_by("retired_event", "name", "created_at", "pk")


def assistances_of(project: Project) -> QuerySet[Assistance]:
    """Reads that were made with a model's marks, of cases that are read in turn: a showing of a case is none."""
    return Assistance.objects.filter(read_in_turn("read__case__"), read__case__project=project)


def measured(model: ReaderModel) -> OfModel:
    """What readers made of a model's marks. One query, whose rows are read one by one."""
    found = assistances_of(model.project).filter(prediction__model=model)
    rows = found.select_related("content", "read__member__user").defer("content__body")
    whole, people = Measures(), dict[Any, Membership]()
    own: defaultdict[Any, Measures] = defaultdict(Measures)
    for row in rows.order_by("pk").iterator(chunk_size=1000):
        people[row.read.member_id] = row.read.member
        for measures in (whole, own[row.read.member_id]):
            measures.take(row.content.data["counts"], row.content.data["marks"], row.shift)
    readers = [OfReader(people[key], measures) for key, measures in own.items()]
    return OfModel(model, whole, sorted(readers, key=lambda reader: (reader.name, str(reader.member.pk))))


def _moves(marks: Iterable[dict[str, Any]]) -> Iterator[tuple[str, Decimal]]:
    """The edit distances of marks that lie elsewhere than the model put them, where they have one."""
    for mark in marks:
        edit = mark.get("edit", {})
        if "value" in edit and Decimal(edit["value"]) != (1 if edit["measure"] == IOU else 0):
            yield edit["measure"], Decimal(edit["value"])


def _median(values: list[Decimal]) -> float | None:
    return float(median(values)) if values else None
