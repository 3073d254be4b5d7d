"""A case's name for one person: the only one under which its task is shown to them."""

from django.db.models import OuterRef, QuerySet, Subquery

from workflow.models import Part

from .models import Task


def with_case_number(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Tasks with their holder's own number of the case, as `case_number`. Still one query."""
    part = Part.objects.filter(case=OuterRef("case"), round=OuterRef("round"), member=OuterRef("holder"))
    return tasks.annotate(case_number=Subquery(part.values("case_number")[:1]))
