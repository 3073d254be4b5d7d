"""What a reader asks the manager about the case in their hands, and the manager's one answer.

No other reader learns of either. An issue that was raised at a probe is shown as one of the case that the probe shows.
"""

import json
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from audit.actions import Action
from audit.canonical import digest
from audit.models import Opening
from workflow.access import plays_part
from workflow.acting import Acting
from workflow.errors import AlreadyDone, InvalidInput, NotFound
from workflow.models import Case, Membership, Part, Role
from workflow.notices import tell
from workflow.reasons import fault
from workflow.unit import on_case

from .held import on_own_task
from .models import Issue, Task
from .numbers import with_case_number

LONGEST: Final = 2000  # characters of what is asked, and of the answer
LARGEST_STATE: Final = 20_000  # characters of the viewer's state as JSON
WHAT: Final = f"Choose what it is about, and write up to {LONGEST} characters."
STATE: Final = "What the viewer says of itself is too long. Send the issue without it."
ANSWER: Final = f"Write an answer of up to {LONGEST} characters: the reader sees it."


def raise_issue(
    *,
    acting: Acting,
    task_id: UUID,
    token: UUID,
    kind: str,
    text: str,
    picture: bytes | None = None,
    viewer: dict[str, Any] | None = None,
) -> Issue:
    """Ask the project's managers about the case of a task that one holds; `picture` is PNG of what one sees."""
    _check(kind, text, viewer or {})
    with on_own_task(acting, task_id, token) as (unit, task):
        issue = Issue(
            case=unit.case, task=task, reporter=unit.acting.person(), kind=kind, viewer=viewer or {}
        )
        issue.raised_at, issue.picture = unit.now(), picture
        issue.picture_digest = digest(picture) if picture else ""
        issue.text = unit.journal.commitment("text", text.strip(), subject=unit.case.pk)
        entry = unit.record(
            Action.ISSUE_RAISED,
            object=("issue", issue.pk, 1),
            extra={"kind": kind, "text": issue.text, "picture": issue.picture_digest or None},
        )
        issue.event_id = entry.event_id
        issue.save(force_insert=True)
        link = f"/projects/{unit.project.slug}/issues/{issue.pk}/"
        tell(
            _who_answers(unit.case),
            kind="issue_raised",
            text="A reader raised an issue of a case.",
            link=link,
        )
    return issue


def answer_issue(*, acting: Acting, issue_id: UUID, text: str) -> Issue:
    """Answer an issue, which closes it; its reader is told that there is an answer."""
    member = acting.using(Role.MANAGER).person()
    found = Issue.objects.filter(pk=issue_id, case__project=member.project_id).only("case").first()
    if found is None:
        raise NotFound("There is no such issue.")
    if not 1 <= len(text.strip()) <= LONGEST:
        raise InvalidInput([fault("/text", "missing", ANSWER)])
    with on_case(acting, found.case_id) as unit:
        issue = Issue.objects.select_for_update(of=("self",)).defer("picture").get(pk=issue_id)
        if issue.answered_by_id:
            raise AlreadyDone("This issue was answered already; nothing was changed.")
        issue.answer = unit.journal.commitment("text", text.strip(), subject=unit.case.pk)
        entry = unit.record(
            Action.ISSUE_ANSWERED, object=("issue", issue.pk, 2), extra={"text": issue.answer}
        )
        issue.answered_by, issue.answered_event_id = member, entry.event_id
        issue.save(update_fields=["answer", "answered_by", "answered_event"])
        told = Membership.objects.filter(pk=issue.reporter_id)
        tell(told, kind="issue_answered", text="An issue that you raised is answered.", link="/work/issues/")
    return issue


def issues_open_to(members: Iterable[Membership]) -> QuerySet[Any]:
    """The issues of the projects of members who may see them, but of cases in which they play a part themselves.

    Each with its `words` and its answer's, `said` (None once erased), and the `reference` of its case.
    """
    them = list(members)
    issues = Issue.objects.filter(case__project__in=[m.project_id for m in them])
    hidden = plays_part(them, case="case", prefix="case__") | plays_part(
        them, case="case__source_case", prefix="case__source_case__"
    )
    about = ("case__project", "case__source_case", "reporter__user", "answered_by__user", "answered_event")
    reference = Coalesce(F("case__source_case__external_ref"), F("case__external_ref"))
    return (
        issues.exclude(hidden)
        .select_related(*about)
        .defer("picture")
        .annotate(words=_opened("text"), said=_opened("answer"), reference=reference)
    )


def own_issues(members: Iterable[Membership]) -> list[tuple[Any, str]]:
    """The issues that one raised oneself, newest first, each with one's own number of its case."""
    mine = Issue.objects.filter(reporter__in=[m.pk for m in members]).defer("picture")
    told = mine.select_related("case__project", "answered_event")
    issues: list[Any] = list(
        told.annotate(words=_opened("text"), said=_opened("answer")).order_by("-raised_at", "pk")[:200]
    )
    tasks: Any = with_case_number(Task.objects.filter(pk__in=[issue.task_id for issue in issues]))
    numbers = {task.pk: task.case_number for task in tasks}
    return [(issue, str(numbers.get(issue.task_id) or "")) for issue in issues]


def picture_of_issue(issue_id: UUID) -> bytes:
    """The picture that was sent with an issue; NotFound if there is none."""
    found = Issue.objects.filter(pk=issue_id).values_list("picture", flat=True).first()
    if found is None:
        raise NotFound("No picture was sent with this issue.")
    return bytes(found)


def _opened(column: str) -> Subquery:
    return Subquery(Opening.objects.filter(commitment=OuterRef(column)).values("value")[:1])


def _check(kind: str, text: str, viewer: dict[str, Any]) -> None:
    if kind not in Issue.Kind.values or not 1 <= len(text.strip()) <= LONGEST:
        raise InvalidInput([fault("/text", "bad_issue", WHAT)])
    if len(json.dumps(viewer)) > LARGEST_STATE:
        raise InvalidInput([fault("/viewer", "too_large", STATE)])


def _who_answers(case: Case) -> QuerySet[Membership]:
    """The project's managers, but those who play a part in the case: they learn nothing of its other readers."""
    active = Membership.objects.filter(
        project=case.project_id, status="active", roles__contains=[Role.MANAGER]
    )
    cases = [case.pk, *([case.source_case_id] if case.source_case_id else [])]
    return active.exclude(Exists(Part.objects.filter(member=OuterRef("pk"), case__in=cases)))
