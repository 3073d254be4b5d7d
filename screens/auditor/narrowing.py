"""What the auditor's long lists are narrowed by: who, which case, and from when until when."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms

from screens.styled import Narrowing
from workflow.models import Case, Project
from workflow.queries import members_of, name_of


class InTheProject(Narrowing):
    """Which rows of a project; what is empty narrows nothing."""

    actor = forms.ChoiceField(required=False, label="Who")
    case = forms.CharField(required=False, max_length=200, label="Case", help_text="Its reference or its id.")
    since = forms.DateTimeField(
        required=False, label="From (UTC)", widget=forms.TextInput(attrs={"placeholder": "2026-01-31 13:00"})
    )
    until = forms.DateTimeField(
        required=False, label="Before (UTC)", widget=forms.TextInput(attrs={"placeholder": "2026-02-01"})
    )

    others: ClassVar[tuple[tuple[str, str], ...]] = ()  # who acts beside the members

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(m.actor_id, name_of(m)) for m in members_of(project).order_by("created_at")]
        self.fields["actor"].choices = [("", "anybody"), *self.others, *people]  # type: ignore[attr-defined]


def cases_named(project: Project, words: str) -> list[UUID]:
    """The cases that somebody means: the one of this id, or those whose reference contains the words."""
    try:
        return [UUID(words)]
    except ValueError:
        found = Case.objects.filter(project=project, external_ref__icontains=words)
        return list(found.values_list("pk", flat=True)[:1000])
