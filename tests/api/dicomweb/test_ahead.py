"""Images of a task that is kept ahead: frames alone, to the person's browser alone, as they will be after the claim."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api.dicomweb.grants import GRANTS, SERIES
from audit.canonical import parse
from audit.models import Access, Content, Event
from tasks.leases import release
from tasks.models import Task, Worker
from tests.api.client import token_for
from tests.api.dicomweb.scans import body
from tests.images import asking_little, imported, shipped
from tests.people import Study, labels, person, study, with_protocol
from tests.staff import put
from workflow.images.shown import PREFIX
from workflow.models import Instance

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("images_folder")]
ONE_READ = with_protocol(reads={"rule": "unanimous", "count": 1, "max": 1})
FRAMES = 'multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.1'


class Browser:
    """Somebody's browser, signed in."""

    def __init__(self, name: str) -> None:
        self.http = Client(raise_request_exception=False)
        self.http.force_login(person(name))

    def look_ahead(self, task: Task, status: int = 200) -> list[str]:
        """The addresses of the next case's frames."""
        answer = self.http.post(f"/work/tasks/{task.pk}/ahead", {"token": str(task.token)})
        assert answer.status_code == status, answer.content
        told = answer.json()
        assert set(told) == ({"frames"} if status == 200 else {"code", "detail"})
        return list(told.get("frames", ()))

    def get(self, address: str, status: int = 200, **headers: str) -> Any:
        answer: Any = self.http.get(address, headers={"Accept": FRAMES, **headers})
        assert answer.status_code == status, (address, answer.status_code)
        return answer


@pytest.fixture(autouse=True)
def nothing_is_granted() -> Iterator[None]:
    """Each test begins like a new process."""
    yield
    GRANTS.clear()
    SERIES.clear()


@pytest.fixture
def chest() -> Study:
    """Two cases with images, one read each: first a single slice, then a file of ten frames."""
    new = asking_little(study(protocol=ONE_READ))
    for number, name in enumerate(("CT_small.dcm", "emri_small.dcm")):
        imported(new, *shipped(name))
        Task.objects.filter(due_at=None).update(due_at=timezone.now() - timedelta(hours=2 - number))
    return new


@pytest.fixture
def anna(chest: Study) -> Browser:
    return Browser("anna")


def rows(what: str = "frames_ahead") -> int:
    return Access.objects.filter(what=what).count()


def test_the_same_address_gives_the_same_answer_before_and_after_the_claim(
    chest: Study, anna: Browser
) -> None:
    first = chest.claim("anna")
    frames = anna.look_ahead(first)
    assert len(frames) == 10
    assert not Access.objects.exists()
    early = [anna.get(frames[0]), anna.get(frames[1])]
    assert (rows(), rows("frames")) == (2, 0)
    row = Access.objects.latest("id")
    assert (row.actor, row.task_id) == (chest.members["anna"].actor_id, Worker.objects.get().ahead)
    chest.submit("anna", first, {"labels": labels()})
    anna.get(frames[0], 404)
    task = chest.claim("anna")
    assert str(task.pk) in frames[0]
    late = [anna.get(frames[0]), anna.get(frames[1])]
    assert (rows(), rows("frames")) == (2, 2)
    for before, after in zip(early, late, strict=True):
        assert before["ETag"] == after["ETag"]
        assert "immutable" in before["Cache-Control"]
        assert body(before) == body(after)


def test_the_manifest_of_the_read_names_what_was_sent_ahead(chest: Study, anna: Browser) -> None:
    first = chest.claim("anna")
    frames = anna.look_ahead(first)
    for address in frames[:3]:
        body(anna.get(address))
    chest.submit("anna", first, {"labels": labels()})
    assert "images" not in displayed(first), "nothing was sent for it"
    task = chest.claim("anna")
    chest.submit("anna", task, {"labels": labels()})
    film = Instance.objects.get(series__modality="MR")
    assert displayed(task)["images"] == [{"digest": film.digest, "frames": [[1, 3]]}]


