"""Whoever is shown pixels or what is known of a patient is written down first, and sees nothing if that fails."""

from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.test import Client

from audit.models import Access
from tests.api.client import token_for
from tests.imported import at_gate
from tests.people import PROTOCOL, Study, person, study
from workflow.models import Instance, SafetyReport
from workflow.safety import report_finding
from workflow.unit import on_case

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("images_folder")]
WITH_CONTACT = {**PROTOCOL, "safety_contact": {"acknowledge_within": "24h"}}


@dataclass(frozen=True)
class View:
    """An address, who opens it, and the row that this leaves: what, DICOM's code, and whether it names the case."""

    name: str
    address: str
    what: str
    code: str
    case: bool = True

    def __str__(self) -> str:
        return f"{self.name} {self.address}"


RECORD, QUERY, INSTANCES = "110110", "110112", "110103"
VIEWS = [
    View("maria", "/projects/chest/cases/", "query", QUERY, False),
    View("maria", "/projects/chest/cases/{case}/", "record", RECORD),
    View("maria", "/projects/chest/cases/{case}/dossier/", "record", RECORD),
    View("maria", "/projects/chest/cases/{case}/images/", "images_listed", RECORD),
    View("maria", "/projects/chest/gate/", "query", QUERY, False),
    View("maria", "/projects/chest/images/{image}/thumbnail", "thumbnail", INSTANCES),
    View("aud", "/audit/chest/cases/", "query", QUERY, False),
    View("aud", "/audit/chest/cases/{case}/", "record", RECORD),
    View("aud", "/audit/chest/cases/{case}/dossier/", "record", RECORD),
    View("aud", "/audit/chest/access/", "access_log", "110101", False),
    View("anna", "/work/tasks/{task}/", "record", RECORD),
    View("anna", "/work/tasks/{task}/images", "images_listed", RECORD),
    View("maria", "/api/v1/cases", "query", QUERY, False),
    View("maria", "/api/v1/cases/{case}", "record", RECORD),
    View("aud", "/api/v1/cases/{case}/timeline", "record", RECORD),
    View("aud", "/api/v1/cases/{case}/dossier", "record", RECORD),
    View("maria", "/api/v1/projects/chest/gate", "query", QUERY, False),
    View("aud", "/api/v1/projects/chest/access", "access_log", "110101", False),
    View("anna", "/api/v1/tasks/{task}", "record", RECORD),
]


@dataclass
class House:
    """A study whose first case has images and is in Anna's hands, and what its addresses are filled with."""

    chest: Study
    places: dict[str, Any]

    def open(self, view: View) -> Any:
        """The answer to a person who opens it, signed in, or with a token at the API."""
        http = Client(raise_request_exception=False)
        if view.address.startswith("/api/"):
            headers = {"Authorization": f"Bearer {token_for(view.name)}"}
            return http.get(view.address.format(**self.places), headers=headers)
        http.force_login(person(view.name))
        answer: Any = http.get(view.address.format(**self.places))
        if answer.streaming:
            assert b"".join(answer)
        return answer


@pytest.fixture
def house() -> House:
    chest = study(protocol=WITH_CONTACT)
    case = at_gate(chest, findings=())
    task = chest.claim("anna")
    return House(chest, {"case": case.pk, "task": task.pk, "image": Instance.objects.all()[0].pk})


def test_each_view_leaves_one_row_of_who_saw_what(house: House) -> None:
    for view in VIEWS:
        before = set(Access.objects.values_list("id", flat=True))
        answer = house.open(view)
        assert answer.status_code == 200, view
        (row,) = Access.objects.exclude(id__in=before)
        member = house.chest.members[view.name]
        assert (row.log_id, row.actor, row.role) == (
            house.chest.project.log_id,
            member.actor_id,
            member.roles[0],
        )
        assert (row.what, row.code) == (view.what, view.code), view
        assert row.case_id == (house.places["case"] if view.case else None), view
        assert row.task_id == (house.places["task"] if "{task}" in view.address else None), view
        assert row.request == answer.headers["X-Request-ID"]


def test_a_picture_is_told_by_its_image_study_and_series(house: House) -> None:
    house.open(next(view for view in VIEWS if view.what == "thumbnail"))
    row, image = (
        Access.objects.get(),
        Instance.objects.select_related("series__study").get(pk=house.places["image"]),
    )
    assert (row.instance, row.series, row.study) == (image.pk, image.series.uid, image.series.study.uid)


def test_what_cannot_be_recorded_is_not_shown(house: House, owner_connection: psycopg.Connection) -> None:
    owner_connection.execute("REVOKE INSERT (log_id) ON audit_access FROM consilium_app")
    owner_connection.commit()
    for view in VIEWS:
        answer = house.open(view)
        body = answer.content.decode()
        assert answer.status_code == 503, view
        assert "that it was seen could not be recorded" in body, view
        assert "scan-1" not in body, view
        if view.address.startswith("/api/"):
            assert answer.json()["code"] == "access_not_recorded"
            assert answer.headers["Retry-After"]
    assert not Access.objects.exists()


def test_who_may_not_see_it_leaves_no_row(house: House) -> None:
    for view in VIEWS:
        if view.name != "anna" and view.address != "/api/v1/cases":
            assert house.open(View("bob", view.address, "", "")).status_code == 403, view
    assert not Access.objects.exists()


def test_safety_reports_are_looked_at_on_the_record(house: House) -> None:
    with on_case(house.chest.acting("anna"), house.places["case"]) as unit:
        report_finding(unit, kind="urgent", text="A tension pneumothorax.")
    report = SafetyReport.objects.get()
    house.places["report"] = report.pk
    for address, what in (("/safety/", "query"), ("/safety/{report}", "record")):
        assert house.open(View("maria", address, what, "")).status_code == 200
    for address, what in (("/api/v1/safety", "query"), ("/api/v1/safety/{report}", "record")):
        assert house.open(View("maria", address, what, "")).status_code == 200
    assert list(Access.objects.order_by("id").values_list("what", flat=True)) == ["query", "record"] * 2
