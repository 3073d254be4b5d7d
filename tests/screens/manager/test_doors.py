"""A manager's screens are for managers: everybody else is told so in a sentence, an outsider nothing."""

from uuid import uuid4

import pytest

from screens.manager.urls import urlpatterns
from tasks.models import Issue
from tests.datasets import composed
from tests.imported import opened
from tests.issues import an_issue
from tests.people import Study, study
from tests.probes import control
from tests.screens.desk import Desk
from tests.staff import give
from tests.waves import planned
from workflow.models import Part

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("images_folder")]

PAGES = [
    "/projects/chest/", "/projects/chest/cases/", "/projects/chest/cases/import/",
    "/projects/chest/work/", "/projects/chest/work/{task}/", "/projects/chest/workload/",
    "/projects/chest/cases/together/?do=hold&case={case}", "/projects/chest/cases/{case}/",
    "/projects/chest/cases/{case}/dossier/", "/projects/chest/cases/{case}/tlog-proof",
    *(f"/projects/chest/cases/{{case}}/{act}/" for act in ("hold", "resume", "priority", "exclude")),
    "/projects/chest/cases/{case}/images/", "/projects/chest/cases/{case}/let-in/",
    "/projects/chest/imports/", "/projects/chest/imports/new/", "/projects/chest/imports/{batch}/",
    "/projects/chest/imports/{batch}/files/", "/projects/chest/imports/{batch}/withdraw/",
    "/projects/chest/issues/", "/projects/chest/issues/{issue}/", "/projects/chest/issues/{issue}/picture",
    "/projects/chest/gate/", "/projects/chest/images/{image}/thumbnail", "/projects/chest/images/{image}/preview",
    "/projects/chest/cases/{case}/approve-exclusion/", "/projects/chest/cases/{case}/reinstate/",
    "/projects/chest/cases/{case}/reopen/", "/projects/chest/staffing/",
    "/projects/chest/settings/", "/projects/chest/statements/",
    "/projects/chest/people/", "/projects/chest/people/new/", "/projects/chest/people/{member}/",
    *(f"/projects/chest/people/{{member}}/{act}/" for act in ("roles", "declare", "pause", "resume", "leave")),
    *(f"/projects/chest/people/{{member}}/{act}/" for act in ("credentials", "training", "close", "disqualify")),
    "/projects/chest/controls/", "/projects/chest/controls/new/", "/projects/chest/controls/{control}/",
    "/projects/chest/models/", "/projects/chest/models/new/",
    "/projects/chest/waves/", "/projects/chest/waves/new/", "/projects/chest/waves/{wave}/",
    "/projects/chest/waves/{wave}/revise/",
    "/projects/chest/datasets/", "/projects/chest/datasets/new/", "/projects/chest/datasets/{dataset}/",
    "/projects/chest/datasets/{dataset}/compose/", "/projects/chest/datasets/{dataset}/next/",
    "/projects/chest/datasets/{dataset}/withdraw/",
    "/projects/chest/quality/", "/projects/chest/quality/watch/", 
    "/projects/chest/what-if/", "/projects/chest/protocol/1/what-if/",
    "/projects/chest/versions/",
    "/projects/chest/guideline/1/", "/projects/chest/protocol/1/",
    "/projects/chest/guideline/2/edit/", "/projects/chest/protocol/2/edit/", "/projects/chest/guideline/2/publish/",
    "/projects/chest/protocol/2/publish/", "/projects/chest/exports/",
]  # fmt: skip
NOT_THERE = {"tlog-proof": 409, "thumbnail": 404, "preview": 404, "picture": 404}  # nothing signed, no image
SENT = [
    "/projects/chest/guideline/new/", "/projects/chest/protocol/new/", "/projects/chest/waves/{wave}/open/",
    "/projects/chest/imports/{batch}/submit/", "/projects/chest/datasets/{dataset}/lock/",
    "/projects/chest/figures/",
]  # fmt: skip


