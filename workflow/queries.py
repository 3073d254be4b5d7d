"""What is read and never written: the log in plain words, a case's file, where cases stand. Knows nothing of HTTP."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, Max, OuterRef, QuerySet, Subquery

from audit.models import Checkpoint, Event, Leaf, Opening

from .managing import latest_label
from .models import (
    Arbitration,
    Case,
    CaseRound,
    ConsensusReport,
    Exclusion,
    Membership,
    Part,
    Project,
    Read,
    ReferenceLabel,
    Review,
    Role,
)
from .states import State


def told(project: Project, events: Sequence[Event]) -> list[dict[str, Any]]:
    """Events in plain words, with the names and reasons that stand beside the log. Two queries for all of them."""
    bodies = [body_of(event) for event in events]
    names = names_of(project, {body["actor"]["id"] for body in bodies})
    texts = _texts({body["reason"]["text"] for body in bodies if body["reason"] and body["reason"]["text"]})
    return [_told(event, body, names, texts) for event, body in zip(events, bodies, strict=True)]


def body_of(event: Event) -> dict[str, Any]:
    """The event as it was hashed."""
    body: dict[str, Any] = json.loads(bytes(event.body))
    return body


def names_of(project: Project, actors: set[str]) -> dict[str, str]:
    """Who the project's people are, by their names in its log."""
    members = Membership.objects.filter(project=project, actor_id__in=actors).select_related("user")
    return {m.actor_id: name_of(m) for m in members}


def everybody(project: Project) -> dict[str, str]:
    """Everybody who is or was in a project, by their names in its log."""
    return {member.actor_id: name_of(member) for member in members_of(project)}


def name_of(member: Membership) -> str:
    """A member as people call them; `user` must be selected."""
    return member.user.get_full_name() or member.user.username


def _told(event: Event, body: dict[str, Any], names: dict[str, str], texts: dict[str, str]) -> dict[str, Any]:
    actor, reason = body["actor"], body["reason"]
    return {
        "event_id": str(event.event_id),
        "stream": body["stream"],
        "seq": event.stream_seq,
        "at": body["time"]["server"],
        "action": body["action"],
        "actor": {"id": actor["id"], "role": actor["role"], "name": names.get(actor["id"])},
        "object": body["object"],
        "state": body["state"],
        "before": body["before"] and body["before"]["digest"],
        "after": body["after"] and body["after"]["digest"],
        "display": body["display"],
        "reason": _reason(reason, texts) if reason else None,
        "guideline": body["guideline"] and body["guideline"]["version"],
        "protocol": body["protocol"] and body["protocol"]["version"],
        "extra": body["extra"] or {},
        "request_id": body["request"]["id"],
        "leaf_hash": f"sha256:{bytes(event.leaf_hash).hex()}",
    }


def _reason(reason: dict[str, Any], texts: dict[str, str]) -> dict[str, Any]:
    erased = reason["text"] is not None and reason["text"] not in texts
    return {"code": reason["code"], "text": texts.get(reason["text"]), "erased": erased}


def _texts(commitments: set[str]) -> dict[str, str]:
    return dict(Opening.objects.filter(commitment__in=commitments).values_list("commitment", "value"))


def with_seal(events: QuerySet[Event]) -> QuerySet[Any]:
    """Events with `leaf_index`, their place in the Merkle log; None while they wait for it. Still one query."""
    return events.annotate(
        leaf_index=Subquery(Leaf.objects.filter(event=OuterRef("pk")).values("leaf_index"))
    )


def checkpointed(project: Project) -> dict[int, int]:
    """By log, one per epoch: how many leaves its last signed checkpoint covers."""
    signed = Checkpoint.objects.filter(log__project_id=project.pk).order_by()
    return dict(signed.values_list("log").annotate(size=Max("size")))


