"""The tables of what happens to a case."""

from .cases import Case, CaseRound, Exclusion, Part
from .decisions import Arbitration, ConsensusReport, Decision, Read, Recall, ReferenceLabel, Review
from .measurements import Measurement
from .people import Notice, Training
from .projects import Acknowledgement, GuidelineVersion, Membership, Project, ProtocolVersion, Role, Version
from .safety import SafetyReport
from .waves import Wave

__all__ = [
    "Acknowledgement",
    "Arbitration",
    "Case",
    "CaseRound",
    "ConsensusReport",
    "Decision",
    "Exclusion",
    "GuidelineVersion",
    "Measurement",
    "Membership",
    "Notice",
    "Part",
    "Project",
    "ProtocolVersion",
    "Read",
    "Recall",
    "ReferenceLabel",
    "Review",
    "Role",
    "SafetyReport",
    "Training",
    "Version",
    "Wave",
]
