"""The workload board: who has how much of their time filled, what sharing out would change, and when it all ends."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from screens.access import acting_in_project
from screens.staffed import screen
from screens.styled import Narrowing
from tasks.assigning.asking import DAYS, LONGEST_DAYS
from tasks.assigning.forecasting import foresee
from tasks.assigning.rebalancing import Preview, apply, as_it_is, preview
from tasks.assigning.work import MOST
from tasks.errors import StalePreview
from tasks.planning.eligibility import SENTENCES
from tasks.planning.plan import Load
from workflow.acting import Acting
from workflow.models import Case, Membership
from workflow.permissions import Kind, Verb
from workflow.queries import name_of

LISTED: Final = 50  # tasks without a taker that are named


class BoardForm(Narrowing):
    """How far ahead, and how much of the open work."""

    days = forms.FloatField(min_value=0.1, max_value=LONGEST_DAYS, initial=DAYS, label="Working days ahead")
    most = forms.IntegerField(
        min_value=1, max_value=MOST, initial=MOST, label="Tasks at most, best rank first"
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One person on the board; filled: percent of their time in these days, None without any time."""

    member: Membership
    name: str
    in_hand: int
    load: Load
    filled_before: int | None
    filled_after: int | None
    days_of_work: float | None

    @property
    def change(self) -> int:
        """Tasks more (or less) than now."""
        return self.load.tasks_after - self.load.tasks_before


@screen("GET", "POST")
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """The board as it is; with `?days=` a preview beside it; on POST what was shown is applied, or shown anew."""
    acting = acting_in_project(request, slug, Verb.ASSIGN, Kind.WORKLIST)
    given = request.POST if request.method == "POST" else request.GET
    form = BoardForm(given if "days" in given else None)
    shown, old = None, False
    if form.is_valid():
        limits = form.cleaned_data
        if request.method == "POST":
            try:
                return _done(request, slug, apply(acting=acting, digest=given.get("digest", ""), **limits))
            except StalePreview as error:
                old = True
                form.add_error(None, error.detail)
        shown = preview(acting=acting, **limits)
    status = 409 if old else 422 if form.errors else 200
    context = _context(acting, form, shown)
    if "forecast" in request.GET:  # it takes its time, so the page asks for it once it is there
        context["foreseen"] = foresee(context["project"])
    return render(request, "manager/board.html", context, status=status)


def _done(request: HttpRequest, slug: str, applied: Preview) -> HttpResponse:
    messages.success(request, f"Applied: {_sentence(applied)}")
    return redirect(reverse("project_board", args=[slug]))


def _context(acting: Acting, form: BoardForm, shown: Preview | None) -> dict[str, Any]:
    project = acting.person().project
    now = shown or as_it_is(acting=acting)
    context = {
        "project": project,
        "here": "board",
        "form": form,
        "rows": sorted((_row(now, load) for load in now.plan.people), key=lambda row: row.name),
        "days": now.asked.question.days,
    }
    if shown is None:
        return context
    left = _left(shown)
    return context | {"plan": shown.plan, "sentence": _sentence(shown), "left": left, "listed": LISTED}


def _row(shown: Preview, load: Load) -> Row:
    member = shown.asked.members[load.person]
    person = next(one for one in shown.asked.question.people if one.id == load.person)
    per_day = person.minutes_per_day
    return Row(
        member,
        name_of(member),
        person.in_hand,
        load,
        filled_before=_percent(load.filled_before),
        filled_after=_percent(load.filled_after),
        days_of_work=load.minutes_after / per_day if per_day else None,
    )


def _percent(filled: float | None) -> int | None:
    return None if filled is None else round(100 * filled)


def _sentence(shown: Preview) -> str:
    kinds = Counter(
        "back" if c.to is None else "moved" if c.work.holder_id else "given" for c in shown.changes
    )
    parts = [
        f"{kinds[kind]} {'task' if kinds[kind] == 1 else 'tasks'} {words}"
        for kind, words in (("given", "given out"), ("moved", "moved"), ("back", "back for anybody"))
        if kinds[kind]
    ]
    return f"{', '.join(parts)}." if parts else "nothing changes."


def _left(shown: Preview) -> list[dict[str, Any]]:
    """The first tasks without a taker, each with its case and what keeps how many people from it."""
    few = [(shown.asked.work[one.task], one.reasons) for one in shown.plan.left[:LISTED]]
    ids: set[UUID] = {work.case_id for work, _ in few}
    refs = dict(Case.objects.filter(pk__in=ids).values_list("pk", "external_ref"))
    return [
        {
            "case_id": work.case_id,
            "ref": refs[work.case_id],
            "kind": work.kind,
            "why": "; ".join(f"{count} {SENTENCES[rule]}" for rule, count in reasons.items()),
        }
        for work, reasons in few
    ]
