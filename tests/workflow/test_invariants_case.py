"""A case changes only with its event, an event comes only with its change: whoever writes, however."""

import json
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from audit.actions import Action
from audit.log import Journal, Reason, Request
from audit.models import Event, Log
from tests.breaking import beside, copy_row, forbidden, moved, note, point, refused, sql
from tests.people import Study, study
from workflow.models import Case

pytestmark = pytest.mark.django_db(transaction=True)
BLANK = {"round": 0, "reads_wanted": 0, "passes": 0, "held": False}
UNAUDITED, UNLOGGED = "case_change_has_its_event", "case_state_is_the_logged_one"


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def test_a_state_set_by_update_is_refused_at_commit_and_nothing_changes(chest: Study) -> None:
    with refused("case_move_is_legal"):
        Case.objects.update(state="final")
    with refused(UNAUDITED):
        assert Case.objects.update(state="junior_review") == 1  # a legal move: only COMMIT refuses it
    assert chest.case().state == "annotation"


def test_a_state_set_in_raw_sql_is_refused_at_commit(chest: Study) -> None:
    with refused(UNAUDITED):
        sql("UPDATE workflow_case SET state = 'junior_review'")
    with refused(UNAUDITED):
        sql("UPDATE workflow_case SET state = 'excluded', excluded_from = 'annotation'")


@pytest.mark.parametrize(
    "change", [{"held": True}, {"priority": 9}, {"reads_wanted": 1}, {"shown": {"question": "?"}}]
)
def test_any_other_change_of_a_case_needs_its_event_too(chest: Study, change: dict[str, object]) -> None:
    with refused(UNAUDITED):
        Case.objects.update(**change)


def test_saving_a_case_in_another_state_is_refused(chest: Study) -> None:
    case = chest.case()
    with pytest.raises(AttributeError):
        case.state = "junior_review"
    case.begin_review()  # legal for django_fsm, but nobody recorded it
    with refused(UNAUDITED):
        case.save()
    with refused(UNAUDITED):
        case.save(update_fields=["state"])


def test_bulk_update_is_refused(chest: Study) -> None:
    case = chest.case()
    case.held = True
    with refused(UNAUDITED):
        Case.objects.bulk_update([case], ["held"])


def test_a_forged_head_is_refused(chest: Study) -> None:
    with refused(UNAUDITED):
        Case.objects.update(state="junior_review", audit_seq=99, audit_head=b"\0" * 32)
    head = chest.case()
    with refused(UNAUDITED):  # also the true head, which is of an earlier transaction
        Case.objects.update(state="junior_review", audit_seq=head.audit_seq, audit_head=head.audit_head)


def test_a_head_behind_the_newest_event_is_refused(chest: Study) -> None:
    with refused(UNAUDITED):
        first = note(chest)
        note(chest)
        point(chest.case().pk, first)


def test_a_state_change_beside_an_unrelated_event_is_refused(chest: Study) -> None:
    with refused(UNLOGGED):
        point(chest.case().pk, note(chest), state="junior_review")


def test_an_event_without_its_change_is_refused(chest: Study) -> None:
    with refused(UNAUDITED):
        note(chest)
    with refused(UNAUDITED):
        note(chest, Action.CASE_ADVANCED, state=("annotation", "junior_review"))
    with refused(UNLOGGED):  # the row follows the event, but not into its state
        beside(chest, Action.CASE_ADVANCED, state=("annotation", "junior_review"))


def test_an_honest_event_with_its_change_is_accepted(chest: Study) -> None:
    with transaction.atomic():
        moved(chest, "annotation", "junior_review")
    assert chest.case().state == "junior_review"


def test_constraints_made_immediate_halfway_change_nothing(chest: Study) -> None:
    with refused(UNAUDITED):
        beside(chest)
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql("SET CONSTRAINTS ALL DEFERRED")
        note(chest)


def test_of_several_changes_the_last_one_is_held_against_the_log(chest: Study) -> None:
    with refused(UNLOGGED):
        moved(chest, "annotation", "junior_review")
        Case.objects.update(state="annotation")  # a legal move, which nobody told
    with refused(UNLOGGED):
        moved(chest, "annotation", "junior_review")
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql("SET CONSTRAINTS ALL DEFERRED")
        Case.objects.update(state="annotation")
    with refused(UNLOGGED):  # both told, but not in the order in which they were made
        note(chest, Action.CASE_ADVANCED, state=("junior_review", "annotation"))
        Case.objects.update(state="junior_review")
        beside(chest, Action.CASE_ADVANCED, state=("annotation", "junior_review"))
    with transaction.atomic():
        moved(chest, "annotation", "junior_review")
        moved(chest, "junior_review", "annotation")
    assert chest.case().state == "annotation"


def test_a_case_without_any_event_is_refused(chest: Study) -> None:
    new = Case(project=chest.project, external_ref="x", patient_key="p", split="train")
    with refused(UNAUDITED):
        new.save()
    with refused(UNAUDITED):
        Case.objects.bulk_create([new])


def test_a_case_cannot_begin_in_another_state(chest: Study) -> None:
    new = Case(
        project=chest.project, external_ref="x", patient_key="p", split="train", round=1, state="final"
    )
    for insert in (new.save, lambda: Case.objects.bulk_create([new])):
        with refused("case_begins_in_intake"):
            insert()
    with refused("case_begins_in_intake"):
        copy_row("workflow_case", chest.case().pk, id=uuid.uuid4(), external_ref="y", state="final")


