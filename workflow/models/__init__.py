"""The tables of what happens to a case."""

from .cases import Case, CaseRound, Exclusion, Part
from .decisions import Arbitration, ConsensusReport, Decision, Read, Recall, ReferenceLabel, Review
from .projects import Acknowledgement, GuidelineVersion, Membership, Project, ProtocolVersion, Role, Version

__all__ = [
    "Acknowledgement",
    "Arbitration",
    "Case",
    "CaseRound",
    "ConsensusReport",
    "Decision",
    "Exclusion",
    "GuidelineVersion",
    "Membership",
    "Part",
    "Project",
    "ProtocolVersion",
    "Read",
    "Recall",
    "ReferenceLabel",
    "Review",
    "Role",
    "Version",
]
