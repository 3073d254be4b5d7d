"""A study whose labels were drawn on real stored images: oblique CT, uneven pixels, numbers against the places."""

from pathlib import Path
from typing import Any

import numpy as np

from tasks.models import Task
from tasks.naming import uids_for
from tests.images import asking_little, imported
from tests.imaging.made import with_pixels, written
from tests.imaging.out.scans import multi_frame, oblique_ct
from tests.people import GUIDELINE, Study, study, with_protocol
from workflow.models import Series

ROWS, COLUMNS = 16, 24
SECRET = "Words that may name a person"
LESION = {
    "key": "lesion",
    "label": "Lesion",
    "code": {"scheme": "RADLEX", "value": "RID38780", "meaning": "lesion"},
    "mark": {"kind": "mask"},
    "fields": [
        {
            "key": "diameter",
            "kind": "number",
            "label": "Longest diameter",
            "unit": "mm",
            "min": "0",
            "max": "99",
            "decimals": 1,
        },
        {"key": "solid", "kind": "boolean", "label": "Solid?"},
    ],
}
SCHEMA: dict[str, Any] = {
    "schema": "consilium/label-schema/v1",
    "fields": [
        {
            "key": "quality",
            "kind": "nominal",
            "label": "Image quality",
            "categories": [
                {
                    "value": "good",
                    "label": "Good",
                    "code": {"scheme": "SCT", "value": "20572008", "meaning": "Good"},
                },
                {"value": "poor", "label": "Poor"},
                {"value": "bad", "label": "Bad"},
            ],
        },
        {"key": "outline", "kind": "polygon", "label": "Outline"},
        {"key": "box", "kind": "box", "slices": True, "label": "Box"},
        {"key": "axis", "kind": "length", "label": "Axis"},
        {"key": "note", "kind": "text", "label": "Note", "max_length": 200, "required": False},
    ],
    "findings": {"min": 0, "max": 5, "types": [LESION]},
}
RULES = {
    "quality": {"comparator": {"equal": {}}},
    "outline": {"comparator": {"iou": {"at_least": "0.5"}}, "aggregate": "union"},
}
MASKS = {"lesion": {"comparator": {"mask": {"dice": "0.5", "hd95": "5", "unit": "px"}}, "aggregate": "union"}}


def read_of(task: Task, shift: int = 0, quality: str = "good") -> dict[str, Any]:
    """A read of a case whose only series is marked, under the reader's own UIDs; `shift` moves the lesion by pixels."""
    on = {"series": uids_for(task).shown(Series.objects.get(cases__case=task.case).uid)}
    runs = [[start + shift, 6] for start in (30, 54, 78)]
    lesion = {
        "kind": "mask",
        "on": on,
        "rows": ROWS,
        "columns": COLUMNS,
        "slices": [{"slice": number, "runs": [one for run in runs for one in run]} for number in (1, 2)],
    }
    fields: dict[str, Any] = {
        "quality": quality,
        "outline": {
            "kind": "polygon",
            "on": on | {"slices": [2, 2]},
            "points": [[2000, 2000], [12_345, 3001], [6000, 11_000]],
        },
        "box": {"kind": "box", "on": on | {"slices": [0, 1]}, "min": [1000, 1500], "max": [9000, 8000]},
        "axis": {"kind": "length", "on": on | {"slices": [3, 3]}, "from": [1000, 1000], "to": [7000, 9000]},
        "note": SECRET,
    }
    finding = {"id": "a", "type": "lesion", "mark": lesion, "fields": {"diameter": "12.5", "solid": True}}
    return {"schema": "consilium/read/v1", "fields": fields, "findings": [finding]}


def labelled_study(folder: Path) -> Study:
    """Two cases with images, both final: single files, agreed; a multi-frame file, arbitrated."""
    guideline = {**GUIDELINE, "label_schema": SCHEMA}
    protocol = with_protocol() | {"fields": RULES, "findings": MASKS}
    chest = asking_little(study(protocol=protocol, guideline=guideline))
    files = []
    for number, one in enumerate(oblique_ct(4, ROWS, COLUMNS)):
        pixels = np.full((ROWS, COLUMNS), 100 + number, dtype=np.uint16)
        pixels[:4] = 7
        files.append(written(with_pixels(one, pixels), folder / f"{number}.dcm"))
    imported(chest, *files)
    agree(chest, shift=1)
    frames = np.arange(4 * ROWS * COLUMNS, dtype=np.uint16).reshape(4, ROWS, COLUMNS)
    enhanced = multi_frame(4, ROWS, COLUMNS)
    enhanced.StudyInstanceUID = "2.25.6"
    imported(chest, written(with_pixels(enhanced, frames), folder / "frames.dcm"))
    dispute(chest)
    return chest


def agree(chest: Study, shift: int) -> None:
    """Two readers who mark almost the same, and reviewers who accept it."""
    for name, moved in (("anna", 0), ("bob", shift)):
        task = chest.claim(name)
        chest.submit(name, task, {"labels": read_of(task, moved)})
    for name in ("jin", "jana"):
        chest.review(name)


def dispute(chest: Study) -> None:
    """Three readers who disagree, one of whom revised, and a senior who decides."""
    for name, quality in (("anna", "good"), ("bob", "poor")):
        task = chest.claim(name)
        chest.submit(name, task, {"labels": read_of(task, quality=quality)})
    chest.review("jin", "return", comments=[{"path": "fields/quality", "text": "Look again."}])
    chest.review("jana")
    task = chest.claim("anna")
    chest.submit("anna", task, {"labels": read_of(task)})
    chest.review("jin")
    task = chest.claim("cleo")
    chest.submit("cleo", task, {"labels": read_of(task, quality="bad")})
    chest.review("jules")
    chest.arbitrate(labels={"fields": {"quality": "poor"}})
