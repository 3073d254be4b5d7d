"""A case opened beside its page: what is offered, what is shown once; and that neither side overwrites the other."""

import html
import re
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Token
from tasks.errors import DraftConflict
from tests.api.client import API, As
from tests.api.test_token_scopes import with_token
from tests.people import Study, labels, study
from tests.screens.clinician.seat import Seat, answers, said
from tests.viewing import OHIF, SLICER, with_images, with_viewers
from workflow.models import Read

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = re.compile(r'<a class="btn[^>]*href="([^"]+)"([^>]*)>')


@pytest.fixture
def anna() -> Seat:
    with_images("scan-1")
    seat = Seat("anna")
    seat.start()
    return seat


def outside(seat: Seat, viewer: str = "OHIF", status: int = 200, **more: Any) -> str:
    """What pressing “Open in …” shows within the page."""
    path = reverse("work_outside", args=[seat.task.pk])
    answer = seat.http.post(path, {"viewer": viewer, **more}, headers={"HX-Request": "true"})
    assert answer.status_code == status
    return answer.content.decode()


def tool_of(seat: Seat) -> tuple[As, str, dict[str, Any]]:
    """A viewer that returns results, the task's address for it, and the task as it sees it."""
    page = outside(seat, "Own tool")
    found = ADDRESS.search(page)
    assert found
    token = re.search(r"token=([^&]+)", html.unescape(found[1]))
    assert token
    tool, path = with_token(token[1]), f"/tasks/{seat.task.pk}"
    return tool, path, tool.get(path)


def test_the_page_offers_the_projects_viewers(anna: Seat) -> None:
    page = said(anna.get(reverse("work_task", args=[anna.task.pk])))
    assert "Open in OHIF" in page
    assert "Open in Own tool" in page


def test_a_project_without_viewers_offers_none() -> None:
    study("case-1")
    seat = Seat("anna")
    assert "Open in" not in said(seat.start())


def test_a_case_without_images_offers_only_what_asks_for_none() -> None:
    with_viewers(study("case-1"))
    page = said(Seat("anna").start())
    assert "Open in Own tool" in page
    assert "Open in OHIF" not in page


def test_pressing_shows_a_plain_link_until_when_and_the_address_of_the_images(anna: Seat) -> None:
    page = outside(anna)
    found = ADDRESS.search(page)
    assert found
    assert html.unescape(found[1]).startswith("https://viewer.example.org/viewer?StudyInstanceUIDs=2.25.")
    assert 'target="_blank"' in found[2]
    assert 'rel="noreferrer noopener"' in found[2]
    assert f"http://testserver{API}/dicomweb/links/cns_" in page
    assert "<script" not in page
    assert "style=" not in page


def test_a_program_on_the_readers_machine_opens_in_no_tab(anna: Seat) -> None:
    found = ADDRESS.search(outside(anna, "3D Slicer"))
    assert found
    assert found[1].startswith("slicer://")
    assert "target" not in found[2]


def test_without_scripts_it_is_a_page_of_its_own_that_nobody_keeps(anna: Seat) -> None:
    answer = anna.http.post(reverse("work_outside", args=[anna.task.pk]), {"viewer": "OHIF"})
    assert "Back to the case" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_a_viewer_that_is_no_longer_named_is_said_in_the_page(anna: Seat) -> None:
    assert "The project has no such viewer." in html.unescape(outside(anna, "Gone"))


def test_nobody_else_opens_it(anna: Seat) -> None:
    path = reverse("work_outside", args=[anna.task.pk])
    for name, status in (("bob", 404), ("jin", 404), ("maria", 403), ("otto", 404)):
        Seat(name).post(path, status, viewer="OHIF")
    assert not Token.objects.exists()


def test_the_account_page_lists_it_and_revokes_it(anna: Seat) -> None:
    tool, path, _ = tool_of(anna)
    assert "opened in Own tool" in said(anna.get(reverse("account_home")))
    token = Token.objects.get(task=anna.task.pk)
    page = said(anna.post(reverse("token_revoke", args=[token.pk])))
    assert "The token opened in Own tool is revoked." in page
    assert "look at and work on the one task" not in page
    assert tool.get(path, 401)["code"] == "token_revoked"


def test_a_draft_from_outside_fills_the_page_and_the_open_page_is_told(anna: Seat) -> None:
    tool, path, task = tool_of(anna)
    saved = tool.post(f"{path}/draft", {"token": task["token"], "data": {"labels": labels(malignancy=5)}})
    beat = anna.act("heartbeat").json()
    assert beat["draft_version"] == saved["version"] == 1
    page = anna.get(reverse("work_task", args=[anna.task.pk])).content.decode()
    assert re.search(r'name="fields.malignancy"[^>]*value="5"[^>]*checked', page)


def test_the_page_does_not_save_over_a_draft_from_outside(anna: Seat) -> None:
    tool, path, task = tool_of(anna)
    tool.post(f"{path}/draft", {"token": task["token"], "data": {"labels": labels(malignancy=5)}})
    assert anna.act("draft", 409, **answers(malignancy=2)).json()["code"] == "draft_conflict"
    page = anna.act("leave", 409, **answers(malignancy=2))
    assert str(DraftConflict.__doc__) in said(page)
    assert tool.get(path)["draft"]["data"] == {"labels": labels(malignancy=5)}


def test_the_page_submits_over_a_draft_from_outside_only_when_told_of_it(anna: Seat) -> None:
    tool, path, task = tool_of(anna)
    held = anna.task
    tool.post(f"{path}/draft", {"token": task["token"], "data": {"labels": labels(malignancy=5)}})
    page = anna.act("submit", 409, **answers(malignancy=2))
    assert "A newer draft of this case came from an outside viewer" in said(page)
    assert not Read.objects.exists()
    assert 'name="over" value="1"' in page.content.decode()
    anna.act("submit", task=held, over=1, **answers(malignancy=2))
    assert Read.objects.get().content.data["fields"]["malignancy"] == 2


def test_a_tool_does_not_save_over_what_was_typed_on_the_page(anna: Seat) -> None:
    tool, path, task = tool_of(anna)
    anna.act("draft", **answers(malignancy=2))
    draft = {"token": task["token"], "data": {"labels": labels(malignancy=5)}}
    problem = tool.post(f"{path}/draft", draft, 409)
    assert (problem["code"], problem["version"]) == ("draft_conflict", 1)
    seen = tool.get(path)["draft"]
    assert seen["data"]["form"]["fields.malignancy"] == ["2"]
    assert tool.post(f"{path}/draft", {**draft, "version": seen["version"]})["version"] == 2


def test_a_page_that_is_open_while_the_tool_submits_is_told_so(anna: Seat) -> None:
    tool, path, task = tool_of(anna)
    held = anna.task
    tool.post(f"{path}/submit", {"token": task["token"], "result": {"labels": labels()}})
    beat = anna.act("heartbeat", 409, task=held).json()
    assert beat["code"] == "task_finished"
    assert "submitted, in another tab or an outside viewer" in beat["detail"]
    assert "finished already" in said(anna.act("submit", task=held, **answers()))
    assert Read.objects.count() == 1


def test_a_viewer_named_in_an_odd_way_is_shown_as_text() -> None:
    odd = '"><b onclick=x>'
    of = with_viewers(with_images("scan-1"), {**OHIF, "name": odd}, SLICER)
    assert isinstance(of, Study)
    seat = Seat("anna")
    page = seat.start().content.decode()
    assert odd not in page
    assert html.escape(odd) in page
    assert odd not in outside(seat, odd)
