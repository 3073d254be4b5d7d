"""The quality gate: what waits and why, with pictures of it, so that a manager can decide."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from imaging.pictures import TooLargeToShow, picture
from screens.access import acting_in_project, acting_on_case
from screens.staffed import screen
from tasks.importing.queries import cases_at_gate
from workflow.access import cases_open_to
from workflow.errors import InvalidInput, NotFound
from workflow.images.looking import file_of, images_of, instance_of, picture_of
from workflow.models import Case, GateFinding, Instance
from workflow.permissions import Kind, Verb
from workflow.seeing import saw, saw_image, saw_list

PAGE: Final = 10
PICTURES: Final = 12  # of a case on the list; its own page has all
MOST_PICTURES: Final = 600
_SUSPECTED: Final = Q(burned_in__suspected=True) | Q(burned_in__declared="YES")


@dataclass(slots=True)
class Picture:
    """An image to look at; `text`: it seems to have text in its pixels."""

    id: UUID
    name: str
    text: bool
    last: int  # its last frame, counted from 0


@dataclass(slots=True)
class Waiting:
    """A case at the gate, what was found of it, and pictures to judge it by."""

    case: Case
    findings: list[GateFinding]
    pictures: list[Picture] = field(default_factory=list)
    images: int = 0


@screen()
def gate(request: HttpRequest, slug: str) -> HttpResponse:
    """Every case that waits, the oldest first."""
    acting = acting_in_project(request, slug, Verb.LET_IN, Kind.CASE)
    member = acting.person()
    saw_list(acting)
    rows = cases_at_gate(member.project).filter(pk__in=cases_open_to([member]).values("pk"))
    page = _page(request.GET.get("page", ""))
    cases = list(rows.prefetch_related("gate_findings__series")[PAGE * (page - 1) : PAGE * page])
    context = {"project": member.project, "here": "images", "waiting": _with_pictures(cases)}
    context |= {"count": (count := rows.count()), "page": page, "further": count > PAGE * page}
    return render(request, "manager/gate.html", context)


@screen()
def case_images(request: HttpRequest, slug: str, case_id: UUID) -> HttpResponse:
    """All images of a case by series, those first that seem to have text in them."""
    acting = acting_on_case(request, case_id, Verb.SEE, Kind.PATIENT_KEY)
    member = acting.person()
    case = Case.objects.select_related("project").get(pk=case_id)
    if member.project.slug != slug:
        raise NotFound("There is no such case in this project.")
    saw(acting, "images_listed", case_id=case_id)
    series = list(images_of(case_id))
    pictures = _pictures([one.series_id for one in series])
    found = [(one, pictures.get(one.series_id, [])[:MOST_PICTURES]) for one in series]
    context = {"project": case.project, "here": "cases", "case": case, "series": found, "most": MOST_PICTURES}
    return render(request, "manager/case_images.html", context)


@screen()
def thumbnail(request: HttpRequest, slug: str, instance_id: UUID) -> HttpResponseBase:
    """The small picture of an image. For managers alone: somebody's name may still stand in it."""
    acting = acting_in_project(request, slug, Verb.SEE, Kind.PICTURE)
    instance = instance_of(acting.person().project, instance_id)
    path = picture_of(instance)
    saw_image(acting, instance, "thumbnail")
    response = FileResponse(path.open("rb"), content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response


@screen()
def preview(request: HttpRequest, slug: str, instance_id: UUID) -> HttpResponse:
    """An image in full, its middle frame or the one of `?frame=`: small text is read here alone."""
    acting = acting_in_project(request, slug, Verb.SEE, Kind.PICTURE)
    instance = instance_of(acting.person().project, instance_id)
    asked = request.GET.get("frame", str(len(instance.frames) // 2))
    frame = int(asked) if asked.isdecimal() else -1
    try:
        data = picture(file_of(instance), frame, instance.facts)
    except IndexError:
        raise NotFound("There is no such frame in this image.") from None
    except TooLargeToShow:
        raise InvalidInput([], "This image has too many pixels to be shown here.") from None
    saw_image(acting, instance, "rendered", [frame + 1])
    response = HttpResponse(data, content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response


def _page(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1


def _with_pictures(cases: Sequence[Case]) -> list[Waiting]:
    of_case = {case.pk: [image.series_id for image in case.images.all()] for case in cases}
    pictures = _pictures([series for many in of_case.values() for series in many])
    found = []
    for case in cases:
        findings = [one for one in case.gate_findings.all() if one.decided_event_id is None]
        told = Waiting(case, sorted(findings, key=lambda one: (one.code, str(one.pk))))
        every = [one for series in of_case[case.pk] for one in pictures.get(series, [])]
        told.images, told.pictures = len(every), _chosen(every)
        found.append(told)
    return found


def _pictures(series: Sequence[UUID]) -> dict[UUID, list[Picture]]:
    """The images of each series: with text first, then in their order. One query."""
    rows: Any = Instance.objects.filter(series__in=series).annotate(text=_SUSPECTED)
    found: dict[UUID, list[tuple[tuple[bool, int, str], Picture]]] = {}
    known = ("pk", "series", "facts__instance_number", "facts__frames", "text")
    for pk, of, number, frames, text in rows.values_list(*known):
        place = int(number) if str(number or "").lstrip("-").isdecimal() else 0
        shown = Picture(pk, f"Image {place}" if place else "Image", bool(text), int(frames or 1) - 1)
        found.setdefault(of, []).append(((not text, place, str(pk)), shown))
    return {of: [one for _, one in sorted(many, key=lambda pair: pair[0])] for of, many in found.items()}


def _chosen(every: Sequence[Picture]) -> list[Picture]:
    """Those with text, and of the rest some from end to end."""
    texts = [one for one in every if one.text][:PICTURES]
    rest = [one for one in every if not one.text]
    room = PICTURES - len(texts)
    step = max(1, len(rest) // room) if room else 1
    return [*texts, *(rest[::step][:room] if room else [])]
