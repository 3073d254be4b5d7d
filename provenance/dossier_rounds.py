"""The rounds of a dossier: reads with their reviews, comparisons, arbitrations and labels, each as an act."""

from .case_log import CaseLog
from .dossier_acts import Acts
from .dossier_parts import (
    Arbitrated,
    CommittedTo,
    Compared,
    DossierRead,
    DossierReview,
    DossierRound,
    Recalled,
    Released,
)
from .fact_kinds import UNKNOWN, CaseFacts, Read


def rounds_of(log: CaseLog, facts: CaseFacts, acts: Acts) -> list[DossierRound]:
    """Every round, in order."""
    telling = _Rounds(log, facts, acts)
    return [telling.round(int(number)) for number in facts.rounds]


class _Rounds:
    """Puts each fact of a round beside the event that told it."""

    def __init__(self, log: CaseLog, facts: CaseFacts, acts: Acts) -> None:
        self.log, self.facts, self.acts = log, facts, acts

    def round(self, number: int) -> DossierRound:
        """One round."""
        fact = self.facts.rounds[str(number)]
        event = self.acts.event(fact.event)
        return DossierRound(
            number=number,
            begun=self.acts.act(event),
            why=self.acts.why(event),
            readers=fact.readers,
            reads_planned=fact.reads_planned,
            reads_max=fact.reads_max,
            guideline=self.acts.version(event, "guideline"),
            protocol=self.acts.version(event, "protocol"),
            reads=[self._read(key, read) for key, read in self._reads_of(number)],
            comparisons=[self._compared(k) for k, one in self.facts.reports.items() if one.round == number],
            arbitrations=[
                self._arbitrated(k) for k, one in self.facts.arbitrations.items() if one.round == number
            ],
            labels=[self._released(k) for k, one in self.facts.labels.items() if one.round == number],
        )

    def _reads_of(self, number: int) -> list[tuple[str, Read]]:
        """A round's reads, place by place, each revision after the one before; the arbiter's own come last."""
        found = [(key, read) for key, read in self.facts.reads.items() if read.round == number]
        return sorted(found, key=lambda one: (one[1].slot == 0, one[1].slot, one[1].revision))

    def _read(self, key: str, read: Read) -> DossierRead:
        event = self.acts.event(read.event)
        hidden = event["blinding"] or {}
        return DossierRead(
            id=key,
            place=read.slot,
            revision=read.revision,
            kind=read.kind,
            act=self.acts.act(event),
            guideline=self.acts.version(event, "guideline"),
            protocol=self.acts.version(event, "protocol"),
            hidden=tuple(sorted(name for name, kept in hidden.items() if kept)),
            shown=self.acts.shown(event),
            why=self.acts.why(event),
            digest=read.content,
            labels=self.log.json(read.content),
            stands=self._stands(key, read),
            recalled=self._recalled(key),
            review=self._review(key),
            committed=self._committed(key),
        )

    def _committed(self, key: str) -> CommittedTo | None:
        aided = self.facts.assistance.get(key)
        made = self.facts.commitments.get(aided.commitment or "") if aided else None
        if aided is None or made is None:
            return None
        event = self.acts.event(made.event)
        return CommittedTo(
            act=self.acts.act(event),
            shown=self.acts.shown(event),
            digest=made.content,
            labels=self.log.json(made.content),
            shift=None if aided.shift == UNKNOWN else aided.shift,
        )

    def _stands(self, key: str, read: Read) -> str:
        if key in self.facts.recalls:
            return "recalled"
        same = (one for one in self.facts.reads.values() if (one.round, one.slot) == (read.round, read.slot))
        if any(one.revision > read.revision for one in same):
            return "superseded"
        review = self.facts.reviews.get(key)
        return "returned" if review and review.verdict == "return" else "stands"

    def _recalled(self, key: str) -> Recalled | None:
        if (recall := self.facts.recalls.get(key)) is None:
            return None
        event = self.acts.event(recall.event)
        return Recalled(self.acts.act(event), self.acts.why(event))

    def _review(self, key: str) -> DossierReview | None:
        if (review := self.facts.reviews.get(key)) is None:
            return None
        event = self.acts.event(review.event)
        return DossierReview(
            verdict=review.verdict,
            act=self.acts.act(event),
            why=self.acts.why(event),
            shown=self.acts.shown(event),
            comments=self.acts.comments(review.comments),
            correction=review.correction,
            labels=self.log.json(review.correction),
        )

    def _compared(self, key: str) -> Compared:
        fact = self.facts.reports[key]
        event = self.acts.event(fact.event)
        return Compared(
            id=key,
            sequence=fact.sequence,
            act=self.acts.act(event),
            outcome=fact.outcome,
            second_look=fact.second_look,
            sampled=fact.sampled,
            reads=fact.reads,
            protocol=self.acts.version(event, "protocol"),
            digest=fact.content,
            report=self.log.json(fact.content),
        )

    def _arbitrated(self, key: str) -> Arbitrated:
        fact = self.facts.arbitrations[key]
        event, content = self.acts.event(fact.event), self.log.json(fact.content) or {}
        return Arbitrated(
            id=key,
            act=self.acts.act(event),
            outcome=fact.outcome,
            why=self.acts.why(event),
            shown=self.acts.shown(event),
            guideline=self.acts.version(event, "guideline"),
            protocol=self.acts.version(event, "protocol"),
            picks={
                name: self.acts.picked(digest, event) for name, digest in (content.get("picks") or {}).items()
            },
            rework=tuple(self.acts.place_of(read) for read in fact.rework),
            another_read=bool(content.get("another_read")),
            digest=fact.content,
            labels=content.get("labels"),
        )

    def _released(self, key: str) -> Released:
        fact = self.facts.labels[key]
        event, content = self.acts.event(fact.event), self.log.json(fact.content) or {}
        return Released(
            id=key,
            version=fact.version,
            act=self.acts.act(event),
            status=fact.status,
            settled_by=fact.settled_by,
            decision=content.get("decision"),
            guideline=self.acts.version(event, "guideline"),
            protocol=self.acts.version(event, "protocol"),
            digest=fact.content,
            labels=content.get("labels"),
            superseded=self.acts.superseding(key),
        )
