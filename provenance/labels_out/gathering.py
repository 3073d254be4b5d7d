"""Released reference labels with the reads behind them, case by case: from the log and its contents alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, groupby
from typing import Any, Final

from audit.bundle.reading import Reader
from audit.bundle.scope import Scope
from audit.canonical import value_of
from imaging.out.labels import Answers, Origin
from provenance.case_story import ACTIONS, CaseStory, StoryLabel, StoryRead
from workflow.labels.schema import LabelSchema

from .coded import Coder

Content = dict[str, Any]
_EVENTS: Final = """
SELECT e.stream_id, e.body, l.leaf_hash FROM audit_event e JOIN audit_leaf l ON l.event_id = e.id
WHERE {sealed} AND e.stream_kind = 'case' AND (e.action = ANY(%s) OR e.state_to IS NOT NULL)
ORDER BY e.stream_id, e.stream_seq
"""
_CONTENTS: Final = "SELECT digest, body FROM audit_content WHERE digest = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Version:
    """One read: whose, which revision, whether it is its slot's newest, and what it says."""

    read: StoryRead
    newest: bool
    content: Content
    answers: Answers


@dataclass(frozen=True, slots=True)
class Labelled:
    """A case with its newest label; `content` is the label's own, `inputs` what the comparison was made of."""

    case: str
    split: str
    label: StoryLabel
    content: Content
    origin: Origin
    answers: Answers
    reads: tuple[Version, ...] = ()
    inputs: tuple[tuple[str, Content], ...] = ()  # id of the read, what it said
    joined: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # finding: read: its findings


class Gatherer:
    """Goes through the cases of a log once; a few label schemas are kept at hand."""

    def __init__(self, reader: Reader, scope: Scope) -> None:
        self._reader, self.scope = reader, scope
        self._coders: dict[str, Coder] = {}

    def count(self) -> int:
        """How many labels were released, of all versions: for the progress."""
        sealed, params = self.scope.sealed()
        query = f"SELECT count(*) FROM audit_event e JOIN audit_leaf l ON l.event_id = e.id WHERE {sealed}"
        found = self._reader.one(f"{query} AND e.action = 'label.released'", params)
        return int(found[0]) if found else 0

    def labelled(self) -> Iterator[Labelled]:
        """Every case of the study that has a label whose content was not erased; no pilots, no controls."""
        for story in self._stories():
            label = story.labels[-1] if story.labels else None
            if label is None:
                continue
            contents = self._contents(sorted(story.cited()))
            about = contents.get(story.about, {})
            if about.get("purpose", "study") == "study" and label.digest in contents:
                yield self._case(story, label, about.get("split", ""), contents)

    def _case(
        self, story: CaseStory, label: StoryLabel, split: str, contents: dict[str, Content]
    ) -> Labelled:
        content, coder = contents[label.digest], self._coder(label.guideline["digest"])
        report = contents.get(label.compared.digest if label.compared else "", {})
        said = [(one["read"], one["digest"]) for one in report.get("inputs", [])]
        more = self._contents(sorted({digest for _, digest in said} - contents.keys()))
        return Labelled(
            story.case,
            split,
            label,
            content,
            _origin(story, label, report),
            coder.answers(content["labels"], content["status"]),
            tuple(_versions(story, label, contents, coder)),
            tuple((read, (contents | more).get(digest, {})) for read, digest in said),
            {
                one["id"]: {each["read"]: each["findings"] for each in one["marks"]}
                for one in report.get("findings", [])
            },
        )

    def coder_of(self, case: Labelled) -> Coder:
        """The codes of the schema under which a case was labelled."""
        return self._coder(case.label.guideline["digest"])

    def _coder(self, digest: str) -> Coder:
        if digest not in self._coders:
            document = self._contents([digest])[digest]
            self._coders[digest] = Coder(LabelSchema.parse(document["label_schema"]), digest)
        return self._coders[digest]

    def _stories(self) -> Iterator[CaseStory]:
        sealed, params = self.scope.sealed()
        query = _EVENTS.format(sealed=sealed)
        rows = chain.from_iterable(self._reader.batches(query, [*params, list(ACTIONS)]))
        for stream, events in groupby(rows, key=lambda row: row[0]):
            story = CaseStory(str(stream))
            for _, body, leaf in events:
                story.take(value_of(body), leaf)
            yield story

    def _contents(self, digests: list[str]) -> dict[str, Content]:
        if not digests:
            return {}
        return {digest: value_of(body) for digest, body in self._reader.all(_CONTENTS, [digests])}


def _versions(
    story: CaseStory, label: StoryLabel, contents: dict[str, Content], coder: Coder
) -> Iterator[Version]:
    """The round's reads that were not recalled, by slot and revision."""
    reads = [one for one in story.reads if one.round == label.round and not one.recalled]
    newest = {one.slot: one.revision for one in sorted(reads, key=lambda one: one.revision)}
    for read in sorted(reads, key=lambda one: (one.slot, one.revision)):
        if read.digest in contents:
            content = contents[read.digest]
            yield Version(read, newest[read.slot] == read.revision, content, coder.answers(content))


def _origin(story: CaseStory, label: StoryLabel, report: Content) -> Origin:
    arbiter = label.decision.actor if label.decision and label.settled_by == "arbitration" else ""
    return Origin(
        case=story.case,
        digest=label.digest,
        at=moment(label.at),
        person=arbiter,
        device="" if arbiter else str(report.get("engine", "consilium")),
        verified=bool(arbiter),
        organization=(label.site or "") if arbiter else "",
        schema=label.guideline["digest"],
    )


def origin_of(case: Labelled, read: StoryRead) -> Origin:
    """Where a read comes from: two who answer the same have files of their own."""
    return Origin(
        case=case.case,
        digest=f"{read.digest}\n{read.actor}\n{read.slot}-{read.revision}",
        at=moment(read.at),
        person=read.actor,
        schema=case.label.guideline["digest"],
    )


def moment(told: str) -> datetime:
    """An event's time of the server, in UTC."""
    return datetime.fromisoformat(told)
