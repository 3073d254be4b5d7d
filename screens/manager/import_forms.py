"""The forms of imports: how cases come to be, and why an import is withdrawn."""

from django import forms

from screens.styled import Styled, WithReason
from workflow.errors import DomainError
from workflow.models import Case, ImportBatch

MOST_TOLD = 20


class NewImportForm(Styled):
    """How cases come of the files."""

    unmarked = True
    unit = forms.ChoiceField(
        label="A case is",
        widget=forms.RadioSelect,
        initial=ImportBatch.Unit.STUDY,
        choices=[
            ("study", "each study"),
            ("series", "each series"),
            ("list", "what a row of the manifest lists"),
        ],
    )
    split = forms.ChoiceField(
        label="Split",
        required=False,
        choices=[("", "as the manifest says"), *Case.Split.choices],
        help_text="Fixed at intake, by patient: of the cases for which no manifest names one.",
    )
    manifest = forms.FileField(
        required=False,
        label="Manifest (may be left out)",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        help_text="A CSV file with a row for each case: references, split, priors, clinical text, strata, truth.",
    )

    def refuse(self, error: DomainError) -> None:
        """Show a refusal; each line of the manifest at the manifest, and not more than can be read."""
        faults = error.extra.get("faults") or []
        lines = [one for one in faults if one["path"].split("/")[1:2] not in (["unit"], ["split"])]
        for one in lines[:MOST_TOLD]:
            self.add_error("manifest", one["message"])
        if len(lines) > MOST_TOLD:
            self.add_error("manifest", f"And {len(lines) - MOST_TOLD} more faults.")
        rest = [one for one in faults if one not in lines]
        if rest or not faults:
            error.extra["faults"] = rest
            super().refuse(error)


class WithdrawForm(WithReason):
    """Why an import is taken back."""

    codes = ("wrong_files", "wrong_patients", "wrong_split", "not_deidentified", "consent_withdrawn")


class LetInForm(WithReason):
    """Why images are good enough although the gate found something."""

    codes = ("good_enough", "no_text_in_pixels", "expected_of_this_device", "rule_does_not_fit")
