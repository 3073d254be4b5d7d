"""Identifiers planted into every place that holds text: none is in the bytes of a de-identified file."""

from functools import cache

import pytest
from pydicom import Dataset

from imaging.deid.cleaning import deidentify
from imaging.deid.options import Options
from imaging.deid.table import row_of
from tests.imaging.deid.objects import KINDS, made
from tests.imaging.deid.planting import SECRETS, SPARED, _Planter, found, plant
from tests.imaging.deid.saving import ALL, EVERY_CHOICE, NOTHING, PSEUDONYMS, opened, saved, written

CHARSETS = ("ISO_IR 192", "ISO_IR 100", "ISO 2022 IR 87", "ISO_IR 126")


@cache
def planted(kind: str, charset: str) -> bytes:
    dataset = made(kind)
    plant(dataset, SECRETS, charset)
    return written(dataset)


def test_what_is_planted_is_found_while_it_is_there() -> None:
    there = {secret for charset in CHARSETS for secret in found(planted("CT", charset))}
    assert there == set(SECRETS.everything)
    assert found(saved(made("CT"))) == []


def check(kind: str, charset: str, options: Options) -> None:
    clean = deidentify(opened(planted(kind, charset)), PSEUDONYMS, options)
    assert found(saved(clean)) == []
    assert clean.PixelData == made(kind).PixelData


@pytest.mark.parametrize(
    "options", EVERY_CHOICE, ids=lambda chosen: "".join("01"[v] for v in vars(chosen).values())
)
def test_nothing_planted_survives_any_choice_of_options(options: Options) -> None:
    check("CT", "ISO_IR 192", options)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [NOTHING, ALL], ids=["basic", "all options"])
def test_nothing_planted_survives_in_any_kind_of_object(kind: str, options: Options) -> None:
    check(kind, CHARSETS[KINDS.index(kind) % len(CHARSETS)], options)


@pytest.mark.parametrize("options", EVERY_CHOICE[0::4])
def test_what_no_table_names_needs_no_name_elsewhere_to_be_clean(options: Options) -> None:
    """Only in elements without a row, and no element names the patient: nothing to compare them with."""
    planter = _Planter(SECRETS, "ISO_IR 192")
    dataset, everywhere = made("CT"), Dataset()
    planter.texts = [*SECRETS.names, *SECRETS.phones, *SECRETS.places]
    planter.fill(everywhere, depth=0)
    alone = 0
    for tag in sorted(everywhere.keys()):
        raw = everywhere.get_item(tag)
        if (
            row_of(int(tag)) is None
            and raw.VR not in ("SQ", "DS", "IS", "DA", "DT", "PN")
            and int(tag) not in SPARED
        ):
            dataset[tag] = raw
            alone += 1
    assert alone > 1200
    dataset.SpecificCharacterSet, dataset.preamble = "ISO_IR 192", bytes(128)
    assert found(saved(deidentify(opened(written(dataset)), PSEUDONYMS, options))) == []
