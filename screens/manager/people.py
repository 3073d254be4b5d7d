"""The people of a project: a list with what qualifies each, and a page for one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.models import Credential
from screens.access import acting_in_project
from screens.listing.columns import Column, Listing
from screens.listing.files import as_csv, wants_csv
from screens.listing.looks import acting_at, look_of
from screens.listing.pages import page_of
from screens.members import BY_NAME, MemberFilter, members_like
from screens.staffed import screen
from tasks.queries import in_hand
from workflow.access import cases_open_to
from workflow.models import Membership, Training
from workflow.on_member import member_of
from workflow.permissions import Kind, Verb
from workflow.queries import members_of, name_of

from .person_acts import acts_for

SOON = timedelta(days=60)


class PeopleFilter(MemberFilter):
    """Which people; what is empty narrows nothing."""

    credential = forms.ChoiceField(
        required=False,
        choices=[("", "any"), ("none", "none valid"), ("soon", "ends within 60 days")],
        label="Credential",
    )


PEOPLE: Final = Listing(
    name="project_people",
    title="People",
    kinds=(Kind.OVERVIEW,),
    columns=(
        Column("name", "Name", BY_NAME, heads=("name", "user name", "name in the log"), fixed=True),
        Column("roles", "Roles", heads=("roles", "safety contact")),
        Column("site", "Site", ("site", "user__last_name"), heads=("site",)),
        Column("status", "Status", ("status", "user__last_name"), heads=("status",)),
        Column("capacity", "Per day", ("capacity_per_day",), number=True, heads=("per day",)),
        Column("hand", "In hand", number=True, heads=("in hand",)),
        Column("credential", "Credential", heads=("credential", "valid from", "valid to")),
        Column("training", "Training", heads=("training passed",)),
        Column("conflicts", "Conflicts", heads=("conflicts of interest",)),
        Column("joined", "Joined", ("created_at",), heads=("joined",)),
    ),
    sort="name",
    form=PeopleFilter,
)


@dataclass(slots=True)
class Person:
    """A member with what qualifies them today."""

    member: Membership
    name: str
    credential: Credential | None = None
    ends_soon: bool = False
    training: list[Training] = field(default_factory=list)
    in_hand: int = 0

    @property
    def passed(self) -> int:
        """How much training they passed."""
        return sum(training.passed for training in self.training)


@screen()
def people(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Everybody in the project, those who left too."""
    member = acting_at(request, slug, PEOPLE).person()
    look = look_of(request, PEOPLE, member.project)
    if look.opening:
        return redirect(look.opening)
    form = PeopleFilter(request.GET)
    rows = members_of(member.project)
    if form.is_valid():
        rows = _narrowed(rows, form.cleaned_data)
    if wants_csv(request):
        return as_csv(f"{slug}-people", look, rows, partial(_lines, member))
    page = page_of(request, look, rows)
    context = {
        "project": member.project,
        "here": "people",
        "form": form,
        "page": page,
        "people": as_people(page.rows, member),
    }
    return render(request, "manager/people.html", context)


@screen()
def person(request: HttpRequest, slug: str, member_id: UUID) -> HttpResponse:
    """One person: roles, declarations, credentials, training, and what can be changed."""
    acting = acting_in_project(request, slug, Verb.SEE, Kind.OVERVIEW)
    member = member_of(acting, member_id)
    today = timezone.now().date()
    context = {
        "project": member.project,
        "here": "people",
        "person": as_people([member], acting.person())[0],
        "credentials": Credential.objects.filter(user=member.user_id).order_by("-valid_from", "id"),
        "today": today,
        "soon": today + SOON,
        "acts": acts_for(member),
    }
    return render(request, "manager/person.html", context)


def as_people(members: Sequence[Membership], asking: Membership) -> list[Person]:
    """Members with credential, training and what they hold, as far as who asks may know. Three queries for all."""
    today = timezone.now().date()
    credentials = _credentials(members, today)
    training: dict[UUID, list[Training]] = {}
    for done in Training.objects.filter(member__in=members).order_by("completed_at"):
        training.setdefault(done.member_id, []).append(done)
    held = in_hand([member.pk for member in members], cases_open_to([asking]))
    return [
        Person(
            member,
            name_of(member),
            found := credentials.get(member.user_id),
            bool(found and found.valid_to and found.valid_to <= today + SOON),
            training.get(member.pk, []),
            held.get(member.pk, 0),
        )
        for member in members
    ]


def _credentials(members: Sequence[Membership], today: date) -> dict[UUID, Credential]:
    """The credential of each user that is valid today; of several, the one that lasts longest."""
    valid = Credential.objects.filter(_valid(today), user__in=[m.user_id for m in members])
    lasting = sorted(valid, key=lambda c: (c.valid_to is None, c.valid_to or today))
    return {credential.user_id: credential for credential in lasting}


def _valid(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))


def _narrowed(rows: QuerySet[Membership], asked: dict[str, Any]) -> QuerySet[Membership]:
    today, rows = timezone.now().date(), members_like(rows, asked)
    if asked["credential"]:
        day = today if asked["credential"] == "none" else today + SOON
        rows = rows.exclude(user__in=Credential.objects.filter(_valid(day)).values("user"))
    if asked["credential"] == "soon":
        rows = rows.filter(user__in=Credential.objects.filter(_valid(today)).values("user"))
    return rows


def _lines(asking: Membership, members: Sequence[Membership]) -> Iterator[tuple[object, ...]]:
    for each in as_people(members, asking):
        member, held = each.member, each.credential
        yield (
            each.name, member.user.username, member.actor_id, ", ".join(member.roles),
            "yes" if member.safety_contact else "no", member.site, member.status, member.capacity_per_day, each.in_hand,
            held and " ".join([held.profession, held.specialty]).strip(), held and held.valid_from.isoformat(),
            held and held.valid_to and held.valid_to.isoformat(), each.passed, ", ".join(member.conflicts),
            member.created_at,
        )  # fmt: skip
