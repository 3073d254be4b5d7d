"""The tables of what happens to a case."""

from .assistance import Assistance, Commitment, Prediction, ReaderModel
from .cases import Case, CaseRound, Exclusion, Part
from .decisions import Arbitration, ConsensusReport, Decision, Read, Recall, ReferenceLabel, Review
from .measurements import Measurement
from .people import Notice, Training
from .probes import GoldItem, Probe, ProbeDue, ProbeScore
from .projects import Acknowledgement, GuidelineVersion, Membership, Project, ProtocolVersion, Role, Version
from .safety import SafetyReport
from .studies import CaseImage, GateFinding, ImportBatch, ImportFile, ImportRow, Instance, Series, Study
from .waves import Wave

__all__ = [
    "Acknowledgement",
    "Arbitration",
    "Assistance",
    "Case",
    "CaseImage",
    "CaseRound",
    "Commitment",
    "ConsensusReport",
    "Decision",
    "Exclusion",
    "GateFinding",
    "GoldItem",
    "GuidelineVersion",
    "ImportBatch",
    "ImportFile",
    "ImportRow",
    "Instance",
    "Measurement",
    "Membership",
    "Notice",
    "Part",
    "Prediction",
    "Probe",
    "ProbeDue",
    "ProbeScore",
    "Project",
    "ProtocolVersion",
    "Read",
    "ReaderModel",
    "Recall",
    "ReferenceLabel",
    "Review",
    "Role",
    "SafetyReport",
    "Series",
    "Study",
    "Training",
    "Version",
    "Wave",
]
