"""Which cases count: those of the study itself, not a pilot's, not controls, not their showings."""

from typing import Any, Final

from django.db.models import Q, QuerySet

from .models import Case

STUDIED: Final = (Case.Purpose.STUDY, Case.Purpose.PILOT)
PROBES: Final = (Case.Purpose.GOLD, Case.Purpose.REPEAT, Case.Purpose.CALIBRATION)


def counted(path: str = "", *, pilot: bool = False) -> Q:
    """What counts, of rows that reach their case by `path` ("case__"); with `pilot`, the pilot alone."""
    return Q(**{f"{path}purpose": Case.Purpose.PILOT if pilot else Case.Purpose.STUDY})


def read_in_turn(path: str = "") -> Q:
    """Cases that go through the tiers: the study's and the pilot's."""
    return Q(**{f"{path}purpose__in": STUDIED})


def without_study(cases: QuerySet[Any]) -> QuerySet[Any]:
    """Cases that are none of the study's."""
    return cases.exclude(purpose=Case.Purpose.STUDY)


def without_probes(cases: QuerySet[Any], path: str = "") -> QuerySet[Any]:
    """Rows whose cases are no showings of other cases."""
    return cases.exclude(**{f"{path}purpose__in": PROBES})


def what_for(case: Case) -> dict[str, str]:
    """What the log is told of what a case is for; nothing of an ordinary case of the study."""
    told = {"purpose": case.purpose} if case.purpose != Case.Purpose.STUDY else {}
    if case.wave_id is not None:
        told["wave"] = str(case.wave_id)
    if case.source_case_id is not None:
        told["source"] = str(case.source_case_id)
    return told
