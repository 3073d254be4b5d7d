"""Findings on the screens: added, removed, copied from a read, and settled by the arbiter."""

from typing import Any

import pytest

from tests.people import GUIDELINE, LABEL_SCHEMA, Study, labels, study, with_protocol
from tests.workflow.labels.examples import BOX, NODULE
from workflow.models import ReferenceLabel

from .seat import Seat, said

pytestmark = pytest.mark.django_db(transaction=True)

PLAIN = {**NODULE, "mark": {"kind": "box"}}
SCHEMA = {**LABEL_SCHEMA, "findings": {"min": 0, "max": 2, "types": [PLAIN]}}
FINDING = {"id": "f1", "type": "nodule", "mark": BOX, "fields": {"calcification": 4}}
TWO = with_protocol(reads={"rule": "unanimous", "count": 2, "max": 2})
WHY = {"outcome": "decided", "reason_code": "perception", "rationale": "It is there on both series."}


@pytest.fixture
def chest() -> Study:
    """One reader marks a nodule, the other none."""
    chest = study("case-1", protocol=TWO, guideline={**GUIDELINE, "label_schema": SCHEMA})
    for name, findings in (("anna", [FINDING]), ("bob", [])):
        chest.submit(name, chest.claim(name), {"labels": labels(findings=findings)})
    return chest


def typed_in(page: Any) -> dict[str, str]:
    """What the findings part of a page holds now."""
    typed = page.context["typed"]
    return {name: text for name, text in typed if name.startswith("findings.")}


def test_a_finding_is_added_and_removed_without_losing_what_was_typed() -> None:
    study("case-1", guideline={**GUIDELINE, "label_schema": SCHEMA})
    anna = Seat("anna")
    anna.start()
    page = anna.act("findings", change="add:nodule", fields__finding="mass")
    assert "1. Nodule" in said(page)
    assert 'value="mass" checked' in page.content.decode()
    more = anna.act("findings", change="add:nodule", **{**typed_in(page), "findings.0.mark.x1": "7"})
    assert "No more than 2 may be marked." in said(more)
    less = anna.act("findings", change="remove:1", **typed_in(more))
    assert typed_in(less)["findings.0.mark.x1"] == "7"
    assert "Say where it lies." in said(
        anna.act("submit", 422, **{"findings.0.id": "f1", "findings.0.type": "nodule"})
    )


def test_a_reviewer_reads_findings_in_words_and_comments_on_them(chest: Study) -> None:
    jin = Seat("jin")
    page = said(jin.start())
    assert "1. Nodule Where it lies columns 0–4, rows 0–4 (4 × 4 px)" in page
    assert "1. Nodule, Calcification 4 · Grade 4" in page


def test_an_arbiter_takes_a_finding_that_one_reader_marked(chest: Study) -> None:
    chest.review("jin")
    chest.review("jana")
    sana = Seat("sana")
    page = sana.start()
    assert "Is it real? Marked by 1 of 2." in said(page)
    letter = page.context["found"][0].letter
    taken = sana.act("findings", change=f"take:{letter}:f1")
    sana.act("submit", **typed_in(taken), **WHY)
    assert ReferenceLabel.objects.get().content.data["labels"]["findings"] == [FINDING]
