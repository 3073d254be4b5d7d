"""What is offered to whom, and in which order: qualifications, limits of a day, and places in the queue."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Credential
from audit.canonical import parse
from audit.models import Event
from tasks.assigning.naming import assign
from tasks.leases import claim, heartbeat, release
from tasks.limits import today_of
from tasks.models import Place, Pool, Task, Worker
from tasks.ordering import ring_of
from tasks.queues import NO_PART
from tasks.why import Why
from tests.people import Study, labels, study
from workflow.members import record_training
from workflow.models import Case

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def chest() -> Study:
    return study("case-1", "case-2")


def settings(of: Study, **values: Any) -> None:
    """Change a project's settings for what follows."""
    of.project.settings = {**of.project.settings, **values}
    of.project.save(update_fields=["settings"])
    for member in of.members.values():
        member.project.settings = of.project.settings


def refusal(of: Study, name: str, **more: Any) -> Why:
    found = claim(acting=of.acting(name), **more)
    assert isinstance(found, Why), "there was a task"
    return found


def ref(task: Task) -> str:
    return Case.objects.get(pk=task.case_id).external_ref


def test_the_database_and_the_counting_ask_the_same_of_parts() -> None:
    wanted = NO_PART.replace("%(me)s", "me").replace("o.new_readers", "fresh").split()
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname IN ('tasks_ahead', 'tasks_candidates')")
        bodies = [" ".join(row[0].split()) for row in cursor.fetchall()]
    assert len(bodies) == 2
    assert all(" ".join(wanted) in body for body in bodies)


def test_a_task_lies_on_the_ring_where_its_case_does(chest: Study) -> None:
    assert {t.ring for t in Task.objects.all()} == {ring_of(t.case_id) for t in Task.objects.all()}
    assert Pool.objects.count() == 1


def test_a_case_goes_only_to_who_is_qualified_for_it() -> None:
    chest = study()
    chest.register("brain-1", needs=["specialty:neuroradiology", "modality:MR"])
    why = refusal(chest, "anna")
    assert (why.open, why.unqualified) == (2, 2)
    assert "2 need a credential that you lack (modality MR, specialty neuroradiology)" in why.sentence()
    Credential.objects.create(
        user=chest.members["anna"].user,
        profession="physician",
        subspecialty="Neuroradiology",
        modalities=["mr"],
        valid_from=date(2021, 1, 1),
    )
    assert ref(chest.claim("anna")) == "brain-1"


def test_without_a_credential_that_is_valid_today_nothing_is_begun(chest: Study) -> None:
    task = chest.claim("anna")
    Credential.objects.update(valid_to=timezone.now().date() - DAY)
    assert chest.claim("anna").pk == task.pk, "what is in hand stays"
    assert "no valid credential" in refusal(chest, "bob").sentence()


def train(of: Study, name: str, *, passed: bool) -> None:
    """Record that somebody took the calibration."""
    record_training(
        acting=of.acting("maria"),
        member=of.members[name],
        material={"name": "calibration"},
        score=None,
        passed=passed,
        completed_at=timezone.now(),
    )


def test_training_that_a_project_asks_for_comes_first_and_the_last_attempt_counts(chest: Study) -> None:
    settings(chest, required_training=["calibration"])
    assert "training or calibration" in refusal(chest, "anna").sentence()
    train(chest, "anna", passed=False)
    assert refusal(chest, "anna").forbidden == "untrained"
    train(chest, "anna", passed=True)
    chest.read("anna")
    train(chest, "anna", passed=False)
    assert refusal(chest, "anna").forbidden == "untrained"


@pytest.mark.parametrize("how", ["capacity", "cap"])
def test_a_day_ends_where_capacity_or_the_projects_cap_does(chest: Study, how: str) -> None:
    if how == "cap":
        settings(chest, daily_cap=1)
    else:
        chest.members["anna"].capacity_per_day = 1
    chest.read("anna")
    assert "as much as you may today" in refusal(chest, "anna").sentence()
    Worker.objects.update(day=today_of(chest.project) - DAY)
    assert chest.claim("anna")


def test_a_session_ends_with_a_break(chest: Study) -> None:
    settings(chest, session_minutes=60, break_minutes=15)
    chest.read("anna")
    long_ago = timezone.now() - timedelta(hours=1)
    Worker.objects.update(session_started_at=long_ago)
    found = refusal(chest, "anna")
    assert found.rest_until is not None
    assert timedelta(minutes=14) < found.rest_until - timezone.now() <= timedelta(minutes=15)
    assert "Time for a break" in found.sentence()


def test_each_read_knows_its_place_in_the_session(chest: Study) -> None:
    chest.read("anna")
    told = parse(bytes(Event.objects.get(action="read.submitted").body))["extra"]
    assert (told["session_position"], told["active_seconds"]) == (1, 0)
    assert chest.claim("anna").session_position == 2
    assert Worker.objects.get().claims == 2


def test_nobody_has_a_part_in_more_cases_than_their_share() -> None:
    chest = study(*(f"case-{n}" for n in range(4)))
    settings(chest, most_share="0.5")
    chest.read("anna")
    chest.read("anna")
    assert "as many cases as one person may have" in refusal(chest, "anna").sentence()


def test_overdue_work_comes_first(chest: Study) -> None:
    late = Task.objects.filter(case=chest.case("case-2"))
    late.update(due_at=timezone.now() - timedelta(minutes=1))
    assert ref(chest.claim("anna")) == "case-2"


