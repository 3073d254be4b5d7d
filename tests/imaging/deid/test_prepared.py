"""Planted identifiers on their way through the whole preparation: none is stored, and none is told but to the vault."""

import json
from pathlib import Path

import numpy as np
import pytest

from imaging.deid.options import Options
from imaging.worker.preparing import prepare
from imaging.worker.recipe import Recipe
from tests.imaging.deid.objects import KINDS, made
from tests.imaging.deid.planting import SECRETS, found, plant
from tests.imaging.deid.saving import ALL, NOTHING, written


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_prepared_of_a_planted_file_is_clean(kind: str, tmp_path: Path) -> None:
    options: Options = (NOTHING, ALL)[KINDS.index(kind) % 2]
    dataset = made(kind)
    plant(dataset, charset="ISO_IR 100")
    source, target = tmp_path / "source", tmp_path / "target.dcm"
    source.write_bytes(written(dataset))
    told = dict(prepare(source, target, Recipe(b"k" * 32, options.to_json())))
    assert told.pop("identity")["patient_id"] == SECRETS.ids[0]
    assert found(json.dumps(told, ensure_ascii=False).encode()) == []
    for path in tmp_path.iterdir():
        assert path == source or found(path.read_bytes()) == [], path.name


def test_an_overlay_in_unused_bits_of_pixels_is_not_stored(tmp_path: Path) -> None:
    dataset = made("CT")
    pixels = np.full((8, 8), 100, np.uint16)
    pixels[::2] |= 0x8000
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelData, dataset["PixelData"].VR, dataset.preamble = pixels.tobytes(), "OW", bytes(128)
    source, target = tmp_path / "source", tmp_path / "target.dcm"
    source.write_bytes(written(dataset))
    told = prepare(source, target, Recipe(b"k" * 32))
    assert told["measures"]["max"] == told["measures"]["min"]
