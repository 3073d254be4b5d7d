"""Stored files as they are given out: which there are of a series, where they lie, and their headers as text."""

import os
import threading
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from imaging.web.frames import StoredFile
from imaging.web.headers import header_of
from imaging.web.templates import template_of
from workflow.access import cases_open_to, plays_part
from workflow.errors import NotFound
from workflow.models import CaseImage, GateFinding, Instance, Membership, Role, Series
from workflow.prepared import Prepared

from .places import header_text, stored

GONE: Final = "The file of this image is not here."
_NUMBER: Final = F("facts__instance_number").asc(nulls_last=True)
IN_ORDER: Final = ("series__study__created_at", "series__study__uid", "series__uid", _NUMBER, "uid")


def series_of_case(case_id: UUID) -> QuerySet[Series]:
    """The series of a case, priors too."""
    return Series.objects.filter(Exists(CaseImage.objects.filter(case=case_id, series=OuterRef("pk"))))


def series_open_to(member: Membership, role: str) -> QuerySet[Series]:
    """The series of the cases that a member of the staff may see.

    None of a case in which they play a part themselves, though it be another's prior; and what waits at the
    gate, where somebody's name may still stand in the pixels, is for managers.
    """
    cases = cases_open_to([member])
    if role != Role.MANAGER:
        waiting = GateFinding.objects.filter(case=OuterRef("pk"), decided_event=None)
        cases = cases.exclude(Exists(waiting))
    shown = CaseImage.objects.filter(series=OuterRef("pk"))
    theirs = shown.filter(plays_part([member], case="case", prefix="case__"))
    return Series.objects.filter(Exists(shown.filter(case__in=cases)), ~Exists(theirs))


def instances_of(series: QuerySet[Series], **which: Any) -> QuerySet[Instance]:
    """The images of series, in the order in which they are shown, each with its series and study; one query."""
    rows = Instance.objects.filter(series__in=series.order_by(), **which)
    case = CaseImage.objects.filter(series=OuterRef("series")).order_by("role", "position", "id")
    return (
        rows.select_related("series__study")
        .annotate(case=Subquery(case.values("case")[:1]))
        .defer("measures", "likeness", "burned_in", "original_digest")
        .order_by(*IN_ORDER)
    )


def image_of_case(case_id: UUID, study: str, series: str, instance: str) -> Instance | None:
    """One image of a case by stored UIDs, as `instances_of` has it. One query, which is built once."""
    return _OF_CASE.first(case_id, study, series, instance)


def image_open_to(member: Membership, role: str, study: str, series: str, instance: str) -> Instance | None:
    """One image of those in `series_open_to`; the same."""
    prepared = _FOR_MANAGERS if role == Role.MANAGER else _FOR_AUDITORS
    return prepared.first(member.pk, member.project_id, study, series, instance)


def _one(series: QuerySet[Series], study: str, uid: str, instance: str) -> QuerySet[Instance]:
    return instances_of(series, series__study__uid=study, series__uid=uid, uid=instance).order_by()


def _of_case(case_id: UUID, study: str, series: str, instance: str) -> QuerySet[Instance]:
    return _one(series_of_case(case_id), study, series, instance)


def _for(role: Role) -> Prepared[Instance]:
    def build(member: UUID, project: UUID, study: str, series: str, instance: str) -> QuerySet[Instance]:
        them = Membership(pk=member, project_id=project)
        return _one(series_open_to(them, role), study, series, instance)

    return Prepared(build, UUID, UUID, str, str, str)


_OF_CASE: Final = Prepared(_of_case, UUID, str, str, str)
_FOR_MANAGERS, _FOR_AUDITORS = _for(Role.MANAGER), _for(Role.AUDITOR)


def file_of(instance: Instance) -> StoredFile:
    """Where an image's frames lie."""
    return StoredFile(stored(instance.project_id, instance.pk), instance.frames, _single_bits(instance.facts))


def header_template(project_id: UUID, instance_id: UUID) -> bytes:
    """An image's header as text with open places (`imaging.web.templates`); kept once it was made.

    NotFound if the stored file is gone.
    """
    kept = header_text(project_id, instance_id)
    try:
        return kept.read_bytes()
    except FileNotFoundError:
        pass
    try:
        made = template_of(header_of(stored(project_id, instance_id)))
    except FileNotFoundError:
        raise NotFound(GONE) from None
    _keep(kept, made)
    return made


def _keep(place: Path, text: bytes) -> None:
    """Write it at once or not at all; where it can't be written, it is made anew each time."""
    part = place.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
    try:
        part.write_bytes(text)
        part.replace(place)
    except OSError:
        part.unlink(missing_ok=True)


def _single_bits(facts: dict[str, Any]) -> int:
    if facts.get("bits_allocated") != 1 or facts.get("photometric") == "PALETTE COLOR":
        return 0
    return int(facts["rows"]) * int(facts["columns"])
