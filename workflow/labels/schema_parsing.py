"""Reads a label schema document: every fault of JSON, shape and meaning at once, or the parts."""

from typing import Any

from workflow.labels.faults import MOST_FAULTS, FaultList, SchemaError, at
from workflow.labels.profile import check_profile
from workflow.labels.schema_building import (
    field_from,
    fields_from,
    finding_type_from,
    findings_from,
    rule_from,
)
from workflow.labels.schema_checks import check_counts, check_finding_type, check_scope, check_unique_keys
from workflow.labels.schema_parts import Field, Findings, Rule
from workflow.labels.schema_rules import Scope, check_rule
from workflow.labels.structure import check_structure


def parsed_parts(document: object) -> tuple[tuple[Field, ...], Findings | None, tuple[Rule, ...]]:
    """Return fields, findings and rules of a label schema document, or raise SchemaError with every fault."""
    faults = FaultList()
    _check(document, faults)
    faults.raise_as(SchemaError)
    assert isinstance(document, dict)
    rules = tuple(rule_from(raw) for raw in document.get("rules", []))
    return fields_from(document["fields"]), findings_from(document.get("findings")), rules


def _check(document: object, faults: FaultList) -> None:
    # Text that is no Unicode cannot even be handed to the JSON Schema validator.
    if not check_profile(document, faults) or faults.codes() & {"bad_text", "key_not_ascii"}:
        return
    check_structure(document, faults)
    if isinstance(document, dict) and faults.count <= MOST_FAULTS:
        _Meaning(document, faults).check()


class _Meaning:
    """Checks the meaning of all the parts of a document that have no fault of shape."""

    def __init__(self, document: dict[str, Any], faults: FaultList) -> None:
        self.document = document
        self.faults = faults
        self.broken = faults.places()

    def check(self) -> None:
        """Add the faults of meaning."""
        scopes = [self._scope(self.document.get("fields"), "/fields")]
        findings = self.document.get("findings")
        if isinstance(findings, dict):
            scopes += self._check_findings(findings)
        for scope in scopes:
            check_scope(scope, self.faults)
        for path, raw in self._sound(self.document.get("rules"), "/rules"):
            check_rule(rule_from(raw), path, scopes, self.faults)
        if self.document.get("fields") == [] and findings is None:
            self.faults.add("/fields", "nothing_to_answer", "Give at least one field or one type of finding.")

    def _scope(self, raw: object, path: str) -> Scope:
        fields = [(here, field_from(one)) for here, one in self._sound(raw, path)]
        whole = isinstance(raw, list) and len(fields) == len(raw)
        return Scope(fields, whole)

    def _check_findings(self, raw: dict[str, Any]) -> list[Scope]:
        scopes = []
        if not self.broken & {"/findings/min", "/findings/max"}:
            check_counts(raw, self.faults)
        types = raw.get("types")
        for i, one in enumerate(types if isinstance(types, list) else []):
            if isinstance(one, dict):
                path = at("/findings/types", i)
                scopes.append(scope := self._scope(one.get("fields", []), at(path, "fields")))
                self._check_no_normal(scope)
        sound = [(path, finding_type_from(one)) for path, one in self._sound(types, "/findings/types")]
        check_unique_keys([(path, kind.key) for path, kind in sound], self.faults)
        for path, kind in sound:
            check_finding_type(kind, path, self.faults)
        return scopes

    def _check_no_normal(self, scope: Scope) -> None:
        for path, field in scope.fields:
            if field.normal is not None:
                message = "A finding is nothing normal: leave this out, or ask it of the case."
                self.faults.add(at(path, "normal"), "normal_of_a_finding", message)

    def _sound(self, raw: object, path: str) -> list[tuple[str, Any]]:
        """Return the members of a list that have no fault of shape, each with its path."""
        placed = [(at(path, i), one) for i, one in enumerate(raw)] if isinstance(raw, list) else []
        return [(here, one) for here, one in placed if here not in self.broken]
