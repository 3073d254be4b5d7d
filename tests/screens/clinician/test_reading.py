"""A reader's day: start next, read, be told what is missing, submit, recall, take up what came back."""

import pytest

from screens.forms.typed import Typed
from tasks.models import Task
from tests.people import LABEL_SCHEMA, Study, labels, publish_new_guideline, study
from workflow.models import Read

from .seat import Seat, address, answers, said

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    chest = study()
    chest.register("case-1", "case-2", shown={"question": "Is there a nodule?", "side": "left"})
    return chest


@pytest.fixture
def anna(chest: Study) -> Seat:
    return Seat("anna")


def test_start_next_opens_the_form_of_the_guideline(anna: Seat) -> None:
    assert "work waits" in said(anna.get("/work/"))
    page = anna.start()
    words = said(page)
    for expected in (
        "Is there a nodule?",
        "Side left",
        "Finding",
        "Malignancy",
        "Look at the whole image",
        "Chest",
    ):
        assert expected in words
    assert page.context["desk"].number in words
    assert 'data-reading="true"' in page.content.decode()


def test_a_read_is_submitted_and_the_next_one_opens(anna: Seat) -> None:
    page = anna.read(malignancy=4)
    assert Read.objects.get().content.data == labels(malignancy=4)
    assert "is submitted" in said(page)
    assert page.request["PATH_INFO"] == address(anna.task)
    assert "Nothing is open for you now." in said(anna.act("submit", **answers()))


def test_what_is_missing_stands_at_its_question_and_nothing_typed_is_lost(anna: Seat) -> None:
    anna.start()
    page = anna.act("submit", 422, fields__malignancy="5", confidence="low", flags="motion")
    assert '"Finding" has no answer yet; it is required.' in said(page)
    body = page.content.decode()
    assert '<a href="#q-fields-finding-0">' in body
    assert 'aria-describedby="q-fields-finding-faults" aria-invalid="true"' in body
    assert 'value="5" checked' in body
    assert 'value="low" checked' in body
    assert "motion" in body
    assert not Read.objects.exists()


def test_sending_it_twice_goes_on_with_a_message(anna: Seat) -> None:
    anna.start()
    first = anna.task
    anna.act("submit", **answers())
    page = anna.act("submit", task=first, **answers())
    assert "finished already" in said(page)
    assert page.request["PATH_INFO"] == address(anna.task)
    assert Read.objects.count() == 1


def test_a_finished_or_unknown_task_is_answered_by_a_sentence(anna: Seat) -> None:
    anna.start()
    first = anna.task
    anna.act("submit", **answers())
    assert "finished already" in said(anna.get(address(first), 409))
    assert "no such task" in said(Seat("bob").get(address(first), 404))
    Seat("otto").get(address(first), 404)


def test_a_read_is_recalled_and_its_answers_are_there_again(anna: Seat) -> None:
    anna.read(malignancy=4)
    anna.act("release")
    queue = anna.get("/work/")
    assert "Submitted last" in said(queue)
    assert "Your read is back" in said(anna.act("recall", task=queue.context["last"]))
    assert "you recalled it" in said(anna.get("/work/"))
    assert 'value="4" checked' in anna.start().content.decode()


def test_a_read_that_came_back_says_why_and_keeps_the_comments(chest: Study, anna: Seat) -> None:
    anna.read(malignancy=4)
    anna.act("skip", code="other")
    chest.read("bob")
    comments = [{"path": "/fields/malignancy", "text": "No spicules."}, {"path": "", "text": "Look again."}]
    chest.review("jin", "return", comments=comments)
    chest.review("jana")
    assert "A place or an outline is off" in said(anna.get("/work/"))
    page = said(anna.start())
    assert "Reviewer: No spicules." in page
    assert "Look again." in page
    assert "This read came back" in page


def test_skipping_needs_a_reason_and_goes_on(anna: Seat) -> None:
    anna.start()
    first = anna.task
    assert "Choose why" in said(anna.act("skip", 422))
    page = anna.act("skip", code="known_patient", words="My neighbour.")
    assert "passed on" in said(page)
    assert anna.task.pk != first.pk


