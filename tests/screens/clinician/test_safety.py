"""Urgent and incidental findings, from a task's page to the safety contact's."""

import pytest

from tests.people import PROTOCOL, Study, study
from workflow.members import declare
from workflow.models import Notice, SafetyReport

from .seat import Seat, said

pytestmark = pytest.mark.django_db(transaction=True)

SAFE = {**PROTOCOL, "safety_contact": {"acknowledge_within": "24h"}}


@pytest.fixture
def chest() -> Study:
    chest = study("case-1", protocol=SAFE)
    declare(acting=chest.acting("maria"), member=chest.members["mehmet"], safety_contact=True)
    return chest


def test_a_report_is_told_acknowledged_and_put_away(chest: Study) -> None:
    anna, mehmet = Seat("anna"), Seat("mehmet")
    anna.start()
    assert "Choose urgent or incidental" in said(anna.act("report", kind="urgent", text=" "))
    assert "Reported." in said(anna.act("report", kind="urgent", text="Pneumothorax."))
    link = f"/safety/{SafetyReport.objects.get().pk}"
    assert f'href="{link}"' in mehmet.get("/account/").content.decode()
    assert "Pneumothorax." in said(mehmet.get(link))
    assert "is acknowledged" in said(mehmet.post(link, note="Ward called."))
    mehmet.post(f"/account/notices/{Notice.objects.get().pk}/read")
    assert "You have read everything." in said(mehmet.get("/account/"))


def test_no_reader_finds_the_report(chest: Study) -> None:
    anna = Seat("anna")
    anna.start()
    anna.act("report", kind="incidental", text="A cyst.")
    link = f"/safety/{SafetyReport.objects.get().pk}"
    for name, status in (("anna", 403), ("bob", 403), ("otto", 404)):
        assert "cyst" not in said(Seat(name).get(link, status))
        assert "None waits." in said(Seat(name).get("/safety/"))
    assert "The project's safety contact acknowledges it." in said(Seat("maria").get(link))


def test_without_a_contact_the_dialog_says_why() -> None:
    study("case-1")
    anna = Seat("anna")
    assert "A test has no patients." in said(anna.start())
    assert "A test has no patients." in said(anna.act("report", kind="urgent", text="Pneumothorax."))
