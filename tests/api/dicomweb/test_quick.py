"""Further frames of a series take one statement; they are the same answers, and what ends a right ends it at once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Token
from api.dicomweb.grants import GRANTS, MOST, SERIES
from api.dicomweb.kept import Kept
from audit.log import Reason
from audit.models import Access
from tasks.importing.letting_in import let_in
from tasks.leases import release
from tasks.models import Task
from tasks.naming import uids_for
from tests.api.client import API, As
from tests.api.dicomweb.scans import Viewer, address_of, body, reader, scanned, staff, stored_file
from tests.api.test_link_tokens import given_back, submitted, taken_again
from tests.api.test_link_tokens import lapsed as lapsed_lease
from tests.people import Study
from tests.viewing import OHIF, with_viewers
from workflow.managing import hold
from workflow.members import change_roles, set_status
from workflow.models import Case, Instance
from workflow.unit import on_case

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("images_folder")]
JLS = 'multipart/related; type="image/jls"; transfer-syntax=1.2.840.10008.1.2.4.80'
FILM = "examples_ybr_color.dcm"  # of 30 frames


@pytest.fixture(autouse=True)
def nothing_is_granted() -> Iterator[None]:
    """Each test begins like a new process."""
    yield
    GRANTS.clear()
    SERIES.clear()


@pytest.fixture
def chest() -> Study:
    new = scanned(FILM)
    looked = Reason("looked_at", "Nobody is named in it.")
    let_in(acting=new.acting("maria"), case_id=Case.objects.get().pk, reason=looked)
    return new


@pytest.fixture
def anna(chest: Study) -> Viewer:
    return reader(chest, "anna")


def frames_of(viewer: Viewer) -> str:
    [image] = viewer.json("/instances")
    return f"{address_of(image)}/frames"


def statements(look: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as seen:
        look()
    return len(seen)


@pytest.mark.parametrize("accept", ["*/*", 'multipart/related; type="image/jls"', "image/jls"])
def test_the_quick_answer_is_the_slow_one(anna: Viewer, accept: str) -> None:
    at = frames_of(anna)
    slow = anna.get(f"{at}/2", accept=accept)
    rows = Access.objects.filter(what="frames").count()
    assert statements(lambda: anna.get(f"{at}/2", accept=accept)) == 1
    quick = anna.get(f"{at}/2", accept=accept)
    assert body(quick) == body(slow)
    differs = {"X-Request-ID", "Allow"}
    assert {k: v for k, v in quick.headers.items() if k not in differs} == {
        k: v for k, v in slow.headers.items() if k not in differs
    }
    assert Access.objects.filter(what="frames").count() == rows + 2
    first, *_, last = Access.objects.filter(what="frames").order_by("id").values()
    for told in (first, last):
        for own in ("at", "id", "request"):
            assert told.pop(own)
    assert first == last


def test_each_further_frame_is_its_own_and_recorded_as_such(anna: Viewer) -> None:
    at = frames_of(anna)
    shown = [body(anna.get(f"{at}/{number}", accept="image/jls")) for number in range(1, 31)]
    instance = Instance.objects.get()
    whole = stored_file(instance).read_bytes()
    assert shown == [whole[offset : offset + length] for offset, length in instance.frames]
    assert sorted(Access.objects.filter(what="frames").values_list("frames", flat=True)) == [
        [number] for number in range(1, 31)
    ]
    anna.get(f"{at}/31", 404)
    anna.get(f"{at}/0", 404)


def test_a_head_a_condition_or_another_form_goes_the_whole_way(anna: Viewer) -> None:
    at = frames_of(anna)
    etag = anna.get(f"{at}/1")["ETag"]
    assert anna.get(f"{at}/1", 304, If_None_Match=etag)["ETag"] == etag
    assert body(anna.ask(f"{at}/1", "head")) == b""
    assert anna.get(f"{at}/1", 406, accept="text/html").json()["code"] == "not_acceptable"


def released(chest: Study) -> None:
    task = Task.objects.get(status="leased")
    release(acting=chest.acting("anna"), task_id=task.pk, token=task.token)


def lapsed(chest: Study) -> None:
    Task.objects.filter(status="leased").update(lease_until=timezone.now())


def on_hold(chest: Study) -> None:
    with on_case(chest.acting("maria"), Case.objects.get().pk) as unit:
        hold(unit, Reason("question", "Wait."))


def paused(chest: Study) -> None:
    set_status(
        acting=chest.acting("maria"),
        member=chest.members["anna"],
        status="paused",
        reason=Reason("away", "Away."),
    )


def of_another_role(chest: Study) -> None:
    change_roles(acting=chest.acting("maria"), member=chest.members["anna"], roles=["auditor"])


def signed_out(chest: Study) -> None:
    Token.objects.filter(user=chest.members["anna"].user).update(revoked_at=timezone.now())


def expired(chest: Study) -> None:
    Token.objects.filter(user=chest.members["anna"].user).update(expires_at=timezone.now())


def deactivated(chest: Study) -> None:
    user = chest.members["anna"].user
    user.is_active = False
    user.save()


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (released, 404), (lapsed, 409), (on_hold, 409), (paused, 403), (of_another_role, 403), (signed_out, 401),
        (expired, 401), (deactivated, 401),
    ],
)  # fmt: skip
def test_what_ends_a_right_ends_it_for_the_next_frame(
    chest: Study, anna: Viewer, end: Callable[[Study], None], status: int
) -> None:
    at = frames_of(anna)
    anna.get(f"{at}/1")
    anna.get(f"{at}/2")
    rows = Access.objects.filter(what="frames").count()
    end(chest)
    anna.get(f"{at}/3", status)
    assert Access.objects.filter(what="frames").count() == rows


def test_whoever_signed_in_by_hand_looks_as_quickly_until_they_sign_out(chest: Study, anna: Viewer) -> None:
    at = f"{API}/{anna.root}{frames_of(anna)}"
    browser = Client()
    browser.force_login(chest.members["anna"].user)
    assert browser.get(f"{at}/1").status_code == 200
    assert statements(lambda: browser.get(f"{at}/2")) == 1
    browser.session.flush()
    assert browser.get(f"{at}/3").status_code == 401


def test_nobody_looks_by_what_was_granted_to_another(chest: Study, anna: Viewer) -> None:
    at = frames_of(anna)
    anna.get(f"{at}/1")
    Viewer("bob", anna.root).get(f"{at}/2", 404)
    assert Client().get(f"{API}/{anna.root}{at}/2").status_code == 401


def test_the_staffs_frames_are_asked_for_each_time(chest: Study) -> None:
    maria = staff()
    at = frames_of(maria)
    maria.get(f"{at}/1")
    assert statements(lambda: maria.get(f"{at}/2")) > 1


def test_what_can_not_be_recorded_is_not_shown(anna: Viewer, owner_connection: Any) -> None:
    at = frames_of(anna)
    anna.get(f"{at}/1")
    owner_connection.execute("REVOKE INSERT (log_id) ON audit_access FROM consilium_app")
    owner_connection.commit()
    answer = anna.get(f"{at}/2", 503)
    assert answer.json()["code"] == "access_not_recorded"


def test_a_file_that_is_gone_is_said_to_be(anna: Viewer, images_folder: Path) -> None:
    at = frames_of(anna)
    anna.get(f"{at}/1")
    for path in images_folder.rglob("*.dcm"):
        path.unlink()
    anna.get(f"{at}/2", 404)


def test_a_broken_connection_costs_nobody_their_frame(anna: Viewer) -> None:
    at = frames_of(anna)
    anna.get(f"{at}/1")
    assert connection.connection is not None
    connection.connection.close()
    anna.get(f"{at}/2")


def test_no_more_is_remembered_than_fits_and_none_of_it_for_long() -> None:
    kept: Kept[int, str] = Kept(MOST, 60.0)
    for number in range(500):
        kept.put(number, "x")
    assert kept.get(499) == "x"
    assert sum(kept.get(number) is not None for number in range(500)) == MOST
    gone: Kept[int, str] = Kept(MOST, 0.0)
    gone.put(1, "x")
    assert gone.get(1) is None


def by_link(chest: Study) -> tuple[Task, str]:
    """A task, and the address of its frames with a token in it."""
    with_viewers(chest, OHIF)
    task = chest.claim("anna")
    made = As("anna").post(f"/tasks/{task.pk}/links", {"viewer": "OHIF"}, 201)
    root = str(made["dicomweb"]).partition(API)[2]
    [image] = Client().get(f"{API}{root}/instances").json()
    return task, f"{API}{root}{address_of(image)}/frames"


def test_a_link_shows_further_frames_by_the_same_answers(chest: Study) -> None:
    _, at = by_link(chest)
    slow = Client().get(f"{at}/2")
    assert statements(lambda: Client().get(f"{at}/2")) == 1
    quick = Client().get(f"{at}/2")
    assert quick["Referrer-Policy"] == slow["Referrer-Policy"] == "no-referrer"
    assert body(quick) == body(slow)


@pytest.mark.parametrize("ended", [submitted, given_back, taken_again, lapsed_lease])
def test_a_link_ends_for_the_next_frame(chest: Study, ended: Callable[[Study, Task], None]) -> None:
    task, at = by_link(chest)
    assert Client().get(f"{at}/1").status_code == 200
    assert Client().get(f"{at}/2").status_code == 200
    ended(chest, task)
    answer = Client().get(f"{at}/3")
    assert (answer.status_code, answer.json()["code"]) == (401, "link_over")


def test_an_image_that_is_stored_otherwise_is_not_passed_off_as_its_neighbour(
    chest: Study, anna: Viewer
) -> None:
    at = frames_of(anna)
    with transaction.atomic():
        film, other = Instance.objects.get(), Instance.objects.get()
        other.pk, other.uid = uuid4(), "2.25.7"
        other._state.adding = True
        other.save(force_insert=True)
    plain = stored_file(other)
    plain.parent.mkdir(parents=True, exist_ok=True)
    header = bytes(
        film.frames[0][0]
    )  # nothing that looks like the item of a fragment stands before the frames
    plain.write_bytes(header + stored_file(film).read_bytes()[film.frames[0][0] :])
    shown = uids_for(Task.objects.get(status="leased")).shown
    anna.get(f"{at}/1", accept=JLS)
    assert statements(lambda: anna.get(f"{at}/1", accept=JLS)) == 1
    anna.get(f"{at}/1".replace(shown(film.uid), shown("2.25.7")), 406, accept=JLS)
