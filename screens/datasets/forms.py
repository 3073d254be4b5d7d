"""What a dataset is composed of, as a form; and why it is locked or withdrawn."""

from collections import defaultdict
from typing import Any, Final

from django import forms

from provenance.datasets.composing import LONGEST_NAME
from provenance.datasets.criteria import Criteria, checked
from provenance.datasets.selecting import Composition
from screens.styled import Styled, WithReason
from workflow.errors import InvalidInput
from workflow.models import Case, GuidelineVersion, Project, ReferenceLabel

SEPARATOR: Final = "\x1f"  # between a stratum's name and its value, in neither of which it may be


class CriteriaForm(Styled):
    """Which labels; every stratum of the study's labels is offered with its values."""

    splits = forms.MultipleChoiceField(
        required=False,
        choices=Case.Split.choices,
        widget=forms.CheckboxSelectMultiple,
        label="Splits",
        help_text="None chosen: all of them. A patient is in one split alone.",
    )
    statuses = forms.MultipleChoiceField(
        choices=ReferenceLabel.Status.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[ReferenceLabel.Status.DETERMINED.value],
        label="Outcome",
        help_text="Equivocal cases have no answer: readers and arbiter could not settle them.",
    )
    guidelines = forms.TypedMultipleChoiceField(
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        label="Guideline version",
        help_text="None chosen: labels made under any version.",
    )
    where = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Strata",
        help_text="Of each stratum the values chosen; a stratum of which none is chosen asks for nothing.",
    )

    def __init__(self, data: Any, project: Project, there: Composition, **more: Any) -> None:
        super().__init__(data, **more)
        numbers = GuidelineVersion.objects.filter(project=project, content__isnull=False).order_by("number")
        versions = [(str(n), f"Version {n}") for n in numbers.values_list("number", flat=True)]
        self._choose("guidelines", versions)
        offered = [
            (f"{name}{SEPARATOR}{value}", f"{name}: {value} ({cases})") for name, value, cases in there.strata
        ]
        self._choose("where", offered)

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if not choices:
            del self.fields[name]

    def criteria(self) -> Criteria:
        """What was chosen."""
        given = self.cleaned_data
        where: defaultdict[str, list[str]] = defaultdict(list)
        for pair in given.get("where", ()):
            name, _, value = pair.partition(SEPARATOR)
            where[name].append(value)
        criteria, faults = checked(
            splits=given["splits"],
            statuses=given["statuses"],
            guidelines=given.get("guidelines", ()),
            where=where,
        )
        if faults:
            raise InvalidInput(faults)
        return criteria


class ComposeForm(CriteriaForm):
    """A dataset's name, and which labels."""

    name = forms.CharField(
        max_length=LONGEST_NAME, label="Name", help_text="Its versions are numbered: the first is version 1."
    )
    field_order = ("name", "splits", "statuses", "guidelines", "where")


def initial_of(criteria: Criteria) -> dict[str, Any]:
    """Criteria as the form shows them."""
    return {
        "splits": list(criteria.splits),
        "statuses": list(criteria.statuses),
        "guidelines": [str(number) for number in criteria.guidelines],
        "where": [f"{name}{SEPARATOR}{value}" for name, values in criteria.where for value in values],
    }


class LockForm(WithReason):
    """Why it is locked, and the counts that were seen."""

    codes = ("study_closed", "interim_release", "correction", "for_submission")
    seen = forms.CharField(widget=forms.HiddenInput)


class WithdrawDatasetForm(WithReason):
    """Why it shall not be used any more."""

    codes = ("wrong_criteria", "label_error", "consent_withdrawn", "not_needed")
