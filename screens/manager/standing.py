"""The figures of a project's overview, each with the address of the list that it counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from tasks.figures.document import AT_WORK
from tasks.importing.queries import cases_at_gate
from tasks.queries import Workload, workload
from workflow.counted import counted
from workflow.drafting import protocol_to_check
from workflow.errors import DomainError
from workflow.models import Case, Exclusion, GuidelineVersion, Membership, Project, ProtocolVersion, Role
from workflow.queries import settled_how, skipped_twice
from workflow.staffing import staffing_of
from workflow.states import State

from .figure import Figure, kept_cards, percent


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a project stands."""

    cards: list[Figure]
    states: list[Figure]
    cases: int
    work: list[Workload]
    settled: list[Figure]
    people: list[Figure]
    guideline: GuidelineVersion | None
    protocol: ProtocolVersion | None
    shortages: list[str]
    at_gate: int


def standing_of(project: Project, visible: QuerySet[Case], figures: Mapping[str, Any] | None) -> Standing:
    """All figures, of the cases that the manager may see. A fixed number of queries.

    A pilot's cases are work, and are counted as nothing else. `figures`: those that are kept, of all cases; None where
    they aren't for this manager, or aren't counted yet.
    """
    work, visible = workload(visible), visible.filter(counted())
    counts = {state: (n, held) for state, n, held in _by_state(visible)}
    return Standing(
        cards=_cards(project, visible, counts, work, figures),
        states=[_state(project, state, counts.get(state, (0, 0))[0]) for state in State],
        cases=sum(n for n, _ in counts.values()),
        work=work,
        settled=_settled(project, visible),
        people=_people(project),
        guideline=_in_force(GuidelineVersion, project),
        protocol=_in_force(ProtocolVersion, project),
        shortages=_shortages(project),
        at_gate=cases_at_gate(project).filter(pk__in=visible.values("pk")).count(),
    )


def _by_state(visible: QuerySet[Case]) -> QuerySet[Case, tuple[str, int, int]]:
    counted = visible.values_list("state").annotate(n=Count("pk"), held=Count("pk", filter=Q(held=True)))
    return counted.order_by()


def _cards(
    project: Project,
    visible: QuerySet[Case],
    counts: dict[str, tuple[int, int]],
    work: list[Workload],
    figures: Mapping[str, Any] | None,
) -> list[Figure]:
    cases, tasks = _url("project_cases", project), _url("project_work", project)
    done = counts.get(State.FINAL, (0, 0))[0]
    remaining = sum(counts.get(state, (0, 0))[0] for state in AT_WORK)
    share = percent(done, done + remaining) if done + remaining else ""
    late = sum(w.overdue for w in work)
    return [
        Figure("Done", done, f"{cases}?state=final", note=share),
        Figure("Remaining", remaining, f"{cases}?{'&'.join(f'state={s}' for s in AT_WORK)}"),
        *(kept_cards(cases, figures) if figures else ()),
        Figure("Overdue tasks", late, f"{tasks}?matter=overdue", alarm=late > 0),
        Figure("Open tasks", sum(w.all for w in work), f"{tasks}?view=all"),
        Figure("Returned reads", sum(w.returned for w in work), f"{tasks}?matter=returned"),
        *_odd(visible, counts, cases),
    ]


def _odd(visible: QuerySet[Case], counts: dict[str, tuple[int, int]], cases: str) -> list[Figure]:
    held = sum(n for _, n in counts.values())
    waiting = Exclusion.objects.filter(approved_by=None, case__in=visible).count()
    skipped = skipped_twice(visible).count()
    return [
        Figure("On hold", held, f"{cases}?held=yes"),
        Figure("Skipped twice", skipped, f"{cases}?skipped=twice", alarm=skipped > 0),
        Figure("Exclusions asked", waiting, f"{cases}?exclusion=waiting", alarm=waiting > 0),
    ]


def _state(project: Project, state: State, count: int) -> Figure:
    return Figure(state.replace("_", " "), count, f"{_url('project_cases', project)}?state={state}")


def _settled(project: Project, visible: QuerySet[Case]) -> list[Figure]:
    cases = _url("project_cases", project)
    return [
        Figure(label, settled_how(visible, how).count(), f"{cases}?settled={how}")
        for label, how in (("Agreed by the readers", "consensus"), ("Decided by an arbiter", "arbitration"))
    ]


def _people(project: Project) -> list[Figure]:
    active = Q(status=Membership.Status.ACTIVE)
    counted = Membership.objects.filter(project=project).aggregate(
        **{role: Count("pk", filter=active & Q(roles__contains=[role])) for role in Role.values},
        paused=Count("pk", filter=Q(status=Membership.Status.PAUSED)),
    )
    people = _url("project_people", project)
    by_role = [
        Figure(f"{role.replace('_', ' ')}s active", counted[role], f"{people}?role={role}&status=active")
        for role in Role.values
    ]
    return [*by_role, Figure("paused", counted["paused"], f"{people}?status=paused")]


def _in_force(kind: Any, project: Project) -> Any:
    return kind.objects.filter(project=project, status="published").first()


def _shortages(project: Project) -> list[str]:
    try:
        found = staffing_of(project, protocol_to_check(project, None)[1])
    except DomainError:
        return []  # nothing is published yet, which the page says by itself
    return [sentence for site in found.sites for sentence in site.shortages]


def _url(name: str, project: Project) -> str:
    return reverse(name, args=[project.slug])
