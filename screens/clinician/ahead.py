"""The images of the case that comes next, for the browser's cache: where their frames are, and nothing else of it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.views.decorators.http import require_POST

from accounts.preferences import preferences_of
from imaging.lying import in_order
from screens.access import acting_on_task
from screens.layouts import layout_name
from tasks.ahead import keep_ahead
from tasks.models import Task
from tasks.naming import uids_ahead
from workflow.models import Instance
from workflow.permissions import Verb

from .background import quietly
from .hanging import modality_of
from .images import ROOT, hung_for
from .pictures import Pictures
from .sent import token_of

MOST_BYTES: Final = 128 * 2**20  # decoded; what a browser's cache holds beside the case on the screen
MOST_FRAMES: Final = 1000
Frame = tuple[str, str, str, int, int]  # UIDs of study, series and image as shown, its number, its bytes


@require_POST
@quietly
def ahead(request: HttpRequest, task_id: UUID) -> dict[str, Any]:
    """Keep the next case's images ready for the holder of this one; what hangs first comes first."""
    acting = acting_on_task(request, task_id, Verb.WORK)
    task = keep_ahead(acting=acting, task_id=task_id, token=token_of(request))
    if task is None:
        return {"frames": []}
    member = acting.person()
    frames = frames_of(Pictures(task, uids_ahead(task, member.pk)), member.user_id)
    return {"frames": list(_addresses(task, frames))}


def frames_of(pictures: Pictures, user: UUID) -> list[Frame]:
    """The frames of a case: the first of each cell, then what hangs, then the rest, each once."""
    _, hung_so = hung_for(pictures, preferences_of(user), layout_name(modality_of(pictures.all)))
    cells = [cell for cell in hung_so["cells"] if cell["series"]]
    stacks = {pictures.uids.shown(row.series.uid): _stack(pictures, row) for row in pictures.rows}
    firsts = [_from(stacks[cell["series"]], cell.get("sop"))[:1] for cell in cells]
    hung = [stacks[cell["series"]] for cell in cells]
    return list(dict.fromkeys(one for part in (*firsts, *hung, *stacks.values()) for one in part))


def _stack(pictures: Pictures, row: Any) -> list[Frame]:
    images, shown = pictures.instances[row.pk], pictures.uids.shown
    study, series = shown(row.series.study.uid), shown(row.series.uid)
    lying = in_order([image.facts for image in images])
    return [
        (study, series, shown(images[at].uid), number, _bytes(images[at]))
        for at, number in lying
        if number <= len(images[at].frames)
    ]


def _from(stack: Sequence[Frame], sop: str | None) -> Sequence[Frame]:
    return [one for one in stack if sop in (None, one[2])]


def _bytes(image: Instance) -> int:
    rows, columns, samples, bits = (
        int(image.facts.get(key) or 1) for key in ("rows", "columns", "samples", "bits_allocated")
    )
    return rows * columns * samples * bits // 8


def _addresses(task: Task, frames: Sequence[Frame]) -> Iterator[str]:
    root, left = ROOT.format(task.pk), MOST_BYTES
    for study, series, sop, number, size in frames[:MOST_FRAMES]:
        left -= size
        if left < 0:
            return
        yield f"{root}/studies/{study}/series/{series}/instances/{sop}/frames/{number}"
