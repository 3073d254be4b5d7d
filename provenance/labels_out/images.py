"""The stored images of a case, as stacks of headers: pseudonymous as they lie there, pixels left where they are."""

from dataclasses import dataclass
from uuid import UUID

import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from imaging.out.frames import Stack, stack_of
from workflow.images.places import stored
from workflow.models import CaseImage, Instance


class NoImages(Exception):
    """A case that can't be written with images; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Images:
    """A case's series, those asked about before earlier ones; `current` are the former."""

    stacks: tuple[Stack, ...]
    current: tuple[Stack, ...]
    synthetic: bool


def images_of(case: str) -> Images:
    """The images of a case; NoImages if it has none, or if a stored file is gone."""
    rows = list(
        CaseImage.objects.filter(case=UUID(case)).select_related("series__study").order_by("position")
    )
    if not rows:
        raise NoImages("The case has no images here.")
    found = [(row.role, _stack(row)) for row in rows]
    current = tuple(stack for role, stack in found if role == CaseImage.Role.CURRENT)
    earlier = tuple(stack for role, stack in found if role != CaseImage.Role.CURRENT)
    return Images(current + earlier, current, any(row.series.study.synthetic for row in rows))


def _stack(row: CaseImage) -> Stack:
    instances = list(Instance.objects.filter(series=row.series_id).only("id", "project_id").order_by("uid"))
    if not instances:
        raise NoImages("A series of the case has no images any more.")
    return stack_of([_header(one) for one in instances])


def _header(instance: Instance) -> Dataset:
    try:
        return pydicom.dcmread(stored(instance.project_id, instance.pk), stop_before_pixels=True)
    except (OSError, InvalidDicomError):
        raise NoImages("A stored file of the case's images can't be read.") from None
