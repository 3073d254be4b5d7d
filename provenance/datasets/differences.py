"""How one version of a dataset differs from the one that it supersedes, case by case."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from provenance.models import Dataset, DatasetCase
from workflow.models import Case, ReferenceLabel


@dataclass(frozen=True, slots=True)
class Differences:
    """How many cases are only in the later one, only in the earlier one, or have another label in each."""

    added: int
    removed: int
    changed: int
    same: int

    def document(self) -> dict[str, int]:
        """As the manifest has it."""
        return {"added": self.added, "removed": self.removed, "changed": self.changed, "same": self.same}


@dataclass(frozen=True, slots=True)
class Line:
    """One case that differs: how, and the version of its label in each."""

    case: Case
    how: str  # added | removed | changed
    before: ReferenceLabel | None
    after: ReferenceLabel | None


def counted_against(earlier: Dataset, later: QuerySet[ReferenceLabel]) -> Differences:
    """How many labels of `later` differ from those of a locked dataset. Three queries."""
    held = DatasetCase.objects.filter(dataset=earlier)
    of_case = held.filter(case=OuterRef("case"))
    known = later.filter(Exists(of_case))
    same = later.filter(Exists(of_case.filter(label=OuterRef("pk")))).count()
    in_both = known.count()
    return Differences(
        added=later.count() - in_both, removed=held.count() - in_both, changed=in_both - same, same=same
    )


def lines_between(earlier: Dataset, later: QuerySet[ReferenceLabel]) -> Iterator[Line]:
    """Each case that differs from a locked dataset: changed, added, then removed, by reference within each."""
    held = DatasetCase.objects.filter(dataset=earlier).select_related("case", "label")
    in_later = later.filter(case=OuterRef("case"))
    moved = held.filter(Exists(in_later)).exclude(Exists(in_later.filter(pk=OuterRef("label"))))
    rows = list(moved.order_by("case__external_ref"))
    after = {label.case_id: label for label in later.filter(case__in=[row.case_id for row in rows])}
    for row in rows:
        yield Line(row.case, "changed", row.label, after[row.case_id])
    new = later.exclude(Exists(held.filter(case=OuterRef("case")))).select_related("case")
    for label in new.order_by("case__external_ref"):
        yield Line(label.case, "added", None, label)
    for row in held.exclude(Exists(in_later)).order_by("case__external_ref"):
        yield Line(row.case, "removed", row.label, None)
