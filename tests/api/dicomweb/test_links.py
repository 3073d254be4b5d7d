"""Images by a link: whoever has the address sees the task's images as its holder does, until the link ends."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from dicomweb_client import DICOMwebClient
from django.test import Client
from django.utils import timezone
from pydicom.pixels.utils import pixel_array

from accounts.models import Token, token_hash
from audit.models import Access
from tasks.models import Task
from tasks.naming import uids_for
from tests.api.client import API, As, token_for
from tests.api.dicomweb.scans import body, parts, reader, scanned, stored_file
from tests.api.test_link_tokens import given_back, lapsed, submitted, taken_again
from tests.people import Study
from tests.viewing import OHIF, with_viewers
from workflow.models import Instance

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("images_folder")]
CT = "CT_small.dcm"


@pytest.fixture
def chest(images_folder: Path) -> Study:
    return with_viewers(scanned(CT), OHIF)


def link(task: Task, name: str = "anna") -> str:
    """The root of the task's images, with a new token in it, without the host."""
    made = As(name).post(f"/tasks/{task.pk}/links", {"viewer": "OHIF"}, 201)
    return str(made["dicomweb"]).partition(API)[2]


def ask(path: str, status: int = 200, bearer: str = "") -> Any:
    """An answer to a viewer that sends no header of its own."""
    more = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    answer = Client(raise_request_exception=False).get(API + path, headers={"Accept": "*/*", **more})
    assert answer.status_code == status, (path, answer.status_code, body(answer)[:300])
    return answer


def test_a_foreign_client_fetches_the_images_without_any_header(chest: Study, live_server: Any) -> None:
    task = chest.claim("anna")
    client = DICOMwebClient(url=live_server.url + API + link(task))
    (row,) = client.search_for_instances()
    study, series, image = (row[tag]["Value"][0] for tag in ("0020000D", "0020000E", "00080018"))
    instance, uids = Instance.objects.get(), uids_for(task)
    assert (study, image) == (uids.shown(instance.series.study.uid), uids.shown(instance.uid))
    got = client.retrieve_instance(study, series, image)
    assert np.array_equal(got.pixel_array, pixel_array(pydicom.dcmread(stored_file(instance))))
    assert (got.PatientID, got.PatientName) == (task.case_number, task.case_number)  # type: ignore[attr-defined]


def test_it_gives_what_the_tasks_own_root_gives(chest: Study) -> None:
    task = chest.claim("anna")
    theirs = reader(chest, "anna", task)
    here = link(task)
    for path in ("/studies", "/series", "/instances"):
        told = body(ask(here + path)).decode()
        assert told.replace(here, f"/{theirs.root}") == body(theirs.get(path)).decode()


def test_who_looks_is_on_record_as_the_reader_with_the_task(chest: Study) -> None:
    task = chest.claim("anna")
    here = link(task)
    ask(f"{here}/instances")
    rows = list(Access.objects.order_by("id").values_list("what", "actor", "task_id"))
    anna = chest.members["anna"].actor_id
    assert rows == [("link", anna, task.pk), ("query", anna, task.pk)]


def test_an_address_with_a_token_is_told_to_nobody_who_is_led_on(chest: Study) -> None:
    here = link(chest.claim("anna"))
    for path, status in (("/studies", 200), ("/studies/2.25.1/metadata", 404)):
        assert ask(here + path, status)["Referrer-Policy"] == "no-referrer"
    assert ask("/dicomweb/links/cns_unknown/studies", 401)["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("ended", [submitted, given_back, taken_again, lapsed])
def test_it_ends_with_the_lease(chest: Study, ended: Callable[[Study, Task], None]) -> None:
    task = chest.claim("anna")
    here = link(task)
    ask(f"{here}/studies")
    ended(chest, task)
    assert ask(f"{here}/studies", 401).json()["code"] == "link_over"


def test_a_revoked_or_expired_one_opens_nothing(chest: Study) -> None:
    here = link(chest.claim("anna"))
    token = Token.objects.filter(sha256=token_hash(here.rpartition("/")[2]))
    for change, code in (
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "token_expired"),
        ({"revoked_at": timezone.now()}, "token_revoked"),
    ):
        token.update(**change)
        assert ask(f"{here}/studies", 401).json()["code"] == code


def test_a_case_on_hold_shows_nothing_meanwhile(chest: Study) -> None:
    task = chest.claim("anna")
    here = link(task)
    As("maria").post(f"/cases/{task.case_id}/hold", {"reason_code": "later"})
    assert ask(f"{here}/studies", 409).json()["code"] == "case_held"
    As("maria").post(f"/cases/{task.case_id}/resume")
    ask(f"{here}/studies")


@pytest.mark.parametrize("name", ["anna", "maria"])
def test_no_other_token_is_taken_in_a_path(chest: Study, name: str) -> None:
    chest.claim("anna")
    assert ask(f"/dicomweb/links/{token_for(name)}/studies", 401).json()["code"] == "token_unknown"


def test_a_session_or_another_token_beside_it_changes_nothing(chest: Study) -> None:
    here = link(chest.claim("anna"))
    manager = token_for("maria")
    assert body(ask(f"{here}/studies", bearer=manager)) == body(ask(f"{here}/studies"))
    ask("/dicomweb/links/cns_unknown/studies", 401, manager)


def test_the_token_as_bearer_opens_its_own_tasks_root_and_no_other(chest: Study) -> None:
    task = chest.claim("anna")
    token = link(task).rpartition("/")[2]
    ask(f"/dicomweb/tasks/{task.pk}/studies", bearer=token)
    other = chest.claim("bob")
    for root in (f"tasks/{other.pk}", "projects/chest", ""):
        path = "/".join(("/dicomweb", root, "studies")).replace("//", "/")
        assert ask(path, 403, token).json()["code"] == "token_scope"


def test_two_readers_links_share_no_uid_and_no_mark_of_their_answers(chest: Study) -> None:
    seen = []
    for name in ("anna", "bob"):
        here = link(chest.claim(name), name)
        (row,) = ask(f"{here}/instances").json()
        path = "".join(
            f"/{part}/{row[tag]['Value'][0]}"
            for part, tag in (("studies", "0020000D"), ("series", "0020000E"), ("instances", "00080018"))
        )
        answer = ask(f"{here}{path}/frames/1")
        seen.append((path, answer["ETag"], [content for _, content in parts(answer)]))
    (one, tag, pixels), (other, other_tag, other_pixels) = seen
    assert set(one.split("/")) & set(other.split("/")) == {"", "studies", "series", "instances"}
    assert tag != other_tag
    assert pixels == other_pixels
