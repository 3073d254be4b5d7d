"""Calibration: known cases worked through openly, with feedback after each; passing lets a reader in."""

import pytest

from provenance.replay import replay
from tasks.calibrating import begin_next
from tasks.leases import claim
from tasks.models import Task
from tests.people import Study, labels, study
from tests.probes import control
from tests.screens.desk import Desk
from workflow.checking import check_log
from workflow.errors import NotFound
from workflow.models import Training
from workflow.probes.calibration import progress_of
from workflow.probes.judging import standing_now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    new = study("case-1")
    for n in range(2):
        control(new, f"known-{n}", use="calibration", position=n)
    new.project.settings = {"required_training": ["calibration"]}
    new.project.save()
    return new


def answer(of: Study, name: str, finding: str) -> None:
    task = begin_next(acting=of.acting(name))
    of.submit(name, task, {"labels": labels(finding=finding)})


def test_whoever_passed_calibration_gets_work_and_nobody_else(chest: Study) -> None:
    anna = chest.members["anna"]
    anna.project.settings = chest.project.settings
    assert not isinstance(claim(acting=chest.acting("anna")), Task)
    answer(chest, "anna", "nodule")
    answer(chest, "anna", "mass")
    failed = Training.objects.get()
    assert (failed.passed, failed.score, progress_of(anna).done) == (False, 50, ())
    assert not isinstance(claim(acting=chest.acting("anna")), Task)
    answer(chest, "anna", "nodule")
    answer(chest, "anna", "nodule")
    passed = Training.objects.order_by("completed_at").last()
    assert passed is not None
    assert (passed.passed, passed.score, passed.material.data["name"]) == (True, 100, "calibration")
    assert isinstance(claim(acting=chest.acting("anna")), Task)
    assert standing_now(anna).of == 0  # the controls that are mixed in are counted apart
    assert (replay(chest.project).differences, check_log(chest.project)) == ([], [])


def test_the_page_shows_what_is_known_and_why_only_once_one_has_answered(chest: Study) -> None:
    anna, page = Desk("anna"), "/work/calibration/chest/"
    assert page in anna.links("/work/")
    before = anna.get(page)
    assert "0 of 2 done" in before
    assert "spiculated" not in before
    room = anna.post(page)
    assert "spiculated" not in anna.get(page)
    assert "spiculated" not in anna.get(room)
    answer(chest, "anna", "mass")
    told = anna.get(page)
    assert "1 of 2 done" in told
    assert "finding mass nodule no" in told
    assert "Why: The margin is spiculated." in told


def test_a_project_without_a_set_has_no_calibration() -> None:
    chest = study()
    assert "has no calibration set" in Desk("anna").get("/work/calibration/chest/")
    with pytest.raises(NotFound):
        begin_next(acting=chest.acting("anna"))
