"""Hold a project's log against its tables."""

from audit.checking import Fault, Head, LogCheck

from .models import Case, Project
from .states import LEGAL


def log_check(project: Project) -> LogCheck:
    """Check a project's log: chains, contents, openings, moves, and the cases that it speaks of."""
    rows = (
        Case.objects.filter(project=project)
        .order_by("pk")
        .values_list("pk", "audit_seq", "audit_head", "state")
    )
    heads = (Head(pk, seq, bytes(head), state) for pk, seq, head, state in rows.iterator(chunk_size=1000))
    return LogCheck(project.pk, heads, LEGAL).run()


def check_log(project: Project) -> list[Fault]:
    """Every fault of the project's log; none if it is valid."""
    return log_check(project).faults
