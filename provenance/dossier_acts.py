"""An event of a case as an act: who did it, why, under what, and what was displayed for it."""

from collections.abc import Iterator
from typing import Any

from audit.canonical import canonical, digest

from .case_log import CaseLog, Logged
from .dossier_images import series_served
from .dossier_parts import Act, Comment, Shown, ShownItem, Version, Who, Why
from .fact_kinds import CaseFacts

Event = dict[str, Any]


class Acts:
    """The events of a case by their ids, told as acts."""

    def __init__(self, log: CaseLog, facts: CaseFacts) -> None:
        self.log, self.facts = log, facts
        self._by_id = {one.event["event_id"]: one for one in log.logged}

    def event(self, event_id: str) -> Event:
        """The event with this id."""
        return self._by_id[event_id].event

    def act(self, event: Event) -> Act:
        """The event's place, time and actor."""
        logged: Logged = self._by_id[event["event_id"]]
        return Act(
            seq=event["seq"],
            event_id=event["event_id"],
            action=event["action"],
            at=event["time"]["server"],
            who=self._who(event["actor"]),
            leaf_hash=logged.hash,
            leaf_index=logged.leaf_index,
        )

    def _who(self, actor: dict[str, Any]) -> Who:
        opened = self.log.opened(actor["person"]) or {}
        return Who(
            actor=actor["id"],
            kind=actor["kind"],
            name=opened.get("name"),
            erased=actor["person"] is not None and not opened,
            role=actor["role"],
            site=actor["site"],
            credentials=actor["credentials"],
        )

    def why(self, event: Event) -> Why | None:
        """The reason that an event carries."""
        if (reason := event["reason"]) is None:
            return None
        text = self.log.opened(reason["text"])
        return Why(reason["code"], text, erased=reason["text"] is not None and text is None)

    def version(self, event: Event, line: str) -> Version:
        """The guideline or protocol version that an event cites."""
        return Version(event[line]["version"], event[line]["digest"])

    def comments(self, digest: str | None) -> tuple[Comment, ...] | None:
        """A reviewer's remarks; None if there are none."""
        content = self.log.json(digest) or {}
        texts = [(one["path"], self.log.opened(one["text"])) for one in content.get("comments", ())]
        return tuple(Comment(path, text, erased=text is None) for path, text in texts) or None

    def superseding(self, label: str) -> Act | None:
        """The act that took a label out of force."""
        found = (
            one.event
            for one in self.log.logged
            if one.event["action"] == "label.superseded" and one.event["object"]["id"] == label
        )
        event = next(found, None)
        return self.act(event) if event else None

    def shown(self, event: Event) -> Shown | None:
        """What was displayed for an act; None if it cites no display manifest."""
        if (cited := event["display"]) is None:
            return None
        manifest = self.log.json(cited)
        if manifest is None:
            return Shown(cited, None, None, None)
        items = tuple(
            ShownItem(item["kind"], item["digest"], tuple(dict.fromkeys(self._known_as(item, event))))
            for item in manifest["items"]
        )
        images = series_served(manifest.get("images", ()), self._study_manifests())
        return Shown(cited, manifest.get("from"), manifest.get("until"), items, images)

    def _study_manifests(self) -> Iterator[Any]:
        """What images the case has, as its events cite it; a manifest that is gone tells nothing."""
        for one in self.log.logged:
            if one.event["action"] == "case.study_attached":
                manifest = self.log.json(one.event["after"]["digest"])
                yield from () if manifest is None else (manifest,)

    def _known_as(self, item: dict[str, str], event: Event) -> Iterator[str]:
        """What has this digest, of all that was there when the act was done. Equal answers have equal digests."""
        cited = item["digest"]
        match item["kind"]:
            case "guideline":
                if cited == event["guideline"]["digest"]:
                    yield f"guideline version {event['guideline']['version']}"
            case "display":
                yield "what the reader said of their display"
            case "commitment":
                yield "what the reader had committed to"
            case "model_output":
                model = event["agent"]["model"] or {}
                yield f"what {model.get('name', 'a model')} {model.get('version', '')} says of it".replace(
                    "  ", " "
                )
            case "case":
                if cited == digest(canonical(self.facts.case.shown)):
                    yield "the case as it was registered"
            case "report":
                known = (one for one in self.facts.reports.values() if one.content == cited)
                yield from (f"consensus report {one.sequence}" for one in known)
            case _:
                yield from self._reads_with(item, event)

    def _reads_with(self, item: dict[str, str], event: Event) -> Iterator[str]:
        for key in self._candidates(item["kind"], event):
            review = self.facts.reviews.get(key)
            if self.facts.reads[key].content == item["digest"]:
                yield f"the read {self.place_of(key)}"
            if review and review.correction == item["digest"]:
                yield f"the read {self.place_of(key)} as corrected"

    def _candidates(self, kind: str, event: Event) -> Iterator[str]:
        """The reads that can have been shown: made before, one's own if it says so, the one that is reviewed."""
        for key, read in self.facts.reads.items():
            before = self.event(read.event)["seq"] < event["seq"] and read.slot > 0
            own = kind != "own_read" or read.member == event["actor"]["id"]
            reviewed = not event["action"].startswith("review.") or key == event["object"]["id"]
            if before and own and reviewed:
                yield key

    def place_of(self, read_id: str) -> str:
        """A read by its place and revision; by its id, if the log doesn't know it."""
        read = self.facts.reads.get(read_id)
        return f"{read.slot}.{read.revision}" if read else read_id

    def picked(self, cited: str, event: Event) -> str:
        """The reads before an act with this digest, from which an answer was taken: as corrected, if they were."""
        found = [key for key in self._candidates("read", event) if self.facts.reads[key].content == cited]
        names = (self.place_of(key) + (" as corrected" if self._corrected(key) else "") for key in found)
        return " = ".join(names) or cited

    def _corrected(self, read_id: str) -> bool:
        review = self.facts.reviews.get(read_id)
        return review is not None and review.correction is not None
