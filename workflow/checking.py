"""Hold a project's log against its tables."""

from audit.checking import Fault, Head, check_project_log

from .models import Case, Project


def check_log(project: Project) -> list[Fault]:
    """Every fault of the project's log: chains, contents, openings, and the cases that it speaks of."""
    rows = (
        Case.objects.filter(project=project).values_list("pk", "audit_seq", "audit_head", "state").iterator()
    )
    return check_project_log(project.pk, (Head(pk, seq, bytes(head), state) for pk, seq, head, state in rows))
