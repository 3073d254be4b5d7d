"""Whatever a reader or reviewer can reach, at every step of a case, reveals no other read: not its values, not its
author, not that it exists; and nothing of it changes by what somebody else did."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from audit.models import Event
from tasks.models import Task
from tasks.settings import change_settings
from tests.crawling import UUID, Crawler
from tests.people import GUIDELINE, LABEL_SCHEMA, Study, labels, study, with_protocol
from workflow.models import (
    Arbitration,
    Case,
    ConsensusReport,
    Membership,
    Part,
    Read,
    ReferenceLabel,
    Review,
)
from workflow.notices import mark_read
from workflow.settings.kinds import KINDS_OF_TASK

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = ("anna", "bob", "cleo", "jin", "jana", "jules", "sana")
REMARK = {"key": "remark", "kind": "text", "label": "Remark", "max_length": 80, "required": False}
SCHEMA = {**LABEL_SCHEMA, "fields": [*LABEL_SCHEMA["fields"], REMARK]}
PROTOCOL = with_protocol(
    fields={"remark": {"escalates": False}},
    arbitration={"sample_of_agreed": {"share": "1", "strata": []}},  # so that every arbitration begins blind
)
WHEN = "when another submitted"  # to a hundredth of a second
DECIDED = {"outcome": "decided", "reason_code": "perception"}


@dataclass
class Watched:
    """A study in which everybody looks at everything after every step."""

    chest: Study
    crawlers: dict[str, Crawler]
    seen: dict[str, dict[str, str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def step(
        self, what: str, act: Callable[[], object], *, noticed_by: str = "", again: bool = False
    ) -> None:
        """Do it; whoever isn't named sees the same bytes as before, and nobody sees what isn't theirs."""
        actor = what.split()[0]
        act()
        for name, crawler in self.crawlers.items():
            now, before = crawler.crawl(again=again), self.seen.get(name, {})
            self.seen[name] = now
            self.wrong += [f"{what}: {name} sees {leak}" for leak in leaks(name, now)]
            if name not in (actor, *noticed_by.split()):
                self.wrong += [f"{what}: {name} notices at {a}" for a in changed(before, now)]

    def read(self, name: str, **values: Any) -> None:
        """Submit what is in this person's hands, with a remark that is theirs alone."""
        task = self.chest.claim(name)
        number = Read.objects.filter(member=self.chest.members[name]).count()
        self.chest.submit(name, task, {"labels": said(remark(name, number), **values)})

    def come_back(self, to: str, reviewer: str) -> None:
        """A last verdict gives a read back; its reader puts the notice of it away, which every page counts."""
        self.chest.review(reviewer)
        assert mark_read(self.chest.members[to].user_id) == 1


def remark(name: str, number: int) -> str:
    return f"Remark {number} by {name[::-1].title()}x"


def said(text: str, **values: Any) -> dict[str, Any]:
    read = labels(**values)
    return {**read, "fields": {**read["fields"], "remark": text}}


def changed(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """The addresses whose answers differ, with the first difference."""
    found = []
    for address in sorted({*before, *now}):
        old, new = (pages.get(address, "") for pages in (before, now))
        if old != new:
            at = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old))
            found.append(
                f"{address}: {old[max(0, at - 60) : at + 60]!r} became {new[max(0, at - 60) : at + 60]!r}"
            )
    return found


def leaks(name: str, pages: dict[str, str]) -> list[str]:
    """What this person was sent and must not know. Their own requests may name it: an address is no answer."""
    found = []
    secrets = {secret.lower(): what for what, secret in secrets_of(name) if secret}
    for address, text in pages.items():
        lower, asked = text.lower(), {*UUID.findall(address)}
        for secret in (secret for secret in secrets if secret in lower and secret not in asked):
            end = "" if secrets[secret] == WHEN else r"(?![\w-])"
            if re.search(rf"(?<![\w-]){re.escape(secret)}{end}", lower):
                found.append(f"{secrets[secret]} {secret!r} at {address}")
    return found


def secrets_of(name: str) -> Iterator[tuple[str, str]]:
    """What kind of secret it is, and how it would look."""
    others = Membership.objects.exclude(user__username=name).select_related("user")
    for member in others:
        yield "a name", member.user.username
        yield "a name", member.user.get_full_name()
        yield from _ids("a person", member.actor_id, member.pk, member.user_id)
    for case in Case.objects.all():
        yield from _ids("a case", case.pk, case.external_ref, case.patient_key, case.audit_head)
    for number in Part.objects.exclude(member__user__username=name).values_list("case_number", flat=True):
        yield "a case's name for another", number
    for task in Task.objects.exclude(holder__user__username=name):
        yield from _ids("a task", task.pk, task.token, task.read_id)
    for event in Event.objects.all():
        yield from _ids("an event", event.event_id)
    yield from _decisions(name)


