"""Links to outside viewers: a token for the one task that is in somebody's hands, in the address of a viewer."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Token
from accounts.scopes import Scope
from accounts.tokens import issue
from audit.access import Code
from workflow.acting import Acting
from workflow.errors import CaseHeld, InvalidInput, NotFound
from workflow.models import CaseImage
from workflow.permissions import Verb
from workflow.reasons import fault
from workflow.seeing import saw
from workflow.settings.reading import viewers_of, whole
from workflow.settings.viewers import Viewer

from .errors import LeaseLost, NoImages, TaskFinished
from .models import Task
from .naming import uids_for
from .queues import ROLE_OF_KIND

API: Final = "/api/v1"
MADE: Final = "link"  # how the access log calls it; what is then seen through it has rows of its own


@dataclass(frozen=True, slots=True)
class Link:
    """A token for a task and where it leads; `text` and what holds it can be read this once."""

    viewer: Viewer
    token: Token
    text: str
    url: str
    dicomweb: str


def open_outside(
    *, acting: Acting, task_id: UUID, viewer: str, site: str, page: str, by: Token | None = None
) -> Link:
    """Let an outside viewer in, for the task that this person holds and for no longer than they hold it.

    `site`: scheme and host under which this service is reached; `page`: the address of the task's page there. `by`:
    the token that asks. Leaves no event: nothing of the case changes. That images were opened up is in the access
    log, before the token is. TaskFinished, LeaseLost, CaseHeld, NoImages, InvalidInput; NotFound for a stranger.
    """
    with transaction.atomic():
        task = _held(acting, task_id)
        chosen = _chosen(acting, viewer)
        places = _places(task, chosen)
        doing = acting.using(ROLE_OF_KIND[task.kind])
        saw(doing, MADE, code=Code.INSTANCES_ACCESSED, case_id=task.case_id, task_id=task.pk)
        project, verbs = task.case.project, [Verb.SEE, *([Verb.WORK] if chosen.returns else [])]
        token, text = issue(
            user=acting.person().user,
            name=f"opened in {chosen.name}",
            lasts=timedelta(minutes=whole(project, "link_minutes")),
            scope=Scope(
                frozenset({project.slug}), frozenset(verb.value for verb in verbs), task.pk, task.token
            ),
            by=by,
        )
    root = f"{site}{API}/dicomweb/links/{text}"
    here = {"dicomweb": root, "dicomweb_encoded": root, "api": f"{site}{API}", "return_url": f"{site}{page}"}
    url = chosen.address({**places, **here, "token": text, "task": str(task.pk)})
    return Link(chosen, token, text, url, root)


def _held(acting: Acting, task_id: UUID) -> Task:
    """The task in this person's hands now, with its case and project."""
    own = Task.objects.select_related("case__project__log").filter(pk=task_id, holder=acting.person())
    task = own.first()
    if task is None:
        raise NotFound("You have no such task.")
    if task.status == Task.Status.DONE:
        raise TaskFinished()
    if task.lease_until is None or task.lease_until <= timezone.now():
        raise LeaseLost("Your time on this case is over. Open its page again before you open a viewer.")
    if task.case.held:
        raise CaseHeld()
    return task


def _chosen(acting: Acting, name: str) -> Viewer:
    known = viewers_of(acting.person().project)
    for viewer in known:
        if viewer.name == name:
            return viewer
    names = f"Choose from {', '.join(one.name for one in known)}." if known else "A manager names viewers."
    raise InvalidInput([fault("/viewer", "unknown_viewer", f"The project has no such viewer. {names}")])


def _places(task: Task, viewer: Viewer) -> dict[str, str]:
    """The UIDs that the viewer wants, as the task's holder is shown them; what is current first."""
    if not any(viewer.wants(place) for place in ("study", "studies", "series")):
        return {}
    shown = CaseImage.objects.filter(case=task.case.shows)
    found = shown.order_by("role", "position").values_list("series__study__uid", "series__uid")
    if not found:
        raise NoImages()
    uids = uids_for(task)
    studies = list(dict.fromkeys(uids.shown(study) for study, _ in found))
    series = list(dict.fromkeys(uids.shown(one) for _, one in found))
    return {"study": studies[0], "studies": ",".join(studies), "series": ",".join(series)}
