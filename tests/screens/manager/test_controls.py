"""The page of controls: added from a released label or with labels, retired, and closed to who reads."""

import json

import pytest

from tests.people import labels, study
from tests.probes import ALWAYS, control, next_probe, score_all
from tests.screens.desk import Desk
from tests.staff import give
from workflow.models import GoldItem

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/projects/chest/controls/"


def test_a_final_case_becomes_a_control_and_is_retired() -> None:
    chest = study("case-1", protocol=ALWAYS)
    chest.agree_at_two()
    chest.register("case-2")
    done, other = "case-1", "case-2"
    maria = Desk("maria")
    assert "Choose a final case" in maria.post(
        f"{PAGE}new/", 422, reference=other, labels=json.dumps(labels())
    )
    assert "Give the labels" in maria.post(f"{PAGE}new/", 422, reference=done)
    assert "its released label" in maria.follow(f"{PAGE}new/", reference=done, from_label="on")
    item = GoldItem.objects.get()
    maria.post(f"{PAGE}{item.pk}/", 302, reason_code="answer_was_wrong")
    assert "retired" in maria.get(PAGE)


def test_how_readers_stand_is_told_and_closed_to_a_manager_who_reads() -> None:
    chest = study("case-1", "case-2", protocol=ALWAYS)
    control(chest)
    task = next_probe(chest, "anna")
    chest.submit("anna", task, {"labels": labels()})
    score_all()
    page = Desk("maria").get(PAGE)
    assert "Anna Annotator 1 of the last 1 controls as known (13 to 100 %, 99 % interval)." in page
    give(chest, "mehmet", "annotator", "manager")
    assert "its controls stay closed to you" in Desk("mehmet").get(PAGE, 403)
