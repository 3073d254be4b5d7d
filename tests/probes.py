"""Controls for a study of the cast: registered, known, prepared and read."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from tasks import cases as managing
from tasks.models import Task
from tasks.probes import prepare
from tests.people import Study, labels, study, with_protocol
from workflow.intake import NewCase
from workflow.models import Case, GoldItem
from workflow.probes.gold import add_gold
from workflow.probes.judging import score_due

ALWAYS = with_protocol(gold={"share": "1", "on_low": "alert"})


def control(of: Study, ref: str = "known", use: str = "gold", position: int = 0, **values: Any) -> GoldItem:
    """A case that was registered as a control, and what is known of it."""
    new = NewCase(
        ref, f"patient-{ref}", "train", {"site": "north"}, shown={"question": "Any nodule?"}, control=True
    )
    managing.register(acting=of.acting("maria"), project=of.project, cases=[new])
    case = Case.objects.select_related("project").get(external_ref=ref)
    return add_gold(
        acting=of.acting("maria"), case=case, use=use, labels=labels(**values), position=position,
        reasoning="The margin is spiculated.",
    )  # fmt: skip


def probed(*refs: str, controls: int = 1, protocol: dict[str, Any] = ALWAYS) -> Study:
    """A study in which each read may be a control, with a case to take up first."""
    new = study(*(refs or ("case-1", "case-2", "case-3")), protocol=protocol)
    for n in range(controls):
        control(new, f"known-{n}")
    return new


def next_probe(of: Study, name: str) -> Task:
    """Prepare this reader's probes and claim until one comes, each ordinary task read on the way."""
    prepare(of.members[name])
    for _ in range(20):
        task = of.claim(name)
        if task.turn is not None:
            return task
        of.submit(name, task, {"labels": labels()})
    raise AssertionError("No probe came.")


def score_all() -> int:
    """Score whatever was read, whenever its time would come."""
    return score_due(timezone.now() + timedelta(days=2))
