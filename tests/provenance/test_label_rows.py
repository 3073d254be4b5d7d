"""Label rows of findings: each mark and each of its fields, with the marks of every read that it was joined from."""

from pathlib import Path
from typing import Any

import pytest

from tests.databases import TestDatabases
from tests.people import GUIDELINE, LABEL_SCHEMA, Study, study
from tests.provenance.exports import exported, lines, members
from tests.sealed import a_sealer

pytestmark = pytest.mark.django_db(transaction=True)

NODULE = {
    "key": "nodule",
    "label": "Nodule",
    "mark": {"kind": "box"},
    "fields": [{"key": "solid", "kind": "boolean", "label": "Solid?"}],
}
WITH_FINDINGS = {
    **GUIDELINE,
    "label_schema": {**LABEL_SCHEMA, "findings": {"min": 0, "max": 5, "types": [NODULE]}},
}


def read(*findings: dict[str, Any]) -> dict[str, Any]:
    return {
        "labels": {
            "schema": "consilium/read/v1",
            "fields": {"finding": "nodule", "malignancy": 3},
            "findings": list(findings),
        }
    }


def nodule(name: str, left: int, *, solid: bool) -> dict[str, Any]:
    mark = {"kind": "box", "on": {"series": "1.2.3"}, "min": [left, 10000], "max": [left + 20000, 30000]}
    return {"id": name, "type": "nodule", "mark": mark, "fields": {"solid": solid}}


@pytest.fixture
def chest() -> Study:
    return study("case-1", guideline=WITH_FINDINGS)


def test_a_finding_has_a_row_for_its_mark_and_for_each_field(
    chest: Study, own_databases: TestDatabases, tmp_path: Path
) -> None:
    chest.submit("anna", chest.claim("anna"), read(nodule("left", 10000, solid=True)))
    chest.submit("bob", chest.claim("bob"), read(nodule("x1", 11000, solid=True)))
    chest.review("jin")
    chest.review("jana")
    assert chest.case().state == "final"
    exported(chest, tmp_path / "b.zip", a_sealer(tmp_path), own_databases)
    rows = lines(members(tmp_path / "b.zip")["data/labels/labels.ndjson"])
    solid, mark = (row for row in rows if row["finding"] is not None)
    assert [row["path"] for row in rows] == sorted(row["path"] for row in rows)
    assert (mark["field"], mark["finding_type"], mark["value"]["kind"]) == ("mark", "nodule", "box")
    assert (solid["field"], solid["value"], solid["decided_how"]) == (
        "solid",
        True,
        "unanimous within comparator",
    )
    assert mark["finding"] == solid["finding"]
    assert [read["marks"] for read in mark["reads"]] == [["left"], ["x1"]]
    assert [read["value"]["min"] for read in mark["reads"]] == [[10000, 10000], [11000, 10000]]
    assert [read["value"] for read in solid["reads"]] == [True, True]
