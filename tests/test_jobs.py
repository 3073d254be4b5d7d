"""Jobs: declared one way, given ids only, safe to run twice, and never the only memory of what is due."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.core import mail
from django.db import transaction

from api.jobs import forget_answers
from audit import background
from audit.background import job
from audit.models import Event
from tasks.advancing import due_cases
from tasks.jobs import advance_case, heal_all, sweep
from tasks.models import Task
from tests.broker import Valkey, Worker, sending_to
from tests.crowd import all_at_once, hire
from tests.databases import TestDatabases
from tests.people import PROTOCOL, Study, study, with_protocol
from tests.tasks.test_races import Hospital
from workflow.jobs import escalate_reports, mail_notices
from workflow.models import Case, Notice, ReferenceLabel
from workflow.notices import tell
from workflow.safety import report_finding
from workflow.unit import on_case

pytestmark = pytest.mark.django_db(transaction=True)

CASES = 12
PEOPLE = {"annotator": 3, "junior_reviewer": 3, "senior_arbiter": 2}
EMPTIED_AFTER, KILLED_AFTER = 8, 30
MOST_ROUNDS = 30
SOME_ID = "00000000-0000-4000-8000-000000000001"


@job
def remember(case_id: str) -> None:
    """A job that leaves a trace."""
    Notice.objects.create(member_id=case_id, kind="remembered", text="Done.")


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A broker of this test's own."""
    server = Valkey(tmp_path / "broker")
    server.start()
    yield server
    server.stop()
    background._quiet_until = 0.0


@pytest.fixture
def worker(valkey: Valkey, own_databases: TestDatabases) -> Iterator[Worker]:
    """A worker of this test's own."""
    process = Worker({"DATABASE_URL": own_databases.environment()["DATABASE_URL"], "REDIS_URL": valkey.url})
    yield process
    process.stop()


def everything() -> list[Any]:
    """What a job that changes nothing leaves as it is."""
    tasks = Task.objects.order_by("pk").values_list("pk", "status", "holder")
    cases = Case.objects.order_by("pk").values_list("pk", "state", "audit_seq")
    return [*tasks, *cases, Event.objects.count(), Notice.objects.filter(mailed_at=None).count()]


@pytest.mark.parametrize("given", ["case-1", "", 7, None, {"id": SOME_ID}, SOME_ID.upper() + " ", b"x"])
def test_a_job_takes_ids_and_nothing_else(given: Any) -> None:
    with pytest.raises(TypeError, match="only ids"):
        advance_case.soon(given)
    with pytest.raises(TypeError, match="only ids"):
        advance_case(given)


def test_a_job_that_wants_more_than_ids_cannot_be_declared() -> None:
    with pytest.raises(TypeError, match="a job takes only ids"):

        @job
        def careless(case_id: str, labels: dict[str, Any]) -> None:
            """Wants to carry labels through the broker."""


def test_every_job_is_acknowledged_late_and_beat_sends_only_those_that_need_no_id() -> None:
    current_app.loader.import_default_modules()
    ours = {name: task for name, task in current_app.tasks.items() if not name.startswith("celery.")}
    assert all(task.acks_late and task.reject_on_worker_lost and task.ignore_result for task in ours.values())
    due = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert due <= ours.keys()
    assert not any(inspect.signature(ours[name].run).parameters for name in due)


def test_a_job_is_sent_after_the_commit_and_not_at_all_after_a_rollback() -> None:
    member = str(study().members["anna"].pk)
    with transaction.atomic():
        remember.soon(member)
        assert not Notice.objects.exists()
    assert Notice.objects.count() == 1
    with transaction.atomic():
        remember.soon(member)
        transaction.set_rollback(True)
    assert Notice.objects.count() == 1


def test_an_act_is_committed_while_no_broker_answers(valkey: Valkey) -> None:
    chest = study("case-1")
    valkey.stop()
    with sending_to(valkey.url):
        chest.agree_at_two()
    assert chest.case().state == "consensus"
    assert sweep() == 1
    assert chest.case().state == "final"


@pytest.mark.parametrize("again", [sweep, heal_all, mail_notices, escalate_reports, forget_answers])
def test_a_job_run_twice_changes_nothing(again: Any) -> None:
    chest = study("case-1", "case-2")
    chest.agree_at_two()
    chest.read("anna")
    again()
    before = everything()
    again()
    assert everything() == before


