"""Leases: who gets which task, what a holder may do with it, and what happens when they are slow."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from threading import Thread
from uuid import uuid4

import psycopg
import pytest
from django.utils import timezone

from audit.log import Reason
from audit.models import Event
from tasks.drafts import draft_of, save_draft
from tasks.errors import LeaseLost, NotYours, OnlyYours, TaskFinished
from tasks.leases import claim, heartbeat, release, skip
from tasks.models import Task
from tasks.why import NOT_COUNTED, Why
from tests.crowd import all_at_once
from tests.people import Study, labels, publish_new_guideline, study, with_protocol
from tests.staff import give, put
from workflow.errors import InvalidInput, NotAllowed, NotFound
from workflow.models import Case, Part
from workflow.versions import acknowledge

pytestmark = pytest.mark.django_db(transaction=True)
NOTHING = f"Nothing is open for you now. {NOT_COUNTED}"
NOT_MINE = Reason("recognised", "I treated this patient.")


@pytest.fixture
def chest() -> Study:
    return study("case-1", "case-2")


def why(chest: Study, name: str) -> Why:
    found = claim(acting=chest.acting(name))
    assert isinstance(found, Why)
    return found


def counts(found: Task | Why) -> dict[str, int]:
    """What a claim that found nothing counted, without the zeros."""
    assert isinstance(found, Why)
    return {name: count for name, count in asdict(found).items() if count}


def ref(task: Task) -> str:
    return Case.objects.get(pk=task.case_id).external_ref


def let_time_pass(task: Task) -> None:
    """As if the holder's lease had run out a minute ago."""
    Task.objects.filter(pk=task.pk).update(lease_until=timezone.now() - timedelta(minutes=1))


def test_a_claim_leases_the_task_until_the_projects_time_is_over(chest: Study) -> None:
    before = timezone.now()
    task = chest.claim("anna")
    assert (task.status, task.holder, task.kind, task.slot) == (
        "leased",
        chest.members["anna"],
        "annotate",
        1,
    )
    assert task.lease_until is not None
    assert timedelta(minutes=29) < task.lease_until - before < timedelta(minutes=31)
    assert Event.objects.get(event_id=task.event_id).action == "task.claimed"


def test_claiming_again_gives_the_same_lease(chest: Study) -> None:
    first, again = chest.claim("anna"), chest.claim("anna")
    assert (again.pk, again.token) == (first.pk, first.token)
    assert Event.objects.filter(action="task.claimed").count() == 1


def test_two_people_get_two_tasks_of_the_oldest_case_first(chest: Study) -> None:
    tasks = [chest.claim("anna"), chest.claim("bob"), chest.claim("cleo")]
    assert [(ref(task), task.slot) for task in tasks] == [("case-1", 1), ("case-1", 2), ("case-2", 1)]


def test_many_claims_of_one_person_at_once_give_one_task(chest: Study) -> None:
    got = all_at_once([lambda: chest.claim("anna") for _ in range(8)])
    assert len({task.pk for task in got}) == 1
    assert len({task.token for task in got}) == 1
    assert Part.objects.count() == 1


def test_a_case_of_higher_priority_is_handed_out_first() -> None:
    chest = study("case-1")
    chest.register("case-2", priority=5)
    assert ref(chest.claim("anna")) == "case-2"


def test_a_person_plays_one_part_in_a_round() -> None:
    chest = study("case-1")
    chest.read("anna")
    assert counts(why(chest, "anna")) == {"open": 1, "took_part": 1}
    assert why(chest, "anna").sentence() == NOTHING


def test_nobody_reviews_or_arbitrates_what_they_read() -> None:
    chest = study("case-1")
    give(chest, "anna", "annotator", "junior_reviewer", "senior_arbiter")
    chest.read("anna", malignancy=3)
    chest.read("bob", malignancy=4)
    assert counts(claim(acting=chest.acting("anna"), kinds=["review"])) == {"open": 2, "took_part": 2}
    chest.review("jin")
    chest.review("jana")
    assert chest.case().state == "arbitration"
    assert counts(claim(acting=chest.acting("anna"), kinds=["arbitrate"])) == {"open": 1, "took_part": 1}


def test_who_holds_no_role_for_work_is_told_so(chest: Study) -> None:
    assert why(chest, "aud").sentence() == "You hold no role in this project that takes up work."
    assert why(chest, "jin").sentence() == NOTHING


def test_a_person_gets_only_the_kinds_they_ask_for_among_those_they_may_have(chest: Study) -> None:
    assert isinstance(claim(acting=chest.acting("anna"), kinds=["review"]), Why)
    assert isinstance(claim(acting=chest.acting("anna"), kinds=["annotate"]), Task)


