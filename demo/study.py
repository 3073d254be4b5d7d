"""The demonstration study: opened once, then carried through the tiers by the functions that everybody uses."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.advancing import advance_all
from tasks.cases import register
from tasks.completing import needs_first_look, submit
from tasks.displays import read_under_review, shown
from tasks.leases import claim
from tasks.models import Task
from tasks.settings import change_settings
from workflow.acting import Acting
from workflow.intake import NewCase
from workflow.models import Case, GuidelineVersion, Membership, Project, ProtocolVersion, Read
from workflow.projects import create_project
from workflow.unit import CaseUnit
from workflow.versions import (
    acknowledge,
    draft_guideline,
    draft_protocol,
    publish_guideline,
    publish_protocol,
)

from .accounts import admit_everybody
from .caveats import CAVEATS, SOURCE
from .guidelines import guideline
from .images import on_phantom
from .lidc import DemoCase
from .people import PEOPLE
from .protocols import protocol
from .script import arbiter_decision, junior_verdict, submitted_read

SLUG = "lung-nodules"
QUESTION = "Is there a nodule of 3 mm or more at the marked place? If so, outline and rate it."
AT_ONCE = 200
PATIENCE_SECONDS = 30.0
Progress = Callable[[str, int, int], None]


@dataclass
class Study:
    """The project, its people, and the cases by reference."""

    project: Project
    members: dict[str, Membership]
    cases: dict[str, DemoCase]

    def acting(self, key: str) -> Acting:
        """A person in their role."""
        member = self.members[key]
        return Acting(member, member.roles[0])


def open_study(people: dict[str, Any], cases: Sequence[DemoCase]) -> Study:
    """The project with its people and published versions; what is there already stays."""
    project = Project.objects.select_related("log").filter(slug=SLUG).first()
    if project is None:
        project = create_project(
            founder=people["manager"],
            slug=SLUG,
            name="Lung nodules",
            description="\n".join((SOURCE, *CAVEATS)),
        )
    manager = Membership.objects.select_related("project__log").get(project=project, user=people["manager"])
    boss = Acting(manager, "manager")
    # In the order in which they came, not spread over people: the table is the same each time.
    project = change_settings(acting=boss, project=project, changes={"spread_minutes": 0})
    study = Study(project, admit_everybody(project, people, boss), {c.external_ref: c for c in cases})
    _publish(boss, project)
    version = GuidelineVersion.objects.get(project=project, status="published")
    for key in study.members:
        acknowledge(acting=study.acting(key), guideline=version)
    return study


def _publish(boss: Acting, project: Project) -> None:
    note = "First version."
    if not GuidelineVersion.objects.filter(project=project, status="published").exists():
        draft = draft_guideline(acting=boss, project=project, document=guideline())
        publish_guideline(acting=boss, version=draft, change_note=note)
    if not ProtocolVersion.objects.filter(project=project, status="published").exists():
        publish_protocol(
            acting=boss,
            version=draft_protocol(acting=boss, project=project, document=protocol()),
            change_note=note,
        )


def register_all(study: Study, cases: Sequence[DemoCase], progress: Progress) -> None:
    """Register the cases that aren't there yet."""
    known = set(Case.objects.filter(project=study.project).values_list("external_ref", flat=True))
    new = [_new_case(c) for c in cases if c.external_ref not in known]
    for start in range(0, len(new), AT_ONCE):
        register(acting=study.acting("manager"), project=study.project, cases=new[start : start + AT_ONCE])
        progress("registering", min(start + AT_ONCE, len(new)), len(new))


def _new_case(case: DemoCase) -> NewCase:
    return NewCase(
        external_ref=case.external_ref,
        patient_key=case.patient_key,
        split=case.split,
        strata=dict(case.strata),
        shown={"question": QUESTION, "place": case.place},
    )


def carry_through(study: Study, progress: Progress, *, kinds: Sequence[str] | None = None) -> None:
    """Let everybody press Start next until nobody has work: readers, reviewers, then the arbiter."""
    workers = [p.key for p in PEOPLE if p.key in study.members and p.role in KINDS]
    total = Case.objects.filter(project=study.project).count()
    while True:
        done = sum(_work(study, key, kinds, progress, total) for key in workers)
        wait_for_jobs(study)
        if not done:
            return


def wait_for_jobs(study: Study) -> None:
    """Wait until the worker has compared what is due; where none runs, do it here."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while Case.objects.filter(project=study.project, state="consensus").exists():
        if time.monotonic() > patience:
            advance_all(study.project)
            return
        time.sleep(0.05)


KINDS = ("annotator", "junior_reviewer", "senior_arbiter")


def _work(study: Study, key: str, kinds: Sequence[str] | None, progress: Progress, total: int) -> int:
    done = 0
    while isinstance(task := claim(acting=study.acting(key), kinds=kinds), Task):
        finish(study, key, task)
        done += 1
        if done % 10 == 0:
            final = Case.objects.filter(project=study.project, state="final").count()
            progress(f"{key.replace('_', ' ')} at work, cases final", final, total)
    return done


def finish(study: Study, key: str, task: Task) -> None:
    """Do one task as the data, or the script, says."""
    assert task.token is not None
    acting, case = study.acting(key), study.cases[task.case.external_ref]
    if task.kind == Task.Kind.ARBITRATE:
        unit = CaseUnit(acting, task.case)
        if needs_first_look(unit, task):
            first = _drawn({"labels": case.read(4)}, task, acting, case)
            task = submit(acting=acting, task_id=task.pk, token=task.token, result=first)
        result = _decision(unit, task, case)
    else:
        result = _result(task, case)
    assert task.token is not None
    result = _drawn(result, task, acting, case)
    submit(acting=acting, task_id=task.pk, token=task.token, result=result)


def _drawn(result: dict[str, Any], task: Task, acting: Acting, case: DemoCase) -> dict[str, Any]:
    """A result whose marks lie on the phantom that the reader is shown; where there is none, on the scan itself."""
    if task.case.shown["place"] == case.place:
        return result
    place = shown(CaseUnit(acting, task.case), task).material["case"]["place"]["on"]
    first = case.place["on"]["slices"][0] - place["slices"][0]
    found: dict[str, Any] = on_phantom(result, place["series"], first)
    return found


def _result(task: Task, case: DemoCase) -> dict[str, Any]:
    if task.kind == Task.Kind.ANNOTATE:
        revision = Read.objects.filter(case=task.case, round=task.round, slot=task.slot).count() + 1
        return {"labels": submitted_read(case, task.slot, revision)}
    verdict = junior_verdict(case.external_ref, task.slot, read_under_review(task).revision)
    comments = [{"path": "", "text": verdict.text}] if verdict.text else []
    return {"verdict": verdict.verdict, "reason_code": verdict.code, "comments": comments}


def _decision(unit: CaseUnit, task: Task, case: DemoCase) -> dict[str, Any]:
    disputed = list(shown(unit, task).material.get("disputed") or [])
    decision = arbiter_decision(case.external_ref, disputed)
    answer = {"reason_code": decision.code, "rationale": decision.text}
    if decision.outcome == "equivocal":
        return {"outcome": "equivocal", **answer}
    fields = decision.fields if disputed else case.read(4)["fields"]
    return {"outcome": "decided", "labels": {"fields": fields}, **answer}
