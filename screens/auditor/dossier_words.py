"""A dossier in words: answers under the questions of their guideline, what was displayed, what qualified whom."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from provenance.case_log import CaseLog
from provenance.dossier_parts import (
    Arbitrated,
    Compared,
    Dossier,
    DossierRead,
    DossierRound,
    Released,
    Snapshot,
)
from screens.comparison_words import compared_fields
from screens.forms.readable import SaidRead, in_words
from workflow.consensus.words import rule_of_reads
from workflow.labels.faults import SchemaError
from workflow.labels.schema import LabelSchema

from .dossier_views import (
    AnswerRow,
    Answers,
    ComparedInWords,
    DecidedInWords,
    PersonInWords,
    ReadInWords,
    RoundInWords,
)

HIDDEN: Final = {
    "peer_labels": "what others said",
    "model_output": "model output",
    "prior_round": "earlier rounds",
    "clinical_data": "clinical data",
}


VERDICTS: Final = {
    "accept": "accepted",
    "correct": "corrected",
    "return": "returned",
    "escalate": "sent to a senior",
}
READERS: Final = {
    "first": "whoever claims the case",
    "same_readers": "the same readers again",
    "new_readers": "readers who had not read it",
    "none": "none, it goes to a senior at once",
}
SHIFTS: Final = {
    "unchanged": "nothing was changed after the model’s marks were shown",
    "towards": "changed towards what the model says",
    "away": "changed away from what the model says",
    "neither": "changed, neither towards what the model says nor away from it",
}
OUTCOMES: Final = {
    "accept": "agreed",
    "request_read": "another read asked for",
    "escalate": "sent to a senior",
}


class InWords:
    """Tells a dossier in words, with the guidelines that its events cite."""

    def __init__(self, log: CaseLog, dossier: Dossier) -> None:
        self.log, self.dossier = log, dossier

    def rounds(self) -> list[RoundInWords]:
        """Every round."""
        return [self._round(one) for one in self.dossier.rounds]

    def title_of(self, digest: str) -> str:
        """The title of the guideline with this digest; empty once it is gone."""
        return str((self.log.json(digest) or {}).get("title", ""))

    def _round(self, one: DossierRound) -> RoundInWords:
        names = {read.id: f"{read.place}.{read.revision}" for read in one.reads}
        return RoundInWords(
            round=one,
            title=self.title_of(one.guideline.digest),
            readers=READERS.get(one.readers, one.readers),
            reads=[self._read(read, one) for read in one.reads],
            comparisons=[self._compared(each, one, names) for each in one.comparisons],
            arbitrations=[self._decided(each) for each in one.arbitrations],
            labels=[self._decided(each) for each in one.labels],
        )

    def _read(self, read: DossierRead, one: DossierRound) -> ReadInWords:
        before = next(
            (r for r in one.reads if (r.place, r.revision) == (read.place, read.revision - 1)), None
        )
        corrected = read.review.labels if read.review else None
        name = f"Read {read.place}.{read.revision}" if read.place else "The arbiter’s own first look"
        return ReadInWords(
            read,
            name,
            self.answers(read.labels, read.guideline.digest, before and before.labels, corrected),
            ", ".join(HIDDEN.get(each, each) for each in read.hidden),
            VERDICTS.get(read.review.verdict, read.review.verdict) if read.review else "",
            self.answers(read.committed.labels, read.guideline.digest) if read.committed else None,
            SHIFTS.get(read.committed.shift or "", "") if read.committed else "",
        )

    def _compared(self, each: Compared, one: DossierRound, names: Mapping[str, str]) -> ComparedInWords:
        schema, report = self.schema(one.guideline.digest), each.report or {}
        names = {read: names[read] for read in sorted(each.reads, key=names.__getitem__)}
        reads = ", ".join(names.values())
        fields = list(compared_fields(report, schema, names)) if schema else []
        outcome = OUTCOMES.get(each.outcome, each.outcome)
        return ComparedInWords(each, outcome, reads, rule_of_reads(report.get("rule") or {}), fields)

    def _decided(self, what: Arbitrated | Released) -> DecidedInWords:
        return DecidedInWords(what, self.answers(what.labels, what.guideline.digest))

    def schema(self, guideline: str) -> LabelSchema | None:
        """The label schema of a guideline; None once that is gone."""
        try:
            return LabelSchema.parse((self.log.json(guideline) or {}).get("label_schema"))
        except SchemaError:
            return None

    def answers(
        self, labels: Any, guideline: str, before: Any = None, corrected: Any = None
    ) -> Answers | None:
        """Labels in words, beside those before them and those that a reviewer put in their place."""
        if labels is None:
            return None
        if (schema := self.schema(guideline)) is None:
            return Answers([], [], None, "", (), wants_senior=False, raw=labels)
        said = in_words(schema, labels)
        was, right = (in_words(schema, other) if other else None for other in (before, corrected))
        return Answers(
            rows=list(_rows(said, was, right)),
            findings=said.findings,
            corrected_findings=right.findings if right and right.findings != said.findings else None,
            confidence=said.confidence,
            flags=said.flags,
            wants_senior=said.wants_senior,
            raw=None,
        )

    def held(self) -> dict[str, str]:
        """What each credential snapshot says, by its digest; empty once it is gone."""
        return {one.digest: snapshot_words(one) for one in self.dossier.credentials}

    def people(self) -> list[PersonInWords]:
        """Everybody who acted, in the order in which they first did; the service itself is nobody."""
        acts = [line.act.who for line in self.dossier.lines if line.act.who.kind == "human"]
        held = self.held()
        found = []
        for who in {each.actor: each for each in acts}.values():
            theirs = [each for each in acts if each.actor == who.actor]
            roles = ", ".join(dict.fromkeys(each.role.replace("_", " ") for each in theirs))
            cited = dict.fromkeys(each.credentials for each in theirs if each.credentials)
            found.append(PersonInWords(who, roles, [(digest, held[digest]) for digest in cited]))
        return found


def _rows(said: SaidRead, was: SaidRead | None, right: SaidRead | None) -> Iterator[AnswerRow]:
    before, after = ({a.path: a for a in other.answers} if other else {} for other in (was, right))
    for answer in said.answers:
        old, new = before.get(answer.path), after.pop(answer.path, None)
        gone = "no answer" if right and new is None else ""
        yield AnswerRow(
            answer.label,
            answer.text,
            old.text if old and old.text != answer.text else "",
            new.text if new and new.text != answer.text else gone,
        )
    yield from (AnswerRow(added.label, "no answer", "", added.text) for added in after.values())


def snapshot_words(held: Snapshot) -> str:
    """What qualified a person, in a line; empty once the snapshot is gone."""
    if (facts := held.snapshot) is None:
        return ""
    years, modality = facts["years_experience"], facts["years_experience_in_modality"]
    parts = [facts["profession"], facts["specialty"], facts["subspecialty"]]
    parts += [f"{years} years of experience"] if years is not None else []
    parts += [f"{modality} with the modality"] if modality else []
    parts += [f"{board['body']} {board['year']}" for board in facts["board_certifications"]]
    if passed := sum(1 for done in facts["training"] if done["passed"]):
        parts.append(f"{passed} training{'' if passed == 1 else 's'} passed")
    if facts["conflicts_declared"]:
        parts.append(f"conflicts declared: {', '.join(facts['conflicts_declared'])}")
    return ", ".join(str(part) for part in parts if part)
