"""The dossier of a case, from its log alone: who saw what, said what, under which versions, and how it was settled."""

from collections.abc import Iterator
from typing import Any

from .case_log import CaseLog
from .dossier_acts import Acts
from .dossier_parts import Dossier, EventLine, Proof, Snapshot
from .dossier_rounds import rounds_of
from .fact_kinds import UNKNOWN, CaseFacts
from .facts import Unreplayable, needed, rebuild


def dossier_of(log: CaseLog) -> Dossier:
    """The dossier of a case. Nothing is taken on trust: what does not hold is named in its `faults`."""
    log.check_chain()
    log.check_proof()
    facts = _facts(log)
    acts = Acts(log, facts)
    return _Telling(log, facts, acts).dossier()


def _facts(log: CaseLog) -> CaseFacts:
    events = [one.event for one in log.logged]
    try:
        return rebuild(events, log.everything({digest for event in events for digest in needed(event)}))
    except Unreplayable as fault:
        log.faults.append(f"The events don't tell the story of a case from event {fault.seq} on: {fault}.")
        return CaseFacts()


class _Telling:
    """Puts each fact beside the event that told it."""

    def __init__(self, log: CaseLog, facts: CaseFacts, acts: Acts) -> None:
        self.log, self.facts, self.acts = log, facts, acts

    def dossier(self) -> Dossier:
        """All of it."""
        case, first = self.facts.case, self.log.logged[0].event
        reference = self.log.opened(case.external_ref)
        return Dossier(
            case=first["stream"]["id"],
            log=first["log"],
            reference=reference,
            reference_erased=reference is None,
            split=_known(case.split),
            strata=_known(case.strata),
            state=case.state,
            held=case.held,
            events=len(self.log.logged),
            registered=self.acts.act(first),
            rounds=rounds_of(self.log, self.facts, self.acts),
            credentials=self._credentials(),
            lines=[self._line(one.event, one.body) for one in self.log.logged],
            proof=_proof(self.log),
            faults=list(dict.fromkeys(self.log.faults)),
        )

    def _credentials(self) -> list[Snapshot]:
        cited = {
            one.event["actor"]["credentials"]: one.event["actor"]["id"]
            for one in self.log.logged
            if one.event["actor"]["credentials"]
        }
        return [Snapshot(digest, actor, self.log.json(digest)) for digest, actor in cited.items()]

    def _line(self, event: dict[str, Any], body: bytes) -> EventLine:
        state = event["state"] or {}
        return EventLine(
            act=self.acts.act(event),
            about=", ".join(_about(event)),
            source=state.get("from"),
            target=state.get("to"),
            why=self.acts.why(event),
            body=body.decode(),
        )


def _about(event: dict[str, Any]) -> Iterator[str]:
    """What an event is about, in a few words; nothing for the case itself."""
    extra, what = event["extra"] or {}, event["object"]["kind"]
    if what != "case":
        kind = str(extra.get("kind") or "").replace("_", " ")
        yield f"{kind} {what.replace('_', ' ')}".strip()
    if extra.get("slot"):
        yield f"place {extra['slot']}"
    if what in ("read", "label", "report"):
        yield f"{'revision' if what == 'read' else 'version'} {event['object']['version']}"


def _known(value: Any) -> Any:
    return None if value == UNKNOWN else value


def _proof(log: CaseLog) -> Proof | None:
    if log.covered is None:
        return None
    head, last = log.covered.head, log.covered.last
    return Proof(
        origin=head.origin,
        size=head.size,
        root=f"sha256:{head.root.hex()}",
        note=head.note,
        vkey=head.vkey,
        covers=last.event["seq"],
        covers_at=last.event["time"]["server"],
        leaf_index=log.covered.place,
        leaf_hash=last.hash,
        hashes=tuple(f"sha256:{node.hex()}" for node in log.covered.hashes),
        tlog_proof=log.covered.tlog_proof(),
    )
