"""What managers do with waves: plan, revise, open, close. Each is an event of the project."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.actions import Action
from audit.contents import store
from audit.log import Journal
from workflow.acting import Acting
from workflow.errors import AlreadyDone, InvalidInput, NotFound, WaveBegan
from workflow.models import Case, Project, Role, Wave
from workflow.projects import lock

from .strata import LONGEST, Stratum, checked

WAVE = "consilium/wave/v1"


def create_wave(
    *, acting: Acting, project: Project, name: str, pilot: bool, strata: Sequence[dict[str, Any]]
) -> Wave:
    """Plan a wave; its cases wait in intake until it is opened. InvalidInput names each fault."""
    acting = acting.using(Role.MANAGER).within(project)
    wanted = _checked(name, strata)
    with transaction.atomic():
        lock(project)
        if Wave.objects.filter(project=project, name=name).exists():
            raise AlreadyDone(f"There is a wave called {name} already.")
        wave = Wave(project=project, name=name, pilot=pilot, strata=[one.document() for one in wanted])
        _keep(acting, wave, "planned", new=True)
    return wave


def revise_wave(
    *, acting: Acting, wave: Wave, name: str, pilot: bool, strata: Sequence[dict[str, Any]]
) -> Wave:
    """Plan a wave otherwise, before any of its cases began; WaveBegan afterwards."""
    acting = acting.using(Role.MANAGER).within(wave.project)
    wanted = _checked(name, strata)
    with transaction.atomic():
        wave = _locked(wave)
        cases = Case.objects.filter(wave=wave)
        if cases.filter(round__gt=0).exists() or (pilot != wave.pilot and cases.exists()):
            raise WaveBegan()
        if Wave.objects.filter(project=wave.project, name=name).exclude(pk=wave.pk).exists():
            raise AlreadyDone(f"There is a wave called {name} already.")
        wave.name, wave.pilot, wave.strata = name, pilot, [one.document() for one in wanted]
        _keep(acting, wave, "revised")
    return wave


def set_wave_status(*, acting: Acting, wave: Wave, status: str) -> Wave:
    """Open a wave, or close it: what began goes on, what waits in intake stays there."""
    acting = acting.using(Role.MANAGER).within(wave.project)
    with transaction.atomic():
        wave = _locked(wave)
        if wave.status == status:
            raise AlreadyDone(f"This wave is {status} already.")
        wave.status = status
        _keep(acting, wave, "opened" if status == Wave.Status.OPEN else "closed")
    return wave


def wave_of(project: Project, wave_id: UUID) -> Wave:
    """A wave of a project; NotFound if there is none."""
    wave = Wave.objects.select_related("project__log").filter(project=project, pk=wave_id).first()
    if wave is None:
        raise NotFound("There is no such wave in this project.")
    return wave


def _checked(name: str, strata: Sequence[dict[str, Any]]) -> tuple[Stratum, ...]:
    wanted, faults = checked(strata)
    if not 1 <= len(name) <= LONGEST or not name.isprintable() or name != name.strip():
        message = f"Give a name of 1 to {LONGEST} printable characters."
        faults = [{"path": "/name", "code": "bad_name", "message": message}, *faults]
    if faults:
        raise InvalidInput(faults)
    return wanted


def _locked(wave: Wave) -> Wave:
    lock(wave.project)
    return Wave.objects.select_for_update(of=("self",)).select_related("project__log").get(pk=wave.pk)


def _keep(acting: Acting, wave: Wave, what: str, *, new: bool = False) -> None:
    journal = Journal(wave.project.log, acting.actor(), acting.request)
    content = journal.keep(
        {"schema": WAVE, "name": wave.name, "pilot": wave.pilot, "strata": wave.strata, "status": wave.status}
    )
    store([content])
    entry = journal.record(
        journal.stream("project", wave.project_id),
        Action.PROJECT_SETTINGS_CHANGED,
        object=("wave", str(wave.pk), 1),
        after=content,
        extra={"wave": what},
    )
    journal.write()
    wave.event_id = entry.event_id
    wave.save(force_insert=new)
