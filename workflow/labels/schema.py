"""The label schema: what a read of a case may and must say; valid once it is built."""

from dataclasses import dataclass
from typing import Self

from workflow.labels.schema_parsing import parsed_parts
from workflow.labels.schema_parts import Field, Findings, FindingType, Rule

SCHEMA_ID = "consilium/label-schema/v1"


@dataclass(frozen=True, slots=True)
class LabelSchema:
    """A whole label schema; build it with `parse`."""

    fields: tuple[Field, ...] = ()
    findings: Findings | None = None
    rules: tuple[Rule, ...] = ()

    @classmethod
    def parse(cls, document: object) -> Self:
        """Return the schema that a JSON document describes, or raise SchemaError with every fault."""
        return cls(*parsed_parts(document))

    def field(self, key: str) -> Field | None:
        """Return the case-level field with this key, if there is one."""
        return next((field for field in self.fields if field.key == key), None)

    def finding_type(self, key: str) -> FindingType | None:
        """Return the finding type with this key, if there is one."""
        return next((kind for kind in self.finding_types() if kind.key == key), None)

    def finding_types(self) -> tuple[FindingType, ...]:
        """Return the types of finding, none when the schema allows no findings."""
        return self.findings.types if self.findings else ()

    def rules_for(self, fields: tuple[Field, ...]) -> tuple[Rule, ...]:
        """Return the rules whose fields all stand among `fields` (of the case, or of one finding type)."""
        keys = {field.key for field in fields}
        return tuple(rule for rule in self.rules if rule.field_keys() <= keys)
