"""A case's rows say what its log tells; whatever row somebody changed behind its back is named."""

import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from provenance.replay import replay
from tasks import cases as managing
from tasks.completing import recall
from tasks.leases import skip
from tests.modelled import AFTER, box, committed, predict, read_of, with_model
from tests.people import Study, labels, study, with_protocol
from tests.staff import WHY
from workflow.models import (
    Arbitration,
    CaseRound,
    ConsensusReport,
    Exclusion,
    Part,
    Read,
    Recall,
    ReferenceLabel,
    Review,
)

pytestmark = pytest.mark.django_db(transaction=True)
LOOK_TWICE = with_protocol(
    reads={"rule": "unanimous", "count": 2, "max": 2},
    junior_review={"distinct_reviewers": False},
    second_look={"rounds": 1},
    arbitration={"sample_of_agreed": {"share": "1", "strata": []}},
)
# What somebody may do to the rows: the table, the change, which rows; and what replay then names.
CHANGES = [
    ("workflow_case", "state = 'consensus'", "external_ref = 'case-1'", "FACT_DIFFERS state"),
    ("workflow_case", "held = true", "external_ref = 'case-1'", "FACT_DIFFERS held"),
    ("workflow_case", "priority = 5", "external_ref = 'case-1'", "FACT_DIFFERS priority"),
    ("workflow_case", "reads_wanted = 3", "external_ref = 'case-1'", "FACT_DIFFERS reads_wanted"),
    ("workflow_case", "passes = 7", "external_ref = 'case-1'", "FACT_DIFFERS passes"),
    ("workflow_case", "split = 'test'", "external_ref = 'case-1'", "FACT_DIFFERS split"),
    ("workflow_case", "strata = '{}'", "external_ref = 'case-1'", "FACT_DIFFERS strata"),
    ("workflow_case", "patient_key = 'another'", "external_ref = 'case-1'", "FACT_DIFFERS patient"),
    ("workflow_case", "external_ref = 'case-9'", "external_ref = 'case-1'", "FACT_DIFFERS external_ref"),
    ("workflow_case", "excluded_from = 'intake'", "state = 'excluded'", "FACT_DIFFERS excluded_from"),
    ("workflow_case", "audit_seq = audit_seq - 1", "state = 'excluded'", "FACT_DIFFERS events"),
    ("workflow_caseround", "reads_planned = 1", "number = 2", "FACT_DIFFERS rounds reads_planned"),
    ("workflow_caseround", "readers = 'new_readers'", "number = 2", "FACT_DIFFERS rounds readers"),
    ("workflow_part", "outcome = 'skipped'", "kind = 'arbiter'", "FACT_DIFFERS parts outcome"),
    ("workflow_part", "kind = 'reader'", "kind = 'arbiter'", "FACT_DIFFERS parts kind"),
    ("workflow_read", "kind = 'conditional'", "slot = 2", "FACT_DIFFERS reads kind"),
    ("workflow_read", "content_id = display_id", "slot = 2", "FACT_DIFFERS reads content"),
    ("workflow_read", "started_at = submitted_at", "slot = 2", "FACT_DIFFERS reads started_at"),
    ("workflow_read", "submitted_at = now()", "slot = 2", "FACT_DIFFERS reads submitted_at"),
    ("workflow_recall", "round = 2", "true", "FACT_DIFFERS recalls round"),
    (
        "workflow_review",
        "verdict = 'accept', correction_id = NULL",
        "verdict = 'correct'",
        "FACT_DIFFERS reviews",
    ),
    ("workflow_review", "reason_code = 'other'", "verdict = 'return'", "FACT_DIFFERS reviews reason_code"),
    ("workflow_consensusreport", "outcome = 'accept'", "true", "FACT_DIFFERS reports outcome"),
    ("workflow_consensusreport", "read_ids = '{}'", "true", "FACT_DIFFERS reports reads"),
    ("workflow_arbitration", "outcome = 'equivocal'", "true", "FACT_DIFFERS arbitrations outcome"),
    ("workflow_referencelabel", "status = 'equivocal'", "true", "FACT_DIFFERS labels status"),
    ("workflow_referencelabel", "settled_by = 'consensus'", "true", "FACT_DIFFERS labels settled_by"),
    ("workflow_exclusion", "approved_by_id = NULL", "true", "FACT_DIFFERS exclusions approved_by"),
    ("workflow_referencelabel", "id = gen_random_uuid()", "true", "ROW_UNTOLD labels"),
    ("workflow_review", "gone", "verdict = 'return'", "ROW_MISSING reviews"),
    ("workflow_part", "gone", "outcome = 'skipped'", "ROW_MISSING parts"),
    ("workflow_case", "gone", "external_ref = 'case-2'", "ROW_MISSING"),
    ("workflow_case", "id = gen_random_uuid()", "external_ref = 'case-3'", "LOG_MISSING"),
]


