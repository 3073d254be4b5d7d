"""Takes in one file: reads, checks, de-identifies, decodes, measures and stores it. Runs in the worker process."""

import hashlib
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from pydicom.dataset import Dataset

from imaging.deid.burned_in import burned_in
from imaging.deid.cleaning import deidentify
from imaging.deid.identity import identity_of, patient_of
from imaging.deid.options import Options
from imaging.deid.pseudonyms import Pseudonyms
from imaging.deid.taken import Taken, taken_from
from imaging.facts import SYNTHETIC, facts_of
from imaging.frames.decoding import frames, pixel_options
from imaging.frames.normalising import Colours, explicit, little_endian
from imaging.frames.spread import Spread
from imaging.frames.storing import Incompressible, Store, TooWide
from imaging.kinds import text
from imaging.likeness import likeness
from imaging.measuring import Measures
from imaging.preview import thumbnail
from imaging.reading import Opened, opened
from imaging.refusals import Refused, of_the_disk

from .leavings import remove
from .recipe import Prepared, Recipe

Frame = NDArray[Any]
CHUNK = 1 << 20
# Pixels, and rows: of which neighbouring bands share enough for a line of text.
LOOKED_AT_ONCE, LEAST_BAND, OVERLAP = 16 << 20, 512, 128


def prepare(source: Path, target: Path, recipe: Recipe) -> Prepared:
    """Write the stored file to `target` and its thumbnail beside it as .png; raises Refused and leaves nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with opened(source, recipe.limits) as there:
                return _Preparation(there, recipe).run(source, target)
        except BaseException as error:
            remove(target)
            refusal = _refusal(error)
            if isinstance(refusal, Refused) and refusal.series:
                refusal.series = Pseudonyms(recipe.key).uid(refusal.series)
            raise refusal from None


def _refusal(error: BaseException) -> BaseException:
    """What is told: never what a library says, which may quote the file."""
    match error:
        case Refused() | KeyboardInterrupt() | SystemExit():
            return error
        case MemoryError():
            return Refused("too_much_memory")
        case OSError():
            return of_the_disk(error)
        case _:
            return Refused("corrupt")


@dataclass
class _Seen:
    """What is known once every frame was seen."""

    count: int
    grey: bool
    measures: Measures = field(default_factory=Measures)
    texts: list[dict[str, Any]] = field(default_factory=list)
    middle: Frame | None = None

    def __post_init__(self) -> None:
        self.spread = Spread(self.count)
        self._looked = {0, self.count // 2, self.count - 1}

    def see(self, index: int, frame: Frame, dataset: Dataset) -> None:
        self.measures.feed(frame)
        if self.grey:
            self.spread.feed(frame)
        if index in self._looked:
            self.texts += looked_over(dataset, frame)
        if index == self.count // 2:
            self.middle = frame


def looked_over(dataset: Dataset, frame: Frame) -> list[dict[str, Any]]:
    """What the detector of text says of a frame; of a very large one in bands, since it needs much memory."""
    rows, columns = frame.shape[:2]
    band = max(LEAST_BAND, LOOKED_AT_ONCE // columns)
    found: list[dict[str, Any]] = []
    for first in range(0, max(1, rows - OVERLAP), band - OVERLAP):
        told = burned_in(dataset, frame[first : first + band])
        found.append({**told, "boxes": [[a + first, b, c + first, d] for a, b, c, d in told["boxes"]]})
    return found


class _Preparation:
    def __init__(self, there: Opened, recipe: Recipe) -> None:
        self.there, self.recipe, self.dataset = there, recipe, there.dataset
        self.pseudonyms = Pseudonyms(recipe.key)
        self.options = Options.from_json(recipe.options)
        self.colours = Colours(self.dataset)
        self.pixels = pixel_options(there)

    def run(self, source: Path, target: Path) -> Prepared:
        _name_what_has_no_name(self.dataset)
        self.facts = facts_of(self.dataset)
        bits = int(self.pixels.get("bits_stored") or self.pixels["bits_allocated"])
        allocated, compress = int(self.pixels["bits_allocated"]), True
        while True:
            try:
                return self._stored(source, target, bits, compress)
            except TooWide:
                # Some senders' pixels need more bits than their header says: stored with all there are.
                bits, compress = allocated, compress and bits < allocated
            except Incompressible:
                compress = False

    def _stored(self, source: Path, target: Path, bits: int, compress: bool) -> Prepared:
        allocated = 8 if self.colours.has_palette else int(self.pixels["bits_allocated"])
        with Store(target.parent, allocated, min(bits, allocated), compress) as store:
            seen = _Seen(int(self.pixels["number_of_frames"]), self.colours.grey is not None)
            for index, frame in enumerate(frames(self.there, self.recipe.limits)):
                plain = self.colours.plain(frame)
                store.add(plain)
                seen.see(index, plain, self.dataset)
            header = self._header(seen)
            ranges, digest, size = store.write(header, target)
        self._picture(seen, target)
        return self._told(source, header, seen) | {"frames": ranges, "digest": digest, "size": size}  # type: ignore[return-value]

    def _header(self, seen: _Seen) -> Dataset:
        """The de-identified header, and in the facts the window that was measured where the file named none."""
        header = deidentify(self.dataset, self.pseudonyms, self.options)
        if not self.dataset.original_encoding[1]:
            little_endian(header)
        measured = None
        if seen.grey and self.facts["window"] is None:
            measured = seen.spread.window(self.facts["slope"], self.facts["intercept"])
            self.facts["window"] = measured
        header.PhotometricInterpretation = self.colours.photometric
        explicit(header, measured)
        if self.facts["lossy"]:
            header.LossyImageCompression = "01"
        if self.facts["synthetic"]:
            header.SeriesDescription = SYNTHETIC
        return header

    def _picture(self, seen: _Seen, target: Path) -> None:
        assert seen.middle is not None
        facts, part = self.facts, target.with_suffix(".png.part")
        data = thumbnail(
            seen.middle, facts["window"], slope=facts["slope"], intercept=facts["intercept"],
            inverted=self.colours.grey == "MONOCHROME1",
        )  # fmt: skip
        part.write_bytes(data)
        part.replace(target.with_suffix(".png"))

    def _told(self, source: Path, header: Dataset, seen: _Seen) -> dict[str, Any]:
        identity = identity_of(self.dataset)
        assert seen.middle is not None
        return {
            "original_digest": _digest(source),
            "original_size": source.stat().st_size,
            "patient": patient_of(identity, self.pseudonyms),
            "study": str(header.StudyInstanceUID),
            "series": str(header.SeriesInstanceUID),
            "instance": str(header.SOPInstanceUID),
            "identity": dict(identity),
            "facts": _unnamed(self.facts, taken_from(self.dataset))
            | {"frame_of_reference": text(header, "FrameOfReferenceUID") or None},
            "measures": seen.measures.result(),
            "likeness": likeness(seen.middle),
            "burned_in": _together(seen.texts),
            "dates": {"study": _shifted(header, self.options)},
        }


def _unnamed(facts: dict[str, Any], taken: Taken) -> dict[str, Any]:
    """Without numbers that a sender chose and that repeat who the image is of, such as a patient's number."""
    chosen = (
        "instance_number",
        "acquisition_number",
        "frame_time",
        "lossy_ratio",
        "thickness",
        "gap",
        "window",
    )
    return {
        key: None if key in chosen and any(taken.counted_by(one) for one in _numbers(value)) else value
        for key, value in facts.items()
    }


