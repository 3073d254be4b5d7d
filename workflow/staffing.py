"""Whether every case can find enough different eligible people under a protocol, with a sentence for each shortage."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final
from uuid import UUID

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone

from .counted import read_in_turn
from .models import Case, Membership, Project, Role, Training
from .protocol.protocol import Protocol
from .qualification import tags_of
from .settings.reading import names
from .states import State

Asked = tuple[str, tuple[str, ...]]  # what cases have in common: their site, and what they need
WORDS: Final = {
    Role.ANNOTATOR: ("annotator", "annotators"),
    Role.JUNIOR_REVIEWER: ("junior reviewer", "junior reviewers"),
    Role.SENIOR_ARBITER: ("senior arbiter", "senior arbiters"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """What matters here of a member: their roles, sites they must not see, what they are qualified for and kept by.

    tags: what their credentials of that day answer to, as cases say what they need. untrained: the project's required
    training that they have not passed.
    """

    name: str
    roles: frozenset[str]
    conflicts: frozenset[str] = frozenset()
    active: bool = True
    qualified: bool = True  # a credential is valid on the day that is asked about
    tags: frozenset[str] = frozenset()
    untrained: tuple[str, ...] = ()

    def kept_out(self, site: str, needs: Iterable[str] = ()) -> str | None:
        """Why this person can take no case of a site with these needs, as the end of a sentence; None if they can."""
        if not self.active:
            return "is paused"
        if not self.qualified:
            return "has no valid credential"
        if self.untrained:
            return f"has not passed the training {' and '.join(self.untrained)}"
        if site and site in self.conflicts:
            return f"has a conflict of interest at {site}"
        if lacking := [need for need in needs if need not in self.tags]:
            return f"lacks {in_words(lacking)}"
        return None


@dataclass(frozen=True, slots=True)
class Place:
    """One role at one site: how many different people a case may need, and how many can take it."""

    role: Role
    needed: int
    found: int


@dataclass(frozen=True, slots=True)
class SiteStaffing:
    """The cases at work of one site ("": without a site) that need the same, and what is short for them."""

    site: str
    needs: tuple[str, ...]
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


def staffing(protocol: Protocol, people: Sequence[Person], sites: Mapping[Asked, int]) -> Staffing:
    """Check every site with what its cases need (→ cases at work); a project without cases as one without sites."""
    wanted = needs(protocol)
    groups = sorted(sites.items()) or [(("", ()), 0)]
    return Staffing(tuple(_at(asked, cases, wanted, people) for asked, cases in groups))


def in_words(tags: Iterable[str]) -> str:
    """Needs as a person says them: `specialty:neuroradiology` is specialty neuroradiology."""
    return " and ".join(tag.replace("_", " ", 1).replace(":", " ", 1) for tag in sorted(tags))


def _at(asked: Asked, cases: int, wanted: Mapping[Role, int], people: Sequence[Person]) -> SiteStaffing:
    able = [person for person in people if person.kept_out(*asked) is None]
    places = tuple(Place(role, count, len(_holding(able, [role]))) for role, count in wanted.items())
    return SiteStaffing(*asked, cases, places, tuple(_shortages(asked, wanted, people, able)))


def _shortages(
    asked: Asked, wanted: Mapping[Role, int], people: Sequence[Person], able: Sequence[Person]
) -> Iterator[str]:
    # Hall's theorem: a case finds its people if and only if each set of roles finds as many as it needs together.
    short: list[frozenset[Role]] = []
    roles = [role for role, count in wanted.items() if count]
    for together in (frozenset(some) for size in (1, 2, 3) for some in combinations(roles, size)):
        needed = sum(wanted[role] for role in together)
        found = len(_holding(able, together))
        if found < needed and not any(smaller < together for smaller in short):
            short.append(together)
            yield _sentence(asked, wanted, [r for r in roles if r in together], found, people)


def _sentence(
    asked: Asked, wanted: Mapping[Role, int], roles: list[Role], found: int, people: Sequence[Person]
) -> str:
    persons = " and ".join(f"{wanted[role]} {WORDS[role][wanted[role] != 1]}" for role in roles)
    site, tags = asked
    cases = (f"A case from {site}" if site else "A case") + (f" with {in_words(tags)}" if tags else "")
    if len(roles) == 1:
        told = f"{cases} may need {persons}; {found or 'none'} can take it."
    else:
        told = f"{cases} may need {persons}, all different people; {found} {_hold(found)} one of these roles"
        told += " and can take it."
    kept = [(p.name, p.kept_out(*asked)) for p in _holding(people, roles)]
    return " ".join([told, *(f"{name} {reason}." for name, reason in sorted(kept, key=str) if reason)])


def _hold(count: int) -> str:
    return "person holds" if count == 1 else "people hold"


def _holding(people: Sequence[Person], roles: frozenset[Role] | list[Role]) -> list[Person]:
    return [person for person in people if any(role in person.roles for role in roles)]


def staffing_of(project: Project, protocol: Protocol, on: date | None = None) -> Staffing:
    """Check a project's people and its cases at work, as on a day (today). Four queries."""
    return staffing(protocol, people_of(project, on or timezone.now().date()), sites_of(project))


def people_of(project: Project, on: date) -> list[Person]:
    """The project's people who are not gone, as the check sees them. Three queries at most."""
    found = Membership.objects.filter(project=project).exclude(status=Membership.Status.LEFT)
    members = list(found.select_related("user").order_by("created_at", "id"))
    tags, required = tags_of(members, on), names(project, "required_training")
    passed = _passed(project) if required else {}
    return [
        Person(
            name=member.user.get_full_name() or member.user.username,
            roles=frozenset(member.roles),
            conflicts=frozenset(member.conflicts),
            active=member.status == Membership.Status.ACTIVE and member.user.is_active,
            qualified=tags[member.pk] is not None,
            tags=tags[member.pk] or frozenset(),
            untrained=tuple(name for name in required if not passed.get((member.pk, name))),
        )
        for member in members
    ]


def _passed(project: Project) -> dict[tuple[UUID, str], bool]:
    """Whether each member passed the training of each name when they did it last."""
    done = Training.objects.filter(member__project=project, material__data__name__isnull=False)
    rows = done.order_by("completed_at").values_list("member_id", "material__data__name", "passed")
    return {(member, name): passed for member, name, passed in rows}


def sites_of(project: Project) -> dict[Asked, int]:
    """How many cases at work each site has, by what they need; "" counts those without a site."""
    at_work = Case.objects.filter(read_in_turn(), project=project)
    at_work = at_work.exclude(state__in=(State.FINAL, State.EXCLUDED))
    by = at_work.values_list(KeyTextTransform("site", "strata"), "needs")
    counted = by.annotate(cases=Count("pk")).order_by()
    return {(site or "", tuple(tags)): cases for site, tags, cases in counted}