@pytest.fixture
def chest() -> Study:
    """Three cases: disputed, decided and reopened; claimed and excluded by two people; waiting."""
    chest = study("case-1", "case-2", "case-3")
    chest.read("anna", malignancy=2)
    chest.read("bob", malignancy=5)
    chest.review("jin", "return", comments=[{"path": "/fields/malignancy", "text": "Look again."}])
    chest.review("jana", "correct", correction=labels(malignancy=4))
    returned = chest.read("anna", malignancy=1)
    recall(acting=chest.acting("anna"), task_id=returned.pk)
    chest.read("anna", malignancy=1)
    chest.review("jin")
    chest.arbitrate(labels=labels(malignancy=4))
    chest.reopen("same_readers")
    chest.claim("cleo")
    chest.exclude("maria", "case-2")
    managing.approve_exclusion(acting=chest.acting("mehmet"), case_id=chest.case("case-2").pk)
    return chest


@pytest.fixture
def tamper(superuser_connection: psycopg.Connection) -> Callable[..., None]:
    """Change rows as a superuser for whom no trigger fires: they are switched off."""

    def run(table: str, change: str, where: str = "true", *values: Any) -> None:
        with superuser_connection.transaction():
            superuser_connection.execute("SET LOCAL session_replication_role = replica")
            superuser_connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
            verb = f"DELETE FROM {table}" if change == "gone" else f"UPDATE {table} SET {change}"
            changed = superuser_connection.execute(f"{verb} WHERE {where}", values).rowcount
            superuser_connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
        assert changed, "the statement changed nothing"

    return run


def found(of: Study) -> set[str]:
    """What differs: the code, the kind of fact and the field, without the ids."""
    named = set()
    for difference in replay(of.project).differences:
        words = [
            word
            for word in difference.place.split()[2:]
            if not re.search(r"[-/#]", word) and not word.isdigit()
        ]
        named.add(" ".join([difference.code, *words]))
    return named


def test_every_row_of_a_study_that_went_through_all_tiers_is_told_by_its_log(chest: Study) -> None:
    done = replay(chest.project)
    assert done.differences == []
    assert (done.cases, done.unknown) == (3, 0)
    kinds = (Recall, Review, ConsensusReport, Arbitration, ReferenceLabel, Exclusion, CaseRound, Part, Read)
    assert done.rows == sum(kind.objects.count() for kind in kinds) > 20
    assert all(kind.objects.exists() for kind in kinds)


MODELLED = [
    ("workflow_prediction", "created_at = now() + interval '1 hour'", "FACT_DIFFERS predictions created_at"),
    ("workflow_prediction", "gone", "ROW_MISSING predictions"),
    ("workflow_assistance", "kept = 0, changed = 1", "FACT_DIFFERS assistance kept"),
    ("workflow_assistance", "gone", "ROW_MISSING assistance"),
    ("workflow_readermodel", "version = '9'", "FACT_DIFFERS version"),
    ("workflow_readermodel", "retired_event_id = event_id", "FACT_DIFFERS retired"),
]


@pytest.mark.parametrize(("table", "change", "named"), MODELLED, ids=[one[2] for one in MODELLED])
def test_whatever_row_of_models_somebody_changed_is_named(
    tamper: Callable[..., None], table: str, change: str, named: str
) -> None:
    chest, model = with_model()
    predict(chest, model, box("f1"))
    chest.submit("anna", chest.claim("anna"), {"labels": read_of(box("f1"))})
    assert replay(chest.project).differences == []
    tamper(table, change)
    assert named in found(chest)


COMMITTED = [
    (
        "workflow_commitment",
        "committed_at = now() + interval '1 hour'",
        "FACT_DIFFERS commitments committed_at",
    ),
    ("workflow_commitment", "slot = 2", "FACT_DIFFERS commitments slot"),
    ("workflow_assistance", "shift = 'away'", "FACT_DIFFERS assistance shift"),
    (
        "workflow_assistance",
        "manner = 'as_start', commitment_id = NULL, shift = ''",
        "FACT_DIFFERS assistance manner",
    ),
]


@pytest.mark.parametrize(("table", "change", "named"), COMMITTED, ids=[one[2] for one in COMMITTED])
def test_whatever_row_of_commitments_somebody_changed_is_named(
    tamper: Callable[..., None], table: str, change: str, named: str
) -> None:
    chest, model = with_model(protocol=AFTER)
    predict(chest, model, box("f1"))
    task = chest.claim("anna")
    committed(chest, "anna", task)
    chest.submit("anna", task, {"labels": read_of(box("f1"))})
    assert replay(chest.project).differences == []
    tamper(table, change)
    assert named in found(chest)


