"""What a reader is shown of a model, and when: by the protocol of the case's round, and never in the test split."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow.labels.faults import LabelsInvalid
from workflow.models import Assistance, Case, Commitment, Membership, Prediction
from workflow.protocol.sections import AFTER_COMMITMENT, NEVER
from workflow.unit import CaseUnit

from .partial import checked


@dataclass(frozen=True, slots=True)
class Aid:
    """A model's marks on a reader's page: whose they are, how they are shown, and under which name, if any.

    `commitment`: what its reader had said alone before, where the protocol asks for that.
    """

    prediction: Prediction
    manner: str
    name: str | None
    commitment: Commitment | None = None

    @property
    def digest(self) -> str:
        """The digest of what is shown."""
        return str(self.prediction.content_id)

    @property
    def labels(self) -> dict[str, Any]:
        """What the model says, with the stored UIDs."""
        return dict(self.prediction.content.data["labels"])


def aid_for(unit: CaseUnit, since: datetime | None) -> Aid | None:
    """What a reader of a case may be shown who begins it, or began it at `since`; a showing shows what its source does.

    Where the manner is `after_commitment`, it waits until they made their commitment: `commitment_of` tells.

    What came in after they began is not put on their page, and what doesn't fit the round's label schema isn't either.
    No query where the protocol shows nothing.
    """
    shown, case = unit.protocol.model, unit.case
    if shown.show == NEVER or case.split == Case.Split.TEST:
        return None
    found = Prediction.objects.select_related("content", "model").filter(
        model__project=case.project_id, model__digest=shown.model, case=case.shows
    )
    prediction = found.first()
    if prediction is None or (since is not None and prediction.created_at > since):
        return None
    try:
        checked(str(unit.at_work().guideline.content_id), prediction.content.data["labels"])
    except LabelsInvalid:
        return None
    model = prediction.model
    name = f"{model.name} {model.version}" if shown.named else None
    return Aid(prediction, Assistance.Manner(shown.show), name)


def commitment_of(unit: CaseUnit, member: Membership) -> Commitment | None:
    """What this person committed to in the case's round; no query where the protocol asks for no commitment."""
    if unit.protocol.model.show != AFTER_COMMITMENT:
        return None
    made = Commitment.objects.filter(case=unit.case, round=unit.case.round, member=member)
    return made.select_related("content").first()
