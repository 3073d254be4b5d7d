"""What all files of one case share: its images, its rows in the index, and where its marks lie."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from imaging.out.labels import Answers, Drawing, Origin
from imaging.out.places import NotPlaced, Placed, covered, placed
from imaging.out.raster import Runs

from .gathering import Labelled, Version, origin_of
from .images import Images
from .index import Files

Row = dict[str, Any]
REFERENCE = "reference"
SHARE = "share"


@dataclass(frozen=True, slots=True)
class Laid:
    """A drawing with the frames that it lies on, the pixels that it covers there, and its name for files."""

    drawing: Drawing
    where: Placed
    runs: Mapping[int, Runs]
    number: int

    @property
    def name(self) -> str:
        """Its number among the version's marks, and its path."""
        return f"{self.number:02}-{re.sub(r'[^A-Za-z0-9._-]', '_', self.drawing.name)[:80]}"


@dataclass(frozen=True, slots=True)
class Told:
    """A version of the label to be written: the reference label itself, or a read."""

    folder: str  # below the case's own; empty for the reference label
    set: str
    about: Row
    origin: Origin
    answers: Answers
    laid: tuple[Laid, ...]


class CaseFiles:
    """Writes files of a case, each with its row; whatever can't be written is listed with a sentence."""

    def __init__(
        self, case: Labelled, images: Images, files: Files, software: str, wanted: frozenset[str]
    ) -> None:
        self.case, self.images, self.files = case, images, files
        self.software, self.wanted = software, wanted
        self._about = _about(case) | {"synthetic": images.synthetic}

    def reference(self) -> Told:
        """The reference label."""
        laid = tuple(self._laid(self.case.answers, REFERENCE))
        return Told("", REFERENCE, {}, self.case.origin, self.case.answers, laid)

    def read(self, version: Version) -> Told:
        """A read."""
        read = version.read
        folder = f"reads/{read.slot}-{read.revision}-{read.actor}"
        about = {"slot": read.slot, "revision": read.revision, "read_digest": read.digest}
        laid = tuple(self._laid(version.answers, folder))
        return Told(folder, read.actor, about, origin_of(self.case, read), version.answers, laid)

    def path(self, kind: str, told: Told, name: str = "") -> str:
        """Where a file of a version lies."""
        return "/".join(part for part in (kind, self.case.case, told.folder, name) if part)

    def row(self, kind: str, told: Told, laid: Laid | None = None, of: str = "") -> Row:
        """A file's row in the index."""
        of_mark = {"path": laid.drawing.path, "series": laid.where.stack.series} if laid else {}
        return self._about | told.about | {"kind": kind, "set": of or told.set} | of_mark

    def leave_out(self, what: str, why: str, told: Told, path: str = "", of: str = "") -> None:
        """Say that something of a version is not there."""
        self.files.leave_out(self.case.case, what, why, path, of or told.folder or REFERENCE)

    def _laid(self, answers: Answers, version: str) -> Iterator[Laid]:
        for number, drawing in enumerate(answers.drawings, 1):
            try:
                where = placed(drawing.mark, self.images.stacks)
                runs = covered(drawing.region, drawing.mark, where) if drawing.region else {}
            except NotPlaced as why:
                self.files.leave_out(self.case.case, "mark", str(why), drawing.path, version)
            else:
                yield Laid(drawing, where, runs, number)


def _about(case: Labelled) -> Row:
    label = case.label
    return {
        "case": case.case,
        "split": case.split,
        "label_version": label.version,
        "label_status": label.status,
        "label_digest": label.digest,
        "label_event": label.event,
        "settled_by": label.settled_by,
        "guideline_version": label.guideline["version"],
        "guideline_digest": label.guideline["digest"],
        "protocol_version": label.protocol["version"],
        "protocol_digest": label.protocol["digest"],
    }
