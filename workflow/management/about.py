"""What commands about a project have in common: which one it is, and how a refusal is told."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from workflow.errors import DomainError, InvalidInput
from workflow.models import Project


def add_project(parser: ArgumentParser) -> None:
    """The argument that names the project."""
    parser.add_argument("project", help="the project's slug, such as lung-nodules")


def project_named(slug: str) -> Project:
    """The project, with its log; CommandError if there is none of that name."""
    project = Project.objects.select_related("log").filter(slug=slug).first()
    if project is None:
        raise CommandError(f"There is no project {slug}.")
    return project


@contextmanager
def refusals_told() -> Iterator[None]:
    """What is refused inside ends the command with the refusal's sentence, or with that of each fault."""
    try:
        yield
    except InvalidInput as refusal:
        raise CommandError(" ".join(fault["message"] for fault in refusal.extra["faults"])) from None
    except DomainError as refusal:
        raise CommandError(refusal.detail) from None