def test_the_published_guideline_must_be_acknowledged_first() -> None:
    chest = study()
    guideline = publish_new_guideline(chest)
    chest.register("case-1")
    assert counts(why(chest, "anna")) == {"open": 2, "not_acknowledged": 2}
    assert "need you to acknowledge" in why(chest, "anna").sentence()
    acknowledge(acting=chest.acting("anna"), guideline=guideline)
    assert chest.claim("anna").slot == 1


def test_reserved_work_too_waits_until_the_guideline_is_acknowledged() -> None:
    chest = study("case-1")
    chest.agree_at_two()
    guideline = publish_new_guideline(chest)
    chest.reopen("same_readers")
    assert counts(why(chest, "anna")) == {"open": 1, "not_acknowledged": 1}
    acknowledge(acting=chest.acting("anna"), guideline=guideline)
    assert chest.claim("anna").slot == 1


def test_a_person_who_paused_gets_nothing_and_can_submit_nothing(chest: Study) -> None:
    task = chest.claim("anna")
    put(chest, "paused", "anna")
    assert why(chest, "anna").no_role
    with pytest.raises(NotAllowed):
        chest.submit("anna", task, {"labels": labels()})


def test_a_heartbeat_lengthens_the_lease_without_an_event(chest: Study) -> None:
    task = chest.claim("anna")
    let_time_pass(task)
    events = Event.objects.count()
    until = heartbeat(acting=chest.acting("anna"), task_id=task.pk, token=task.token)
    assert until > timezone.now() + timedelta(minutes=29)
    assert Event.objects.count() == events
    assert isinstance(chest.claim("bob"), Task)
    assert chest.claim("bob").pk != task.pk


def test_work_that_is_late_still_counts_while_nobody_else_took_the_task(chest: Study) -> None:
    task = chest.claim("anna")
    let_time_pass(task)
    assert chest.submit("anna", task, {"labels": labels()}).status == "done"


def test_a_lease_that_ran_out_is_found_by_the_next_who_claims_and_the_draft_is_kept(chest: Study) -> None:
    task = chest.claim("anna")
    save_draft(acting=chest.acting("anna"), task_id=task.pk, token=task.token, data={"half": 1}, version=0)
    let_time_pass(task)
    taken = chest.claim("bob")
    assert (taken.pk, taken.holder) == (task.pk, chest.members["bob"])
    assert Part.objects.get(member=chest.members["anna"]).outcome == "lapsed"
    assert Event.objects.filter(action="task.lapsed").count() == 1
    kept = draft_of(taken, chest.acting("anna"))
    assert kept is not None
    assert kept.data == {"half": 1}
    assert draft_of(taken, chest.acting("bob")) is None


def test_whoever_lost_a_lease_is_told_so_whatever_they_try(chest: Study) -> None:
    task = chest.claim("anna")
    let_time_pass(task)
    chest.claim("bob")
    acting, token = chest.acting("anna"), task.token
    for attempt in (
        lambda: chest.submit("anna", task, {"labels": labels()}),
        lambda: heartbeat(acting=acting, task_id=task.pk, token=token),
        lambda: release(acting=acting, task_id=task.pk, token=token),
        lambda: skip(acting=acting, task_id=task.pk, token=token, reason=NOT_MINE),
        lambda: save_draft(acting=acting, task_id=task.pk, token=token, data={}, version=0),
        lambda: save_draft(acting=acting, task_id=task.pk, token=token, data={}, version=0, explicit=True),
    ):
        with pytest.raises(LeaseLost):
            attempt()


def test_a_person_whose_lease_ran_out_may_take_it_up_again(chest: Study) -> None:
    task = chest.claim("anna")
    let_time_pass(task)
    again = chest.claim("anna")
    assert (again.pk, again.token) == (task.pk, task.token)


def test_a_lapsed_reader_may_read_another_slot_of_the_case_later() -> None:
    chest = study("case-1")
    let_time_pass(chest.claim("anna"))
    chest.claim("bob")
    assert (chest.claim("anna").slot, Part.objects.get(member=chest.members["anna"]).slot) == (2, 2)


def test_a_wrong_token_or_a_strangers_is_refused(chest: Study) -> None:
    task = chest.claim("anna")
    with pytest.raises(LeaseLost):
        heartbeat(acting=chest.acting("anna"), task_id=task.pk, token=uuid4())
    task.token = uuid4()
    with pytest.raises(LeaseLost):
        chest.submit("anna", task, {"labels": labels()})
    with pytest.raises(NotYours):
        chest.submit("bob", task, {"labels": labels()})
    with pytest.raises(NotAllowed):
        chest.submit("jin", task, {"labels": labels()})


def test_a_task_of_another_project_does_not_exist_for_a_stranger(chest: Study) -> None:
    task = chest.claim("anna")
    task.pk = uuid4()
    with pytest.raises(NotFound):
        chest.submit("anna", task, {"labels": labels()})


def test_a_finished_task_cannot_be_finished_again(chest: Study) -> None:
    task = chest.claim("anna")
    chest.submit("anna", task, {"labels": labels()})
    with pytest.raises(TaskFinished):
        chest.submit("anna", task, {"labels": labels()})
    with pytest.raises(NotYours):
        release(acting=chest.acting("bob"), task_id=task.pk, token=task.token)


