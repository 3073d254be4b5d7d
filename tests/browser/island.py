"""A bare page with the viewer island on it, and what tests do with it: served in tests alone."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from config.urls import urlpatterns as service
from tests.api.dicomweb.scans import reader, value
from tests.images import shipped
from tests.people import Study

if TYPE_CHECKING:
    from playwright.sync_api import Page

URLS = "tests.browser.island"
PAGE = """{% extends "base.html" %}{% load static %}
{% block title %}Viewer{% endblock %}{% block reading %}true{% endblock %}{% block width %}container-fluid{% endblock %}
{% block head %}<link rel="stylesheet" href="{% static 'css/viewer.css' %}">
<link rel="stylesheet" href="/island.css">
<script type="module" src="/island.js"></script>{% endblock %}
{% block content %}<div id="viewer" data-module="{% static 'viewer/viewer.js' %}"></div>{% endblock %}"""
STYLE = "#viewer { height: 640px; }"
SCRIPT = """
const element = document.getElementById("viewer");
const { load } = await import(element.dataset.module);
const study = JSON.parse(sessionStorage.getItem("study"));
window.told = [];
window.open = async () => {
  window.viewer = await load(element, study);
  for (const name of ["drawn", "changed", "removed", "selected", "chose", "refused"]) {
    window.viewer.on(name, (value) => window.told.push([name, value]));
  }
};
window.again = (study) => load(element, study);
await window.open();
element.dataset.loaded = "true";
"""


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(PAGE).render({}, request))


def style(request: HttpRequest) -> HttpResponse:
    return HttpResponse(STYLE, content_type="text/css")


def script(request: HttpRequest) -> HttpResponse:
    return HttpResponse(SCRIPT, content_type="text/javascript")


urlpatterns = [*service, path("island", page), path("island.js", script), path("island.css", style)]


def sliced(
    folder: Path, count: int = 5, spacing: Sequence[float] = (2.0, 1.0), series: int = 0
) -> list[Path]:
    """CT slices of 64 rows and 128 columns, pixels twice as high as wide: slice k (from 0) has 100·k + column.

    `series`: another number is another series of the same study.
    """
    written = []
    for number in range(count):
        dataset = pydicom.dcmread(shipped("CT_small.dcm")[0])
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = (
            f"1.2.826.0.1.99.{number + 1 + 100 * series}"
        )
        dataset.SeriesInstanceUID, dataset.SeriesNumber = f"1.2.826.0.1.98.{series + 1}", series + 1
        dataset.Rows, dataset.Columns = 64, 128
        dataset.PixelSpacing = list(spacing)
        dataset.SliceThickness = 3
        dataset.InstanceNumber = count - number  # they lie the other way round than they are numbered
        dataset.ImagePositionPatient = [0, 0, 3 * number]
        dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        dataset.RescaleSlope, dataset.RescaleIntercept = 1, 0
        values = np.tile(np.arange(128, dtype=np.int16), (64, 1)) + 100 * number
        dataset.PixelData = values.astype("<i2").tobytes()
        dataset.save_as(target := folder / f"slice-{series}-{number}.dcm")
        written.append(target)
    return written


def series_of(chest: Study, name: str) -> dict[str, Any]:
    """The case that the reader claims, as the page hands it to the island."""
    web = reader(chest, name)
    found = web.json("/series?includefield=all")
    series = [
        {
            "study": value(one, "StudyInstanceUID"),
            "uid": value(one, "SeriesInstanceUID"),
            "modality": value(one, "Modality"),
            "number": value(one, "SeriesNumber"),
            "description": "",
            "images": value(one, "NumberOfSeriesRelatedInstances"),
        }
        for one in found
    ]
    studies = [
        {"uid": uid, "role": "current", "label": "Current"} for uid in {one["study"] for one in series}
    ]
    cells = [{"series": series[0]["uid"]}]
    hanging = {"rows": 1, "columns": 1, "cells": cells}
    return {
        "root": f"/api/v1/{web.root}",
        "studies": studies,
        "series": series,
        "hanging": hanging,
        "tools": [],
    }


def tool(kind: str, **more: Any) -> dict[str, Any]:
    """A drawing tool that is named for its kind."""
    return {"id": kind, "kind": kind, "slices": False, "label": kind.title(), "colour": 0} | more


def shown(page: "Page", study: dict[str, Any]) -> None:
    """The bare page with this case, once its first image is on the screen."""
    page.add_init_script(f"sessionStorage.setItem('study', {json.dumps(json.dumps(study))})")
    page.goto("/island")
    page.locator("#viewer[data-ready]").wait_for()


def exported(page: "Page") -> list[dict[str, Any]]:
    """The marks that the island gives back."""
    marks: list[dict[str, Any]] = page.evaluate("viewer.export()")
    return marks


class Ground:
    """Where the pixels of the sliced case lie on the screen, reckoned from its fit alone: not by the island."""

    def __init__(self, page: "Page", rows: int = 64, columns: int = 128, aspect: float = 2.0) -> None:
        box = page.locator(".viewer-plate").first.bounding_box()
        assert box
        self.page, self.aspect = page, aspect
        self.middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.half = (columns / 2, rows / 2)
        self.scale = min(box["width"] / columns, box["height"] / (rows * aspect))

    def at(self, column: float, row: float) -> tuple[float, float]:
        """The whole pixel of the screen that is next to a place of the picture."""
        x = self.middle[0] + (column - self.half[0]) * self.scale
        y = self.middle[1] + (row - self.half[1]) * self.scale * self.aspect
        return round(x), round(y)

    def milli(self, spot: tuple[float, float]) -> list[float]:
        """What lies at a spot of the screen, in thousandths of a pixel."""
        x = (spot[0] - self.middle[0]) / self.scale + self.half[0]
        y = (spot[1] - self.middle[1]) / (self.scale * self.aspect) + self.half[1]
        return [1000 * x, 1000 * y]

    def drag(self, *places: tuple[float, float]) -> list[list[float]]:
        """Press at the first place, go over the others, release at the last; returns them in thousandths."""
        spots = [self.at(*place) for place in places]
        self.page.mouse.move(*spots[0])
        self.page.mouse.down()
        for spot in spots[1:]:
            self.page.mouse.move(*spot)
        self.page.mouse.up()
        return [self.milli(spot) for spot in spots]
