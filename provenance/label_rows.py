"""The rows of the label tables: one per case field, per finding's mark and per field of a finding."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .case_story import CaseStory, StoryLabel, StoryRead

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


def rows_of(
    story: CaseStory, contents: Contents, external_ref: str | None, split: str | None
) -> Iterator[dict[str, Any]]:
    """The rows of a case's newest label, by path; none before it has one, or once its content was erased."""
    if not story.labels or story.labels[-1].digest not in contents:
        return
    table = _Table(story, story.labels[-1], contents)
    common = {
        "case": story.case,
        "external_ref": external_ref,
        "split": split,
        "state": story.state,
        **table.about_label(),
    }
    for path, place in sorted(table.places()):
        yield {**common, **table.row(path, place)}


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

    def row(self, path: str, place: Place) -> dict[str, Any]:
        """What a row has of its own."""
        value = _at(self.answer, path)
        return {
            "path": path,
            "finding": place[0],
            "finding_type": place[1],
            "field": place[2],
            "value": value,
            "decided_how": self._how(path, value),
            "reads": [self._read(read, path, place) for read in self.reads],
        }

    def _how(self, path: str, value: Any) -> str:
        if value is None:
            return "not settled"
        if self.label.settled_by == "consensus":
            return str(self.compared.get(path, {}).get("reason", ""))
        if path.removeprefix("fields/") in (self.decided.get("picks") or {}):
            return "picked"
        settled = not self.report.get("voided") and _at(self.report.get("reference") or {}, path) == value
        return "undisputed" if settled else "written"

    def _read(self, read: StoryRead, path: str, place: Place) -> dict[str, Any]:
        marks = None if place[0] is None else self.joined.get(place[0], {}).get(read.id)
        return {
            "slot": read.slot,
            "revision": read.revision,
            "kind": read.kind,
            "actor": read.actor,
            "digest": read.digest,
            "event": read.event,
            "recalled": read.recalled,
            "marks": marks,
            "value": self._value(read.digest, path, marks),
            "review": self._review(read, path, marks),
        }

    def _review(self, read: StoryRead, path: str, marks: list[str] | None) -> dict[str, Any] | None:
        if (review := read.review) is None:
            return None
        return {
            "verdict": review.verdict,
            "actor": None if review.verdict == "waived" else review.actor,
            "event": review.event,
            "digest": review.digest,
            "value": self._value(review.digest, path, marks),
        }

    def _value(self, digest: str | None, path: str, marks: list[str] | None) -> Any:
        """What a read says at a path; for a finding, of the first of its marks that is this finding."""
        content = self._content(digest)
        if not path.startswith("findings/"):
            return _at(content, path)
        if not marks:
            return None
        _, _, rest = path.split("/", 2)
        return _at(content, f"findings/{marks[0]}/{rest}")

    def _content(self, digest: str | None) -> Content:
        return self.contents.get(digest or "", {})


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
