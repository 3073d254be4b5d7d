"""The agreement of a project's readers, from its tables."""

from typing import Any

from workflow.agreement.resampling import Resampling
from workflow.documents import guideline_of, protocol_of
from workflow.models import Measurement, Project, ProtocolVersion

from .concordant import concordant_sample
from .doubtful import doubtful_labels
from .fitting import RULES, fitted, fitting_rules
from .kept import Kept, Measure, measured
from .report import SCHEMA, Terms, agreement_report
from .study import Studied
from .taken import Conditions, studied
from .versions import guideline_for, in_force


def agreement_of(project: Project, conditions: Conditions) -> Kept:
    """The agreement of a project's planned first reads under these conditions.

    NotFound when a guideline version is named that does not exist, or nothing is published yet.
    """
    return measured(project, AGREEMENT, conditions.document())


def terms_of(project: Project, guideline: int | None = None) -> Terms:
    """The label schema and the protocol by which a project is measured now; rules that don't fit it are counted."""
    version, protocol = guideline_for(project, guideline), in_force(ProtocolVersion, project)
    schema = guideline_of(str(version.content_id))["label_schema"]
    rules, unfit = fitting_rules(protocol_of(str(protocol.content_id)), schema)
    return Terms(schema, rules, Resampling(), {RULES: unfit})


def cases_of(project: Project, conditions: Conditions) -> Studied:
    """The first reads of a project, as answers to the questions by which it is measured now."""
    guideline = guideline_for(project, conditions.guideline)
    return fitted(studied(project, conditions), str(guideline.content_id))


def rests_on(project: Project, conditions: dict[str, Any]) -> list[str]:
    """The versions by which a project is measured, as digests."""
    guideline = guideline_for(project, conditions.get("guideline"))
    return [str(guideline.content_id), str(in_force(ProtocolVersion, project).content_id)]


def _document(project: Project, conditions: dict[str, Any]) -> dict[str, Any]:
    which = Conditions(**conditions)
    cases, terms = cases_of(project, which), terms_of(project, which.guideline)
    document = agreement_report(cases, terms, by=which.by)
    if not conditions:
        document["concordant_sample"] = concordant_sample(project).document()
        document["doubtful"] = doubtful_labels(project, cases.cases, terms.schema["fields"])
    return document


AGREEMENT = Measure(Measurement.Kind.AGREEMENT, SCHEMA, rests_on, _document)
