"""The forms about a person."""

from typing import Any

from django import forms
from django.utils import timezone

from screens.styled import Day, Styled, WithReason, suggest
from workflow.members import LONGEST_SITE, MOST_PER_DAY
from workflow.models import Role

ROLES = [(role.value, role.value.replace("_", " ")) for role in Role]
DIGEST = r"^sha256:[0-9a-f]{64}$"


class PauseForm(WithReason):
    """Why somebody takes no work for a while."""

    codes = ("on_leave", "retraining", "quality_check", "other_duties")


class ResumeForm(WithReason):
    """Why somebody works again."""

    codes = ("back", "retrained", "checked")


class LeaveForm(WithReason):
    """Why somebody leaves."""

    codes = ("left_the_site", "work_done", "own_wish")


class DisqualifyForm(WithReason):
    """Why somebody's work must not stand, and from which day on."""

    codes = ("not_qualified", "saw_others_reads", "careless", "conflict_of_interest")
    since = forms.DateField(widget=Day(), label="From which day on", help_text="In the project’s time zone.")
    reread = forms.BooleanField(required=False, initial=True, label="Have others do it again at once")


class CloseForm(WithReason):
    """Why an account is closed."""

    codes = ("left_the_organisation", "account_misused", "own_wish")


class RolesForm(Styled):
    """The roles from now on, all of them."""

    roles = forms.MultipleChoiceField(choices=ROLES, widget=forms.CheckboxSelectMultiple, label="Roles")
    reason = forms.CharField(
        required=False, max_length=4000, label="Why", widget=forms.Textarea(attrs={"rows": 2})
    )


class DeclareForm(Styled):
    """What is declared from now on."""

    conflicts = forms.CharField(
        required=False,
        max_length=8000,
        label="Sites with a conflict of interest",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One per line, spelled as in the cases’ stratum “site”.",
    )
    capacity_per_day = forms.IntegerField(min_value=0, max_value=MOST_PER_DAY, label="Tasks per day")
    safety_contact = forms.BooleanField(required=False, label="Is told of urgent and incidental findings")

    def clean_conflicts(self) -> list[str]:
        """The sites, one per line."""
        return [line.strip() for line in self.cleaned_data["conflicts"].splitlines() if line.strip()]


class CredentialForm(Styled):
    """A credential that the manager verified."""

    profession = forms.CharField(max_length=80, label="Profession")
    specialty = forms.CharField(max_length=80, required=False, label="Specialty")
    subspecialty = forms.CharField(max_length=80, required=False, label="Subspecialty")
    years_experience = forms.IntegerField(min_value=0, max_value=80, initial=0, label="Years of experience")
    years_experience_in_modality = forms.IntegerField(
        min_value=0, max_value=80, initial=0, label="Years of experience in the modality"
    )
    modalities = forms.CharField(
        max_length=200,
        required=False,
        label="Modalities",
        help_text="DICOM’s codes with commas between, such as CT, MR.",
    )
    body_parts = forms.CharField(
        max_length=400,
        required=False,
        label="Body parts",
        help_text="DICOM’s words with commas between, such as BRAIN, CHEST. They matter for cases that ask for them.",
    )
    board_body = forms.CharField(max_length=200, required=False, label="Board certification: body")
    board_country = forms.RegexField(
        r"^[A-Z]{2}$",
        required=False,
        label="Board certification: country",
        help_text="Two letters, such as AT.",
    )
    board_year = forms.IntegerField(
        min_value=1900, max_value=2200, required=False, label="Board certification: year"
    )
    valid_from = forms.DateField(widget=Day(), label="Valid from")
    valid_to = forms.DateField(
        required=False, widget=Day(), label="Valid to", help_text="The last day; left out, it does not end."
    )
    verified_by = forms.CharField(max_length=120, required=False, label="Verified by")
    evidence_digest = forms.RegexField(
        DIGEST, required=False, label="Digest of the evidence", help_text="sha256: and 64 hexadecimal digits."
    )

    def clean_modalities(self) -> list[str]:
        """The codes, each once."""
        codes = [code.strip() for code in self.cleaned_data["modalities"].split(",") if code.strip()]
        if any(len(code) > 16 for code in codes):
            raise forms.ValidationError("A modality’s code has at most 16 characters.")
        return list(dict.fromkeys(codes))

    def clean_body_parts(self) -> list[str]:
        """The body parts, each once."""
        parts = [part.strip() for part in self.cleaned_data["body_parts"].split(",") if part.strip()]
        if any(len(part) > 40 for part in parts):
            raise forms.ValidationError("A body part has at most 40 characters.")
        return list(dict.fromkeys(parts))

    def clean(self) -> dict[str, Any]:
        """One board certification, whole or not at all."""
        given = super().clean() or {}
        board = [given.pop(f"board_{name}", None) for name in ("body", "country", "year")]
        if any(board) and not all(board) and not self.errors:
            self.add_error("board_body", "Give body, country and year of the certification, or none of them.")
        names = ("body", "country", "year", "verified_by", "evidence_digest")
        given["board_certifications"] = (
            [dict(zip(names, [*board, None, None], strict=True))] if all(board) else []
        )
        return given


class TrainingForm(Styled):
    """Training that a person completed."""

    title = forms.CharField(max_length=200, label="Material")
    link = forms.CharField(
        max_length=500, required=False, label="Where it is", help_text="An address or a document number."
    )
    completed_at = forms.DateField(widget=Day(), label="Completed on")
    score = forms.DecimalField(max_digits=5, decimal_places=2, min_value=0, required=False, label="Score")
    passed = forms.BooleanField(required=False, initial=True, label="Passed")

    def clean_completed_at(self) -> Any:
        """The beginning of that day, UTC; today counts as now."""
        day = self.cleaned_data["completed_at"]
        now = timezone.now()
        return (
            now
            if day == now.date()
            else now.replace(
                year=day.year, month=day.month, day=day.day, hour=0, minute=0, second=0, microsecond=0
            )
        )


class AdmitForm(Styled):
    """Whom to let in, and as what."""

    username = forms.CharField(
        max_length=150, label="User name", widget=forms.TextInput(attrs={"spellcheck": "false"})
    )
    is_new = forms.BooleanField(required=False, label="Make a new account for this person")
    first_name = forms.CharField(max_length=150, required=False, label="First name")
    last_name = forms.CharField(max_length=150, required=False, label="Last name")
    email = forms.EmailField(required=False, label="E-mail address")
    roles = forms.MultipleChoiceField(choices=ROLES, widget=forms.CheckboxSelectMultiple, label="Roles")
    site = forms.CharField(
        max_length=LONGEST_SITE,
        required=False,
        label="Site",
        help_text="Where the person works, as the log names it.",
    )
    capacity_per_day = forms.IntegerField(
        min_value=0, max_value=MOST_PER_DAY, initial=100, label="Tasks per day"
    )

    def suggest_sites(self, sites: list[str]) -> "AdmitForm":
        """Offer the sites that are known already."""
        suggest(self.fields["site"], sites)
        return self