@pytest.fixture
def chest() -> Study:
    new = study("case-1")
    planned(new, "First")
    control(new)
    opened(new, b"x")
    an_issue(new)
    composed(new)
    return new


def address(chest: Study, page: str) -> str:
    return page.format(
        case=chest.case().pk,
        task=chest.case().tasks.first().pk,
        member=chest.members["anna"].pk,
        control=chest.project.gold_items.get().pk,
        wave=chest.project.waves.get().pk,
        dataset=chest.project.datasets.get().pk,
        batch=chest.project.imports.get().pk,
        image=uuid4(),
        issue=Issue.objects.get().pk,
    )


@pytest.mark.parametrize("name", ["anna", "jin", "sana", "aud"])
def test_who_is_no_manager_is_told_so(chest: Study, name: str) -> None:
    for page in PAGES:
        assert "needs the role manager" in Desk(name).get(address(chest, page), 403), page
    for page in SENT:
        Desk(name).post(address(chest, page), 403)


def test_an_outsider_learns_nothing(chest: Study) -> None:
    otto = Desk("otto")
    nowhere = otto.get(f"/projects/nowhere/cases/{uuid4()}/", 404)
    for page in PAGES:
        assert otto.get(address(chest, page), 404) == nowhere, page
    for page in SENT:
        otto.post(address(chest, page), 404)


def test_who_is_not_signed_in_is_asked_to(chest: Study) -> None:
    for page in PAGES:
        assert Desk(None).http.get(address(chest, page)).headers["Location"].startswith("/accounts/login/"), (
            page
        )
    for page in SENT:
        assert Desk(None).post(address(chest, page)).startswith("/accounts/login/")


def test_every_page_opens_for_a_manager(chest: Study) -> None:
    maria = Desk("maria")
    for page in SENT:
        maria.post(address(chest, page), 422 if page.endswith("/lock/") else 302)  # it asks for a reason
    for page in PAGES:
        last = page.rpartition("/")[2]
        maria.get(address(chest, page), NOT_THERE.get(last, 200))
    for page in SENT:
        maria.get(address(chest, page), 405)


def test_this_list_has_every_address(chest: Study) -> None:
    named = {p.name for p in urlpatterns}
    from django.urls import resolve

    listed = {resolve(address(chest, p).partition("?")[0]).url_name for p in (*PAGES, *SENT, "/projects/")}
    assert listed == named


def test_a_case_of_another_project_is_not_found_under_this_one(chest: Study) -> None:
    Desk("maria").get(f"/projects/knee/cases/{chest.case().pk}/", 404)
    Desk("maria").get(f"/projects/knee/cases/{chest.case().pk}/hold/", 404)


def test_a_manager_who_reads_a_case_has_no_look_at_it_before_it_is_final(chest: Study) -> None:
    give(chest, "mehmet", "annotator", "manager")
    mehmet, case = Desk("mehmet"), address(chest, "/projects/chest/cases/{case}/")
    assert "case-1" in mehmet.get("/projects/chest/cases/")
    chest.claim("mehmet")
    assert "play a part in this case" in mehmet.get(case, 403)
    assert "play a part in this case" in mehmet.get(f"{case}hold/", 403)
    for page in ("cases/", "work/", "staffing/"):
        assert "case-1" not in mehmet.get(f"/projects/chest/{page}"), page
    assert "case-1" not in mehmet.download("/projects/chest/cases/", format="csv")
    assert "1 case in which you play a part yourself is not counted" in mehmet.get("/projects/chest/")
    assert "Choose from 1" not in mehmet.get(
        "/projects/chest/cases/together/", do="hold", case=str(chest.case().pk)
    )
    chest.claim("anna")
    assert "In hand nothing" in mehmet.get(f"/projects/chest/people/{chest.members['anna'].pk}/")
    assert Part.objects.count() == 2
