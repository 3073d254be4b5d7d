"""How far each wave is, stratum by stratum."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from workflow.models import Case, Project, Wave
from workflow.states import State

from .strata import Stratum, stored

Row = tuple[Mapping[str, Any], str, int]  # strata, state, how many cases


@dataclass(frozen=True, slots=True)
class Reached:
    """What became of a stratum's cases: excluded ones count nowhere but in `excluded`."""

    stratum: Stratum
    registered: int = 0
    waiting: int = 0
    at_work: int = 0
    final: int = 0
    excluded: int = 0

    @property
    def short_by(self) -> int:
        """How many final cases the target still lacks."""
        return max(0, self.stratum.target - self.final)

    @property
    def lacks_cases(self) -> int:
        """How many more must be registered before the target can be reached at all."""
        return max(0, self.stratum.target - self.registered)

    @property
    def full(self) -> bool:
        """Whether no further case may begin."""
        quota = self.stratum.quota
        return quota is not None and self.at_work + self.final >= quota


@dataclass(frozen=True, slots=True)
class Progress:
    """A wave with what was reached of each stratum, and of its cases that belong to none."""

    wave: Wave
    strata: tuple[Reached, ...]
    others: Reached
    began: bool  # a case of it did, so that it is fixed


def waves_of(project: Project, visible: QuerySet[Case]) -> list[Progress]:
    """Every wave of a project with its progress over the cases that may be seen, oldest first. Two queries."""
    return _of(Wave.objects.filter(project=project), visible)


def progress_of(wave: Wave, visible: QuerySet[Case]) -> Progress:
    """One wave with its progress over the cases that may be seen. Two queries."""
    return _of(Wave.objects.filter(pk=wave.pk), visible)[0]


def _of(found: QuerySet[Wave], visible: QuerySet[Case]) -> list[Progress]:
    begun = Exists(Case.objects.filter(wave=OuterRef("pk"), round__gt=0))
    waves = list(found.select_related("project").annotate(begun=begun).order_by("created_at", "id"))
    counted = visible.filter(wave__in=waves).values_list("wave", "strata", "state")
    rows: dict[UUID, list[Row]] = {wave.pk: [] for wave in waves}
    for wave, strata, state, n in counted.annotate(n=Count("pk")).order_by():
        rows[wave].append((strata, state, n))
    return [_progress(wave, rows[wave.pk], began=wave.begun) for wave in waves]


def _progress(wave: Wave, rows: list[Row], *, began: bool) -> Progress:
    wanted = stored(wave.strata)
    reached = [_reached(one, (row for row in rows if one.has(row[0]))) for one in wanted]
    others = (row for row in rows if not any(one.has(row[0]) for one in wanted))
    return Progress(wave, tuple(reached), _reached(Stratum({}, 0), others), began)


def _reached(stratum: Stratum, rows: Iterable[Row]) -> Reached:
    counts = dict.fromkeys(State, 0)
    for _, state, n in rows:
        counts[State(state)] += n
    excluded, waiting, final = (counts[s] for s in (State.EXCLUDED, State.INTAKE, State.FINAL))
    registered = sum(counts.values()) - excluded
    at_work = registered - waiting - final
    return Reached(stratum, registered, waiting, at_work, final, excluded)
