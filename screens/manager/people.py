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
from django.shortcuts import render
from django.utils import timezone

from accounts.models import Credential
from screens.access import acting_in_project
from screens.listing import Column, as_csv, page_of, wants_csv
from screens.staffed import screen
from screens.styled import Narrowing
from tasks.queries import in_hand
from workflow.access import cases_open_to
from workflow.models import Membership, Role, Training
from workflow.on_member import member_of
from workflow.permissions import Kind, Verb
from workflow.queries import members_of, name_of

from .person_acts import acts_for

SOON = timedelta(days=60)
COLUMNS: Final = (
    Column("name", "Name", ("user__last_name", "user__first_name", "user__username")),
    Column("roles", "Roles"),
    Column("site", "Site", ("site", "user__last_name")),
    Column("status", "Status", ("status", "user__last_name")),
    Column("capacity", "Per day", ("capacity_per_day",), number=True),
    Column("hand", "In hand", number=True),
    Column("credential", "Credential"),
    Column("training", "Training"),
    Column("conflicts", "Conflicts"),
    Column("joined", "Joined", ("created_at",)),
)
HEADS: Final = (
    "name", "user name", "name in the log", "roles", "site", "status", "per day", "in hand", "credential", "valid from",
    "valid to", "training passed", "conflicts of interest", "safety contact", "joined",
)  # fmt: skip


class PeopleFilter(Narrowing):
    """Which people; what is empty narrows nothing."""

    q = forms.CharField(required=False, max_length=100, label="Name contains")
    role = forms.ChoiceField(
        required=False,
        choices=[("", "any"), *((r.value, r.value.replace("_", " ")) for r in Role)],
        label="Role",
    )
    status = forms.ChoiceField(
        required=False, choices=[("", "any"), *Membership.Status.choices], label="Status"
    )
    credential = forms.ChoiceField(
        required=False,
        choices=[("", "any"), ("none", "none valid"), ("soon", "ends within 60 days")],
        label="Credential",
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
    member = acting_in_project(request, slug, Verb.SEE, Kind.OVERVIEW).person()
    form = PeopleFilter(request.GET)
    rows = members_of(member.project)
    if form.is_valid():
        rows = _narrowed(rows, form.cleaned_data)
    if wants_csv(request):
        return as_csv(f"{slug}-people", rows.order_by("created_at", "pk"), HEADS, partial(_lines, member))
    page = page_of(request, rows, COLUMNS, "name")
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
    today = timezone.now().date()
    for word in asked["q"].split():
        rows = rows.filter(
            Q(user__first_name__icontains=word)
            | Q(user__last_name__icontains=word)
            | Q(user__username__icontains=word)
        )
    if asked["role"]:
        rows = rows.filter(roles__contains=[asked["role"]])
    if asked["status"]:
        rows = rows.filter(status=asked["status"])
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
            each.name, member.user.username, member.actor_id, ", ".join(member.roles), member.site, member.status,
            member.capacity_per_day, each.in_hand, held and " ".join([held.profession, held.specialty]).strip(),
            held and held.valid_from.isoformat(), held and held.valid_to and held.valid_to.isoformat(), each.passed,
            ", ".join(member.conflicts), "yes" if member.safety_contact else "no", member.created_at,
        )  # fmt: skip