def readable_events(member: Membership) -> QuerySet[Event]:
    """The events of a member's project, but those of cases in which they play a part until the case is final."""
    mine = Part.objects.filter(member=member, case=OuterRef("stream_id"), round=F("case__round"))
    return Event.objects.filter(
        ~Exists(mine.exclude(case__state=State.FINAL)), log__project_id=member.project_id
    )


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case's rounds, the label in force, and an exclusion that waits for a second person."""

    rounds: list[CaseRound]
    label: ReferenceLabel | None
    exclusion: Exclusion | None


def case_facts(case: Case) -> CaseFacts:
    """What is known of a case beside its row. Three queries."""
    rounds = CaseRound.objects.filter(case=case).select_related("guideline", "protocol").order_by("number")
    wish = Exclusion.objects.filter(case=case, approved_by__isnull=True)
    return CaseFacts(list(rounds), latest_label(case), wish.select_related("requested_by__user").first())


@dataclass(frozen=True, slots=True)
class History:
    """Everything that was decided on a case, round by round, superseded or not."""

    reads: list[Read]
    reports: list[ConsensusReport]
    arbitrations: list[Arbitration]
    labels: list[ReferenceLabel]


def history(case: Case) -> History:
    """Every read with its review and recall, every report, arbitration and label. Four queries."""
    reads = Read.objects.filter(case=case).select_related("member__user", "review__reviewer__user", "recall")
    reports, arbitrations = ConsensusReport.objects.filter(case=case), Arbitration.objects.filter(case=case)
    return History(
        list(reads.order_by("round", "slot", "revision")),
        list(reports.select_related("content").order_by("round", "sequence")),
        list(arbitrations.select_related("arbiter__user", "event").order_by("event__stream_seq")),
        list(ReferenceLabel.objects.filter(case=case).order_by("version")),
    )


def members_of(project: Project) -> QuerySet[Membership]:
    """Everybody who is or was in a project."""
    return Membership.objects.filter(project=project).select_related("user")


def managers_of(project: Project) -> QuerySet[Membership]:
    """Who manages a project now."""
    active = Membership.objects.filter(project=project, status=Membership.Status.ACTIVE)
    return active.filter(roles__contains=[Role.MANAGER])


def skipped_twice(cases: QuerySet[Case]) -> QuerySet[Case]:
    """The cases at work that two people or more passed on in the present round: somebody should look at them."""
    skips = Part.objects.filter(case=OuterRef("pk"), round=OuterRef("round"), outcome=Part.Outcome.SKIPPED)
    counted = skips.order_by().values("case").annotate(n=Count("pk")).values("n")
    return cases.exclude(state__in=[State.FINAL, State.EXCLUDED]).filter(Exists(counted.filter(n__gte=2)))


def settled_how(cases: QuerySet[Case], how: str) -> QuerySet[Case]:
    """The final cases whose label in force was settled by `how`: consensus or arbitration."""
    label = ReferenceLabel.objects.filter(case=OuterRef("pk"), round=OuterRef("round"), settled_by=how)
    return cases.filter(Exists(label), state=State.FINAL)


def finished_since(cases: QuerySet[Case], day: date, zone: str) -> QuerySet[Case]:
    """The final cases that became final on that day of a time zone or later."""
    moment = datetime.combine(day, time(0), ZoneInfo(zone))
    moves = Event.objects.filter(stream_id=OuterRef("pk"), state_to=State.FINAL, db_time__gte=moment)
    return cases.filter(Exists(moves), state=State.FINAL)


def first_pass(cases: QuerySet[Case], *, passed: bool) -> QuerySet[Case]:
    """The cases with a first review in the present round: all such reviews accepted as it was read, or one did not."""
    first = Review.objects.filter(
        case=OuterRef("pk"), round=OuterRef("round"), read__revision=1, read__kind=Read.Kind.PLANNED
    ).exclude(verdict=Review.Verdict.WAIVED)
    otherwise = Exists(first.exclude(verdict=Review.Verdict.ACCEPT))
    return cases.filter(Exists(first), ~otherwise) if passed else cases.filter(otherwise)
