"""Where the protocol asks for it, nobody reads before they said what display they read on that day."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from tasks.attesting import Display, attest, last_said
from tasks.completing import submit
from tasks.errors import DisplayNotAttested
from tasks.models import Attestation
from tests.breaking import copy_row, forbidden, refused, sql
from tests.people import Study, labels, study, with_protocol
from workflow.errors import InvalidInput
from workflow.models import Read

pytestmark = pytest.mark.django_db(transaction=True)
DISPLAY = Display(diagonal=30, width=3840, height=2160, calibrated_on=date(2020, 1, 1), dimmed=True)


@pytest.fixture
def chest() -> Study:
    return study("case-1", "case-2", protocol=with_protocol(display={"attest": "daily"}))


def test_the_first_case_of_a_day_waits_for_it_and_each_read_names_it(chest: Study) -> None:
    with pytest.raises(DisplayNotAttested):
        chest.claim("anna")
    said = attest(acting=chest.acting("anna"), display=DISPLAY)
    chest.read("anna")
    items = Read.objects.get().display.data["items"]
    assert {"kind": "display", "digest": said.content_id} in items
    assert said.content.data["diagonal_inches"] == 30
    with pytest.raises(DisplayNotAttested):
        chest.claim("bob")


def test_what_was_said_first_on_a_day_stands(chest: Study) -> None:
    anna = chest.acting("anna")
    first = attest(acting=anna, display=DISPLAY)
    assert attest(acting=anna, display=replace(DISPLAY, diagonal=24)) == first
    assert last_said(chest.members["anna"]) == first


def test_a_protocol_that_asks_for_none_names_none() -> None:
    chest = study("case-1")
    attest(acting=chest.acting("anna"), display=DISPLAY)
    chest.read("anna")
    assert {item["kind"] for item in Read.objects.get().display.data["items"]} == {"case", "guideline"}


@pytest.mark.parametrize(
    "wrong",
    [{"diagonal": 5}, {"width": 20}, {"height": 99_999}, {"calibrated_on": date.today() + timedelta(days=3)}],
)
def test_what_no_display_is_like_is_refused(chest: Study, wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        attest(acting=chest.acting("anna"), display=replace(DISPLAY, **wrong))  # type: ignore[arg-type]


def test_the_database_keeps_it_as_it_was_said(chest: Study) -> None:
    said = attest(acting=chest.acting("anna"), display=DISPLAY)
    with refused("attestation_has_its_event"):
        copy_row(
            "tasks_attestation", said.pk, id=str(uuid4()), day="2020-01-01", event_id=chest.guideline.event_id
        )
    with forbidden():
        sql("UPDATE tasks_attestation SET day = '2020-01-01'")
    assert Attestation.objects.count() == 1


def test_a_case_in_hand_over_midnight_can_still_be_sent(chest: Study) -> None:
    attest(acting=chest.acting("anna"), display=DISPLAY)
    task = chest.claim("anna")
    chest.project.time_zone = "Pacific/Kiritimati"  # where it is tomorrow for most of the day
    chest.project.save(update_fields=["time_zone"])
    assert task.token
    submit(acting=chest.acting("anna"), task_id=task.pk, token=task.token, result={"labels": labels()})
    assert Read.objects.count() == 1
