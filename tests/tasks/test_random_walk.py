"""Random people do random things, allowed or not, on three cases: the rules hold after every step."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from audit.log import Reason
from provenance.replay import replay
from tasks import cases as managing
from tasks.completing import recall, submit
from tasks.drafts import save_draft
from tasks.leases import claim, heartbeat, release, skip
from tasks.models import Draft, Task
from tasks.taking_back import take_back
from tests.people import CAST, PROTOCOL, labels, study, with_protocol
from tests.rules import broken_rules
from tests.staff import give
from workflow.checking import check_log
from workflow.errors import DomainError
from workflow.models import Arbitration, Case, CaseRound, Part, Read, ReferenceLabel, Review

pytestmark = pytest.mark.django_db(transaction=True)
EFFORT = int(os.environ.get("SOAK", "1"))

# People with several roles meet the rules that keep a person to one part.
MORE_ROLES = {
    "bob": ["annotator", "junior_reviewer", "senior_arbiter"],
    "jules": ["junior_reviewer", "annotator"],
    "mehmet": ["manager", "junior_reviewer"],
}
PROTOCOLS = {
    "two plus one": PROTOCOL,
    "seniors see all, half is reviewed": with_protocol(
        junior_review={"share": "0.5"}, arbitration={"sample_of_agreed": {"share": "1", "strata": []}}
    ),
    "second look, one reviewer": with_protocol(
        reads={"rule": "unanimous", "count": 2, "max": 2},
        junior_review={"distinct_reviewers": False},
        second_look={"rounds": 1},
    ),
}
WHY = Reason("chance", "A walk has no reasons.")
WORKERS = ["sana", "bob", "jin", "jana", "jules", "anna", "cleo"]  # who finishes a case before who begins one
people = st.sampled_from(sorted(CAST))
managers = st.sampled_from(["maria", "mehmet", "maria", "mehmet", "anna"])
refs = st.sampled_from(["case-1", "case-2", "case-3"])
picks = st.integers(0, 23)
some_labels = st.builds(
    labels, finding=st.sampled_from(["nodule", "mass"]), malignancy=st.sampled_from([3, 3, 3, 3, 4, 9])
)
verdicts = st.fixed_dictionaries(
    {
        "verdict": st.sampled_from(["accept", "accept", "accept", "return", "correct", "escalate", "waived"]),
        "reason_code": st.just("chance"),
        "correction": some_labels,
    }
)
decisions = st.fixed_dictionaries(
    {
        "outcome": st.sampled_from(["sent_back", "decided", "decided", "equivocal", "shelved"]),
        "reason_code": st.just("chance"),
        "rationale": st.sampled_from(["Clear.", "Clear.", ""]),
        "labels": some_labels,
        "rework": st.lists(st.sampled_from(["A", "B", "C"]), max_size=2),
        "another_read": st.booleans(),
    }
)
turns = st.tuples(picks, some_labels, verdicts, decisions)
Turn = tuple[int, dict[str, Any], dict[str, Any], dict[str, Any]]
# What nobody may do, not even the service itself.
FORGERIES: dict[str, Callable[[Case], object]] = {
    "settle": lambda case: Case.objects.filter(pk=case.pk).update(state="final"),
    "hold in silence": lambda case: Case.objects.filter(pk=case.pk).update(held=True),
    "ask for a read": lambda case: Case.objects.filter(pk=case.pk).update(reads_wanted=3),
    "move to another split": lambda case: Case.objects.filter(pk=case.pk).update(split="test"),
    "finish tasks": lambda case: Task.objects.filter(case=case).update(status="done"),
    "take tasks": lambda case: Task.objects.filter(case=case).update(
        status="leased", token=uuid4(), lease_until=timezone.now(), holder=case.project.memberships.first()
    ),
    "relabel": lambda case: Read.objects.filter(case=case).update(slot=2),
    "unread": lambda case: Read.objects.filter(case=case).delete(),
    "unreview": lambda case: Review.objects.filter(case=case).update(verdict="accept"),
    "undecide": lambda case: Arbitration.objects.filter(case=case).delete(),
    "unlabel": lambda case: ReferenceLabel.objects.filter(case=case).delete(),
    "begin a round": lambda case: CaseRound.objects.filter(case=case).update(number=7),
    "change parts": lambda case: Part.objects.filter(case=case).update(kind="arbiter"),
}
numbers = count(1)


class Walk(RuleBasedStateMachine):
    """One study with three cases and everybody in it; `held` are the tasks that people think they hold."""

    @initialize(protocol=st.sampled_from(sorted(PROTOCOLS)), turns=st.lists(turns, min_size=3, max_size=16))
    def begin(self, protocol: str, turns: list[Turn]) -> None:
        self.chest = study(
            "case-1", "case-2", "case-3", protocol=PROTOCOLS[protocol], slug=f"walk-{next(numbers)}"
        )
        self.held: dict[str, Task] = {}
        for name, roles in MORE_ROLES.items():
            give(self.chest, name, *roles)
        self.work(turns)

    def attempt(self, act: Callable[..., Any], name: str, **how: Any) -> Any:
        """Do something that may be refused, but only in words."""
        with suppress(DomainError):
            return act(acting=self.chest.acting(name), **how)

    def holder(self, pick: int) -> tuple[str, Task] | None:
        """Somebody with what they hold by their own account, which may be stale; or with what others hold."""
        if not self.held:
            return None
        names = sorted(self.held)
        task = self.held[names[pick % len(names)]]
        return ("bob" if pick > 20 else names[pick % len(names)]), task

    def submit_as(self, name: str, task: Task, turn: Turn) -> None:
        read, verdict, decision = turn[1:]
        result = {"review": verdict, "arbitrate": decision}.get(task.kind, {"labels": read})
        self.attempt(submit, name, task_id=task.pk, token=task.token, result=result)

    def claim_as(self, name: str) -> Task | None:
        task = claim(acting=self.chest.acting(name))
        if not isinstance(task, Task):
            return None
        self.held[name] = task
        return task

    @rule(name=people)
    def claim(self, name: str) -> None:
        self.claim_as(name)

    @rule(turns=st.lists(turns, min_size=2, max_size=6))
    def work(self, turns: list[Turn]) -> None:
        """Whoever finds something claims and submits it: what people mostly do, so that walks get far."""
        for turn in turns:
            start = turn[0] % 4
            for name in WORKERS[start:] + WORKERS[:start]:
                if (task := self.claim_as(name)) is not None:
                    self.submit_as(name, task, turn)
                    break

    @rule(turn=turns)
    def submit(self, turn: Turn) -> None:
        if (found := self.holder(turn[0])) is not None:
            self.submit_as(*found, turn)

    @rule(pick=picks, act=st.sampled_from([release, heartbeat]))
    def let_go_or_stay(self, pick: int, act: Callable[..., Any]) -> None:
        if (found := self.holder(pick)) is not None:
            self.attempt(act, found[0], task_id=found[1].pk, token=found[1].token)

    @rule(pick=picks)
    def skip(self, pick: int) -> None:
        if (found := self.holder(pick)) is not None:
            self.attempt(skip, found[0], task_id=found[1].pk, token=found[1].token, reason=WHY)

    @rule(pick=picks, name=managers)
    def take_back(self, pick: int, name: str) -> None:
        if (found := self.holder(pick)) is not None:
            self.attempt(take_back, name, task_ids=[found[1].pk], reason=WHY)

    @rule(pick=picks, version=st.integers(0, 2), explicit=st.booleans())
    def draft(self, pick: int, version: int, explicit: bool) -> None:
        if (found := self.holder(pick)) is not None:
            how = {"token": found[1].token, "data": {"n": 1}, "version": version, "explicit": explicit}
            self.attempt(save_draft, found[0], task_id=found[1].pk, **how)

    @rule(pick=picks, right=st.booleans())
    def recall(self, pick: int, right: bool) -> None:
        done = Task.objects.filter(case__project=self.chest.project, kind="annotate", status="done")
        tasks = list(done.order_by("opened_at", "slot").select_related("holder__user"))
        if tasks:
            task = tasks[-1 - pick % len(tasks)]
            name = task.holder.user.username if right else "bob"
            self.attempt(recall, name, task_id=task.pk)

    @rule(turn=turns)
    def wrong_token(self, turn: Turn) -> None:
        if (found := self.holder(turn[0])) is not None:
            with pytest.raises(DomainError):
                submit(acting=self.chest.acting(found[0]), task_id=found[1].pk, token=uuid4(), result={})

    @rule()
    def time_passes(self) -> None:
        leased = Task.objects.filter(case__project=self.chest.project, status="leased")
        leased.update(lease_until=timezone.now() - timedelta(seconds=1))

    @rule(name=managers, ref=refs, act=st.sampled_from([managing.hold, managing.exclude, managing.reinstate]))
    def manage_with_a_reason(self, name: str, ref: str, act: Callable[..., Any]) -> None:
        self.attempt(act, name, case_id=self.chest.case(ref).pk, reason=WHY)

    @rule(name=managers, ref=refs, act=st.sampled_from([managing.resume, managing.approve_exclusion]))
    def manage(self, name: str, ref: str, act: Callable[..., Any]) -> None:
        self.attempt(act, name, case_id=self.chest.case(ref).pk)

    @rule(name=managers, ref=refs, priority=st.integers(-2, 2))
    def prioritise(self, name: str, ref: str, priority: int) -> None:
        self.attempt(managing.set_priority, name, case_id=self.chest.case(ref).pk, priority=priority)

    @rule(name=managers, ref=refs, readers=st.sampled_from(["same_readers", "new_readers", "none", "some"]))
    def reopen(self, name: str, ref: str, readers: str) -> None:
        final = (
            Case.objects.filter(project=self.chest.project, state="final").order_by("external_ref").first()
        )
        case = final or self.chest.case(ref)
        self.attempt(managing.reopen, name, case_id=case.pk, readers=readers, reason=WHY)

    @rule(ref=refs, forgery=st.sampled_from(sorted(FORGERIES)))
    def forge(self, ref: str, forgery: str) -> None:
        case = self.chest.case(ref)
        before = self.picture(case)
        with suppress(DatabaseError):
            FORGERIES[forgery](case)
        assert self.picture(case) == before, f"{forgery}: something changed"

    def picture(self, case: Case) -> list[list[dict[str, Any]]]:
        """All that a forgery might change."""
        tables = (Task, Read, Review, Arbitration, ReferenceLabel, CaseRound, Part)
        rows = [list(table.objects.filter(case=case).order_by("pk").values()) for table in tables]
        return [list(Case.objects.filter(pk=case.pk).values()), *rows]

    @invariant()
    def every_rule_holds(self) -> None:
        if hasattr(self, "chest"):
            assert broken_rules(self.chest.project) == []

    def teardown(self) -> None:
        if hasattr(self, "chest"):
            assert check_log(self.chest.project) == []
            assert replay(self.chest.project).differences == []
            assert replay(self.chest.project).differences == []
            left = Draft.objects.filter(task__case__project=self.chest.project, task__status="done")
            assert not left.filter(member=F("task__holder")).exists()


@pytest.mark.slow
def test_whatever_anybody_does_the_rules_hold() -> None:
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=25 * EFFORT,
            stateful_step_count=25,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
