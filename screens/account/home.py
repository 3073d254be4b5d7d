"""A person's own account: who they are here, what they were told, and what opens the service in their name."""

from datetime import timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.models import Token, User
from accounts.sessions import end_sessions
from screens.access import memberships_of, person
from screens.staffed import screen
from screens.styled import Styled
from tasks.statements import Line, Period, ones_own, period_of
from workflow.errors import InvalidInput
from workflow.mailing import Manner, choose_manner, manner_of
from workflow.models import Membership, Notice
from workflow.notices import mark_read
from workflow.reasons import fault

from .saved_views import views_told

MOST_READ = 20
MANNERS = (
    (Manner.AT_ONCE, "at once"),
    (Manner.DAILY, "once a day, in the morning"),
    (Manner.NEVER, "never: I look here"),
)
BACK = frozenset({"account_home", "work_queue"})


class MailForm(Styled):
    """How one likes to be mailed."""

    manner = forms.ChoiceField(
        choices=MANNERS, label="Mail me my notices", help_text="Urgent ones are mailed at once in any case."
    )


@screen()
def account_home(request: HttpRequest) -> HttpResponse:
    """Name, memberships, notices, tokens, and the ways to password and second factors."""
    mine = Notice.objects.filter(member__user=person(request)).select_related("member__project")
    return render(
        request,
        "account_pages/home.html",
        {
            "memberships": [m for m in memberships_of(request) if m.status != Membership.Status.LEFT],
            "notices": mine.filter(read_at=None).order_by("-urgent", "-created_at"),
            "read_notices": mine.exclude(read_at=None).order_by("-read_at")[:MOST_READ],
            "mail": MailForm(initial={"manner": manner_of(person(request))}),
            "hours": _hours(request),
            "views": views_told(request),
            "tokens": _tokens(request),
        },
    )


@screen("POST")
def notice_read(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Put one notice away."""
    mark_read(person(request), notice_id)
    return _back(request)


@screen("POST")
def all_read(request: HttpRequest) -> HttpResponse:
    """Put all notices away."""
    mark_read(person(request))
    return _back(request)


@screen("POST")
def mailed_so(request: HttpRequest) -> HttpResponse:
    """Choose how one's notices are mailed."""
    form = MailForm(request.POST)
    if not form.is_valid():
        raise InvalidInput([fault("/manner", "unknown", "Choose at once, once a day, or never.")])
    choose_manner(user=person(request), manner=Manner(form.cleaned_data["manner"]))
    messages.success(request, "Your notices are mailed so from now on.")
    return redirect("account_home")


@screen("POST")
def others_ended(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    assert isinstance(request.user, User)
    ended = end_sessions(user=request.user, but=request.session.session_key)
    messages.success(request, f"{ended} other session{'' if ended == 1 else 's'} ended.")
    return redirect("account_home")


def _tokens(request: HttpRequest) -> QuerySet[Token]:
    """One's own, newest first; of what outside viewers were let in by, only what may still open something."""
    over = Q(expires_at__lte=timezone.now()) | Q(revoked_at__isnull=False)
    mine = Token.objects.filter(user=person(request)).order_by("-created_at")
    return mine.exclude(over, task__isnull=False)


def _hours(request: HttpRequest) -> list[tuple[Membership, list[Line]]]:
    """One's own finished work since the beginning of last month, project by project."""
    found = []
    for member in memberships_of(request):
        this_month = period_of(member.project, None, None)
        first = (this_month.first - timedelta(days=1)).replace(day=1)
        if lines := ones_own(member, Period(first, this_month.last)):
            found.append((member, lines))
    return found


def _back(request: HttpRequest) -> HttpResponse:
    name = request.POST.get("next", "")
    return redirect(name if name in BACK else "account_home")
