"""What the tables say of cases, in the same form as what their log tells: read once for each kind, never row by row."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model

from workflow.models import (
    Arbitration,
    Assistance,
    Case,
    CaseRound,
    Commitment,
    ConsensusReport,
    Exclusion,
    Part,
    Prediction,
    Project,
    Read,
    Recall,
    ReferenceLabel,
    Review,
)

from . import fact_kinds as facts

_CASE = (
    *("state", "excluded_from", "held", "priority", "round", "reads_wanted", "passes"),
    *("split", "strata", "shown", "needs", "external_ref", "patient_key", "audit_seq"),
    *("purpose", "wave", "source_case"),
)
# By kind of fact: its table, the way to the case, what its key is made of, and its columns in the fact's order.
_TABLES: dict[str, tuple[type[Model], type, str, tuple[str, ...], tuple[str, ...]]] = {
    "rounds": (
        *(CaseRound, facts.Round, "case", ("number",)),
        ("readers", "guideline", "protocol", "reads_planned", "reads_max", "event"),
    ),
    "parts": (Part, facts.Part, "case", ("round", "member__actor_id"), ("kind", "slot", "outcome")),
    "reads": (
        *(Read, facts.Read, "case", ("pk",)),
        (
            *("round", "slot", "revision", "kind", "member__actor_id", "task_id", "content", "display"),
            *("started_at", "submitted_at", "event"),
        ),
    ),
    "recalls": (Recall, facts.Recall, "read__case", ("read",), ("round", "event")),
    "predictions": (
        *(Prediction, facts.Prediction, "case", ("pk",)),
        ("model", "attached_by__actor_id", "content", "created_at", "event"),
    ),
    "commitments": (
        *(Commitment, facts.Commitment, "case", ("pk",)),
        (
            *("round", "slot", "kind", "member__actor_id", "task_id", "content", "display"),
            *("started_at", "committed_at", "event"),
        ),
    ),
    "assistance": (
        *(Assistance, facts.Assistance, "read__case", ("read",)),
        (
            *("prediction__content", "content", "manner", "kept", "changed", "dropped", "added"),
            *("commitment", "shift", "event"),
        ),
    ),
    "reviews": (
        *(Review, facts.Review, "case", ("read",)),
        (
            *("round", "verdict", "reviewer__actor_id", "correction", "comments"),
            *("reason_code", "during", "event"),
        ),
    ),
    "reports": (
        *(ConsensusReport, facts.Report, "case", ("pk",)),
        ("round", "sequence", "second_look", "outcome", "sampled", "read_ids", "content", "event"),
    ),
    "arbitrations": (
        *(Arbitration, facts.Arbitration, "case", ("pk",)),
        ("round", "arbiter__actor_id", "outcome", "content", "reason_code", "rework", "event"),
    ),
    "labels": (
        *(ReferenceLabel, facts.Label, "case", ("pk",)),
        ("round", "version", "status", "settled_by", "content", "event"),
    ),
    "exclusions": (
        *(Exclusion, facts.Exclusion, "case", ("pk",)),
        (
            *("requested_by__actor_id", "reason_code", "requested_event"),
            *("approved_by__actor_id", "approved_event"),
        ),
    ),
}


def facts_in_tables(project: Project, case_ids: Sequence[UUID]) -> dict[str, facts.CaseFacts]:
    """By id: what the tables say of these cases of the project. One query for each kind of fact."""
    cases = Case.objects.filter(project=project, pk__in=case_ids).values_list("pk", *_CASE)
    found = {str(pk): facts.CaseFacts(facts.Standing(*_without_ids(rest))) for pk, *rest in cases}
    for kind in _TABLES:
        for case_id, key, fact in _rows(kind, case_ids):
            if case_id in found:
                getattr(found[case_id], kind)[key] = fact
    return found


def _rows(kind: str, case_ids: Sequence[UUID]) -> Iterator[tuple[str, str, Any]]:
    table, fact, case, key, columns = _TABLES[kind]
    rows = table._default_manager.filter(**{f"{case}__in": case_ids})
    for case_id, *rest in rows.values_list(case, *key, *columns):
        yield str(case_id), "/".join(map(str, rest[: len(key)])), fact(*_spelled(rest[len(key) :]))


def _without_ids(values: Iterable[Any]) -> Iterator[Any]:
    return (str(value) if isinstance(value, UUID) else value for value in values)


def _spelled(values: Iterable[Any]) -> Iterator[Any]:
    """Values as the log spells them."""
    for value in values:
        if isinstance(value, UUID):
            yield str(value)
        elif isinstance(value, datetime):
            yield value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        elif isinstance(value, list):
            yield tuple(_spelled(value))
        else:
            yield value
