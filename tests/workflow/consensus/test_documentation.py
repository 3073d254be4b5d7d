"""The page on consensus names every comparator, aggregate and engine that there is."""

import json
from pathlib import Path

from workflow.consensus.engines import ENGINES, NEWEST
from workflow.protocol.shape import SCHEMA_FILE

PAGE = (Path(__file__).parents[3] / "docs" / "consensus.md").read_text(encoding="utf-8")
DEFINED = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))["$defs"]


def test_every_comparator_and_its_bounds_stand_on_the_page():
    for name, bounds in DEFINED["comparator"]["properties"].items():
        assert f"`{name}" in PAGE
        assert all(bound in PAGE for bound in bounds.get("properties", {}))


def test_every_aggregate_and_the_engines_stand_on_the_page():
    assert all(name in PAGE for name in DEFINED["aggregate"]["enum"] if name != "none")
    assert all(f"`{name}`" in PAGE for name in ENGINES if name != NEWEST.name)