def test_a_released_task_is_anybodys_also_again_its_former_holders(chest: Study) -> None:
    task = chest.claim("anna")
    release(acting=chest.acting("anna"), task_id=task.pk, token=task.token)
    assert Task.objects.get(pk=task.pk).status == "open"
    assert chest.claim("anna").pk == task.pk
    assert Part.objects.get().outcome == "active"


def test_a_skipped_case_is_not_offered_to_that_person_again_in_any_round() -> None:
    chest = study("case-1")
    task = chest.claim("cleo")
    skip(acting=chest.acting("cleo"), task_id=task.pk, token=task.token, reason=NOT_MINE)
    assert counts(why(chest, "cleo")) == {"open": 2, "took_part": 2}
    chest.agree_at_two()
    chest.reopen("same_readers")
    assert why(chest, "cleo").open == 0
    chest.agree_at_two()
    chest.reopen("new_readers")
    assert counts(why(chest, "cleo")) == {"open": 2, "took_part": 2}


def test_a_skip_needs_a_reason(chest: Study) -> None:
    task = chest.claim("anna")
    with pytest.raises(InvalidInput):
        skip(acting=chest.acting("anna"), task_id=task.pk, token=task.token, reason=Reason(""))


def test_returned_work_comes_before_new_work_and_is_its_readers_alone() -> None:
    chest = study("case-1")
    chest.read("anna")
    chest.read("bob")
    chest.review("jin", "return")
    chest.review("jana")
    chest.register("case-2", priority=100)
    assert ref(chest.claim("cleo")) == "case-2"
    task = chest.claim("anna")
    assert (ref(task), task.bound, task.returned) == ("case-1", True, True)
    with pytest.raises(OnlyYours):
        skip(acting=chest.acting("anna"), task_id=task.pk, token=task.token, reason=NOT_MINE)
    let_time_pass(task)
    assert ref(chest.claim("bob")) == "case-2"
    release(acting=chest.acting("anna"), task_id=task.pk, token=task.token)
    assert Task.objects.get(pk=task.pk).status == "reserved"
    assert chest.claim("anna").pk == task.pk


def test_a_live_lease_comes_before_returned_work() -> None:
    chest = study("case-1")
    chest.read("anna")
    chest.read("bob")
    chest.register("case-2")
    begun = chest.claim("anna")
    chest.review("jin", "return")
    chest.review("jana")
    assert ref(begun) == "case-2"
    assert chest.claim("anna").pk == begun.pk
    chest.submit("anna", begun, {"labels": labels()})
    assert chest.claim("anna").returned


def test_each_reader_knows_a_case_by_a_number_of_their_own(chest: Study) -> None:
    chest.claim("anna")
    chest.claim("bob")
    numbers = set(Part.objects.values_list("case_number", flat=True))
    assert len(numbers) == 2
    assert not any("case" in number for number in numbers)


Connect = Callable[..., psycopg.Connection]


def claims_while_locked(chest: Study, name: str, connect: Connect) -> Task | Why:
    """What a claim returns that began while somebody else had every case locked."""
    got: list[Task | Why] = []
    with connect("app") as other, connect("superuser", autocommit=True) as watcher:
        other.execute("SELECT 1 FROM workflow_case FOR UPDATE")
        claiming = Thread(target=lambda: got.extend(all_at_once([lambda: claim(acting=chest.acting(name))])))
        claiming.start()
        while claiming.is_alive() and not somebody_waits(watcher):
            pass
        other.rollback()
        claiming.join(30)
    return got[0]


def somebody_waits(watcher: psycopg.Connection) -> bool:
    found = watcher.execute(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    return found.fetchone() is not None


def test_a_claim_waits_for_work_that_is_locked_and_never_says_there_is_none(connect: Connect) -> None:
    assert isinstance(claims_while_locked(study("case-1"), "anna", connect), Task)


def test_a_claim_waits_for_the_persons_own_work_and_takes_no_other_meanwhile(connect: Connect) -> None:
    chest = study("case-1")
    mine = chest.claim("anna")
    found = claims_while_locked(chest, "anna", connect)
    assert isinstance(found, Task)
    assert found.pk == mine.pk


def test_one_reviewer_may_review_every_read_of_a_case_where_the_protocol_says_so() -> None:
    chest = study("case-1", protocol=with_protocol(junior_review={"distinct_reviewers": False}))
    chest.read("anna")
    chest.read("bob")
    chest.review("jin")
    chest.review("jin")
    assert chest.case().state == "final"


def test_reviewers_are_distinct_by_default() -> None:
    chest = study("case-1")
    chest.read("anna")
    chest.read("bob")
    chest.review("jin")
    assert counts(why(chest, "jin")) == {"open": 1, "took_part": 1}
