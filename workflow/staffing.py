"""Whether every case can find enough different eligible people under a protocol, with a sentence for each shortage."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final

from django.db.models import Count, Q
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone

from accounts.models import Credential

from .counted import read_in_turn
from .models import Case, Membership, Project, Role
from .protocol.protocol import Protocol
from .states import State

WORDS: Final = {
    Role.ANNOTATOR: ("annotator", "annotators"),
    Role.JUNIOR_REVIEWER: ("junior reviewer", "junior reviewers"),
    Role.SENIOR_ARBITER: ("senior arbiter", "senior arbiters"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """What matters here of a member: their roles, the sites they must not see, and what keeps them from all work."""

    name: str
    roles: frozenset[str]
    conflicts: frozenset[str] = frozenset()
    active: bool = True
    qualified: bool = True  # a credential is valid on the day that is asked about

    def kept_out(self, site: str) -> str | None:
        """Why this person can take no case of a site, as the end of a sentence; None if they can."""
        if not self.active:
            return "is paused"
        if not self.qualified:
            return "has no valid credential"
        if site and site in self.conflicts:
            return f"has a conflict of interest at {site}"
        return None


@dataclass(frozen=True, slots=True)
class Place:
    """One role at one site: how many different people a case may need, and how many can take it."""

    role: Role
    needed: int
    found: int


@dataclass(frozen=True, slots=True)
class SiteStaffing:
    """The cases at work of one site ("": without a site), and what is short for them."""

    site: str
    cases: int
    places: tuple[Place, ...]
    shortages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Staffing:
    """The answer for a project, site by site."""

    sites: tuple[SiteStaffing, ...]

    @property
    def enough(self) -> bool:
        """Whether no case is short of people."""
        return not any(site.shortages for site in self.sites)


def needs(protocol: Protocol) -> dict[Role, int]:
    """The most people of each role that one case may need in a round; all of them must be different."""
    review = protocol.junior_review
    reviewed = review.share > 0 or bool(review.always_if)
    reviewers = protocol.reads.max if review.distinct_reviewers else 1
    return {
        Role.ANNOTATOR: protocol.reads.max,
        Role.JUNIOR_REVIEWER: reviewers if reviewed else 0,
        Role.SENIOR_ARBITER: 1,  # any case may be disputed or escalated
    }


def staffing(protocol: Protocol, people: Sequence[Person], sites: Mapping[str, int]) -> Staffing:
    """Check every site (name → cases at work); a project without cases is checked as one without sites."""
    wanted = needs(protocol)
    return Staffing(
        tuple(_at(site, cases, wanted, people) for site, cases in sorted(sites.items()) or [("", 0)])
    )


def _at(site: str, cases: int, wanted: Mapping[Role, int], people: Sequence[Person]) -> SiteStaffing:
    able = [person for person in people if person.kept_out(site) is None]
    places = tuple(Place(role, count, len(_holding(able, [role]))) for role, count in wanted.items())
    return SiteStaffing(site, cases, places, tuple(_shortages(site, wanted, people, able)))


def _shortages(
    site: str, wanted: Mapping[Role, int], people: Sequence[Person], able: Sequence[Person]
) -> Iterator[str]:
    # Hall's theorem: a case finds its people if and only if each set of roles finds as many as it needs together.
    short: list[frozenset[Role]] = []
    roles = [role for role, count in wanted.items() if count]
    for together in (frozenset(some) for size in (1, 2, 3) for some in combinations(roles, size)):
        needed = sum(wanted[role] for role in together)
        found = len(_holding(able, together))
        if found < needed and not any(smaller < together for smaller in short):
            short.append(together)
            yield _sentence(site, wanted, [r for r in roles if r in together], found, people)


def _sentence(
    site: str, wanted: Mapping[Role, int], roles: list[Role], found: int, people: Sequence[Person]
) -> str:
    asked = " and ".join(f"{wanted[role]} {WORDS[role][wanted[role] != 1]}" for role in roles)
    cases = f"A case from {site}" if site else "A case"
    if len(roles) == 1:
        told = f"{cases} may need {asked}; {found or 'none'} can take it."
    else:
        told = f"{cases} may need {asked}, all different people; {found} {_hold(found)} one of these roles"
        told += " and can take it."
    kept = [(p.name, p.kept_out(site)) for p in _holding(people, roles)]
    return " ".join([told, *(f"{name} {reason}." for name, reason in sorted(kept, key=str) if reason)])


def _hold(count: int) -> str:
    return "person holds" if count == 1 else "people hold"


def _holding(people: Sequence[Person], roles: frozenset[Role] | list[Role]) -> list[Person]:
    return [person for person in people if any(role in person.roles for role in roles)]


def staffing_of(project: Project, protocol: Protocol, on: date | None = None) -> Staffing:
    """Check a project's people and its cases at work, as on a day (today). Three queries."""
    return staffing(protocol, people_of(project, on or timezone.now().date()), sites_of(project))


def people_of(project: Project, on: date) -> list[Person]:
    """The project's people who are not gone, as the check sees them. Two queries."""
    members = Membership.objects.filter(project=project).exclude(status=Membership.Status.LEFT)
    held = Credential.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)
    qualified = set(held.filter(user__memberships__project=project).values_list("user_id", flat=True))
    return [
        Person(
            name=member.user.get_full_name() or member.user.username,
            roles=frozenset(member.roles),
            conflicts=frozenset(member.conflicts),
            active=member.status == Membership.Status.ACTIVE and member.user.is_active,
            qualified=member.user_id in qualified,
        )
        for member in members.select_related("user").order_by("created_at", "id")
    ]


def sites_of(project: Project) -> dict[str, int]:
    """How many cases at work each site has; "" counts those without one."""
    at_work = Case.objects.filter(read_in_turn(), project=project).exclude(
        state__in=(State.FINAL, State.EXCLUDED)
    )
    counted = at_work.values_list(KeyTextTransform("site", "strata")).annotate(cases=Count("pk")).order_by()
    return {site or "": cases for site, cases in counted}
