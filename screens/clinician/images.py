"""What the viewer of a task's page needs to know: its studies, how they hang, what may be drawn, what is drawn."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.views.decorators.http import require_GET

from screens.keymap import keys_of
from screens.layouts import layout_name, layout_of
from tasks.errors import LeaseLost
from workflow.errors import CaseHeld
from workflow.seeing import saw

from .background import quietly
from .desk import Desk, desk_of
from .hanging import hanging, modality_of
from .layers import layers_of, tools_of
from .pictures import Pictures

ROOT = "/api/v1/dicomweb/tasks/{}"


@require_GET
@quietly
def images(request: HttpRequest, task_id: UUID) -> dict[str, Any]:
    """The study of a task in one's hands, as static/js/images.js hands it to the viewer."""
    desk = desk_of(request, task_id)
    _refuse_what_is_over(desk)
    study = study_of(desk, _asked(request))
    saw(desk.acting, "images_listed", case_id=desk.task.case_id, task_id=task_id)
    return study


def study_of(desk: Desk, asked: tuple[int, int] | None = None) -> dict[str, Any]:
    """The JSON of a study; `asked`: rows and columns of the layout that the person wants, else as they chose last."""
    pictures, user = Pictures(desk.task), desk.acting.person().user_id
    keys, name = keys_of(user), layout_name(modality_of(pictures.all))
    asked = asked or layout_of(user, name)
    return {
        "root": ROOT.format(desk.task.pk),
        "studies": pictures.studies,
        "series": pictures.series,
        "hanging": {**hanging(pictures.all, asked), **({"keys": keys} if keys else {})},
        "layout_name": name,
        "tools": tools_of(desk.schema, judging=desk.mode == "review"),
        "layers": layers_of(desk),
        "case_spacing": pictures.case_spacing,
    }


def _refuse_what_is_over(desk: Desk) -> None:
    """As DICOMweb does: without a live lease nobody is told of images either."""
    until = desk.task.lease_until
    if until is None or until <= timezone.now():
        raise LeaseLost()
    if desk.task.case.held:
        raise CaseHeld()


def _asked(request: HttpRequest) -> tuple[int, int] | None:
    rows, _, columns = request.GET.get("layout", "").partition("x")
    return (int(rows), int(columns)) if rows in tuple("123") and columns in tuple("123") else None
