"""The rows of the label tables: one per case field, per finding's mark and per field of a finding."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from audit.canonical import spelled

from .case_story import CaseStory, StoryLabel, StoryRead
from .label_spelling import NULL, cell, csv_form, json_form, quoted, texts_by_path

Content = dict[str, Any]
Contents = Mapping[str, Content]  # by digest; what was erased is missing

COLUMNS: Final = (
    "case", "external_ref", "split", "state", "round",
    "label_version", "label_status", "label_digest", "label_event",
    "path", "finding", "finding_type", "field", "value",
    "settled_by", "decided_how", "decided_by", "decided_in", "decision",
    "guideline_version", "guideline_digest", "protocol_version", "protocol_digest",
    "reads",
)  # fmt: skip


_OWN: Final = ("decided_how", "field", "finding", "finding_type", "path", "reads", "value")


def rows_of(
    story: CaseStory, contents: Contents, external_ref: str | None, split: str | None
) -> Iterator[tuple[bytes, bytes]]:
    """The rows of a case's newest label, by path, as JSON and CSV; none without one, or if it was erased."""
    if not story.labels or story.labels[-1].digest not in contents:
        return
    table = _Table(story, story.labels[-1], contents)
    about = {"case": story.case, "external_ref": external_ref, "split": split, "state": story.state}
    common = {**about, **table.about_label()}
    as_json, as_csv = json_form(common, _OWN), csv_form(COLUMNS, common)
    for path, (finding, of_type, name) in sorted(table.places()):
        value, how = _at(table.answer, path), table.how(path)
        text, reads = spelled(value), b"[%s]" % b",".join(table.reads_at(path, finding))
        own = (spelled(how), spelled(name), spelled(finding), spelled(of_type), spelled(path), reads, text)
        cells = (cell(path), cell(finding), cell(of_type), cell(name))
        shown = b"" if value is None else quoted(text)
        yield as_json % own, as_csv % (*cells, shown, cell(how), quoted(reads))


Place = tuple[str | None, str | None, str]  # finding, its type, field


class _Table:
    """One label with everything that its rows need beside it."""

    def __init__(self, story: CaseStory, label: StoryLabel, contents: Contents) -> None:
        self.label, self.contents = label, contents
        self.answer: Content = contents[label.digest].get("labels") or {}
        self.findings = {one["id"]: one for one in self.answer.get("findings", ())}
        self.reads = sorted(
            (read for read in story.reads if read.round == label.round), key=lambda r: (r.slot, r.revision)
        )
        self.decided = self._content(label.decision.digest if label.decision else None)
        self.report = self._content(label.compared.digest if label.compared else None)
        self.compared = {each["path"]: each for each in _parts(self.report)}
        self.joined = {
            one["id"]: {mark["read"]: mark["findings"] for mark in one["marks"]}
            for one in self.report.get("findings", ())
        }
        self.told = [self._told(read) for read in self.reads]

    def places(self) -> Iterator[tuple[str, Place]]:
        """Every path that has a value in the label, or in a read that was not recalled."""
        keys = set(self.answer.get("fields", {}))
        for read in self.reads:
            if not read.recalled:
                keys |= set(self._content(read.digest).get("fields", {}))
        yield from ((f"fields/{key}", (None, None, key)) for key in keys)
        for name, one in self.findings.items():
            yield f"findings/{name}/mark", (name, one["type"], "mark")
            for key in one.get("fields", {}):
                yield f"findings/{name}/fields/{key}", (name, one["type"], key)

    def about_label(self) -> dict[str, Any]:
        """What all rows of the label share."""
        label = self.label
        return {
            "round": label.round,
            "label_version": label.version,
            "label_status": label.status,
            "label_digest": label.digest,
            "label_event": label.event,
            "settled_by": label.settled_by,
            "decided_by": label.decision and label.decision.actor,
            "decided_in": label.decision and label.decision.event,
            "decision": label.decision and label.decision.digest,
            "guideline_version": label.guideline["version"],
            "guideline_digest": label.guideline["digest"],
            "protocol_version": label.protocol["version"],
            "protocol_digest": label.protocol["digest"],
        }

    def how(self, path: str) -> str:
        """How the value at a path came about."""
        value = _at(self.answer, path)
        if value is None:
            return "not settled"
        if self.label.settled_by == "consensus":
            return str(self.compared.get(path, {}).get("reason", ""))
        if path.removeprefix("fields/") in (self.decided.get("picks") or {}):
            return "picked"
        settled = not self.report.get("voided") and _at(self.report.get("reference") or {}, path) == value
        return "undisputed" if settled else "written"

    def reads_at(self, path: str, finding: str | None) -> Iterator[bytes]:
        """What each read says at a path; for a finding, of the first of its marks that is this finding."""
        joined, rest = self.joined.get(finding or "", {}), path.split("/", 2)[-1]
        for told in self.told:
            marks = joined.get(told.id) if finding is not None else None
            there = path if finding is None else f"findings/{marks[0]}/{rest}" if marks else ""
            review = told.review and told.review % told.corrected.get(there, NULL)
            yield told.form % (spelled(marks), review or NULL, told.texts.get(there, NULL))

    def _told(self, read: StoryRead) -> "_Told":
        about = ("slot", "revision", "kind", "actor", "digest", "event", "recalled")
        members = {name: getattr(read, name) for name in about}
        if (made := read.commitment) is not None:
            members["commitment"] = {"digest": made.digest, "event": made.event}
        form = json_form(members, ("marks", "review", "value"))
        texts = texts_by_path(self._content(read.digest))
        if (review := read.review) is None:
            return _Told(read.id, form, texts)
        verdict = {
            "verdict": review.verdict,
            "actor": None if review.verdict == "waived" else review.actor,
            "event": review.event,
            "digest": review.digest,
        }
        corrected = texts_by_path(self._content(review.digest))
        return _Told(read.id, form, texts, json_form(verdict, ("value",)), corrected)

    def _content(self, digest: str | None) -> Content:
        return self.contents.get(digest or "", {})


@dataclass(frozen=True, slots=True)
class _Told:
    """A read in the tables: its spelling and its review's with gaps, and what both say, spelled, by path."""

    id: str
    form: bytes
    texts: dict[str, bytes]
    review: bytes | None = None
    corrected: dict[str, bytes] = field(default_factory=dict)


def _at(content: Content, path: str) -> Any:
    """The value of a read-shaped content at a path; None if it has none there."""
    first, key, *rest = path.split("/")
    if first == "fields":
        return content.get("fields", {}).get(key)
    finding: Content = next((one for one in content.get("findings", ()) if one["id"] == key), {})
    return finding.get("mark") if rest == ["mark"] else finding.get("fields", {}).get(rest[1])


def _parts(report: Content) -> Iterator[Content]:
    """Every compared field of a report, those of findings too."""
    yield from report.get("fields", ())
    for finding in report.get("findings", ()):
        if finding["mark"] is not None:
            yield finding["mark"]
        yield from finding["fields"]