def _decisions(name: str) -> Iterator[tuple[str, str]]:
    own = set(Read.objects.filter(member__user__username=name).values_list("submitted_at", flat=True))
    may_see = _shown_to(name)
    for read in Read.objects.select_related("content", "member__user"):
        yield from _ids("a read", read.pk, read.content_id, str(read.content_id).removeprefix("sha256:"))
        if read.member.user.username == name:
            continue
        if read.submitted_at not in own:
            yield WHEN, read.submitted_at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-4]
        if read.pk not in may_see:
            yield "another's answer", read.content.data["fields"]["remark"]
    for kind in (Review, Arbitration, ConsensusReport, ReferenceLabel):
        for decision in kind.objects.all():
            yield from _ids(kind.__name__.lower(), decision.pk, getattr(decision, "content_id", None))
    if name != "sana":
        yield "a rationale", "The margin is clear to the senior."
    yield "a reviewer's note", "A note for nobody else."


def _shown_to(name: str) -> set[Any]:
    """The reads that this person judges now: what is in their hands may show them, without their authors."""
    held = Task.objects.filter(holder__user__username=name, status="leased")
    shown = set(held.filter(kind="review").values_list("read_id", flat=True))
    for task in held.filter(kind="arbitrate", revealed_at__isnull=False):
        shown |= set(Read.objects.filter(case=task.case_id).values_list("pk", flat=True))
    return shown


def _ids(what: str, *found: Any) -> Iterator[tuple[str, str]]:
    for one in found:
        if one is not None:
            yield what, bytes(one).hex() if isinstance(one, bytes | memoryview) else str(one)


@pytest.fixture
def watched() -> Watched:
    chest = study("case-1", "case-2", protocol=PROTOCOL, guideline={**GUIDELINE, "label_schema": SCHEMA})
    hours = dict.fromkeys(KINDS_OF_TASK, 16)
    change_settings(acting=chest.acting("maria"), project=chest.project, changes={"due_hours": hours})
    found = Watched(chest, {name: Crawler(name) for name in WORKERS})
    found.step("Nobody did anything", lambda: None, noticed_by=" ".join(WORKERS))
    return found


def test_no_step_of_a_case_shows_anybody_more_than_their_own(watched: Watched) -> None:
    chest, step = watched.chest, watched.step
    back = {"reason_code": "boundary", "note": "A note for nobody else."}
    comments = [{"path": "/fields/finding", "text": "Look again."}]
    step("anna reads case-1", lambda: watched.read("anna", malignancy=1), noticed_by="jin jana jules")
    step("bob opens case-1", lambda: chest.claim("bob"))
    step("bob submits a different read", lambda: watched.read("bob", malignancy=3))
    step("cleo reads case-2", lambda: watched.read("cleo", finding="mass"))
    step("anna reads case-2", lambda: watched.read("anna", finding="mass"), noticed_by="bob")
    step("jin opens the review of anna's read", lambda: chest.claim("jin"))
    step("jin returns it", lambda: chest.review("jin", "return", comments=comments, **back))
    step("jana opens the review of bob's read", lambda: chest.claim("jana"))
    step(
        "jana accepts it, so anna's comes back", lambda: watched.come_back("anna", "jana"), noticed_by="anna"
    )
    step("anna reads case-1 again", lambda: watched.read("anna", malignancy=1), noticed_by="jin")
    step("jin accepts, so a third read is wanted", lambda: chest.review("jin"), noticed_by="cleo")
    step("cleo opens case-1", lambda: chest.claim("cleo"))
    step("cleo submits the third read", lambda: watched.read("cleo", finding="none", malignancy=3))
    step("jules accepts the third read, of the older case", lambda: chest.review("jules"), noticed_by="sana")
    step("jules accepts cleo's read of case-2", lambda: chest.review("jules"))
    step("sana opens case-1, blind", lambda: chest.claim("sana"))
    step("sana reads it blind", lambda: watched.read("sana", malignancy=4))
    decision = {**DECIDED, "rationale": "The margin is clear to the senior.", "labels": labels(malignancy=4)}
    step("sana decides", lambda: chest.submit("sana", chest.claim("sana"), decision))
    step("jin accepts the last read", lambda: chest.review("jin"), noticed_by="jana sana", again=True)
    assert {case.state for case in Case.objects.all()} == {"final", "arbitration"}
    assert not watched.wrong, "\n".join(watched.wrong)


def test_an_id_that_somebody_else_told_opens_nothing(watched: Watched) -> None:
    chest = watched.chest
    for name, malignancy in (("anna", 1), ("bob", 5)):
        watched.read(name, malignancy=malignancy)
    chest.claim("jin")
    known = {
        str(pk) for kind in (Case, Task, Read, Membership) for pk in kind.objects.values_list("pk", flat=True)
    }
    for name in ("anna", "cleo", "jin", "sana"):
        crawler = watched.crawlers[name]
        watched.wrong += [f"{name} sees {leak}" for leak in leaks(name, crawler.crawl(more_ids=known))]
    assert not watched.wrong, "\n".join(watched.wrong)
