"""My queue: Start next, and where it leads."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from screens.access import acting_as, members_who_may, person
from screens.staffed import screen
from tasks.errors import DisplayNotAttested
from tasks.starting import Nothing, start_next
from workflow.models import Membership
from workflow.permissions import Kind, Verb

from .overview import last_submitted, mine_now, my_week, notices_of, places_of, unread_guideline

SCOPE = "work_scope"  # in the session: the project that Start next stays in
NO_WORK = "You hold no role in any project that takes up work. Ask its manager."


@screen()
def work_queue(request: HttpRequest) -> HttpResponse:
    """What is in this person's hands, what waits for them, and their week."""
    members = members_who_may(request, Verb.CLAIM, Kind.TASK)
    scope = request.session.get(SCOPE, "")
    context = {
        "places_of_work": places_of(members),
        "mine": mine_now(members),
        "last": last_submitted(members),
        "week": my_week(members),
        "notices": notices_of(person(request)),
        "scope": scope if scope in {m.project.slug for m in members} else "",
        "no_work": NO_WORK,
    }
    return render(request, "clinician/queue.html", context)


@screen("POST")
def work_next(request: HttpRequest) -> HttpResponse:
    """Start next, in one project or in all."""
    project = request.POST.get("project", "")
    if project:
        members_who_may(request, Verb.CLAIM, Kind.TASK, project)  # says so if that project isn't open to them
    request.session[SCOPE] = project
    return go_on(request)


def go_on(request: HttpRequest) -> HttpResponse:
    """To the next task; to a guideline that must be read first; to the queue with a sentence if there is nothing."""
    everywhere = members_who_may(request, Verb.CLAIM, Kind.TASK)
    members = [m for m in everywhere if m.project.slug == request.session.get(SCOPE)] or everywhere
    for member in members:
        if (guideline := unread_guideline(member)) is not None:
            messages.info(request, "Read this guideline first: the next case is judged by it.")
            return redirect("work_guideline", member.project.slug, guideline.number)
    try:
        found = start_next([acting_as(request, member, member.roles[0]) for member in members])
    except DisplayNotAttested as error:
        messages.info(request, error.detail)
        return redirect("work_display", error.extra["project"])
    if not isinstance(found, Nothing):
        return redirect("work_task", found.task.pk)
    messages.info(request, _why(members, found))
    return redirect("work_queue")


def _why(members: list[Membership], nothing: Nothing) -> str:
    if not members:
        return NO_WORK
    if len(nothing.reasons) == 1:
        return nothing.reasons[0][1].sentence()
    return " ".join(f"{acting.person().project.name}: {why.sentence()}" for acting, why in nothing.reasons)
