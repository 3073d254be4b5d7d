"""An outsider learns nothing: every address of a project answers as if there were no such thing."""

from uuid import uuid4

import pytest

from tests.api.client import As
from tests.dicomweb import addresses
from tests.people import Study, study

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = {"token": str(uuid4())}
REASON = {"reason_code": "bad_image"}
GET = [
    "/projects/chest",
    "/projects/chest/guideline-versions",
    "/projects/chest/guideline-versions/1",
    "/projects/chest/protocol-versions",
    "/projects/chest/protocol-versions/1",
    "/projects/chest/settings",
    "/projects/chest/statements",
    "/projects/chest/staffing",
    "/projects/chest/forecast",
    "/projects/chest/controls",
    "/projects/chest/models",
    "/projects/chest/models/{report}/predictions",
    "/projects/chest/models/{report}/assistance",
    "/projects/chest/waves",
    "/projects/chest/waves/{report}",
    "/projects/chest/datasets",
    "/projects/chest/datasets/{report}",
    "/projects/chest/datasets/{report}/cases",
    "/projects/chest/datasets/{report}/differences",
    "/projects/chest/imports",
    "/projects/chest/imports/{report}",
    "/projects/chest/imports/{report}/cases",
    "/projects/chest/imports/{report}/files",
    "/projects/chest/imports/{report}/files/1",
    "/projects/chest/gate",
    "/projects/chest/issues",
    "/projects/chest/agreement",
    "/projects/chest/figures",
    "/projects/chest/charts/burndown",
    "/projects/chest/what-if",
    "/projects/chest/monitors",
    "/projects/chest/members",
    "/projects/chest/members/{member}",
    "/projects/chest/members/{member}/impact?since=2020-01-01",
    "/cases?project=chest",
    "/cases/{case}",
    "/cases/{case}/timeline",
    "/cases/{case}/consensus",
    "/cases/{case}/dossier",
    "/tasks?project=chest",
    "/tasks/{task}",
    "/safety/{report}",
    "/projects/chest/log/checkpoint",
    "/projects/chest/log/events",
    "/projects/chest/access",
    "/projects/chest/log/proofs/inclusion",
    "/projects/chest/log/proofs/consistency",
    "/cases/{case}/proof",
    "/projects/chest/exports",
    "/exports/{report}",
    "/exports/{report}/download",
]
for root in ("/dicomweb/projects/chest", "/dicomweb/tasks/{task}"):
    GET += [address for address, _ in addresses(root)]
