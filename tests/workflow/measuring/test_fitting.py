"""A guideline that changed its questions: what no longer fits is left out and counted, and nothing fails."""

from typing import Any

import pytest

from tests.people import GUIDELINE, LABEL_SCHEMA, Study, publish_new_guideline, study
from workflow.labels.schema import LabelSchema
from workflow.measuring.agreeing import agreement_of
from workflow.measuring.designs import what_if_of
from workflow.measuring.fitting import ANSWERS, RULES, as_asked_now, fitting_labels
from workflow.measuring.kept import Kept
from workflow.measuring.monitors import monitors_of
from workflow.measuring.taken import Conditions

FINDING, MALIGNANCY = LABEL_SCHEMA["fields"]
WITHOUT_MASS = {**FINDING, "categories": FINDING["categories"][:2]}
AS_MASK = {"key": "malignancy", "kind": "mask", "label": "Malignancy"}
GIVEN = {"fields": {"finding": "mass", "malignancy": 2}, "findings": []}


def schema(*fields: dict[str, Any]) -> LabelSchema:
    return LabelSchema.parse({**LABEL_SCHEMA, "fields": list(fields)})


def size(unit: str) -> dict[str, Any]:
    return {"key": "size", "kind": "number", "label": "Size", "unit": unit, "decimals": 0}


def several(*fields: str) -> dict[str, Any]:
    return {**FINDING, "kind": "multi", "categories": [{"value": v, "label": v} for v in fields]}


def renewed(*fields: dict[str, Any]) -> Study:
    """A study whose one case was read under another guideline than the one in force."""
    chest = study("case-1")
    chest.agree_at_two(finding="mass", malignancy=2)
    publish_new_guideline(chest, {**GUIDELINE, "label_schema": {**LABEL_SCHEMA, "fields": list(fields)}})
    return chest


def told(kept: Kept) -> dict[str, Any]:
    assert kept.document is not None
    return kept.document


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("fields", "answers", "rules"),
    [([WITHOUT_MASS, MALIGNANCY], 2, 0), ([FINDING, AS_MASK], 2, 1)],
    ids=["a category less", "another kind"],
)
def test_what_does_not_fit_the_questions_of_now_is_left_out_and_counted(
    fields: list[dict[str, Any]], answers: int, rules: int
) -> None:
    chest = renewed(*fields)
    agreement = told(agreement_of(chest.project, Conditions()))
    assert (agreement["left_out"][ANSWERS], agreement["left_out"][RULES]) == (answers, rules)
    assert sorted(field["n"] for field in agreement["fields"]) == [0, 1]
    before = told(agreement_of(chest.project, Conditions(guideline=1)))
    assert (before["left_out"][ANSWERS], [field["n"] for field in before["fields"]]) == (0, [1, 1])
    tried = told(what_if_of(chest.project, {}))
    assert (tried["cases"], tried["left_out"]) == (0, {"cases_that_no_longer_fit": 1, RULES: rules})
    assert told(monitors_of(chest.project))["left_out"][ANSWERS] == answers


@pytest.mark.parametrize(
    ("then", "now", "value"),
    [
        (FINDING, WITHOUT_MASS, "mass"),
        (several("none", "mass"), several("none", "nodule"), ["none", "mass"]),
        (size("mm"), size("cm"), "7"),
        (FINDING, several("mass"), "mass"),
    ],
)
def test_an_answer_fits_only_the_same_question_with_the_same_choices(
    then: dict[str, Any], now: dict[str, Any], value: Any
) -> None:
    labels = {"fields": {then["key"]: value}, "findings": []}
    assert fitting_labels(labels, schema(then), schema(then)) == (labels, 0)
    assert fitting_labels(labels, schema(then), schema(now)) == ({"fields": {}, "findings": []}, 1)


def test_a_question_that_is_asked_no_more_is_dropped_and_leaves_no_case_out() -> None:
    made = as_asked_now([GIVEN], schema(FINDING, MALIGNANCY), schema(MALIGNANCY))
    assert made == ({"fields": {"malignancy": 2}, "findings": []},)


def test_a_case_that_was_not_asked_what_is_asked_now_is_no_case_of_another_design() -> None:
    assert as_asked_now([GIVEN], schema(FINDING, MALIGNANCY), schema(FINDING, MALIGNANCY, size("mm"))) is None
