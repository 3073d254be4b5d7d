"""What is shown of a case to those who may see it: managers and auditors."""

from typing import Any

from rest_framework import serializers

from tasks.models import Task
from tasks.queries import open_work
from workflow.images.looking import images_of, open_findings
from workflow.models import Case, CaseRound, Exclusion, ReferenceLabel
from workflow.queries import case_facts
from workflow.states import State

from .fields import AnyObject
from .importfile import CaseImageOut, GateFindingOut


class CaseOut(serializers.ModelSerializer[Case]):
    """A case. `patient_key` is there for managers only."""

    project = serializers.CharField(source="project.slug")
    state = serializers.ChoiceField([state.value for state in State])
    wave = serializers.UUIDField(source="wave_id", allow_null=True, read_only=True)
    strata = AnyObject()
    shown = AnyObject()

    class Meta:
        model = Case
        fields: tuple[str, ...] = (
            "id", "project", "external_ref", "patient_key", "split", "strata", "shown", "state", "excluded_from",
            "held", "priority", "round", "purpose", "wave", "created_at",
        )  # fmt: skip
        extra_kwargs = {"patient_key": {"required": False}}

    def to_representation(self, instance: Case) -> dict[str, Any]:
        """The case without its patient, unless `patients_of` of the context names its project."""
        shown = super().to_representation(instance)
        if instance.project_id not in self.context.get("patients_of", ()):
            shown.pop("patient_key")
        return dict(shown)


class RoundOut(serializers.ModelSerializer[CaseRound]):
    """A pass of the case through the tiers, and the versions that it is under."""

    guideline = serializers.IntegerField(source="guideline.number")
    protocol = serializers.IntegerField(source="protocol.number")

    class Meta:
        model = CaseRound
        fields = ("number", "readers", "guideline", "protocol", "reads_planned", "reads_max")


class LabelOut(serializers.ModelSerializer[ReferenceLabel]):
    """The reference label in force."""

    digest = serializers.CharField(source="content_id")
    labels = AnyObject(source="content.data.labels", allow_null=True)

    class Meta:
        model = ReferenceLabel
        fields = ("version", "round", "status", "settled_by", "digest", "labels")


class OpenWorkOut(serializers.ModelSerializer[Task]):
    """A task that is open, reserved or held now; `holder` is the person's name in the log."""

    holder = serializers.CharField(source="holder.actor_id", allow_null=True, default=None)

    class Meta:
        model = Task
        fields = ("id", "kind", "slot", "status", "holder", "opened_at", "due_at", "lease_until")


class ExclusionOut(serializers.ModelSerializer[Exclusion]):
    """A wish to exclude the case that waits for a second person."""

    requested_by = serializers.CharField(source="requested_by.actor_id")

    class Meta:
        model = Exclusion
        fields = ("id", "requested_by", "reason_code")


class CaseDetailOut(CaseOut):
    """A case with its rounds, the label in force, its open work, an exclusion that waits, its images and their faults.

    `gate`: what the quality gate found that nobody decided yet.
    """

    rounds = RoundOut(many=True)
    label = LabelOut(allow_null=True)  # type: ignore[assignment]
    open_work = OpenWorkOut(many=True)
    exclusion = ExclusionOut(allow_null=True)
    images = CaseImageOut(many=True)
    gate = GateFindingOut(many=True)

    class Meta(CaseOut.Meta):
        fields = (*CaseOut.Meta.fields, "rounds", "label", "open_work", "exclusion", "images", "gate")


def case_detail(case: Case, *, with_patient: bool) -> dict[str, Any]:
    """A case in full. A fixed number of queries."""
    shown: Any = case
    facts, work = case_facts(case), open_work(case)
    context = {"patients_of": {case.project_id} if with_patient else set()}
    return {
        **CaseOut(shown, context=context).data,
        "rounds": RoundOut(facts.rounds, many=True).data,
        "label": LabelOut(facts.label).data if facts.label else None,
        "open_work": OpenWorkOut(work, many=True).data,
        "exclusion": ExclusionOut(facts.exclusion).data if facts.exclusion else None,
        "images": CaseImageOut(images_of(case.pk), many=True).data,
        "gate": GateFindingOut(open_findings(case.pk), many=True).data,
    }
