"""What a case's log says of it, rebuilt from events and contents alone: no database, no clock, no tables."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from .fact_kinds import (
    UNKNOWN,
    Arbitration,
    Assistance,
    CaseFacts,
    Commitment,
    Exclusion,
    Label,
    Prediction,
    Read,
    Recall,
    Report,
    Review,
    Round,
)
from .parts_told import PartsTold

Event = dict[str, Any]
Contents = Mapping[str, Any]  # digest → parsed JSON; what is gone is left out

_VERDICTS: Final = {
    "review.accepted": "accept",
    "review.corrected": "correct",
    "review.returned": "return",
    "review.escalated": "escalate",
    "review.waived": "waived",
}
_READS: Final = ("read.submitted", "read.revised", "read.second_look")


class Unreplayable(Exception):
    """The events don't tell the story of a case; `seq` is the place of the first that doesn't fit."""

    def __init__(self, seq: int, message: str) -> None:
        super().__init__(message)
        self.seq = seq


def rebuild(events: Iterable[Event], contents: Contents) -> CaseFacts:
    """The facts of one case from its events, oldest first, and the contents of `needed`; Unreplayable otherwise."""
    telling = _Telling(contents)
    for event in events:
        try:
            telling.take(event)
        except (KeyError, TypeError, ValueError, AttributeError, StopIteration) as error:
            said = f"{event.get('action')} doesn't fit what went before ({type(error).__name__} {error})"
            raise Unreplayable(int(event.get("seq") or 0), said) from None
    return telling.facts


def needed(event: Event) -> Iterator[str]:
    """The digests whose contents rebuilding this event asks for."""
    if event["action"] == "case.created":
        yield event["after"]["digest"]
    elif event["action"] in _READS:
        yield event["display"]
        yield from _cited(event, "assistance")
    elif event["action"] == "read.committed":
        yield event["display"]
    elif event["action"].startswith("task.") and event["protocol"]:
        yield event["protocol"]["digest"]


def _cited(event: Event, role: str) -> list[str]:
    return [item["digest"] for item in event["inputs"] if item["role"] == role]


class _Telling:
    """The facts so far, and how each action changes them."""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.facts = CaseFacts()
        self.told = PartsTold()
        self.facts.parts = self.told.parts

    def take(self, event: Event) -> None:
        """Go on by one event."""
        if event["state"]:
            self._move(event["state"]["from"], event["state"]["to"], event)
        action = event["action"]
        if act := _ACTS.get(action):
            act(self, event)
        elif action in _READS:
            self._read(event)
        elif action in _VERDICTS:
            self._review(event)
        self._case(events=self.facts.case.events + 1)

    def _case(self, **changes: Any) -> None:
        self.facts.case = replace(self.facts.case, **changes)

    def _move(self, source: str | None, target: str, event: Event) -> None:
        case, extra = self.facts.case, event["extra"] or {}
        back = (source, target) in (("junior_review", "annotation"), ("arbitration", "annotation"))
        self._case(
            state=target,
            excluded_from=source if target == "excluded" else "",
            held=case.held and target != "excluded",
            passes=case.passes + back,
            reads_wanted=extra.get("reads_wanted", case.reads_wanted),
        )
        if "round" in extra:
            self._begin_round(event, extra)

    def _begin_round(self, event: Event, extra: dict[str, Any]) -> None:
        self._case(round=extra["round"], reads_wanted=extra["reads_planned"])
        self.facts.rounds[str(extra["round"])] = Round(
            readers=extra["readers"],
            guideline=event["guideline"]["id"],
            protocol=event["protocol"]["id"],
            reads_planned=extra["reads_planned"],
            reads_max=extra["reads_max"],
            event=event["event_id"],
        )

    def _created(self, event: Event) -> None:
        about = self.contents.get(event["after"]["digest"])
        if about is not None:
            names = ("split", "strata", "shown", "priority", "external_ref", "patient")
            what_for = {name: about.get(name) for name in ("wave", "source")}
            purpose = about.get("purpose", "study")
            self._case(
                **{name: about[name] for name in names},
                **what_for,
                purpose=purpose,
                needs=about.get("needs", []),
            )

    def _held(self, event: Event) -> None:
        self._case(held=event["action"] == "case.held")

    def _priority(self, event: Event) -> None:
        self._case(priority=event["extra"]["to"])

    def _exclusion_wished(self, event: Event) -> None:
        self.facts.exclusions[event["extra"]["exclusion"]] = Exclusion(
            event["actor"]["id"], event["reason"]["code"], event["event_id"]
        )

    def _excluded(self, event: Event) -> None:
        if wish := (event["extra"] or {}).get("exclusion"):
            self.facts.exclusions[wish] = replace(
                self.facts.exclusions[wish],
                approved_by=event["actor"]["id"],
                approved_event=event["event_id"],
            )

    def _read(self, event: Event) -> None:
        display = self.contents.get(event["display"]) or {}
        read = Read(
            round=self.facts.case.round,
            slot=event["extra"]["slot"],
            revision=event["object"]["version"],
            kind=event["extra"]["kind"],
            member=event["actor"]["id"],
            task=display.get("task", UNKNOWN),
            content=event["after"]["digest"],
            display=event["display"],
            started_at=display.get("from", UNKNOWN),
            submitted_at=event["time"]["server"],
            event=event["event_id"],
        )
        self.facts.reads[event["object"]["id"]] = read
        self._aided(event)
        if read.kind != "first_look":  # the arbiter's own read leaves the arbitration to be done
            self.told.finished(read.member)

    def _aided(self, event: Event) -> None:
        for shown, became in zip(_cited(event, "prelabel"), _cited(event, "assistance"), strict=True):
            told = self.contents.get(became) or {}
            counts = told.get("counts") or dict.fromkeys(("kept", "changed", "dropped", "added"), UNKNOWN)
            since = told.get("since_commitment", {})
            self.facts.assistance[event["object"]["id"]] = Assistance(
                prediction=shown,
                content=became,
                manner=told.get("manner", UNKNOWN),
                **counts,
                commitment=self._commitment_of(event) if _cited(event, "commitment") else None,
                shift=since.get("shift", "") if told else UNKNOWN,
                event=event["event_id"],
            )

    def _commitment_of(self, event: Event) -> str:
        """The one that the read's author made in the round; what it says must be what the read cites."""
        [cited], who = _cited(event, "commitment"), (self.facts.case.round, event["actor"]["id"])
        made = ((key, one) for key, one in self.facts.commitments.items() if (one.round, one.member) == who)
        return next(key for key, one in made if one.content == cited)

    def _committed(self, event: Event) -> None:
        display = self.contents.get(event["display"]) or {}
        self.facts.commitments[event["object"]["id"]] = Commitment(
            round=self.facts.case.round,
            slot=event["extra"]["slot"],
            kind=event["extra"]["kind"],
            member=event["actor"]["id"],
            task=display.get("task", UNKNOWN),
            content=event["after"]["digest"],
            display=event["display"],
            started_at=display.get("from", UNKNOWN),
            committed_at=event["time"]["server"],
            event=event["event_id"],
        )

    def _predicted(self, event: Event) -> None:
        self.facts.predictions[event["object"]["id"]] = Prediction(
            model=event["extra"]["model"],
            attached_by=event["actor"]["id"],
            content=event["after"]["digest"],
            created_at=event["time"]["server"],
            event=event["event_id"],
        )

    def _recalled(self, event: Event) -> None:
        read = self.facts.reads[event["object"]["id"]]
        self.facts.recalls[event["object"]["id"]] = Recall(read.round, event["event_id"])

    def _closed(self, event: Event) -> None:
        read = self.facts.reads[event["object"]["id"]]
        self.told.closed(read.round, read.member)

    def _review(self, event: Event) -> None:
        waived = event["action"] == "review.waived"
        comments = _cited(event, "comments")
        self.facts.reviews[event["object"]["id"]] = Review(
            round=self.facts.reads[event["object"]["id"]].round,
            verdict=_VERDICTS[event["action"]],
            reviewer=None if waived else event["actor"]["id"],
            correction=event["after"]["digest"] if event["after"] else None,
            comments=comments[0] if comments else None,
            reason_code=event["reason"]["code"] if event["reason"] else "",
            during=self.facts.case.passes if waived else event["extra"]["during"],
            event=event["event_id"],
        )
        if not waived:
            self.told.finished(event["actor"]["id"])

    def _compared(self, event: Event) -> None:
        extra, round_ = event["extra"], self.facts.case.round
        ids = {(r.round, r.slot, r.revision): key for key, r in self.facts.reads.items()}
        drawn = extra["draw"]
        self.facts.reports[event["object"]["id"]] = Report(
            round=round_,
            sequence=event["object"]["version"],
            second_look=extra["second_look"],
            outcome=extra["outcome"],
            sampled=bool(drawn and drawn["value_ppm"] < drawn["share_ppm"]),
            reads=tuple(sorted(ids[round_, r["slot"], r["revision"]] for r in extra["reads"])),
            content=event["after"]["digest"],
            event=event["event_id"],
        )

    def _arbitrated(self, event: Event) -> None:
        self.facts.arbitrations[event["object"]["id"]] = Arbitration(
            round=self.facts.case.round,
            arbiter=event["actor"]["id"],
            outcome=event["extra"].get("outcome", "sent_back"),
            content=event["after"]["digest"],
            reason_code=event["reason"]["code"],
            rework=tuple(event["extra"].get("rework", ())),
            event=event["event_id"],
        )
        self.told.finished(event["actor"]["id"])

    def _released(self, event: Event) -> None:
        self.facts.labels[event["object"]["id"]] = Label(
            round=self.facts.case.round,
            version=event["object"]["version"],
            status=event["extra"]["status"],
            settled_by=event["extra"]["settled_by"],
            content=event["after"]["digest"],
            event=event["event_id"],
        )

    def _opened(self, event: Event) -> None:
        protocol = self.contents.get(event["protocol"]["digest"]) or {}
        distinct = protocol.get("junior_review", {}).get("distinct_reviewers", True)
        self.told.opened(event, self.facts.case.round, distinct_reviewers=distinct)

    def _claimed(self, event: Event) -> None:
        self.told.claimed(event)

    def _let_go(self, event: Event) -> None:
        self.told.let_go(event)


_ACTS: Final[dict[str, Callable[[_Telling, Event], None]]] = {
    "case.created": _Telling._created,
    "case.held": _Telling._held,
    "case.resumed": _Telling._held,
    "case.priority_changed": _Telling._priority,
    "case.exclusion_requested": _Telling._exclusion_wished,
    "case.excluded": _Telling._excluded,
    "prelabel.attached": _Telling._predicted,
    "read.committed": _Telling._committed,
    "read.recalled": _Telling._recalled,
    "read.closed_incomplete": _Telling._closed,
    "consensus.computed": _Telling._compared,
    "arbitration.decided": _Telling._arbitrated,
    "arbitration.sent_back": _Telling._arbitrated,
    "label.released": _Telling._released,
    "task.opened": _Telling._opened,
    "task.reserved": _Telling._opened,
    "task.claimed": _Telling._claimed,
    "task.lapsed": _Telling._let_go,
    "task.released": _Telling._let_go,
    "task.skipped": _Telling._let_go,
    "task.withdrawn": _Telling._let_go,
}
