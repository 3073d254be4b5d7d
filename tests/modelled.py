"""A study in which a model reads too: boxes to mark, a protocol that shows its marks, what it says."""

from typing import Any, Final

from tasks import cases as managing
from tasks.committing import commit
from tasks.models import Task
from tests.people import GUIDELINE, LABEL_SCHEMA, PROTOCOL, Study, publish_new_protocol, study
from workflow.assistance.predicting import NewPrediction, Row, attach_predictions
from workflow.assistance.registering import register_model
from workflow.intake import NewCase
from workflow.models import ReaderModel

FILE: Final = "sha256:" + "ab" * 32
SIZE: Final = {
    "key": "size",
    "kind": "nominal",
    "label": "Size",
    "categories": [{"value": v, "label": v.title()} for v in ("small", "large")],
}
BOXES: Final[dict[str, Any]] = {
    **LABEL_SCHEMA,
    "findings": {
        "types": [{"key": "nodule", "label": "Nodule", "mark": {"kind": "box"}, "fields": [SIZE]}],
        "max": 5,
    },
}
SHOWS: Final[dict[str, Any]] = {**PROTOCOL, "model": {"show": "as_start", "model": FILE}}

AFTER: Final[dict[str, Any]] = {**PROTOCOL, "model": {"show": "after_commitment", "model": FILE}}


def box(name: str, x: int = 0, size: str | None = "small", **on: Any) -> dict[str, Any]:
    """A finding: a box of ten by ten pixels that begins at this x, in pixels."""
    mark = {"kind": "box", "on": on, "min": [x * 1000, 0], "max": [(x + 10) * 1000, 10_000]}
    return {"id": name, "type": "nodule", "mark": mark, "fields": {"size": size} if size else {}}


def said(*findings: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Labels; without fields, those of a model that only marks."""
    return {"schema": "consilium/read/v1", "fields": fields, "findings": list(findings)}


def read_of(*findings: dict[str, Any]) -> dict[str, Any]:
    """A whole read."""
    return said(*findings, finding="nodule", malignancy=3)


def registered(of: Study, name: str = "Detector", version: str = "2", digest: str = FILE) -> ReaderModel:
    """A model that reads in the study."""
    return register_model(
        acting=of.acting("maria"), project=of.project, name=name, version=version, digest=digest,
        intended_use="Marks nodules of 6 mm and more on chest CT.",
    )  # fmt: skip


def predict(
    of: Study, model: ReaderModel, *findings: dict[str, Any], ref: str = "case-1", **fields: Any
) -> Row:
    """What the model says of a case, sent by the manager."""
    new = NewPrediction(said(*findings, **fields), external_ref=ref)
    [row] = attach_predictions(acting=of.acting("maria"), model=model, predictions=[new])
    return row


def with_model(
    *refs: str, split: str = "train", protocol: dict[str, Any] | None = None
) -> tuple[Study, ReaderModel]:
    """A study whose protocol shows the marks of its model, with these cases; nothing is said of them yet."""
    chest = study(guideline={**GUIDELINE, "label_schema": BOXES})
    model = registered(chest)
    publish_new_protocol(chest, protocol or SHOWS)
    new = [NewCase(ref, f"patient-{ref}", split, {"site": "north"}) for ref in refs or ("case-1",)]
    managing.register(acting=chest.acting("maria"), project=chest.project, cases=new)
    return chest, model


def committed(of: Study, name: str, task: Task, *findings: dict[str, Any]) -> Task:
    """What the person says before they see the model's marks, kept."""
    assert task.token is not None
    return commit(acting=of.acting(name), task_id=task.pk, token=task.token, labels=read_of(*findings))


def read_with_a_model(of: Study) -> Task:
    """A read that Anna makes with a model's answer on the page, in a study that had no model."""
    model = registered(of)
    publish_new_protocol(of, SHOWS)
    of.register("aided", priority=100)
    assert predict(of, model, ref="aided", finding="nodule").result == "attached"
    return of.read("anna")
