"""What is seen of a case's images: its series, what the gate found of it and nobody decided, and pictures of them."""

from pathlib import Path
from uuid import UUID

from django.db.models import Count, QuerySet

from workflow.errors import NotFound
from workflow.models import CaseImage, GateFinding, Instance, Project

from .places import stored, thumbnail


def images_of(case_id: UUID) -> QuerySet[CaseImage]:
    """A case's series in their order, each with its study and how many `instances` it has."""
    rows = CaseImage.objects.filter(case=case_id).select_related("series__study")
    return rows.annotate(instances=Count("series__instances")).order_by("position")


def open_findings(case_id: UUID) -> QuerySet[GateFinding]:
    """What the gate found of a case that nobody decided yet, series by series."""
    rows = GateFinding.objects.filter(case=case_id, decided_event=None).select_related("series")
    return rows.order_by("series__uid", "code", "id")


def instance_of(project: Project, instance_id: UUID) -> Instance:
    """An image of a project; NotFound if there is none."""
    found = Instance.objects.filter(project=project, pk=instance_id).first()
    if found is None:
        raise NotFound("There is no such image in this project.")
    return found


def picture_of(instance: Instance) -> Path:
    """The PNG file of an image's thumbnail; NotFound if it has none."""
    path = thumbnail(instance.project_id, instance.pk)
    if not path.is_file():
        raise NotFound("There is no picture of this image.")
    return path


def file_of(instance: Instance) -> Path:
    """The stored file of an image; NotFound if it is gone."""
    path = stored(instance.project_id, instance.pk)
    if not path.is_file():
        raise NotFound("The file of this image is not here.")
    return path