def test_equal_rank_is_handed_out_around_the_ring_from_ones_own_place() -> None:
    chest = study()
    settings(chest, spread_minutes=60)
    chest.register(*(f"case-{n}" for n in range(12)))
    Task.objects.update(rank=timezone.now().replace(minute=0, second=0, microsecond=0))
    start = ring_of(chest.members["anna"].pk)
    wanted = sorted(Case.objects.all(), key=lambda case: (ring_of(case.pk) - start) % 32768)
    got = []
    for _ in wanted:
        task = chest.claim("anna")
        got.append(task.case_id)
        chest.submit("anna", task, {"labels": labels()})
    assert got == [case.pk for case in wanted]


def long_ago(hours: int = 9) -> None:
    """As if everything open had been there for hours."""
    then = timezone.now() - timedelta(hours=hours)
    Task.objects.update(rank=then, opened_at=then, entered_at=then)


def test_a_place_in_the_queue_is_kept_and_hides_nothing_that_enters_behind_it() -> None:
    chest = study(*(f"case-{n}" for n in range(3)))
    long_ago()
    first = chest.claim("anna")
    assert Place.objects.filter(member=chest.members["anna"]).count() == 1
    Place.objects.update(rank=timezone.now() - timedelta(hours=3), since=timezone.now())
    chest.claim("bob")
    assert first.token is not None
    release(acting=chest.acting("anna"), task_id=first.pk, token=first.token)
    again = chest.claim("anna")
    assert again.pk == first.pk, "it entered anew, behind the place"


def test_what_a_place_hides_by_mistake_is_found_before_anybody_is_told_there_is_nothing() -> None:
    chest = study("case-1")
    long_ago()
    anna = chest.members["anna"]
    Worker.objects.create(member=anna, claims=1)
    Place.objects.create(
        member=anna, pool=Pool.objects.get(), rank=timezone.now(), gone=0, since=timezone.now()
    )
    assert ref(chest.claim("anna")) == "case-1"
    assert not Place.objects.exists()


def test_a_reservation_that_was_not_started_in_time_is_anybodys(chest: Study) -> None:
    task = Task.objects.filter(case=chest.case("case-1"), slot=1).get()
    assign(acting=chest.acting("maria"), task_ids=[task.pk], to=chest.members["bob"])
    assert ref(chest.claim("anna", ["annotate"])) == "case-1"
    Task.objects.filter(pk=task.pk).update(start_by=timezone.now() - DAY)
    assert chest.claim("cleo").pk == task.pk
    assert not chest.case("case-1").parts.filter(member=chest.members["bob"]).exists()


def test_a_turn_comes_after_so_many_claims_and_is_hidden_until_then(chest: Study) -> None:
    task = Task.objects.filter(case=chest.case("case-2"), slot=1).get()
    assign(acting=chest.acting("maria"), task_ids=[task.pk], to=chest.members["anna"])
    Task.objects.filter(pk=task.pk).update(turn=1)
    assert ref(chest.claim("anna")) == "case-1"
    Worker.objects.update(claims=1)
    chest.submit("anna", Task.objects.get(status="leased"), {"labels": labels()})
    assert chest.claim("anna").pk == task.pk


def test_a_page_left_open_gives_the_case_back_in_the_end(chest: Study) -> None:
    task = chest.claim("anna")
    assert task.token is not None
    Task.objects.update(seen_at=timezone.now() - timedelta(minutes=12))
    active = heartbeat(acting=chest.acting("anna"), task_id=task.pk, token=task.token)
    assert active > timezone.now() + timedelta(minutes=29)
    assert Task.objects.get(pk=task.pk).active_seconds == 5 * 60, "idle time beyond the limit isn't work"
    idle = timedelta(minutes=20)
    until = heartbeat(acting=chest.acting("anna"), task_id=task.pk, token=task.token, idle=idle)
    assert until < timezone.now() + timedelta(minutes=11)


def claimed_from_here(of: Study, name: str) -> None:
    """Let the next claim of a person keep their places anew."""
    Worker.objects.filter(member=of.members[name]).update(claims=16)


def test_what_enters_behind_a_place_stays_in_sight_while_it_waits() -> None:
    chest = study(*(f"case-{n}" for n in range(6)))
    long_ago()
    chest.read("anna")
    since = Place.objects.get().since
    done = Task.objects.get(status="done").case_id
    urgent = Case.objects.exclude(pk=done).latest("external_ref")
    Task.objects.filter(case=urgent).update(
        rank=timezone.now() - timedelta(days=3), entered_at=timezone.now()
    )
    Place.objects.update(rank=timezone.now() - timedelta(days=2))
    claimed_from_here(chest, "anna")
    assert chest.claim("anna").case_id == urgent.pk
    assert Place.objects.get().since == since


def test_where_much_enters_behind_a_place_the_person_goes_back_to_it() -> None:
    chest = study(*(f"case-{n}" for n in range(520)))
    long_ago()
    chest.read("anna")
    Place.objects.update(rank=timezone.now() - timedelta(hours=3), since=timezone.now() - timedelta(hours=1))
    wanted = timezone.now() - timedelta(days=3)
    Task.objects.filter(status="open").update(rank=wanted, entered_at=timezone.now())
    claimed_from_here(chest, "anna")
    chest.read("anna")
    place = Place.objects.get()
    assert place.rank == wanted
    assert place.since > timezone.now() - timedelta(minutes=1)