NOBODYS = "0" * 32
POST = {
    "/projects/chest/cases": {"cases": [{"external_ref": "x", "patient_key": "x", "split": "train"}]},
    "/projects/chest/guideline-versions": {"document": {}},
    "/projects/chest/guideline-versions/1/publish": {"change_note": "x"},
    "/projects/chest/guideline-versions/1/acknowledge": {},
    "/projects/chest/protocol-versions": {"document": {}},
    "/projects/chest/protocol-versions/1/publish": {"change_note": "x"},
    "/projects/chest/members": {"username": "otto", "roles": ["manager"]},
    "/projects/chest/members/{member}/roles": {"roles": ["manager"]},
    "/projects/chest/members/{member}/declare": {},
    "/projects/chest/members/{member}/pause": REASON,
    "/projects/chest/members/{member}/resume": REASON,
    "/projects/chest/members/{member}/leave": REASON,
    "/projects/chest/members/{member}/disqualify": {**REASON, "since": "2020-01-01"},
    "/projects/chest/members/{member}/credentials": {},
    "/projects/chest/members/{member}/training": {},
    "/projects/chest/members/{member}/close": REASON,
    "/projects/chest/controls": {"case": NOBODYS},
    "/projects/chest/controls/{report}/retire": REASON,
    "/projects/chest/models": {"name": "x", "version": "1", "digest": "x", "intended_use": "x"},
    "/projects/chest/models/{report}/retire": REASON,
    "/projects/chest/models/{report}/predictions": {"predictions": [{"external_ref": "x", "labels": {}}]},
    "/projects/chest/waves": {"name": "x", "strata": []},
    "/projects/chest/waves/{report}/revise": {"name": "x", "strata": []},
    "/projects/chest/waves/{report}/open": {},
    "/projects/chest/waves/{report}/close": {},
    "/projects/chest/datasets": {"name": "x"},
    "/projects/chest/datasets/{report}/compose": {},
    "/projects/chest/datasets/{report}/lock": {"seen": "x", "reason_code": "x"},
    "/projects/chest/datasets/{report}/withdraw": {"reason_code": "x"},
    "/projects/chest/imports": {"split": "train"},
    "/projects/chest/imports/{report}/files": {"sizes": [1]},
    "/projects/chest/imports/{report}/submit": {},
    "/projects/chest/imports/{report}/withdraw": REASON,
    "/cases/{case}/let-in": REASON,
    "/cases/{case}/hold": REASON,
    "/cases/{case}/resume": {},
    "/cases/{case}/exclude": REASON,
    "/cases/{case}/approve-exclusion": {},
    "/cases/{case}/reinstate": REASON,
    "/cases/{case}/reopen": {**REASON, "readers": "none"},
    "/cases/{case}/priority": {"priority": 1},
    "/tasks/claim": {"project": "chest"},
    "/projects/chest/priorities": {"scored_by": "x", "scores": [{"external_ref": "case-1", "score": "1"}]},
    "/tasks/assign": {"project": "chest", "tasks": [NOBODYS], "to": NOBODYS},
    "/tasks/rebalance": {"project": "chest", "preview": True},
    "/tasks/withdraw": {**REASON, "project": "chest", "tasks": [NOBODYS]},
    "/tasks/{task}/heartbeat": TOKEN,
    "/tasks/{task}/draft": {**TOKEN, "data": {}},
    "/tasks/{task}/submit": {**TOKEN, "result": {}},
    "/tasks/{task}/commit": {**TOKEN, "labels": {}},
    "/tasks/{task}/links": {"viewer": "OHIF"},
    "/tasks/{task}/release": TOKEN,
    "/tasks/{task}/skip": {**TOKEN, **REASON},
    "/tasks/{task}/recall": {},
    "/tasks/{task}/report": {**TOKEN, "kind": "urgent", "text": "x"},
    "/tasks/{task}/issues": {**TOKEN, "kind": "other", "text": "x"},
    "/issues/{report}/answer": {"text": "x"},
    "/safety/{report}/acknowledge": {},
    "/projects/chest/exports": {"profile": "full"},
}


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def address(chest: Study, template: str) -> str:
    return template.format(
        case=chest.case().pk,
        task=chest.case().tasks.first().pk,
        member=chest.members["anna"].pk,
        report=uuid4(),
    )


def test_an_outsider_finds_nothing_anywhere(chest: Study) -> None:
    otto = As("otto")
    for template in GET:
        assert otto.get(address(chest, template), 404)["code"] == "not_found"
    for template, body in POST.items():
        assert otto.post(address(chest, template), body, 404)["code"] == "not_found"


def test_the_answer_is_the_same_as_where_there_is_nothing(chest: Study) -> None:
    otto = As("otto")
    there = otto.get(f"/cases/{chest.case().pk}", 404)
    nowhere = otto.get(f"/cases/{uuid4()}", 404)
    assert there | {"instance": ""} == nowhere | {"instance": ""}


def test_nobody_gets_anywhere_without_a_token(chest: Study) -> None:
    for template in GET:
        As(None).get(address(chest, template), 401)
    for template, body in POST.items():
        As(None).post(address(chest, template), body, 401)


def test_this_list_has_every_address_of_a_project() -> None:
    from api.urls import urlpatterns

    listed = {t.partition("?")[0].strip("/") for t in (*GET, *POST)}
    known = {
        str(p.pattern).replace("<slug:slug>", "chest").replace("<int:number>", "1")
        .replace("<uuid:case_id>", "{case}").replace("<uuid:task_id>", "{task}").replace("<uuid:member_id>", "{member}")
        .replace("<uuid:report_id>", "{report}").replace("<uuid:export_id>", "{report}")
        .replace("<uuid:wave_id>", "{report}").replace("<uuid:import_id>", "{report}")
        .replace("<uuid:issue_id>", "{report}").replace("<uuid:dataset_id>", "{report}")
        .replace("charts/<slug:name>", "charts/burndown")
        .replace("<uuid:control_id>", "{report}").replace("<uuid:model_id>", "{report}")
        .replace("<str:frames>", "1").replace("<str:path>", "7FE00010")
        .replace("<str:study>", "2.25.1").replace("<str:series>", "2.25.1").replace("<str:instance>", "2.25.1")
        for p in urlpatterns
    }  # fmt: skip
    of_a_person = {"schema", "docs", "tokens", "tokens/<uuid:token_id>/revoke", "me", "projects", "safety"}
    of_a_person |= {address.strip("/") for address, _ in addresses("/dicomweb")}
    of_a_person |= {
        address.strip("/") for address, _ in addresses("/dicomweb/links/<str:token>")
    }  # whoever has it
    assert known - listed == of_a_person
