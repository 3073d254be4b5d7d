"""Waves for a study of the cast: planned, opened, their cases registered."""

from typing import Any

from tasks import cases as managing
from tasks.waves import open_wave
from tests.people import Study
from workflow.intake import NewCase, Row
from workflow.models import Wave
from workflow.waves.managing import create_wave

NORTH, SOUTH = {"site": "north"}, {"site": "south"}


def stratum(target: int, quota: int | None = None, **where: Any) -> dict[str, Any]:
    """A stratum of a wave."""
    return {"where": where, "target": target, "quota": quota}


def planned(of: Study, name: str, *strata: dict[str, Any], pilot: bool = False) -> Wave:
    """A wave that its manager planned; of all cases, if no stratum is given."""
    wanted = list(strata) or [stratum(10)]
    return create_wave(acting=of.acting("maria"), project=of.project, name=name, pilot=pilot, strata=wanted)


def opened(of: Study, name: str, *strata: dict[str, Any], pilot: bool = False) -> Wave:
    """A wave that is open."""
    return open_wave(acting=of.acting("maria"), wave=planned(of, name, *strata, pilot=pilot))


def join(of: Study, wave: str, *refs: str, **strata: Any) -> list[Row]:
    """Register cases into a wave, each of a patient of its own."""
    new = [NewCase(ref, f"patient-{ref}", "train", strata or NORTH, wave=wave) for ref in refs]
    return managing.register(acting=of.acting("maria"), project=of.project, cases=new)
