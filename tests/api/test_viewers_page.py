"""docs/viewers.md: its Python sends back a result, its templates may be set, its coordinates are right."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from config.viewers import OPEN_URLS
from tests.api.client import API, As
from tests.imported import at_gate
from tests.people import GUIDELINE, LABEL_SCHEMA, study
from tests.viewing import TOOL, stored_uids, with_viewers
from workflow.models import Instance, Read
from workflow.settings.viewers import PLACEHOLDERS, Viewers

PAGE = (Path(__file__).parents[2] / "docs" / "viewers.md").read_text(encoding="utf-8")
POINTS = {"types": [{"key": "nodule", "label": "Nodule", "mark": {"kind": "point"}, "fields": []}]}
GEOMETRY = {
    "00200032": {"vr": "DS", "Value": [-100.0, -50.0, 20.0]},
    "00200037": {"vr": "DS", "Value": [1, 0, 0, 0, 1, 0]},
    "00280030": {"vr": "DS", "Value": [0.8, 0.5]},  # down, across: pixels that aren't square
}


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    """What the page's Python defines."""
    found = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    (code,) = [block for block in found if "def send_back" in block]
    names: dict[str, Any] = {}
    exec(compile(code, "docs/viewers.md", "exec"), names)
    return names


@pytest.mark.parametrize(
    ("world", "at"),
    [
        ([-100.0, -50.0, 20.0], [500, 500]),  # the centre of the first pixel
        ([-100.25, -50.4, 20.0], [0, 0]),  # its outer corner
        ([-95.0, -42.0, 20.0], [10500, 10500]),
        ([-99.9, -50.0, 20.0], [700, 500]),
    ],
)
def test_a_place_in_the_patient_becomes_thousandths_of_a_pixel(
    written: dict[str, Any], world: list[float], at: list[int]
) -> None:
    assert written["on_image"](world, GEOMETRY) == at


def test_a_tilted_image_is_measured_along_its_own_rows_and_columns(written: dict[str, Any]) -> None:
    cosines = [0, 1, 0, 0, 0, -1]  # sagittal: rows run back, columns run down
    tilted = {**GEOMETRY, "00200037": {"vr": "DS", "Value": cosines}}
    assert written["on_image"]([-100.0, -45.0, 16.0], tilted) == [10500, 5500]


@pytest.mark.django_db(transaction=True)
def test_the_pages_python_sends_back_a_point_by_the_readers_own_uids(
    written: dict[str, Any], live_server: Any
) -> None:
    schema = {**LABEL_SCHEMA, "findings": POINTS}
    of = with_viewers(study(guideline={**GUIDELINE, "label_schema": schema}), TOOL)
    at_gate(of, "scan-1", ())
    task = of.claim("anna")
    link = As("anna").post(f"/tasks/{task.pk}/links", {"viewer": "Own tool"}, 201)
    from tasks.naming import uids_for

    _, series = stored_uids(of)
    image = Instance.objects.filter(series__uid=series)[0]
    shown = uids_for(task).shown
    header = GEOMETRY | {
        "0020000E": {"vr": "UI", "Value": [shown(series)]},
        "00080018": {"vr": "UI", "Value": [shown(image.uid)]},
    }
    sent = ([-95.0, -42.0, 20.0], {"finding": "nodule", "malignancy": 4})
    done = written["send_back"](f"{live_server.url}{API}", str(task.pk), link["token"], header, *sent)
    assert done["status"] == "done"
    (finding,) = Read.objects.get().content.data["findings"]
    assert finding["mark"] == {
        "kind": "point",
        "on": {"series": series, "sop": image.uid},
        "at": [10500, 10500],
    }


def test_every_template_of_the_page_may_be_set() -> None:
    found = [json.loads(block) for block in re.findall(r"```json\n(\{.*?\})\n```", PAGE, re.S)]
    assert [viewer["name"] for viewer in found] == ["OHIF", "3D Slicer", "Weasis"]
    assert list(Viewers().faults(found, "/viewers")) == []


def test_the_page_names_every_place_and_what_a_browser_may_reach() -> None:
    assert {f"{{{place}}}" for place in PLACEHOLDERS} <= set(re.findall(r"\{[a-z_]+\}", PAGE))
    assert all(re.match(OPEN_URLS, f"{API}/{path}") for path in ("dicomweb/links/cns_x/studies",))