def test_an_unread_guideline_stands_before_the_first_case(chest: Study, anna: Seat) -> None:
    publish_new_guideline(chest, {"schema": "consilium/guideline/v1", "title": "Chest", "instructions": "New rules.",
                                  "label_schema": LABEL_SCHEMA, "examples": []})  # fmt: skip
    assert "must be read and acknowledged" in said(anna.get("/work/"))
    page = anna.start()
    assert "New rules." in said(page)
    assert "Changed since version 1" in said(page)
    assert not Task.objects.filter(status="leased").exists()
    assert "Yours until" in said(anna.post("/work/guidelines/chest/2/", go_on="1"))


def test_who_takes_up_no_work_is_told_so(chest: Study) -> None:
    assert "No work for you here" in said(Seat("maria").get("/work/"))
    assert "You hold no role" in said(Seat("maria").start())
    assert "isn't yours to see" in said(Seat("otto").get("/work/guidelines/chest/1/", 404))


def test_the_form_keeps_what_a_draft_kept(anna: Seat) -> None:
    anna.start()
    told = anna.act("draft", **answers(malignancy=2)).json()
    assert told["version"] == 1
    assert 'value="2" checked' in anna.get(address(anna.task)).content.decode()
    page = anna.act("leave", draft_version=1, **answers(malignancy=5))
    assert "is saved" in said(page)
    assert "Continue" in said(page)
    assert 'value="5" checked' in anna.start().content.decode()


def test_a_draft_of_the_api_fills_the_form_too(chest: Study, anna: Seat) -> None:
    from tasks.drafts import save_draft

    anna.start()
    task = anna.task
    save_draft(
        acting=chest.acting("anna"),
        task_id=task.pk,
        token=task.token,
        data={"labels": labels(malignancy=1)},
        version=0,
    )
    assert 'value="1" checked' in anna.get(address(task)).content.decode()


def test_a_draft_says_when_the_lease_is_lost_or_another_tab_was_faster(anna: Seat) -> None:
    anna.start()
    anna.act("draft", **answers())
    assert anna.act("draft", 409, draft_version=7).json()["code"] == "draft_conflict"
    page = anna.act("leave", 409, draft_version=7, **answers(malignancy=5))
    assert "Another tab or device" in said(page)
    assert 'value="5" checked' in page.content.decode()
    assert "lease_until" in anna.act("heartbeat").json()
    stale = {"token": "00000000-0000-4000-8000-000000000000"}
    assert anna.act("heartbeat", 409, **stale).json()["detail"].startswith("Your time on this case ran out")
    lost = anna.act("submit", 409, **{**stale, **answers(malignancy=5)})
    assert "kept as your draft" in said(lost)
    assert 'value="5" checked' in lost.content.decode()


def test_a_first_look_that_is_sent_twice_leads_to_the_reads(chest: Study, anna: Seat) -> None:
    anna.start()
    page = anna.act("submit", mode="arbitrate", **answers())
    assert page.request["PATH_INFO"] == address(anna.task)
    assert not Read.objects.exists()


def test_start_next_stays_in_the_project_that_was_chosen(chest: Study, anna: Seat) -> None:
    other = study("case-9", slug="knee")
    anna.start(project="knee")
    assert anna.task.case.project == other.project
    assert "isn't yours to see" in said(anna.start(status=404, project="elsewhere"))
    anna.act("submit", **answers())
    assert "2 open, 2" not in said(anna.get("/work/"))
    assert said(anna.get("/work/")).count("work waits") == 1


def test_a_strange_draft_of_a_program_does_not_close_the_page(chest: Study, anna: Seat) -> None:
    from tasks.drafts import save_draft

    anna.start()
    task = anna.task
    for version, data in enumerate([{"form": 7}, {"labels": {"findings": [3]}}, {"form": {"x": 5}}]):
        save_draft(acting=chest.acting("anna"), task_id=task.pk, token=task.token, data=data, version=version)
        anna.get(address(task))


def test_who_was_signed_out_is_told_so_in_the_background(anna: Seat) -> None:
    anna.start()
    task = anna.task
    anna.http.logout()
    assert anna.act("draft", 401, task=task).json()["code"] == "signed_out"


def test_a_hostile_form_is_answered_by_a_sentence(anna: Seat) -> None:
    anna.start()
    strange = {
        "token": "x",
        "draft_version": "-1",
        "fields__finding": "\x00\ud800".encode("utf-8", "ignore").decode(),
        **{"findings.999999.id": "f"},
    }
    assert anna.act("draft", 409, **strange).json()["code"] == "lease_lost"
    assert Typed.of({"findings.9999999.id": ["x"]}).findings() == []
