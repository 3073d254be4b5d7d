"""What is known of a case beforehand: given by a manager, or a released label; kept with its event, later retired."""

from typing import Any
from uuid import UUID

from django.db import transaction

from audit.actions import Action
from audit.contents import blob_of, store
from audit.log import Journal, Reason
from workflow.acting import Acting
from workflow.documents import label_schema_of
from workflow.errors import AlreadyDone, IllegalMove, InvalidInput, NotFound
from workflow.labels.faults import LabelsInvalid
from workflow.labels.validation import validate
from workflow.managing import latest_label
from workflow.models import Case, GoldItem, GuidelineVersion, Project, Role
from workflow.projects import lock
from workflow.reasons import fault
from workflow.states import State
from workflow.versions import published

GOLD = "consilium/gold/v1"
LONGEST = 4000


def add_gold(
    *,
    acting: Acting,
    case: Case,
    use: str,
    labels: dict[str, Any] | None = None,
    reasoning: str = "",
    position: int = 0,
) -> GoldItem:
    """Make a case a control (`gold`) or a part of calibration; without labels, by its released label.

    A case of the study must be final, a control in intake: nobody then reads it as a case of the study any more.
    """
    project = case.project
    acting = acting.using(Role.MANAGER).within(project)
    guideline = str(published(GuidelineVersion, project).content_id)
    basis, known = ("label", _released(case)) if labels is None else ("manager", _fitting(guideline, labels))
    _check(use, reasoning)
    with transaction.atomic():
        lock(project)
        case = Case.objects.select_for_update(of=("self",)).select_related("project__log").get(pk=case.pk)
        _check_source(case)
        if GoldItem.objects.filter(source_case=case, use=use, retired_event=None).exists():
            raise AlreadyDone("This case is in use so already. Retire that first.")
        item = GoldItem(project=project, source_case=case, use=use, position=position)
        journal = Journal(project.log, acting.actor(), acting.request)
        about = {
            "case": str(case.pk),
            "use": use,
            "basis": basis,
            "guideline": guideline,
            "position": position,
        }
        content = journal.keep({"schema": GOLD, **about, "labels": known, "reasoning": reasoning})
        store([content])
        item.content_id, item.event_id = content.digest, _record(journal, item, "added", after=content)
        item.save(force_insert=True)
    return item


def retire_gold(*, acting: Acting, item: GoldItem, reason: Reason) -> GoldItem:
    """Show a case to nobody else; what was shown and scored stays."""
    acting = acting.using(Role.MANAGER).within(item.project)
    with transaction.atomic():
        lock(item.project)
        item = GoldItem.objects.select_related("project__log").get(pk=item.pk)
        if item.retired_event_id is not None:
            raise AlreadyDone("This is retired already.")
        journal = Journal(item.project.log, acting.actor(), acting.request)
        item.retired_event_id = _record(journal, item, "retired", reason=reason)
        item.save(update_fields=["retired_event"])
    return item


def item_of(project: Project, item_id: UUID) -> GoldItem:
    """An item of a project; NotFound if there is none."""
    found = GoldItem.objects.select_related("project__log", "source_case", "content")
    item = found.filter(project=project, pk=item_id).first()
    if item is None:
        raise NotFound("There is no such control in this project.")
    return item


def refuse_if_shown(case: Case) -> None:
    """IllegalMove for a case that is shown to readers as a control: read anew, it would not be read blind."""
    if GoldItem.objects.filter(source_case=case).exists():
        message = (
            "This case is or was a control, so readers may know it. Register it anew to have it read again."
        )
        raise IllegalMove(message)


def _record(journal: Journal, item: GoldItem, what: str, **more: Any) -> UUID:
    entry = journal.record(
        journal.stream("project", item.project_id),
        Action.PROJECT_SETTINGS_CHANGED,
        object=("gold", str(item.pk), 1),
        extra={"gold": what, "use": item.use},
        **more,
    )
    journal.write()
    return entry.event_id


def _released(case: Case) -> dict[str, Any]:
    label = latest_label(case)
    if label is None or case.state != State.FINAL or label.status != label.Status.DETERMINED:
        message = "The case has no determined label to take as known; give the labels."
        raise InvalidInput([fault("/labels", "no_label", message)])
    return dict(label.content.data["labels"])


def _fitting(guideline: str, labels: dict[str, Any]) -> dict[str, Any]:
    try:
        checked = validate(label_schema_of(guideline), labels)
    except LabelsInvalid as error:
        faults = [fault(f"/labels{f.path}", f.code, f.message) for f in error.faults]
        raise InvalidInput(faults, "The labels don't fit the guideline's label schema.") from None
    blob_of(checked)
    return dict(checked)


def _check(use: str, reasoning: str) -> None:
    if use not in GoldItem.Use.values:
        raise InvalidInput([fault("/use", "bad_use", "Choose gold or calibration.")])
    if len(reasoning) > LONGEST:
        raise InvalidInput([fault("/reasoning", "too_long", f"Give at most {LONGEST} characters.")])


def _check_source(case: Case) -> None:
    if (case.purpose, case.state) not in (
        (Case.Purpose.STUDY, State.FINAL),
        (Case.Purpose.REFERENCE, State.INTAKE),
    ):
        raise IllegalMove("Choose a final case of the study, or one that was registered as a control.")
