"""Colours and greys are on the screen as the files hold them."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from audit.log import Reason
from tasks.importing.letting_in import let_in
from tests.browser.island import URLS, series_of, shown
from tests.images import asking_little, imported, shipped
from tests.people import study
from workflow.models import Case

SignIn = Callable[[Page, str], Any]


def bands(folder: Path, name: str, photometric: str, values: np.ndarray[Any, Any]) -> Path:
    """A picture of 64 × 64 pixels in vertical bands of these values, made of a shipped one."""
    dataset = pydicom.dcmread(shipped(name)[0])
    dataset.Rows = dataset.Columns = 64
    dataset.PhotometricInterpretation = photometric
    shape = (1, 64 // len(values)) + (1,) * (values.ndim - 1)
    row = np.tile(values[None], (64,) + (1,) * values.ndim)
    pixels = np.repeat(row, shape[1], axis=1)
    dataset.PixelData = np.ascontiguousarray(pixels).tobytes()
    dataset["PixelData"].VR = "OB" if values.dtype == np.uint8 else "OW"
    dataset.save_as(target := folder / "bands.dcm")
    return target


def colours(page: Page, count: int) -> list[tuple[int, int, int]]:
    """What the middles of so many bands show."""
    box = page.locator(".viewer-plate").bounding_box()
    assert box
    side = min(box["width"], box["height"])
    left = box["x"] + (box["width"] - side) / 2
    clip = {"x": left, "y": box["y"] + box["height"] / 2, "width": side, "height": 2}
    row = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")  # type: ignore[arg-type]
    spots = [int((band + 0.5) / count * row.width) for band in range(count)]
    return [row.getpixel((at, 0)) for at in spots]  # type: ignore[misc]


@pytest.mark.parametrize("rendering", ["webgl", "cpu"])
def test_colours_are_as_stored(
    server: str, settings: Any, tmp_path: Path, page: Page, sign_in: SignIn, rendering: str
) -> None:
    settings.ROOT_URLCONF = URLS
    skin = asking_little(study())
    wanted = np.array([[200, 0, 0], [0, 150, 0], [0, 0, 250], [120, 130, 140]], np.uint8)
    imported(skin, bands(tmp_path, "SC_rgb.dcm", "RGB", wanted))
    held = Case.objects.get()
    let_in(acting=skin.acting("maria"), case_id=held.pk, reason=Reason("pilot", "A test card."))
    sign_in(page, "anna")
    shown(page, series_of(skin, "anna") | {"rendering": rendering})
    assert np.abs(np.array(colours(page, 4)) - wanted).max() <= 2


@pytest.mark.parametrize("rendering", ["webgl", "cpu"])
def test_what_is_stored_as_white_for_nothing_is_turned_round_once(
    server: str, settings: Any, tmp_path: Path, page: Page, sign_in: SignIn, rendering: str
) -> None:
    settings.ROOT_URLCONF = URLS
    chest = asking_little(study())
    values = np.array([0, 100, 900, 1000], np.int16)
    imported(chest, bands(tmp_path, "CT_small.dcm", "MONOCHROME1", values))
    sign_in(page, "anna")
    shown(page, series_of(chest, "anna") | {"rendering": rendering})
    page.get_by_label("Window preset").select_option("all")
    expect(page.locator(".viewer-cell")).to_have_attribute("data-window", "C -524 W 1000")
    assert [red > 127 for red, _, _ in colours(page, 4)] == [True, True, False, False]
    page.get_by_role("button", name="Invert").click()
    expect(page.locator(".viewer-cell")).to_have_attribute("data-inverted", "true")
    assert [red > 127 for red, _, _ in colours(page, 4)] == [False, False, True, True]