def test_a_case_that_cannot_go_on_does_not_stop_the_sweep(owner_connection: Any) -> None:
    chest = study(protocol=with_protocol(reads={"rule": "unanimous", "count": 1, "max": 1}))
    with sending_to("redis://127.0.0.1:1"):
        chest.register("case-1", "case-2")
        for name in ("anna", "bob"):
            chest.read(name)
        for name in ("jin", "jana"):
            chest.review(name)
    background._quiet_until = 0.0
    first, second = due_cases()
    owner_connection.execute(
        "CREATE FUNCTION stuck() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'stuck'; END $$"
    )
    owner_connection.execute(
        f"CREATE TRIGGER stuck BEFORE UPDATE ON workflow_case FOR EACH ROW WHEN (OLD.id = '{first}')"
        " EXECUTE FUNCTION stuck()"
    )
    owner_connection.commit()
    assert sweep() == 1
    assert due_cases() == [first]
    assert Case.objects.get(pk=second).state == "final"


def test_notices_are_mailed_once_and_tell_nothing_of_a_case() -> None:
    chest = study("case-1")
    anna = chest.members["anna"]
    anna.user.email = "anna@example.org"
    anna.user.save()
    tell([anna], kind="returned", text="A read came back to you.")
    assert [mail_notices(), mail_notices()] == [1, 0]
    (sent,) = mail.outbox
    assert sent.to == ["anna@example.org"]
    assert "case-1" not in sent.subject + str(sent.body)


def test_a_notice_that_cannot_be_mailed_holds_up_no_other_and_is_tried_again(settings: Any) -> None:
    chest = study()
    for name, address in (("anna", "anna@example.org"), ("bob", "bob@example.org")):
        chest.members[name].user.email = address
        chest.members[name].user.save()
    tell([chest.members["anna"]], kind="returned", text="A read came back to you.")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert mail_notices() == 0
    settings.EMAIL_BACKEND = "tests.mail.RefusesAnna"
    tell([chest.members["bob"]], kind="returned", text="A read came back to you.")
    assert mail_notices() == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert mail_notices() == 1


def test_a_safety_report_that_nobody_acknowledged_is_escalated_once(superuser_connection: Any) -> None:
    chest = study("case-1", protocol=PROTOCOL | {"safety_contact": {"acknowledge_within": "24h"}})
    with on_case(chest.acting("anna"), chest.case().pk) as unit:
        report_finding(unit, kind="urgent", text="A pneumothorax on the left.")
    assert escalate_reports() == 0
    # Only who stands above the rules can move the deadline.
    superuser_connection.execute("ALTER TABLE workflow_safetyreport DISABLE TRIGGER USER")
    superuser_connection.execute(
        "UPDATE workflow_safetyreport SET acknowledge_by = now() - interval '1 hour'"
    )
    superuser_connection.commit()
    assert [escalate_reports(), escalate_reports()] == [1, 0]
    told = Notice.objects.filter(kind="safety_overdue").values_list("member__user__username", flat=True)
    assert set(told) == {"maria", "mehmet"}


class Interrupted(Hospital):
    """A hospital whose broker is emptied after some work, and killed after more."""

    def __init__(self, chest: Study, people: int, valkey: Valkey) -> None:
        super().__init__(chest, people)
        self.valkey, self.finished, self._count = valkey, 0, Lock()

    def _finish(self, name: str, task: Task, chance: Any) -> str:
        kind = super()._finish(name, task, chance)
        with self._count:
            self.finished += 1
            if self.finished == EMPTIED_AFTER:
                self.valkey.empty()
            elif self.finished == KILLED_AFTER:
                self.valkey.stop()
        return kind


@pytest.mark.slow
def test_the_race_ends_although_its_broker_is_emptied_and_killed(valkey: Valkey, worker: Worker) -> None:
    chest = study(protocol=with_protocol(reads={"rule": "unanimous", "count": 2, "max": 2}))
    names = [name for role, count in PEOPLE.items() for name in hire(chest, role, count)]
    with sending_to(valkey.url):
        chest.register(*[f"case-{number}" for number in range(CASES)])
        interrupted = Interrupted(chest, len(names), valkey)
        hospital: Hospital = interrupted
        for _ in range(MOST_ROUNDS):
            work(hospital, names)
            if not Case.objects.exclude(state="final").exists():
                break
            valkey.start()
            sweep.task.apply_async()  # as beat does
            worker.wait_for("tasks.jobs.sweep")
            hospital = Hospital(chest, len(names))
    assert interrupted.finished >= KILLED_AFTER
    assert set(Case.objects.values_list("state", flat=True)) == {"final"}
    assert ReferenceLabel.objects.count() == CASES


def work(hospital: Hospital, names: list[str]) -> None:
    """Everybody at once, until there is nothing left for anybody."""
    all_at_once([lambda name=name: hospital.work(name) for name in names])
