"""An issue, from the dialog of a task's page to the manager's page and back to its reader; nobody else sees it."""

import base64
import csv
import io

import pytest

from tasks.models import Issue
from tests.people import Study, study
from tests.tasks.test_issues import png
from workflow.models import Notice

from .seat import Seat, said

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def raised(text: str = "The lateral film is cut off.", **more: str) -> Issue:
    """What Anna raises of the case that Start next brings her."""
    anna = Seat("anna")
    anna.start()
    assert "Raised." in said(anna.act("issue", kind="image", text=text, **more))
    return Issue.objects.get()


def test_an_issue_is_raised_answered_and_told(chest: Study) -> None:
    issue, anna, maria = raised(), Seat("anna"), Seat("maria")
    page = f"/projects/chest/issues/{issue.pk}/"
    assert page in maria.get("/account/").content.decode()
    assert "The lateral film is cut off." in said(maria.get(page))
    assert "This field is required." in said(maria.post(page, 422, text=" "))
    assert "The issue is answered" in said(maria.post(page, text="Read the frontal one alone."))
    assert Notice.objects.get(kind="issue_answered").link == "/work/issues/"
    assert "Read the frontal one alone." in said(anna.get("/work/issues/"))
    assert "was answered already" in said(maria.post(page, 422, text="Again."))


def test_what_is_missing_is_said_and_what_was_typed_stays(chest: Study) -> None:
    anna = Seat("anna")
    anna.start()
    told = anna.act("issue", text="Which lobe is meant?")
    assert "Choose what it is about" in said(told)
    assert "Which lobe is meant?" in told.content.decode()
    assert not Issue.objects.exists()


def test_no_reader_finds_it(chest: Study) -> None:
    issue = raised()
    for name, status in (("anna", 403), ("bob", 403), ("aud", 403), ("otto", 404)):
        for page in ("/projects/chest/issues/", f"/projects/chest/issues/{issue.pk}/"):
            assert "lateral" not in said(Seat(name).get(page, status))
    assert "You raised none." in said(Seat("bob").get("/work/issues/"))


def test_a_picture_is_shown_to_managers_as_nothing_but_a_picture(chest: Study) -> None:
    sent = "data:image/png;base64," + base64.b64encode(png("a name")).decode()
    issue, maria = raised(picture=sent, viewer_state='{"slice": 12}'), Seat("maria")
    page = maria.get(f"/projects/chest/issues/{issue.pk}/").content.decode()
    assert "&quot;slice&quot;: 12" in page
    shown = maria.get(f"/projects/chest/issues/{issue.pk}/picture")
    assert (shown.headers["Content-Type"], shown.headers["X-Content-Type-Options"]) == (
        "image/png",
        "nosniff",
    )
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert b"a name" not in shown.content
    Seat("anna").get(f"/projects/chest/issues/{issue.pk}/picture", 403)


@pytest.mark.parametrize("picture", ["data:text/html;base64,PHNjcmlwdD4=", "PHN2Zz4=", "not base64"])
def test_a_picture_that_is_none_is_refused(chest: Study, picture: str) -> None:
    anna = Seat("anna")
    anna.start()
    assert "is not a PNG file" in said(anna.act("issue", kind="image", text="See.", picture=picture))
    assert not Issue.objects.exists()


def test_the_list_is_narrowed_and_had_as_csv(chest: Study) -> None:
    raised("=1+1")
    maria = Seat("maria")
    assert "1 found" in said(maria.get("/projects/chest/issues/?state=open&kind=image"))
    assert "No issue is like this." in said(maria.get("/projects/chest/issues/?state=answered"))
    file = maria.get("/projects/chest/issues/?format=csv")
    (row,) = csv.DictReader(io.StringIO(file.getvalue().decode()))
    assert (row["case"], row["what is asked"], row["by"]) == ("case-1", "'=1+1", "Anna Annotator")