def _numbers(value: Any) -> list[str]:
    return [str(one) for one in (value if isinstance(value, list) else [value]) if one is not None]


def _name_what_has_no_name(dataset: Dataset) -> None:
    """An image without a study or a series is one of its own."""
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID"):
        if not text(dataset, keyword):
            made = hashlib.sha256(f"{keyword} of {dataset.SOPInstanceUID}".encode()).digest()
            setattr(dataset, keyword, f"2.25.{int.from_bytes(made[:16], 'big')}")


def _together(texts: list[dict[str, Any]]) -> dict[str, Any]:
    """What was found in several frames: the worst of it, and every place."""
    worst = max(texts, key=lambda one: (bool(one["suspected"]), float(one["score"])))
    boxes = [box for one in texts for box in one["boxes"]]
    return {**worst, "boxes": [box for n, box in enumerate(boxes) if box not in boxes[:n]]}


def _shifted(header: Dataset, options: Options) -> str | None:
    told = text(header, "StudyDate")
    if not options.modified_dates or len(told) != 8 or not told.isdigit():
        return None
    return f"{told[:4]}-{told[4:6]}-{told[6:]}"


def _digest(source: Path) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as file:
        while data := file.read(CHUNK):
            digest.update(data)
    return f"sha256:{digest.hexdigest()}"