def displayed(task: Task) -> dict[str, Any]:
    """The display manifest that the read of a task cites."""
    told = [
        parse(bytes(one.body))
        for one in Event.objects.filter(action="read.submitted", stream_id=task.case_id)
    ]
    return dict(parse(bytes(Content.objects.get(pk=told[-1]["display"]).body)))


def test_a_task_that_another_took_says_nothing_of_what_was_sent_ahead_to_somebody_else(
    chest: Study, anna: Browser
) -> None:
    first = chest.claim("anna")
    frames = anna.look_ahead(first)
    body(anna.get(frames[0]))
    assert first.token is not None
    release(acting=chest.acting("anna"), task_id=first.pk, token=first.token)
    task = Task.objects.get(pk=frames[0].split("/tasks/")[1].split("/")[0])
    Task.objects.filter(pk=task.pk).update(due_at=timezone.now() - timedelta(days=1))
    taken = chest.claim("bob")
    assert taken.pk == task.pk
    anna.get(frames[0], 404)
    chest.submit("bob", taken, {"labels": labels()})
    assert "images" not in displayed(task)


def test_frames_alone_go_out_and_to_nobody_but_the_persons_browser(chest: Study, anna: Browser) -> None:
    task = chest.claim("anna")
    [address, *_] = anna.look_ahead(task)
    root, image = address.partition("/studies/")[0], address.partition("/frames/")[0]
    series = image.partition("/instances/")[0]
    for other in (
        *(f"{root}/studies", f"{root}/instances", f"{series}/metadata", f"{series}/rendered"),
        *(image, f"{image}/thumbnail", f"{image}/rendered", f"{address}/rendered", f"{address}/thumbnail"),
        *(f"{image}/bulkdata/7FE00010", address.replace(f"tasks/{root.split('/')[-1]}/", "")),
    ):
        assert anna.http.get(other).status_code == 404, other
    headers = {"Accept": FRAMES, "Authorization": f"Bearer {token_for('anna')}"}
    assert Client().get(address, headers=headers).status_code == 404
    Browser("bob").get(address, 404)
    assert Client().get(address, headers={"Accept": FRAMES}).status_code == 401
    assert not Access.objects.exists()
    anna.get(address)


def forgotten(chest: Study) -> None:
    Worker.objects.update(ahead_until=timezone.now())


def let_go(chest: Study) -> None:
    task = Task.objects.get(status="leased")
    assert task.token is not None
    release(acting=chest.acting("anna"), task_id=task.pk, token=task.token)


def paused(chest: Study) -> None:
    put(chest, "paused", "anna")


@pytest.mark.parametrize("ends", [forgotten, let_go, paused])
def test_what_ends_it_ends_it_for_the_next_frame(
    chest: Study, anna: Browser, ends: Callable[[Study], None]
) -> None:
    frames = anna.look_ahead(chest.claim("anna"))
    anna.get(frames[0])
    with CaptureQueriesContext(connection) as seen:
        anna.get(frames[1])
    assert len(seen) == 1, "a further frame takes one statement"
    ends(chest)
    assert anna.http.get(frames[2], headers={"Accept": FRAMES}).status_code in (403, 404)
    assert rows() == 2


def test_nothing_is_told_but_addresses_under_the_persons_own_names(chest: Study, anna: Browser) -> None:
    task = chest.claim("anna")
    frames = anna.look_ahead(task)
    assert len(set(frames)) == len(frames)
    stored = set(Instance.objects.values_list("uid", flat=True))
    for address in frames:
        parts = address.split("/")
        assert [parts[at] for at in (1, 2, 3, 4, 6, 8, 10, 12)] == [
            *("api", "v1", "dicomweb", "tasks", "studies", "series", "instances", "frames")
        ]
        assert parts[11].startswith(PREFIX)
        assert parts[11] not in stored
    Browser("bob").look_ahead(task, 409)
    chest.submit("anna", task, {"labels": labels()})
    anna.look_ahead(task, 409)
