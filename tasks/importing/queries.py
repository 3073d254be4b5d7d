"""What is asked of imports: which wait, how far each is, what came of its files and rows."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from workflow.models import Case, GateFinding, ImportBatch, ImportFile, ImportRow, Project


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: files by state, bytes received of those announced, cases by what became of them."""

    files: dict[str, int]
    rows: dict[str, int]
    received: int
    announced: int
    at_gate: int

    @property
    def total(self) -> int:
        """How many files there are, members of archives among them."""
        return sum(self.files.values())

    @property
    def done(self) -> int:
        """How many of them are taken in, or refused."""
        waiting = (ImportFile.State.RECEIVING, ImportFile.State.RECEIVED)
        return sum(n for state, n in self.files.items() if state not in waiting)


def waiting_imports() -> list[UUID]:
    """The imports that the machine has to take in, the oldest first."""
    waiting = ImportBatch.objects.filter(state=ImportBatch.State.WAITING)
    return list(waiting.order_by("created_at").values_list("pk", flat=True))


def imports_of(project: Project) -> QuerySet[ImportBatch]:
    """A project's imports, with who asked for them."""
    return ImportBatch.objects.filter(project=project).select_related("requested_by__user", "project")


def progress_of(batch: ImportBatch) -> Progress:
    """How far an import is. Four queries."""
    files = dict(batch.files.values_list("state").annotate(n=Count("pk")).order_by())
    rows = dict(batch.rows.values_list("result").annotate(n=Count("pk")).order_by())
    sums = batch.files.filter(member=0).aggregate(received=Sum("received"), announced=Sum("size"))
    waiting = GateFinding.objects.filter(batch=batch, decided_event=None, case__state="intake")
    at_gate = waiting.values("case").distinct().count()
    return Progress(files, rows, sums["received"] or 0, sums["announced"] or 0, at_gate)


def files_of(batch: ImportBatch) -> QuerySet[ImportFile]:
    """Every file and what became of it, by number."""
    return batch.files.order_by("number", "member")


def rows_of(batch: ImportBatch) -> QuerySet[ImportRow]:
    """Every case that was wanted, and what became of it."""
    return batch.rows.select_related("case").order_by("number")


def cases_at_gate(project: Project) -> QuerySet[Case]:
    """The cases that wait in intake for their manager, the oldest first."""
    open_findings = GateFinding.objects.filter(case__project=project, decided_event=None)
    waiting = Case.objects.filter(pk__in=open_findings.values("case"), state="intake")
    return waiting.prefetch_related("gate_findings", "images__series__study").order_by("created_at", "pk")
