"""The same act on several cases: said case by case before it is done, and told case by case after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from screens.access import acting_in_project
from screens.listing.addresses import address, restated
from screens.staffed import screen
from screens.styled import Styled, sent
from workflow.access import cases_open_to
from workflow.acting import Acting
from workflow.errors import DomainError, InvalidInput, NotFound
from workflow.models import Case
from workflow.permissions import Kind
from workflow.states import State

from .case_acts import BY_NAME, Act
from .case_list import CASES

MOST = 200


@dataclass(frozen=True, slots=True)
class Told:
    """A case, and what will become or became of it; `refused`: nothing."""

    case: Case
    words: str
    refused: bool


def _holds(case: Case) -> str:
    if case.held:
        return "is on hold already"
    return (
        ""
        if case.state not in (State.FINAL, State.EXCLUDED)
        else f"is {case.state}: there is nothing to hold"
    )


LEFT_ALONE: Final[dict[str, Callable[[Case], str]]] = {
    "hold": _holds,
    "resume": lambda case: "" if case.held else "is not on hold",
    "priority": lambda case: "" if case.state not in (State.FINAL, State.EXCLUDED) else f"is {case.state}",
}
WORDS: Final = {
    "hold": "will be put on hold",
    "resume": "will hand out its work again",
    "priority": "will get the new priority",
}


@screen("GET", "POST")
def bulk(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for confirmation; on POST do it, each case for itself, and tell what became of each."""
    given = request.POST if request.method == "POST" else request.GET
    act = BY_NAME.get(given.get("do", "")) if given.get("do") in LEFT_ALONE else None
    if act is None:
        raise NotFound("There is no such act.")
    acting = acting_in_project(request, slug, act.verb, Kind.CASE)
    rows = chosen(acting, given.getlist("case"))
    form = act.form(sent(request))
    told = [_before(act, case) for case in rows]
    seen = given.get("seen", "")
    context: dict[str, Any] = {"project": acting.person().project, "here": "cases", "act": act, "form": form}
    if request.method == "POST" and form.is_valid():
        told = [_after(act, acting, case, form) for case in rows]
        context["over"] = True
    context |= {"told": told, "count": sum(not each.refused for each in told), "seen": seen}
    context["back"] = (
        address(CASES, slug, restated(CASES, seen)) if seen else reverse(CASES.name, args=[slug])
    )
    return render(request, "manager/bulk.html", context, status=422 if form.errors else 200)


def chosen(acting: Acting, ids: Sequence[str]) -> list[Case]:
    """The chosen cases that the person may see, by reference; InvalidInput if there are none, or too many."""
    try:
        wanted = {UUID(text) for text in ids}
    except ValueError:
        raise NotFound("There is no such case.") from None
    if not 1 <= len(wanted) <= MOST:
        message = f"Choose from 1 to {MOST} cases in the list, then try again."
        raise InvalidInput([], message)
    visible = cases_open_to([acting.person()]).filter(pk__in=wanted)
    return list(visible.select_related("project").order_by("external_ref"))


def _before(act: Act, case: Case) -> Told:
    why_not = LEFT_ALONE[act.name](case)
    return Told(case, f"is left alone: it {why_not}" if why_not else WORDS[act.name], bool(why_not))


def _after(act: Act, acting: Acting, case: Case, form: Styled) -> Told:
    why_not = LEFT_ALONE[act.name](case)
    if why_not:
        return Told(case, f"was left alone: it {why_not}", True)
    try:
        act.do(acting, case.pk, form.cleaned_data)
    except DomainError as error:
        return Told(case, error.detail, True)
    return Told(case, "done", False)
