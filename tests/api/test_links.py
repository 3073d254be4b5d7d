"""A case opened in an outside viewer: the address, what it lets in, what is told of it, and what is refused."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from accounts.models import Token, token_hash
from audit.models import Access, Event
from tasks.links import API
from tasks.models import Task
from tasks.naming import uids_for
from tests.api.client import As, key, token_for
from tests.api.test_token_scopes import by_token, with_token
from tests.people import Study, labels, study
from tests.viewing import OHIF, stored_uids, with_images, with_viewers

pytestmark = pytest.mark.django_db(transaction=True)
SITE = "http://testserver"


@pytest.fixture
def chest() -> Study:
    return with_images("scan-1")


def opened(who: As, task: Task, viewer: str = "OHIF", status: int = 201, **headers: str) -> Any:
    return who.post(f"/tasks/{task.pk}/links", {"viewer": viewer}, status, **headers)


def faults(problem: Any) -> list[tuple[str, str]]:
    return [(fault["path"], fault["code"]) for fault in problem["faults"]]


def test_the_address_leads_to_the_viewer_with_the_readers_own_uids(chest: Study) -> None:
    task = chest.claim("anna")
    link = opened(As("anna"), task)
    asked = parse_qs(urlsplit(link["url"]).query)
    study_uid, _ = stored_uids(chest)
    assert link["url"].startswith("https://viewer.example.org/viewer?")
    assert asked == {"StudyInstanceUIDs": [uids_for(task).shown(study_uid)], "url": [link["dicomweb"]]}
    assert link["dicomweb"] == f"{SITE}{API}/dicomweb/links/{link['token']}"
    assert study_uid not in str(link)
    assert link["submit"] == f"{SITE}{API}/tasks/{task.pk}/submit"


def test_a_tool_that_returns_results_learns_the_task_saves_and_submits(chest: Study) -> None:
    task = chest.claim("anna")
    link = opened(As("anna"), task, "Own tool")
    asked = {name: value for name, (value,) in parse_qs(urlsplit(link["url"]).query).items()}
    assert asked == {
        "api": f"{SITE}{API}",
        "task": str(task.pk),
        "token": link["token"],
        "back": f"{SITE}/work/tasks/{task.pk}/",
    }
    tool = with_token(asked["token"])
    told = tool.get(f"/tasks/{asked['task']}")
    assert {"token", "label_schema", "guideline", "material", "draft"} <= told.keys()
    result = {"token": told["token"], "result": {"labels": labels()}}
    assert tool.post(f"/tasks/{task.pk}/submit", result)["status"] == "done"
    read = json.loads(bytes(Event.objects.get(action="read.submitted").body))
    assert read["actor"]["auth"]["method"] == "token"


def test_a_viewer_that_only_looks_can_not_submit(chest: Study) -> None:
    task = chest.claim("anna")
    tool = with_token(opened(As("anna"), task)["token"])
    told = tool.get(f"/tasks/{task.pk}")
    result = {"token": told["token"], "result": {"labels": labels()}}
    assert tool.post(f"/tasks/{task.pk}/submit", result, 403)["code"] == "token_scope"
    assert not chest.case("scan-1").reads.exists()


def test_the_token_is_kept_as_its_hash_alone_and_lasts_as_long_as_the_project_says(chest: Study) -> None:
    with_viewers(chest, OHIF, link_minutes=15)
    link = opened(As("anna"), chest.claim("anna"))
    token = Token.objects.get(sha256=token_hash(link["token"]))
    assert (token.name, token.projects, token.verbs) == ("opened in OHIF", ["chest"], ["see"])
    left = datetime.fromisoformat(link["expires_at"]) - timezone.now()
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    assert link["token"] not in str(list(Token.objects.values()))


def test_that_images_were_opened_up_is_in_the_access_log_before_the_token_is_there(chest: Study) -> None:
    task = chest.claim("anna")
    events = Event.objects.count()
    opened(As("anna"), task)
    row = Access.objects.get()
    assert (row.what, row.code, row.task_id, row.case_id) == ("link", "110103", task.pk, task.case_id)
    assert (row.actor, row.role) == (chest.members["anna"].actor_id, "annotator")
    assert Event.objects.count() == events


def test_what_opens_it_is_told_once(chest: Study) -> None:
    task, again = chest.claim("anna"), key()
    first, second = (opened(As("anna"), task, Idempotency_Key=again) for _ in range(2))
    secrets = dict.fromkeys(("url", "token", "dicomweb"))
    assert second == {**first, **secrets}
    assert Token.objects.filter(task=task.pk).count() == 1


@pytest.mark.parametrize("name", ["bob", "jin", "sana"])
def test_another_readers_task_is_opened_by_nobody_else(chest: Study, name: str) -> None:
    assert opened(As(name), chest.claim("anna"), status=404)["code"] == "not_found"


@pytest.mark.parametrize("name", ["maria", "aud"])
def test_staff_open_none_outside(chest: Study, name: str) -> None:
    assert opened(As(name), chest.claim("anna"), status=403)["code"] == "not_allowed"


def test_a_task_that_is_over_lapsed_or_on_hold_is_not_opened(chest: Study) -> None:
    task, anna = chest.claim("anna"), As("anna")
    Task.objects.filter(pk=task.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert opened(anna, task, status=409)["code"] == "lease_lost"
    Task.objects.filter(pk=task.pk).update(lease_until=timezone.now() + timedelta(minutes=5))
    As("maria").post(f"/cases/{task.case_id}/hold", {"reason_code": "later"})
    assert opened(anna, task, status=409)["code"] == "case_held"
    As("maria").post(f"/cases/{task.case_id}/resume")
    chest.submit("anna", task, {"labels": labels()})
    assert opened(anna, task, status=409)["code"] == "task_finished"
    assert not Token.objects.filter(task=task.pk).exists()


def test_a_case_without_images_opens_where_no_image_is_asked_for() -> None:
    chest = with_viewers(study("case-1"))
    task, anna = chest.claim("anna"), As("anna")
    assert opened(anna, task, status=409)["code"] == "no_images"
    opened(anna, task, "Own tool")


def test_a_viewer_that_nobody_named_is_refused(chest: Study) -> None:
    problem = opened(As("anna"), chest.claim("anna"), "ohif", 422)
    assert faults(problem) == [("/viewer", "unknown_viewer")]
    assert "OHIF, Own tool, 3D Slicer" in problem["faults"][0]["message"]


def test_a_links_own_token_makes_no_link(chest: Study) -> None:
    task = chest.claim("anna")
    link = opened(As("anna"), task, "Own tool")
    assert opened(with_token(link["token"]), task, status=403)["code"] == "token_scope"


def test_a_limited_token_lets_a_viewer_do_no_more_than_itself_and_no_longer(chest: Study) -> None:
    task = chest.claim("anna")
    asking = by_token("anna", verbs=["open_outside", "see"], expires_at=timezone.now() + timedelta(minutes=5))
    assert opened(asking, task, "Own tool", 403)["code"] == "token_scope"
    link = opened(asking, task)
    made = Token.objects.get(task=task.pk)
    assert made.made_by is not None
    assert made.expires_at == made.made_by.expires_at
    asking.post(f"/tokens/{made.made_by_id}/revoke", status=200)
    assert with_token(link["token"]).get(f"/tasks/{task.pk}", 401)["code"] == "token_revoked"
    worker = with_token(token_for("anna", verbs=["claim", "work"]))
    assert opened(worker, task, status=403)["detail"].endswith('This needs "open_outside".')


def test_two_readers_get_addresses_that_share_no_uid(chest: Study) -> None:
    uids = set()
    for name in ("anna", "bob"):
        task = chest.claim(name)
        link = opened(As(name), task, "3D Slicer")
        uids.add(parse_qs(urlsplit(link["url"]).query)["studyUID"][0])
    assert len(uids) == 2
