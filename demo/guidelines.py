"""The guideline of the demonstration: what a reader must know, and the label schema of both its questions.

One boolean, `nodule_present`, is asked of every case; the box and the nine ratings are asked only where it
is yes. So both questions are one schema, and a project needs one guideline line. A field that tells the two
sets of cases apart would tell the reader that all four readers marked this one, and a required answer
that the case itself already knows is no label.
"""

from pathlib import Path
from typing import Any

from demo.scales import SCALES, as_field

TITLE = "Lung nodules on chest CT"
VERSION = "1.0"
_IF_PRESENT = {"field": "nodule_present", "is": [True]}


def label_schema() -> dict[str, Any]:
    """The `consilium/label-schema/v1` of the study: eleven fields, no findings."""
    present = {
        "key": "nodule_present",
        "kind": "boolean",
        "required": True,
        "normal": False,
        "label": "Nodule of 3 mm or more at the marked place?",
    }
    box = {
        "key": "nodule",
        "kind": "box",
        "slices": True,
        "required": True,
        "when": _IF_PRESENT,
        "label": "Nodule",
        "help": "A box around the outline, from its first slice to its last.",
    }
    ratings = [as_field(scale, _IF_PRESENT) for scale in SCALES]
    return {"schema": "consilium/label-schema/v1", "fields": [present, box, *ratings]}


def guideline() -> dict[str, Any]:
    """The `consilium/guideline/v1` document, with its instructions as Markdown."""
    instructions = Path(__file__).with_name("guideline.md").read_text(encoding="utf-8")
    return {
        "schema": "consilium/guideline/v1",
        "title": TITLE,
        "version": VERSION,
        "instructions": instructions,
        "label_schema": label_schema(),
        "examples": [],
    }
