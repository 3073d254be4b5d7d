"""De-identifies a header: every element is removed, replaced, or shown to be harmless."""

import copy
from typing import Final

from pydicom import DataElement, Dataset, Sequence
from pydicom.dataelem import RawDataElement
from pydicom.tag import BaseTag

from imaging.deid.codes import MEANING, SCHEME, TRIPLET, VALUE, meaning_of
from imaging.deid.context import Context, context_of
from imaging.deid.elements import DEEPEST, PIXELS, forms_of, read, silence
from imaging.deid.marks import mark, meta_of
from imaging.deid.options import Options
from imaging.deid.pseudonyms import Pseudonyms
from imaging.deid.rows import treated
from imaging.deid.standing import standing
from imaging.deid.table import Action, action_of, row_of
from imaging.deid.words import cleaned

SYNTHETIC: Final = "SYNTHETIC"
# Written anew, or without meaning where all text is ASCII: character set, group lengths, transfer settings.
_DROPPED: Final = frozenset({0x00080005, 0x00120062, 0x00120063, 0x00120064, 0x00280303})


def deidentify(dataset: Dataset, pseudonyms: Pseudonyms, options: Options) -> Dataset:
    """A new dataset with file meta information of its own; the original and its pixel data stay as they are.

    Pixel data that were deferred when reading are not loaded and not taken over: the caller sets them.
    """
    with silence():
        ctx = context_of(dataset, pseudonyms, options)
        clean = _walked(dataset, ctx, depth=0)
        clean.PatientID = clean.PatientName = ctx.patient
        if str(dataset.get("SeriesDescription") or "").startswith(SYNTHETIC):
            clean.SeriesDescription = SYNTHETIC
        mark(clean, options)
        clean.file_meta = meta_of(dataset, clean)
    return clean


def _walked(dataset: Dataset, ctx: Context, depth: int) -> Dataset:
    clean = Dataset()
    for tag in sorted(dataset.keys()):
        if int(tag) in PIXELS:
            kept = _pixels(dataset, tag) if depth == 0 else None
        else:
            kept = None if _banned(tag) else _element(dataset, tag, ctx, depth)
        if kept is not None:
            clean[tag] = kept
    _codes(dataset, clean, ctx)
    return clean


def _banned(tag: BaseTag) -> bool:
    """Private and unknown elements, overlays and curves whole, file meta, commands, group lengths."""
    group = tag.group
    return (
        tag.is_private
        or group in (0x0000, 0x0002)
        or group & 0xFF00 in (0x5000, 0x6000)
        or tag.element == 0
        or int(tag) in _DROPPED
        or not forms_of(int(tag))
    )


def _element(dataset: Dataset, tag: BaseTag, ctx: Context, depth: int) -> DataElement | None:
    element, row = read(dataset, tag), row_of(int(tag))
    if element is not None and element.VR == "SQ":
        stays = row is None or action_of(row, ctx.options) in (Action.UIDS, Action.CLEAN, Action.DEVICE)
        if stays and "SQ" in forms_of(int(tag)) and depth < DEEPEST:
            return DataElement(tag, "SQ", Sequence([_walked(item, ctx, depth + 1) for item in element.value]))
    if row is not None:
        return treated(row, int(tag), element.VR if element is not None else "UN", element, ctx)
    return None if element is None or element.VR == "SQ" else standing(element, ctx)


def _pixels(dataset: Dataset, tag: BaseTag) -> DataElement | None:
    raw: DataElement | RawDataElement | None = dataset.get_item(tag, keep_deferred=True)
    if isinstance(raw, RawDataElement) and raw.value is None and raw.length:
        return None
    element = read(dataset, tag)
    return None if element is None else copy.copy(element)


def _codes(dataset: Dataset, clean: Dataset, ctx: Context) -> None:
    """In a coded entry: code and meaning of a public scheme as the standard has them, else only cleaned words."""
    if not any(tag in dataset for tag in TRIPLET):
        return
    scheme, code, meaning = (_text(dataset, tag) for tag in (SCHEME, VALUE, MEANING))
    for tag in TRIPLET:
        if tag in clean:
            del clean[tag]
    if known := meaning_of(scheme, code):
        clean.CodeValue, clean.CodingSchemeDesignator, clean.CodeMeaning = code, scheme, known
    elif words := cleaned(meaning, ctx.taken.names):
        clean.CodeMeaning = words


def _text(dataset: Dataset, tag: int) -> str:
    element = read(dataset, BaseTag(tag)) if tag in dataset else None
    return "" if element is None or element.value is None else str(element.value).strip(" \0")
