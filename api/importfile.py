"""What is shown of imports and of what the quality gate found."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tasks.importing.listing import progress_of_each
from tasks.importing.queries import Progress
from workflow.models import Case, CaseImage, GateFinding, ImportBatch, ImportFile, ImportRow

from .fields import AnyObject


class FilesOut(serializers.Serializer[Any]):
    """How many files are how far; members of archives count as files of their own."""

    def get_fields(self) -> dict[str, Any]:
        """A number for each state."""
        return {state: serializers.IntegerField() for state in ImportFile.State.values}


class WantedOut(serializers.Serializer[Any]):
    """How many of the wanted cases became what."""

    def get_fields(self) -> dict[str, Any]:
        """A number for each result."""
        return {result: serializers.IntegerField() for result in ImportRow.Result.values}


class ImportOut(serializers.ModelSerializer[ImportBatch]):
    """An import: who asked for it, and how far it is. `received` and `announced` are bytes."""

    project = serializers.CharField(source="project.slug")
    requested_by = serializers.CharField(source="requested_by.actor_id")
    files = serializers.SerializerMethodField()
    cases = serializers.SerializerMethodField()
    received = serializers.SerializerMethodField()
    announced = serializers.SerializerMethodField()
    at_gate = serializers.SerializerMethodField()

    class Meta:
        model = ImportBatch
        fields: tuple[str, ...] = (
            *("id", "project", "requested_by", "created_at", "unit", "split", "has_manifest", "state"),
            *("finished_at", "files", "cases", "received", "announced", "at_gate"),
        )

    @extend_schema_field(FilesOut)
    def get_files(self, batch: ImportBatch) -> dict[str, int]:
        """The files by their state."""
        counts = self._progress(batch).files
        return {state: counts.get(state, 0) for state in ImportFile.State.values}

    @extend_schema_field(WantedOut)
    def get_cases(self, batch: ImportBatch) -> dict[str, int]:
        """The wanted cases by their result."""
        counts = self._progress(batch).rows
        return {result: counts.get(result, 0) for result in ImportRow.Result.values}

    def get_received(self, batch: ImportBatch) -> int:
        """Bytes that are here."""
        return self._progress(batch).received

    def get_announced(self, batch: ImportBatch) -> int:
        """Bytes that will come in all."""
        return self._progress(batch).announced

    def get_at_gate(self, batch: ImportBatch) -> int:
        """How many of its cases wait at the quality gate."""
        return self._progress(batch).at_gate

    def _progress(self, batch: ImportBatch) -> Progress:
        known: Any = self.context  # of all that are shown: asked for once
        if "progress" not in known:
            shown: Any = [self.instance] if self.parent is None else self.parent.instance
            known["progress"] = progress_of_each(shown)
        found: Progress = known["progress"][batch.pk]
        return found


class ImportFileOut(serializers.ModelSerializer[ImportFile]):
    """A file by its number, or a member of an archive; of what is refused, why. Names are known to the sender alone."""

    class Meta:
        model = ImportFile
        fields = ("number", "member", "size", "received", "state", "code", "sentence")


class FaultyOut(serializers.Serializer[Any]):
    """Why a case was refused."""

    path = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class ImportRowOut(serializers.ModelSerializer[ImportRow]):
    """A case that was wanted, and what became of it; `number` is its line in the manifest, or a count."""

    faults = FaultyOut(many=True)

    class Meta:
        model = ImportRow
        fields = ("number", "external_ref", "split", "result", "faults", "case")


class GateFindingOut(serializers.ModelSerializer[GateFinding]):
    """What the gate found: a sentence, what was measured, and the series (its pseudonym) that it was measured on."""

    measured = AnyObject()
    series = serializers.CharField(source="series.uid", allow_null=True, default=None)

    class Meta:
        model = GateFinding
        fields = ("code", "sentence", "measured", "series")


class CaseImageOut(serializers.ModelSerializer[CaseImage]):
    """A series of a case; UIDs are pseudonyms."""

    study = serializers.CharField(source="series.study.uid")
    series = serializers.CharField(source="series.uid")
    modality = serializers.CharField(source="series.modality", allow_blank=True)
    synthetic = serializers.BooleanField(source="series.study.synthetic")
    instances = serializers.IntegerField()

    class Meta:
        model = CaseImage
        fields = ("study", "series", "modality", "role", "synthetic", "instances")


class CaseAtGateOut(serializers.ModelSerializer[Case]):
    """A case that waits at the gate, with what was found of it."""

    strata = AnyObject()
    findings = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields = ("id", "external_ref", "split", "strata", "created_at", "findings")

    @extend_schema_field(GateFindingOut(many=True))
    def get_findings(self, case: Case) -> list[dict[str, Any]]:
        """What nobody decided yet."""
        waiting = [one for one in case.gate_findings.all() if one.decided_event_id is None]
        return list(GateFindingOut(sorted(waiting, key=lambda one: (one.code, str(one.pk))), many=True).data)
