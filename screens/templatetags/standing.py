"""The banner of a log that is not signed any more, on every page of its project."""

from typing import Any

from django import template

from provenance.refusing import refusal_of
from workflow.models import Project

register = template.Library()


@register.inclusion_tag("parts/log_refused.html")
def log_refused(project: Project) -> dict[str, Any]:
    """Why the sealer signs this project's log no more, if that is so. One query."""
    return {"refused": refusal_of(project)}
