"""The daily list of work that nobody can take, with what is missing; managers are told when it grows."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from workflow.models import Case, Project
from workflow.notices import tell

from .limits import today_of
from .models import Shortage
from .stuck import Stuck, stuck_work
from .telling import managers_and_cases


def list_shortages() -> int:
    """Make today's list of every project that has none yet, as days go in its time zone; how many were made."""
    return sum(_listed(project) for project in Project.objects.order_by("created_at", "pk"))


def shortages_of(project: Project, visible: QuerySet[Case], most: int = 14) -> list[Shortage]:
    """The last daily lists, newest first, each with `stuck`: what of it is about visible cases."""
    rows = list(Shortage.objects.filter(project=project).order_by("-day")[:most])
    wanted = {found["case"] for row in rows for found in row.found}
    seen = {str(pk): ref for pk, ref in visible.filter(pk__in=wanted).values_list("pk", "external_ref")}
    for row in rows:
        row.stuck = [
            Stuck(UUID(f["case"]), seen[f["case"]], f["kind"], f["why"])
            for f in row.found
            if f["case"] in seen
        ]
    return rows


def _listed(project: Project) -> bool:
    today = today_of(project)
    if Shortage.objects.filter(project=project, day=today).exists():
        return False
    found = [{"case": str(s.case_id), "kind": s.kind, "why": s.why} for s in stuck_work(project)]
    with transaction.atomic():
        # Whoever comes second finds the day's row there, and tells nobody.
        _, first = Shortage.objects.get_or_create(project=project, day=today, defaults={"found": found})
        if first:
            _tell(project, today, found)
    return first


def _tell(project: Project, today: date, found: Sequence[dict[str, str]]) -> None:
    before = Shortage.objects.filter(project=project, day__lt=today).order_by("-day").first()
    now, known = _counted(found), _counted(before.found if before else [])
    for manager, seen in managers_and_cases(project, {case for case, _ in now}) if now - known else ():
        count, more = (sum(n for (case, _), n in some.items() if case in seen) for some in (now, now - known))
        if more:
            said = "Nobody can take 1 task" if count == 1 else f"Nobody can take {count} tasks"
            text = f"{said}; {more} more than the list of the day before had."
            tell([manager], kind="shortage", text=text, link=f"/projects/{project.slug}/staffing/")


def _counted(found: Sequence[dict[str, str]]) -> Counter[tuple[UUID, str]]:
    return Counter((UUID(one["case"]), one["kind"]) for one in found)
