"""A case joins a wave when it is registered, and never leaves it."""

from collections.abc import Mapping

from workflow.models import Case, Project, Wave


def waves_named(project: Project, names: set[str]) -> dict[str, Wave]:
    """A project's waves by name, of those that are named. One query, or none."""
    wanted = names - {""}
    if not wanted:
        return {}
    return {wave.name: wave for wave in Wave.objects.filter(project=project, name__in=wanted)}


def wave_faults(
    name: str, waves: Mapping[str, Wave], *, control: bool, known: Case | None
) -> list[dict[str, str]]:
    """Why a case can't join the wave that it names; `known` if it is registered already."""
    if not name:
        return []
    wave = waves.get(name)
    if known is not None and (wave is None or known.wave_id != wave.pk):
        return [
            _fault(
                "differs_from_existing", "This case is in no wave, or in another: that is fixed at intake."
            )
        ]
    if known is not None:
        return []
    if control:
        return [
            _fault("control_in_wave", "A control is of no wave: it is never read as a case of the study.")
        ]
    if wave is None:
        return [_fault("unknown_wave", "There is no such wave in this project. Plan it first.")]
    if wave.status == Wave.Status.CLOSED:
        return [_fault("wave_closed", "This wave is closed. Open it again, or name another.")]
    return []


def purpose_of(wave: Wave | None, *, control: bool) -> Case.Purpose:
    """What a new case is for."""
    if control:
        return Case.Purpose.REFERENCE
    return Case.Purpose.PILOT if wave is not None and wave.pilot else Case.Purpose.STUDY


def _fault(code: str, message: str) -> dict[str, str]:
    return {"path": "/wave", "code": code, "message": message}
