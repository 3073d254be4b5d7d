"""A reader asks the manager about a case; it is written once, answered once, and no other reader learns of it."""

import base64
import io
from uuid import uuid4

import pytest
from PIL import Image, PngImagePlugin

from audit.actions import Action
from audit.models import Event, Opening
from provenance.replay import Replay
from tasks.issues import answer_issue, issues_open_to, own_issues, picture_of_issue, raise_issue
from tasks.models import Issue
from tasks.pictures import DATA_URL, LARGEST, picture_from
from tests.breaking import copy_row, forbidden, refused, sql
from tests.people import Study, study
from workflow.errors import AlreadyDone, InvalidInput, NotAllowed
from workflow.models import Notice

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def raised(chest: Study, name: str = "anna", **more: object) -> Issue:
    """An issue of the case that the person takes up now."""
    task = chest.claim(name)
    assert task.token
    given = {"kind": "image", "text": "The lateral film is cut off.", **more}
    return raise_issue(acting=chest.acting(name), task_id=task.pk, token=task.token, **given)


def png(text: str = "") -> bytes:
    """A small picture, with a text in it."""
    about, file = PngImagePlugin.PngInfo(), io.BytesIO()
    about.add_text("Comment", text)
    Image.new("RGB", (3, 2), "red").save(file, "PNG", pnginfo=about)
    return file.getvalue()


def test_its_words_stand_beside_the_log_and_its_event_in_it(chest: Study) -> None:
    issue = raised(chest, picture=png(), viewer={"slice": 12})
    event = Event.objects.get(event_id=issue.event_id)
    assert (event.action, event.stream_id) == (Action.ISSUE_RAISED, chest.case().pk)
    assert b"lateral" not in bytes(event.body)
    assert Opening.objects.get(commitment=issue.text).value == "The lateral film is cut off."
    assert issue.picture_digest.encode() in bytes(event.body)
    assert picture_of_issue(issue.pk) == png()
    assert [n.member.user.username for n in Notice.objects.select_related("member__user")] == [
        "maria",
        "mehmet",
    ]
    assert Replay(chest.project).run().differences == []


def test_it_is_answered_once_and_its_reader_is_told(chest: Study) -> None:
    issue = raised(chest)
    with pytest.raises(NotAllowed):
        answer_issue(acting=chest.acting("jin"), issue_id=issue.pk, text="No.")
    with pytest.raises(InvalidInput):
        answer_issue(acting=chest.acting("maria"), issue_id=issue.pk, text="  ")
    answer_issue(acting=chest.acting("maria"), issue_id=issue.pk, text="Read what there is.")
    with pytest.raises(AlreadyDone):
        answer_issue(acting=chest.acting("mehmet"), issue_id=issue.pk, text="Skip it.")
    told = Notice.objects.get(kind="issue_answered")
    assert (told.member, "Read what" in told.text) == (chest.members["anna"], False)
    [(mine, number)] = own_issues([chest.members["anna"]])
    assert (mine.said, bool(number)) == ("Read what there is.", True)
    assert own_issues([chest.members["bob"]]) == []


def test_managers_see_it_unless_they_play_a_part_in_the_case(chest: Study) -> None:
    raised(chest)
    (found,) = issues_open_to([chest.members["maria"]])
    assert (found.words, found.reference) == ("The lateral film is cut off.", "case-1")
    chest.members["bob"].roles = ["annotator", "manager"]
    chest.claim("bob")
    assert not issues_open_to([chest.members["bob"]]).exists()


@pytest.mark.parametrize(
    "wrong", [{"kind": "gossip"}, {"text": " "}, {"text": "x" * 2001}, {"viewer": {"x": "y" * 20_000}}]
)
def test_what_makes_no_sense_is_refused(chest: Study, wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        raised(chest, **wrong)


def test_the_database_keeps_it_as_it_was_written(chest: Study) -> None:
    issue = raised(chest, picture=png())
    with refused("issue_has_its_event"):
        copy_row("tasks_issue", issue.pk, id=str(uuid4()), event_id=chest.guideline.event_id)
    with refused("issue_has_its_event"):
        sql(
            "UPDATE tasks_issue SET answer = 'x', answered_by_id = reporter_id, answered_event_id = event_id"
            " WHERE id = %s",
            issue.pk,
        )
    with forbidden():
        sql("UPDATE tasks_issue SET kind = 'other'")
    with forbidden():
        sql("DELETE FROM tasks_issue")
    answer_issue(acting=chest.acting("maria"), issue_id=issue.pk, text="Yes.")
    with refused("issues_are_written_once"):
        sql("UPDATE tasks_issue SET answer = 'other'")


def test_a_picture_is_kept_without_what_a_program_wrote_into_it() -> None:
    sent = DATA_URL + base64.b64encode(png("patient 4711")).decode()
    kept = picture_from(sent)
    assert kept is not None
    assert b"4711" not in kept
    assert Image.open(io.BytesIO(kept)).getpixel((0, 0)) == (255, 0, 0)
    assert picture_from("") is None


@pytest.mark.parametrize(
    "sent",
    [
        b"<svg onload=alert(1)>",
        png()[:-1],
        png() + b"<script>",
        png().replace(b"IHDR", b"IHDX"),
        png()[:8] + png()[33:],
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
        b"x" * (LARGEST + 3),
    ],
)
def test_what_is_no_picture_is_refused(sent: bytes) -> None:
    with pytest.raises(InvalidInput):
        picture_from(base64.b64encode(sent).decode())
