"""Probes: drawn ahead of the claim, shown like any task, scored by the protocol's comparators, counted nowhere."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.log import Reason
from provenance.replay import replay
from tasks.completing import recall
from tasks.errors import CannotRecall
from tasks.jobs import heal_all, prepare_probes
from tasks.leases import release, skip
from tasks.models import Task
from tasks.probes import prepare
from tests.api.client import As
from tests.people import PROTOCOL, labels, study, with_protocol
from tests.probes import ALWAYS, control, next_probe, probed, score_all
from workflow.access import cases_open_to
from workflow.checking import check_log
from workflow.errors import IllegalMove
from workflow.measuring.agreeing import agreement_of
from workflow.measuring.taken import Conditions
from workflow.models import Case, Notice, Probe, ProbeScore, Read
from workflow.probes.low import WINDOW, Standing, chance_of_alarm, standing_of, wilson
from workflow.probes.seeing import readers_of
from workflow.probes.turns import next_turn

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_share_of_probes_becomes_the_protocols_in_the_long_run_and_each_draw_can_be_repeated() -> None:
    chest = study()
    for share in (Decimal("0.1"), Decimal("0.25")):
        turns: list[int] = []
        member = uuid4()
        while (
            turn := next_turn(chest.project, member, share, Decimal(0), turns[-1] if turns else 0)
        ) is not None:
            if turn.claims > 6000:
                break
            turns.append(turn.claims)
            assert turn == next_turn(chest.project, member, share, Decimal(0), turn.claims - 1)
        assert abs(len(turns) / 6000 - float(share)) < 0.02
    both = [next_turn(chest.project, uuid4(), Decimal("0.3"), Decimal("0.3"), 0) for _ in range(400)]
    repeats = sum(turn is not None and turn.purpose == "repeat" for turn in both) / 400
    assert 0.4 < repeats < 0.6
    assert next_turn(chest.project, uuid4(), Decimal(0), Decimal(0), 0) is None


def test_a_probe_comes_at_its_turn_looks_like_any_task_and_is_in_no_list_before() -> None:
    probed()
    assert prepare_probes() == 3  # one control, once for each of three readers
    anna = As("anna")
    assert anna.get("/tasks", mine="true")["results"] == []
    ordinary = anna.claim()
    anna.post(f"/tasks/{ordinary['id']}/submit", {"token": ordinary["token"], "result": {"labels": labels()}})
    probe = anna.claim()
    row = Task.objects.get(pk=probe["id"])
    assert (row.turn, row.case.purpose) == (1, "gold")
    assert {key for key in probe if type(probe[key]) is not type(ordinary[key])} == {"material"} - {
        "material"
    }
    same = ("project", "kind", "status", "returned", "due_at", "step", "guideline", "label_schema", "draft")
    assert {key: probe[key] for key in same} == {key: ordinary[key] for key in same}
    assert probe["material"] == {"case": {"question": "Any nodule?"}}
    done = anna.post(
        f"/tasks/{probe['id']}/submit", {"token": probe["token"], "result": {"labels": labels()}}
    )
    mine = anna.get("/tasks", mine="true")["results"]
    assert [set(task) for task in mine] == [set(mine[0])] * 2
    assert done["status"] == "done"


def test_a_probe_takes_as_many_statements_as_an_ordinary_task() -> None:
    chest = probed("case-1", "case-2", "case-3", "case-4")
    chest.read("anna")  # pools and places are known from here on
    prepare(chest.members["anna"])
    counts: dict[bool, list[int]] = {}
    for _ in range(4):
        with CaptureQueriesContext(connection) as claiming:
            task = chest.claim("anna")
        with CaptureQueriesContext(connection) as submitting:
            chest.submit("anna", task, {"labels": labels()})
        counts.setdefault(task.turn is not None, []).append((len(claiming), len(submitting)))  # type: ignore[arg-type]
        if len(counts) == 2:
            break
    assert set(counts) == {True, False}
    assert set(counts[True]) == set(counts[False])


def test_a_control_is_shown_to_each_person_once_and_to_so_many_at_most() -> None:
    chest = probed(controls=2)
    chest.project.settings = {"gold_exposures": 2}
    chest.project.save()
    for member in chest.members.values():
        member.project.settings = {"gold_exposures": 2}
    assert [prepare(chest.members[name]) for name in ("anna", "bob", "cleo")] == [2, 2, 0]
    shown = Probe.objects.values_list("member", "case__source_case")
    assert len(set(shown)) == len(shown) == 4


def test_nobody_is_shown_what_they_have_read_and_a_control_is_never_read_anew() -> None:
    chest = study("case-1", protocol=ALWAYS)
    chest.agree_at_two()
    from workflow.probes.gold import add_gold

    add_gold(acting=chest.acting("maria"), case=chest.case(), use="gold")
    assert [prepare(chest.members[name]) for name in ("anna", "bob", "cleo")] == [0, 0, 1]
    with pytest.raises(IllegalMove, match="is or was a control"):
        chest.reopen("new_readers")


@pytest.mark.parametrize(("malignancy", "passed"), [(3, True), (2, True), (1, False), (4, False)])
def test_a_read_is_scored_by_the_protocols_comparators(malignancy: int, passed: bool) -> None:
    chest = probed()
    task = next_probe(chest, "anna")
    chest.submit("anna", task, {"labels": labels(malignancy=malignancy)})
    assert score_all() == 1
    row = ProbeScore.objects.get()
    parts = {part["part"]: part["agrees"] for part in row.content.data["parts"]}
    assert (row.passed, parts) == (passed, {"finding": True, "malignancy": passed})
    assert (score_all(), heal_all()) == (0, 3)


def test_a_probes_read_can_be_recalled_until_it_is_scored() -> None:
    chest = probed()
    task = next_probe(chest, "anna")
    chest.submit("anna", task, {"labels": labels(finding="mass")})
    recall(acting=chest.acting("anna"), task_id=task.pk)
    again = chest.claim("anna")
    assert (again.case_id, again.returned) == (task.case_id, True)
    chest.submit("anna", again, {"labels": labels()})
    score_all()
    assert ProbeScore.objects.get().passed
    with pytest.raises(CannotRecall):
        recall(acting=chest.acting("anna"), task_id=again.pk)


def test_a_probe_that_is_let_go_comes_back_and_one_that_is_passed_on_does_not() -> None:
    chest = probed()
    task = next_probe(chest, "anna")
    assert task.token is not None
    release(acting=chest.acting("anna"), task_id=task.pk, token=task.token)
    assert As("anna").get("/tasks?mine=true&status=reserved")["results"] == []
    assert chest.claim("bob").pk != task.pk
    again = chest.claim("anna")
    assert again.pk == task.pk
    assert again.token is not None
    skip(acting=chest.acting("anna"), task_id=task.pk, token=again.token, reason=Reason("bad_image"))
    assert chest.claim("anna").pk != task.pk
    heal_all()
    assert Task.objects.get(case=task.case_id).status == "withdrawn"
    assert (replay(chest.project).differences, check_log(chest.project)) == ([], [])


def test_probes_are_in_the_log_and_nowhere_else() -> None:
    chest = probed("case-1")
    chest.agree_at_two()
    before = agreement_of(chest.project, Conditions()).document
    chest.register("case-2", "case-3")
    task = next_probe(chest, "cleo")
    chest.submit("cleo", task, {"labels": labels(finding="mass")})
    score_all()
    assert ProbeScore.objects.count() == 1
    after = agreement_of(chest.project, Conditions()).document
    assert before is not None
    assert after is not None
    told = {key for key in before if before[key] != after[key]} if Read.objects.count() == 3 else set()
    assert told == set()
    visible = cases_open_to([chest.members["maria"]])
    assert not visible.filter(source_case__isnull=False).exists()
    assert (replay(chest.project).differences, check_log(chest.project)) == ([], [])


def test_the_database_keeps_probes_apart() -> None:
    chest = probed()
    task = next_probe(chest, "anna")
    chest.submit("anna", task, {"labels": labels()})
    score_all()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        ProbeScore.objects.update(passed=False)
    with pytest.raises(IntegrityError, match="fixed at intake"), transaction.atomic():
        Case.objects.filter(pk=task.case_id).update(purpose="study", source_case=None)
    with pytest.raises(IntegrityError, match="read by one person alone"), transaction.atomic():
        Case.objects.filter(pk=task.case_id).update(state="junior_review")


def test_a_reader_of_90_percent_is_falsely_called_low_in_far_fewer_runs_than_by_a_fixed_mark() -> None:
    asked = Decimal("0.8")
    assert chance_of_alarm(0.9, asked, WINDOW) < 0.001
    assert chance_of_alarm(0.8, asked, WINDOW) < 0.04
    assert chance_of_alarm(0.6, asked, WINDOW) > 0.9
    assert wilson(8, 10, 0.95) == pytest.approx((0.4902, 0.9433), abs=1e-4)  # Newcombe 1998, method 3
    assert not Standing(11, 19, asked).low
    assert standing_of([False] * 15 + [True] * 100, asked) == Standing(45, 60, asked)


@pytest.mark.parametrize("on_low", ["alert", "pause"])
def test_of_a_low_reader_managers_are_told_once_and_the_protocol_may_pause_them(on_low: str) -> None:
    protocol = with_protocol(gold={"share": "1", "on_low": on_low})
    chest = probed(*(f"case-{n}" for n in range(3)), controls=23, protocol=protocol)
    for _ in range(22):
        task = next_probe(chest, "anna")
        chest.submit("anna", task, {"labels": labels(finding="mass")})
        score_all()
        if not chest.members["anna"].__class__.objects.get(pk=chest.members["anna"].pk).has("annotator"):
            break
    told = Notice.objects.filter(kind="gold_low")
    assert {notice.member.user.username for notice in told} == {"maria", "mehmet"}
    assert told.count() == 2
    assert "0 of the last 20 controls as known (0 to 25 %, 99 % interval)" in told[0].text
    paused = Notice.objects.filter(kind="paused_for_low_scores")
    assert [notice.member.user.username for notice in paused] == (["anna"] if on_low == "pause" else [])


def test_a_repeat_is_ones_own_read_after_the_washout_and_scored_against_it() -> None:
    chest = study("case-1", "case-2", protocol=PROTOCOL)
    chest.project.settings = {"repeat_share": "0.5", "repeat_washout_days": 28}
    chest.project.save()
    chest.members["anna"].project.settings = chest.project.settings
    chest.agree_at_two()
    assert prepare(chest.members["anna"]) == 0
    from workflow.probes.choosing import repeat_for

    own = repeat_for(chest.members["anna"], 1, timezone.now() + timedelta(days=29))
    assert own is not None
    assert (own.member_id, own.case.external_ref) == (chest.members["anna"].pk, "case-1")
    assert repeat_for(chest.members["cleo"], 1, timezone.now() + timedelta(days=29)) is None
    chest.members["anna"].project.settings = {"repeat_share": "0.5", "repeat_washout_days": 0}
    assert prepare(chest.members["anna"]) == 1
    chest.register(*(f"more-{n}" for n in range(6)))
    for _ in range(7):
        task = chest.claim("anna")
        chest.submit("anna", task, {"labels": labels(finding="mass" if task.turn else "nodule")})
        if task.turn:
            break
    assert score_all() == 1
    row = ProbeScore.objects.select_related("case").get()
    assert (row.case.purpose, row.passed, row.case.source_case_id) == ("repeat", False, own.case_id)
    assert prepare(chest.members["anna"]) == 0  # each case once


def test_a_control_may_be_retired_and_is_never_changed() -> None:
    chest = study(protocol=ALWAYS)
    item = control(chest)
    from workflow.probes.gold import retire_gold

    retire_gold(acting=chest.acting("maria"), item=item, reason=Reason("wrong"))
    assert prepare(chest.members["anna"]) == 0
    with pytest.raises(IntegrityError, match="retired, never changed"), transaction.atomic():
        type(item).objects.update(retired_event=None)


def test_how_readers_stand_is_asked_of_all_of_them_at_once(django_assert_num_queries: Any) -> None:
    chest = probed()
    chest.submit("anna", next_probe(chest, "anna"), {"labels": labels()})
    with django_assert_num_queries(4):
        readers = readers_of(chest.project)
    assert [reader.name for reader in readers] == ["Anna Annotator", "Bob Annotator", "Cleo Annotator"]
