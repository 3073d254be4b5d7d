"""One labelled case as files of the kinds that are wanted."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from imaging.out.labels import Answers, Drawing
from imaging.out.nifti import volume
from imaging.out.places import NotPlaced, Placed, covered, placed
from imaging.out.raster import painted
from imaging.out.report import report
from imaging.out.segmentation import binary, fractional

from .coco_files import REFERENCE, Coco, Laid
from .coded import Coder
from .gathering import Labelled, Version
from .images import Images, NoImages, images_of
from .index import Files
from .soft import counts, shares

Row = dict[str, Any]


class CaseWriter:
    """Writes a case; whatever can't be written is listed with a sentence."""

    def __init__(
        self,
        case: Labelled,
        coder: Coder,
        images: Images,
        files: Files,
        software: str,
        wanted: frozenset[str],
    ) -> None:
        self.case, self.coder, self.images, self.files = case, coder, images, files
        self.software, self.wanted = software, wanted
        self.about = _about(case) | {"synthetic": images.synthetic}

    def write(self, coco: Coco | None) -> None:
        """Everything that is wanted of the case."""
        laid = list(self._laid(self.case.answers, REFERENCE))
        segments: dict[str, Any] = {}
        for number, (drawing, where, runs) in enumerate(laid, 1):
            if drawing.region is not None:
                name = f"{number:02}-{_named(drawing)}"
                segments |= self._segmentations(drawing, where, runs, number, name)
                self._volumes(drawing, where, runs, name)
        if "sr" in self.wanted:
            self._report(segments)
        if "nifti" in self.wanted:
            self._read_volumes()
        if coco is not None:
            self._coco(coco, laid)

    def _laid(self, answers: Answers, version: str) -> Iterator[Laid]:
        """Each drawing with the frames that it lies on and the pixels that it covers there."""
        for drawing in answers.drawings:
            try:
                where = placed(drawing.mark, self.images.stacks)
                yield drawing, where, covered(drawing.region, drawing.mark, where) if drawing.region else {}
            except NotPlaced as why:
                self._left_out("mark", str(why), drawing.path, version)

    def _segmentations(
        self, drawing: Drawing, where: Placed, runs: Any, number: int, name: str
    ) -> dict[str, Any]:
        """Write what is covered, and by how many; what the report cites."""
        if not {"sr", "seg"} & self.wanted:
            return {}
        made = (where.stack, runs, self.case.origin, number, self.software)
        about = self._row("seg", REFERENCE, drawing, where)
        try:
            data, header = binary(drawing, *made)
        except NotPlaced as why:
            self._left_out("seg", str(why), drawing.path)
            return {}
        if "seg" in self.wanted:
            self.files.add(f"seg/{self.case.case}/{name}.dcm", data, about)
            self._shares(drawing, where, number, name)
        return {drawing.path: header}

    def _shares(self, drawing: Drawing, where: Placed, number: int, name: str) -> None:
        readers, told = len(self.case.inputs), counts(self.case, drawing.path, where)
        if readers < 2 or not told:
            return
        try:
            data, _ = fractional(drawing, where.stack, told, readers, self.case.origin, number, self.software)
        except NotPlaced as why:
            self._left_out("seg", str(why), drawing.path, "share")
            return
        about = self._row("seg", "share", drawing, where)
        self.files.add(f"seg/{self.case.case}/{name}-share.dcm", data, about)

    def _volumes(self, drawing: Drawing, where: Placed, runs: Any, name: str) -> None:
        if "nifti" not in self.wanted or not runs:
            return
        readers, told = len(self.case.inputs), counts(self.case, drawing.path, where)
        self._volume(
            f"{name}.nii.gz", self._row("nifti", REFERENCE, drawing, where), where, _pictures(where, runs)
        )
        if readers > 1 and told:
            about = self._row("nifti", "share", drawing, where)
            self._volume(f"{name}-share.nii.gz", about, where, told, readers)

    def _volume(self, name: str, about: Row, where: Placed, pictures: Any, readers: int = 1) -> None:
        try:
            pieces = volume(where.stack, pictures, readers, f"{about['set']} {about['path']}")
            first = next(pieces)  # what can't be a volume is refused before anything is written
        except NotPlaced as why:
            self._left_out("nifti", str(why), about["path"], about["set"])
            return
        self.files.stream(f"nifti/{self.case.case}/{name}", _chain(first, pieces), about)

    def _report(self, segments: dict[str, Any]) -> None:
        try:
            data, left_out = report(
                self.case.answers, self.images.stacks, self.case.origin, segments, self.software
            )
        except NotPlaced as why:
            self._left_out("sr", str(why))
            return
        for path, sentence in left_out:
            self._left_out("sr", sentence, path)
        about = self.about | {"kind": "sr", "set": REFERENCE}
        self.files.add(f"sr/{self.case.case}.dcm", data, about)

    def _read_volumes(self) -> None:
        for version in self.case.reads:
            named = f"reads/{version.read.slot}-{version.read.revision}-{version.read.actor}"
            for number, (drawing, where, runs) in enumerate(self._laid(version.answers, named), 1):
                if runs:
                    about = self._row("nifti", version.read.actor, drawing, where) | _of(version)
                    name = f"{named}/{number:02}-{_named(drawing)}.nii.gz"
                    self._volume(name, about, where, _pictures(where, runs))

    def _coco(self, coco: Coco, laid: Iterable[Laid]) -> None:
        coco.begin(self.case.case, self.images.current)
        about = {"version": self.case.label.version, "digest": self.case.label.digest}
        said = {"fields": _said(self.case.answers), "soft": shares(self.case, self.coder)}
        coco.add(
            REFERENCE, about, laid, said | {"split": self.case.split, "synthetic": self.images.synthetic}
        )
        for version in self.case.reads:
            read = version.read
            name = f"readers/{read.actor}" + ("" if version.newest else "-earlier")
            about = {"slot": read.slot, "revision": read.revision, "kind": read.kind, "digest": read.digest}
            coco.add(name, about, self._laid(version.answers, name), {"fields": _said(version.answers)})

    def _row(self, kind: str, of: str, drawing: Drawing, where: Placed) -> Row:
        return self.about | {"kind": kind, "set": of, "path": drawing.path, "series": where.stack.series}

    def _left_out(self, what: str, why: str, path: str = "", version: str = REFERENCE) -> None:
        self.files.leave_out(self.case.case, what, why, path, version)


def write_case(
    case: Labelled, coder: Coder, files: Files, coco: Coco | None, software: str, wanted: frozenset[str]
) -> None:
    """Write a case, or say why nothing of it is there."""
    try:
        images = images_of(case.case)
    except NoImages as why:
        files.leave_out(case.case, "case", str(why))
        return
    CaseWriter(case, coder, images, files, software, wanted).write(coco)


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


def _of(version: Version) -> Row:
    read = version.read
    return {"slot": read.slot, "revision": read.revision, "read_digest": read.digest}


def _pictures(where: Placed, runs: Any) -> dict[int, Any]:
    frames = where.stack.frames
    return {index: painted(some, frames[index].rows, frames[index].columns) for index, some in runs.items()}


def _said(answers: Answers) -> Row:
    """The answers of the case's own fields; of several choices a list."""
    told: Row = {}
    for one in answers.choices:
        value = {"scheme": one.answer.scheme, "value": one.answer.value, "meaning": one.answer.meaning}
        told.setdefault(one.key, []).append(value)
    return told | {one.key: {"value": one.value, "unit": one.unit} for one in answers.numbers}


def _named(drawing: Drawing) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", drawing.name)[:80]


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
