"""What the machine does for cases: the comparison after the last verdict, and the sweep that finds due work."""

import logging
from uuid import UUID

from audit.background import job
from workflow.measuring.kept import compute_wanted, want_where_stale, wanted
from workflow.probes.judging import score_due, score_probe

from .advancing import advance, due_cases, heal, waiting_in
from .due_anew import heal_due_times
from .escalating import escalate
from .figures.document import FIGURES
from .importing.leftovers import clear_leftovers
from .importing.processing import take_in
from .importing.queries import waiting_imports
from .probes import prepare_all
from .shortages import list_shortages

log = logging.getLogger(__name__)


@job
def advance_case(case_id: str) -> None:
    """Do everything that one case is due without a person."""
    advance(case_id=UUID(case_id))


@job
def sweep() -> int:
    """Advance every case that waits for the machine, whether or not its job was ever sent."""
    waiting = due_cases()
    return sum(_advanced(case_id) for case_id in waiting)


@job
def heal_all() -> int:
    """Make every case's open tasks equal to what its state calls for."""
    return heal()


@job
def escalate_late() -> int:
    """Warn holders and tell managers of late work, each once; of how many tasks."""
    heal_due_times()
    return escalate()


@job
def list_daily_shortages() -> int:
    """Make today's list of what nobody can take, where there is none yet; in how many projects."""
    return list_shortages()


@job
def begin_wave(wave_id: str) -> int:
    """Let the waiting cases of an open wave begin."""
    return sum(_advanced(case_id) for case_id in waiting_in(UUID(wave_id)))


def begin_wave_soon(wave_id: UUID) -> None:
    """Have a wave's cases begin after this transaction commits."""
    begin_wave.soon(str(wave_id))


@job
def prepare_probes() -> int:
    """Prepare the probes that come to readers next."""
    return prepare_all()


@job
def score_probes() -> int:
    """Score the probes whose time has come."""
    return score_due()


@job
def score_one(case_id: str) -> None:
    """Score one probe: of calibration, whose reader waits for it."""
    score_probe(UUID(case_id))


def score_soon(case_id: UUID) -> None:
    """Have a probe scored after this transaction commits."""
    score_one.soon(str(case_id))


@job
def take_in_import(batch_id: str) -> bool:
    """Take in what an import brought; whether it was due."""
    return take_in(UUID(batch_id))


@job
def sweep_imports() -> int:
    """Send every import that waits on its way, whether or not its job was ever sent or was killed; how many."""
    waiting = waiting_imports()
    for batch_id in waiting:
        take_in_soon(batch_id)
    return len(waiting)


@job
def clear_images() -> int:
    """Delete files that no import needs any more; how many."""
    return clear_leftovers()


@job
def count_figures(measurement_id: str) -> bool:
    """Count one project's figures, if they are still wanted; whether they were."""
    return compute_wanted(UUID(measurement_id), {FIGURES.kind: FIGURES})


@job
def sweep_figures() -> int:
    """Send the figures that somebody waits for on their way; how many."""
    waiting = wanted([FIGURES.kind])
    for measurement_id in waiting:
        count_figures.soon(str(measurement_id))
    return len(waiting)


@job
def refresh_figures() -> int:
    """Have every project's figures counted anew that are too old; how many."""
    return want_where_stale(FIGURES, {})


def take_in_soon(batch_id: UUID) -> None:
    """Have an import taken in after this transaction commits."""
    take_in_import.soon(str(batch_id))


def advance_soon(case_id: UUID) -> None:
    """Have a case advanced after this transaction commits."""
    advance_case.soon(str(case_id))


def _advanced(case_id: UUID) -> bool:
    try:
        advance(case_id=case_id)
    except Exception:
        # One case that can't go on must not keep all those behind it waiting; the next sweep tries it again.
        log.exception("a case could not be advanced")
        return False
    return True