def test_second_looks_samples_skips_and_shared_reviewers_are_told_too() -> None:
    chest = study("case-1", "case-2", protocol=LOOK_TWICE)
    chest.read("anna", finding="mass")
    task = chest.claim("bob")
    skip(acting=chest.acting("bob"), task_id=task.pk, token=task.token, reason=WHY)
    managing.hold(acting=chest.acting("maria"), case_id=chest.case("case-2").pk, reason=WHY)
    chest.read("cleo", finding="nodule")
    chest.review("jin")
    chest.review("jin")
    for name in ("anna", "cleo"):
        chest.submit(name, chest.claim(name, ["reconcile"]), {"labels": labels(finding="mass")})
    first = chest.claim("sana")
    chest.submit("sana", first, {"labels": labels(finding="mass")})
    chest.arbitrate(outcome="sent_back", rework=["A"])
    assert chest.case().state == "annotation"
    assert replay(chest.project).differences == []


def test_each_kind_of_change_of_a_row_is_named(chest: Study, tamper: Callable[..., None]) -> None:
    before: set[str] = set()
    for table, change, where, expected in CHANGES:
        tamper(table, change, where)
        after = found(chest)
        assert [name for name in after - before if name.startswith(expected)], (
            f"{change} in {table}: {after - before}"
        )
        before = after


def test_a_row_that_the_log_does_not_tell_is_named(
    chest: Study, superuser_connection: psycopg.Connection
) -> None:
    with superuser_connection.transaction():
        superuser_connection.execute("ALTER TABLE workflow_review DISABLE TRIGGER ALL")
        superuser_connection.execute(
            "INSERT INTO workflow_review (id, round, event_id, case_id, read_id, verdict, reason_code, during)"
            " SELECT gen_random_uuid(), round, event_id, case_id, id, 'waived', '', 0 FROM workflow_read"
            " WHERE id IN (SELECT read_id FROM workflow_recall)"
        )
        superuser_connection.execute("ALTER TABLE workflow_review ENABLE TRIGGER ALL")
    assert found(chest) == {"ROW_UNTOLD reviews"}


def test_the_command_names_each_difference_without_patients_and_fails(
    chest: Study, tamper: Callable[..., None]
) -> None:
    out = StringIO()
    call_command("replay", "chest", stdout=out)
    assert out.getvalue().startswith("3 cases and ")
    assert out.getvalue().endswith("rebuilt: the tables say the same\n")
    tamper("workflow_case", "patient_key = 'Mustermann', round = 4", "external_ref = 'case-1'")
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("replay", "chest", stdout=out)
    assert f"FACT_DIFFERS case {chest.case().pk} round: The log says 2, the table 4.\n" in out.getvalue()
    assert f"FACT_DIFFERS case {chest.case().pk} patient: The table says otherwise" in out.getvalue()
    assert "Mustermann" not in out.getvalue()
    assert out.getvalue().endswith("rebuilt: 2 differences\n")
    with pytest.raises(CommandError, match="There is no project spine"):
        call_command("replay", "spine")


def test_a_log_that_tells_no_story_is_named_and_the_other_cases_are_still_compared(
    chest: Study, tamper: Callable[..., None]
) -> None:
    claimed = Event.objects.filter(stream_id=chest.case().pk, action="task.claimed").earliest("pk")
    tamper("audit_event", "gone", "id = %s", claimed.pk)
    waiting = Event.objects.filter(stream_id=chest.case("case-3").pk).latest("pk")
    tamper("audit_event", "body = %s", "id = %s", bytes(waiting.body) + b" ", waiting.pk)
    tamper("workflow_case", "priority = 9", "external_ref = 'case-2'")
    done = replay(chest.project)
    untold = [f"case {chest.case().pk} #{claimed.stream_seq + 1}", f"case {chest.case('case-3').pk}"]
    assert sorted(d.place for d in done.differences if d.code == "UNREPLAYABLE") == sorted(untold)
    other = f"case {chest.case('case-2').pk} priority"
    assert [d.place for d in done.differences if d.code != "UNREPLAYABLE"] == [other]


def test_facts_whose_contents_or_openings_were_erased_are_counted_not_named(
    chest: Study, tamper: Callable[..., None], superuser_connection: psycopg.Connection
) -> None:
    tamper("audit_content", "gone", "digest IN (SELECT display_id FROM workflow_read WHERE slot = 2)")
    superuser_connection.execute("DELETE FROM audit_opening")
    superuser_connection.commit()
    done = replay(chest.project)
    assert (done.differences, done.unknown) == ([], 2)  # the read's task and when it was begun


def test_replay_asks_the_database_as_often_for_many_cases_as_for_few(
    chest: Study, django_assert_num_queries: Callable[..., Any]
) -> None:
    replay(chest.project)
    with django_assert_num_queries(27):
        replay(chest.project)
    chest.register(*(f"more-{number}" for number in range(20)))
    with django_assert_num_queries(27):
        assert replay(chest.project).cases == 23