def test_a_fixture_cannot_bring_a_case_in(chest: Study, tmp_path: Path) -> None:
    rows = json.loads(serializers.serialize("json", Case.objects.all()))
    rows[0]["pk"] = str(uuid.uuid4())
    rows[0]["fields"] |= {"external_ref": "loaded", "state": "intake", "round": 0, "reads_wanted": 0}
    (tmp_path / "cases.json").write_text(json.dumps(rows))
    with refused(UNAUDITED):
        call_command("loaddata", str(tmp_path / "cases.json"), verbosity=0)


def test_copy_cannot_bring_a_case_in(chest: Study) -> None:
    row = json.dumps({"id": str(uuid.uuid4()), "external_ref": "copied", "state": "intake"} | BLANK)
    like = f"jsonb_populate_record(c, '{row}') FROM workflow_case c"
    with refused(UNAUDITED), connection.cursor() as cursor:
        with cursor.copy(f"COPY (SELECT ({like.replace(' FROM', ').* FROM')}) TO STDOUT") as out:
            lines = b"".join(out)
        with cursor.copy("COPY workflow_case FROM STDIN") as into:
            into.write(lines)


@pytest.mark.parametrize(
    "change", [{"external_ref": "y"}, {"patient_key": "y"}, {"split": "test"}, {"project_id": uuid.uuid4()}]
)
def test_what_intake_fixed_stays_fixed_even_with_an_event(chest: Study, change: dict[str, object]) -> None:
    with refused("case_identity_is_fixed"):
        point(chest.case().pk, note(chest), **change)


def test_a_case_cannot_become_another_case(chest: Study) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.update(id=uuid.uuid4())


def test_cases_are_never_deleted_by_the_service(chest: Study) -> None:
    for statement in ("DELETE FROM workflow_case", "TRUNCATE workflow_case CASCADE"):
        with forbidden():
            sql(statement)


def test_a_case_cannot_be_recorded_in_another_projects_log(chest: Study) -> None:
    elsewhere = Log.objects.create(project_id=uuid.uuid4(), origin="elsewhere/p/1/e1")
    with refused(UNAUDITED):
        _insert_case(chest, elsewhere)


def test_events_of_another_kind_of_stream_are_not_a_cases_events(chest: Study) -> None:
    with refused(UNAUDITED):
        case = _insert_case(chest, chest.project.log, kind="batch")
        sql("SET CONSTRAINTS ALL IMMEDIATE")  # the case is accepted with its first event
        journal = Journal(chest.project.log, chest.acting("maria").actor(), Request())
        stream = journal.stream("batch", case.pk)  # and then an event comes without a change
        journal.record(
            stream, Action.CASE_ADVANCED, object=("case", str(case.pk), 0), state=("intake", "final")
        )
        journal.write()


def test_an_event_tells_the_state_that_the_case_really_left(chest: Study) -> None:
    with refused(UNLOGGED):
        entry = note(chest, state=("consensus", "junior_review"))
        point(chest.case().pk, entry, state="junior_review")


def test_the_log_cannot_tell_moves_that_the_machine_does_not_have(chest: Study) -> None:
    with refused(UNLOGGED):
        note(chest, Action.LABEL_RELEASED, state=("annotation", "final"))
        beside(chest, Action.CASE_REOPENED, state=("final", "annotation"), reason=Reason("x"))


def test_a_move_is_told_by_its_own_action(chest: Study) -> None:
    with refused(UNLOGGED):
        moved(chest, "annotation", "excluded", Action.CASE_PRIORITY_CHANGED, excluded_from="annotation")


def test_a_case_begins_before_its_first_round(chest: Study) -> None:
    with refused("case_begins_in_intake"):
        _insert_case(chest, chest.project.log, round=3)


@pytest.mark.parametrize("rounds", [0, 3])
def test_a_round_neither_goes_back_nor_leaps(chest: Study, rounds: int) -> None:
    with refused("rounds_follow_each_other"):
        point(chest.case().pk, note(chest), round=rounds)


def test_a_round_begins_with_its_move_and_only_so(chest: Study) -> None:
    chest.agree_at_two()
    for change in ({"round": 2}, {"state": "annotation"}):
        with refused("rounds_follow_each_other"):
            state = ("final", "annotation") if "state" in change else None
            entry = note(chest, Action.CASE_REOPENED, state=state, reason=Reason("x"))
            point(chest.case().pk, entry, **change)


def _insert_case(of: Study, log: Log, kind: str = "case", **more: object) -> Case:
    """A new case with its first event in a log and a kind of stream of our choice."""
    case = Case(project=of.project, external_ref="x", patient_key="p", split="train", **more)
    journal = Journal(log, of.acting("maria").actor(), Request())
    stream = replace(journal.new_stream("case", case.pk), kind=kind)
    journal.record(stream, Action.CASE_CREATED, object=("case", str(case.pk), 0), state=(None, "intake"))
    journal.write()
    case.audit_seq, case.audit_head = stream.seq, stream.head
    case.save(force_insert=True)
    assert Event.objects.filter(stream_id=case.pk).count() == 1
    return case
