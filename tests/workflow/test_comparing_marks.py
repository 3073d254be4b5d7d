"""Marks of every kind through the service: named by a protocol, read, compared, released, and computed again."""

from typing import Any

import pytest

from audit.canonical import canonical
from tests.people import GUIDELINE, PROTOCOL, Study, study
from tests.workflow.consensus.marks import SPACING, ellipse, length, mask, point, polygon, rule, span
from workflow.comparing import effective
from workflow.consensus.outcomes import ReadInput
from workflow.consensus.recomputing import recomputed
from workflow.documents import guideline_of, protocol_of
from workflow.models import CaseRound, ConsensusReport, Read, ReferenceLabel

pytestmark = pytest.mark.django_db(transaction=True)
READERS = ("anna", "bob", "cleo")


def begun(kind: str, reads: dict[str, Any], **of_field: Any) -> Study:
    """A study of one case that asks for one mark, and for findings of the same kind."""
    label_schema = {
        "schema": "consilium/label-schema/v1",
        "fields": [{"key": "place", "kind": kind, "label": "Place"}],
        "findings": {"types": [{"key": "found", "label": "Found", "mark": {"kind": kind}}]},
    }
    protocol = {
        **{**PROTOCOL, "reads": reads, "junior_review": {"share": "0", "always_if": []}},
        "fields": {"place": rule(kind, **of_field)},
        "findings": {"found": rule(kind, **of_field)},
    }
    return study(protocol=protocol, guideline={**GUIDELINE, "label_schema": label_schema})


def read(chest: Study, name: str, mark: dict[str, Any]) -> None:
    finding = {"id": f"of-{name}", "type": "found", "mark": mark, "fields": {}}
    labels = {"schema": "consilium/read/v1", "fields": {"place": mark}, "findings": [finding]}
    chest.submit(name, chest.claim(name, ["annotate"]), {"labels": labels})


def computed_again(report: ConsensusReport) -> dict[str, Any]:
    """The report from the stored contents alone."""
    at_work = CaseRound.objects.select_related("guideline", "protocol").get(case=report.case)
    reads = Read.objects.filter(pk__in=report.read_ids)
    return recomputed(
        report.content.data,
        schema=guideline_of(str(at_work.guideline.content_id))["label_schema"],
        protocol=protocol_of(str(at_work.protocol.content_id)),
        reads=[ReadInput(str(r.pk), *effective(r), r.slot) for r in reads],
    )


@pytest.mark.parametrize(
    ("marks", "settled"),
    [
        ([point(1000), point(4001)], point(2501)),
        ([length(0), length(0, 11_000)], length(0, 10_500)),
        ([ellipse(9000), ellipse(9500)], ellipse(9250)),
        ([polygon(0, side=9000), polygon(0)], polygon(0, side=9000)),
        ([mask(0), mask(0), mask(1)], mask(0)),
        ([span(10), span(12)], span(11)),
    ],
    ids=lambda value: value[0]["kind"] if isinstance(value, list) else "",
)
def test_marks_that_agree_become_the_label(marks: list[dict[str, Any]], settled: dict[str, Any]) -> None:
    kind = settled["kind"]
    three = len(marks) == 3
    reads = {"rule": "majority", "count": 3} if three else {"rule": "2+1", "count": 2}
    chest = begun(kind, reads, **({"aggregate": "staple"} if three else {}))
    chest.register("case-1", shown={"spacing": SPACING})
    for name, mark in zip(READERS, marks, strict=False):
        read(chest, name, mark)
    labels = ReferenceLabel.objects.get().content.data["labels"]
    if kind == "polygon":
        assert sorted(labels["fields"]["place"].pop("points")) == sorted(settled.pop("points"))
        labels["findings"][0]["mark"].pop("points")
    assert labels["fields"]["place"] == settled == labels["findings"][0]["mark"]
    report = ConsensusReport.objects.get()
    assert report.content.data["spacing"] == SPACING
    assert report.content.data["fields"][0]["held"] == len(marks)
    assert canonical(computed_again(report)) == canonical(report.content.data)


def test_points_that_cannot_be_measured_go_to_the_senior() -> None:
    chest = begun("point", {"rule": "2+1", "count": 2})
    chest.register("case-1")
    for name in ("anna", "bob"):
        read(chest, name, point({"anna": 0, "bob": 900}[name]))
    assert chest.case().state == "arbitration"
    report = ConsensusReport.objects.get()
    assert report.content.data["fields"][0]["reason"] == "not measurable: no pixel spacing is known"
    assert canonical(computed_again(report)) == canonical(report.content.data)


def test_a_case_with_a_faulty_spacing_is_refused_at_intake() -> None:
    [row] = study().register("case-1", shown={"spacing": [{"x": "0.5", "y": "wide"}]})
    assert row.result == "refused"
    assert [(fault["path"], fault["code"]) for fault in row.faults] == [("/shown/spacing/0/y", "bad_spacing")]
