"""Normal, next: sent where the label schema says what is normal, and nothing else was said."""

from typing import Any

import pytest
from django.urls import reverse

from screens.forms.typed import Typed
from screens.forms.unremarkable import may_be_normal, with_normal
from tests.people import GUIDELINE, study, with_protocol
from tests.workflow.labels.examples import LANDMARK
from workflow.labels.schema import LabelSchema
from workflow.models import Read

from .seat import Seat, said

EFFUSION = {"key": "effusion", "kind": "boolean", "label": "Effusion?", "normal": False}
SIDE = {
    "key": "side",
    "kind": "nominal",
    "label": "Side",
    "categories": [{"value": "left", "label": "Left"}, {"value": "right", "label": "Right"}],
    "when": {"field": "effusion", "is": [True]},
}
REMARK = {"key": "remark", "kind": "text", "label": "Remark", "max_length": 80, "required": False}


def schema(*fields: dict[str, Any], **more: Any) -> LabelSchema:
    return LabelSchema.parse({"schema": "consilium/label-schema/v1", "fields": list(fields), **more})


@pytest.mark.parametrize(
    ("fields", "more", "offered"),
    [
        ([EFFUSION, SIDE, REMARK], {}, True),
        ([EFFUSION], {"findings": {"types": [LANDMARK]}}, True),
        ([EFFUSION], {"findings": {"min": 1, "types": [LANDMARK]}}, False),
        ([EFFUSION, {**SIDE, "when": {"field": "effusion", "is": [False]}}], {}, False),
        ([{**EFFUSION, "normal": True}, SIDE], {}, False),
        ([REMARK], {}, False),
    ],
)
def test_it_is_offered_where_every_required_answer_is_known(
    fields: list[dict[str, Any]], more: dict[str, Any], offered: bool
) -> None:
    assert may_be_normal(schema(*fields, **more)) is offered


@pytest.mark.parametrize(
    ("texts", "sent"),
    [
        ({}, True),
        ({"fields.effusion": ["false"], "fields.remark": ["Rotated."]}, True),
        ({"fields.effusion": ["true"]}, False),
        ({"findings.0.id": ["f1"], "findings.0.type": ["landmark"]}, False),
    ],
)
def test_it_is_sent_where_nothing_else_was_said(texts: dict[str, list[str]], sent: bool) -> None:
    typed, why = with_normal(schema(EFFUSION, SIDE, REMARK, findings={"types": [LANDMARK]}), Typed.of(texts))
    assert (why == "", typed.one("fields.effusion") == "false") == (sent, sent)


@pytest.mark.django_db(transaction=True)
def test_a_normal_read_is_a_read_like_any_other() -> None:
    asked = {"schema": "consilium/label-schema/v1", "fields": [EFFUSION, SIDE, REMARK]}
    rules = {**with_protocol(), "fields": {"remark": {"escalates": False}}}
    study("case-1", "case-2", protocol=rules, guideline={**GUIDELINE, "label_schema": asked})
    anna = Seat("anna")
    assert "Normal, next" in said(anna.start())
    assert "isn't normal here" in said(anna.act("submit", 422, normal="1", fields__effusion="true"))
    anna.act("submit", normal="1")
    assert Read.objects.get().content.data["fields"] == {"effusion": False}
    assert anna.get(reverse("work_task", args=[anna.task.pk]))
