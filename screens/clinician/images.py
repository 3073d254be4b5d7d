"""What the viewer of a task's page needs to know: its studies, how they hang, what may be drawn, what is drawn."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.preferences import preferences_of
from screens.keymap import keys_in
from screens.layouts import in_order, layout_in, layout_name, presets_in
from tasks.errors import LeaseLost
from workflow.errors import CaseHeld
from workflow.seeing import saw

from .background import quietly
from .desk import Desk, desk_of
from .hanging import Hanging, Picture, hanging, modality_of
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
    pictures = Pictures(desk.task)
    name = layout_name(modality_of(pictures.all))
    chosen = preferences_of(desk.acting.person().user_id)
    return {
        "root": ROOT.format(desk.task.pk),
        "studies": pictures.studies,
        "series": in_order(chosen, name, pictures.series, lambda one: str(one["kind"])),
        "hanging": _hanging(pictures, chosen, name, asked),
        "layout_name": name,
        "tools": tools_of(desk.schema, judging=desk.mode == "review"),
        "layers": layers_of(desk),
    }


def hung_for(
    pictures: Pictures, chosen: Mapping[str, Any], name: str, asked: tuple[int, int] | None = None
) -> tuple[list[Picture], Hanging]:
    """What can hang in the person's own order, and how it hangs for them at first."""
    own = in_order(chosen, name, pictures.all, lambda one: pictures.kinds[one.series])
    return own, hanging(own, asked or layout_in(chosen, name))


def _hanging(
    pictures: Pictures, chosen: Mapping[str, Any], name: str, asked: tuple[int, int] | None
) -> Hanging:
    """As the person likes it, and under `usual` as the rules say where that is another way."""
    own, hung = hung_for(pictures, chosen, name, asked)
    presets = presets_in(chosen, {one.modality for one in own})
    rules = hanging(pictures.all)
    other = hung != rules or own != pictures.all or presets
    told = {
        "keys": keys_in(chosen),
        "presets": presets,
        "usual": {**rules, "series": [one["uid"] for one in pictures.series]} if other else {},
    }
    return hung | {part: value for part, value in told.items() if value}


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
