"""The one place that says who may do and see what. Pure: it is told the facts and looks nothing up."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from accounts.scopes import Scope

from .models import Membership, Role


class Verb(StrEnum):
    """What somebody wants to do."""

    SEE = "see"
    DRAFT = "draft"
    PUBLISH = "publish"
    ACKNOWLEDGE = "acknowledge"
    REGISTER = "register"
    LET_IN = "let_in"  # accept what the quality gate found of a case
    HOLD = "hold"
    RESUME = "resume"
    EXCLUDE = "exclude"
    APPROVE_EXCLUSION = "approve_exclusion"
    REINSTATE = "reinstate"
    REOPEN = "reopen"
    PRIORITIZE = "prioritize"
    CLAIM = "claim"
    ASSIGN = "assign"  # reserve work for people
    WITHDRAW = "withdraw"  # take work out of somebody's hands
    WORK = "work"
    OPEN_OUTSIDE = "open_outside"  # let an outside viewer see and do what one holds, for a while
    ADMIT = "admit"
    CHANGE_ROLES = "change_roles"
    DECLARE = "declare"
    SET_STATUS = "set_status"
    QUALIFY = "qualify"
    TRAIN = "train"
    CLOSE = "close"
    REPORT = "report"
    EXPORT = "export"
    DOWNLOAD = "download"
    CONFIGURE = "configure"  # change what may change daily without changing truth
    PLAN = "plan"  # what is read when: waves, controls; what is released together
    LOCK = "lock"  # fix for ever which labels are released together


class Kind(StrEnum):
    """What they want to do it with."""

    PROJECT = "project"
    GUIDELINE = "guideline"  # published or retired
    GUIDELINE_DRAFT = "guideline_draft"
    PROTOCOL = "protocol"
    CASE = "case"
    PATIENT_KEY = "patient_key"
    TIMELINE = "timeline"
    TASK = "task"  # in their own hands, or to come into them
    LETTING_GO = "letting_go"  # of a task in one's hands: passed on, given back, taken back
    WORKLIST = "worklist"  # everybody's tasks
    MEMBER = "member"  # a person in the project
    OVERVIEW = "overview"  # the manager's own pages: where the project stands
    AGREEMENT = "agreement"  # how well readers agree: over all cases, and the comparison of one
    SETTINGS = "settings"  # lease minutes, due times, calendars and the like
    STATEMENT = "statement"  # everybody's hours; one's own are one's own
    STAFFING = "staffing"  # whether there are enough of them
    LOG = "log"
    ACCESS_LOG = "access_log"  # who saw pixels and patient-level data
    CHECKPOINT = "checkpoint"  # the log's signed heads, which tell nothing of what is in it
    BUNDLE = "bundle"  # the provenance export
    WAVE = "wave"  # a batch of cases with targets
    CONTROL = "control"  # a case whose answer is known, and how readers did on them
    MODEL = "model"  # a model that reads, what it says of cases, what readers made of it
    DATASET = "dataset"  # which labels are released together, and as what
    IMPORT = "import"  # files that come in together, and what became of each
    PICTURE = "picture"  # a small picture of an image, on which somebody's name may still stand
    IMAGES = "images"  # headers and pixels of a project's cases; a task's own come with the task
    SAFETY_REPORT = "safety_report"  # an urgent or incidental finding
    ISSUE = "issue"  # what a reader asks the manager about a case
    ATTESTATION = "attestation"  # what display one reads on


READERS: Final = (Role.ANNOTATOR, Role.JUNIOR_REVIEWER, Role.SENIOR_ARBITER)
STAFF: Final = (Role.MANAGER, Role.AUDITOR)
MANAGER: Final = (Role.MANAGER,)
EVERYBODY: Final = (*STAFF, *READERS)

# The roles that may, the one that is used first. What is not here, nobody may.
TABLE: Final[Mapping[tuple[Verb, Kind], tuple[Role, ...]]] = {
    (Verb.SEE, Kind.PROJECT): EVERYBODY,
    (Verb.SEE, Kind.GUIDELINE): EVERYBODY,
    (Verb.SEE, Kind.GUIDELINE_DRAFT): STAFF,
    # Readers don't see how many read, how often they are tested, or when a senior looks.
    (Verb.SEE, Kind.PROTOCOL): STAFF,
    (Verb.SEE, Kind.CASE): STAFF,
    (Verb.SEE, Kind.PATIENT_KEY): MANAGER,
    (Verb.SEE, Kind.TIMELINE): STAFF,
    (Verb.SEE, Kind.TASK): READERS,
    (Verb.SEE, Kind.WORKLIST): STAFF,
    (Verb.ASSIGN, Kind.WORKLIST): MANAGER,
    (Verb.WITHDRAW, Kind.WORKLIST): MANAGER,
    (Verb.DRAFT, Kind.GUIDELINE): MANAGER,
    (Verb.PUBLISH, Kind.GUIDELINE): MANAGER,
    (Verb.ACKNOWLEDGE, Kind.GUIDELINE): (*READERS, *STAFF),
    (Verb.DRAFT, Kind.PROTOCOL): MANAGER,
    (Verb.PUBLISH, Kind.PROTOCOL): MANAGER,
    (Verb.REGISTER, Kind.CASE): MANAGER,
    (Verb.LET_IN, Kind.CASE): MANAGER,
    (Verb.SEE, Kind.IMPORT): STAFF,
    (Verb.REGISTER, Kind.IMPORT): MANAGER,
    (Verb.WITHDRAW, Kind.IMPORT): MANAGER,
    (Verb.SEE, Kind.PICTURE): MANAGER,
    (Verb.SEE, Kind.IMAGES): STAFF,
    (Verb.HOLD, Kind.CASE): MANAGER,
    (Verb.RESUME, Kind.CASE): MANAGER,
    (Verb.EXCLUDE, Kind.CASE): MANAGER,
    (Verb.APPROVE_EXCLUSION, Kind.CASE): MANAGER,
    (Verb.REINSTATE, Kind.CASE): MANAGER,
    (Verb.REOPEN, Kind.CASE): MANAGER,
    (Verb.PRIORITIZE, Kind.CASE): MANAGER,
    (Verb.CLAIM, Kind.TASK): READERS,
    (Verb.WORK, Kind.TASK): READERS,
    (Verb.WORK, Kind.LETTING_GO): READERS,
    (Verb.OPEN_OUTSIDE, Kind.TASK): READERS,
    (Verb.SEE, Kind.MEMBER): STAFF,
    (Verb.SEE, Kind.OVERVIEW): MANAGER,
    (Verb.SEE, Kind.AGREEMENT): STAFF,
    (Verb.SEE, Kind.STAFFING): STAFF,
    (Verb.SEE, Kind.SETTINGS): STAFF,
    (Verb.SEE, Kind.STATEMENT): MANAGER,
    (Verb.CONFIGURE, Kind.SETTINGS): MANAGER,
    (Verb.SEE, Kind.LOG): (Role.AUDITOR,),
    (Verb.SEE, Kind.ACCESS_LOG): (Role.AUDITOR,),
    (Verb.SEE, Kind.CHECKPOINT): STAFF,
    (Verb.EXPORT, Kind.BUNDLE): (Role.AUDITOR, Role.MANAGER),
    (Verb.SEE, Kind.BUNDLE): (Role.AUDITOR, Role.MANAGER),
    (Verb.DOWNLOAD, Kind.BUNDLE): (Role.AUDITOR, Role.MANAGER),
    (Verb.ADMIT, Kind.MEMBER): MANAGER,
    (Verb.CHANGE_ROLES, Kind.MEMBER): MANAGER,
    (Verb.DECLARE, Kind.MEMBER): MANAGER,
    (Verb.SET_STATUS, Kind.MEMBER): MANAGER,
    (Verb.QUALIFY, Kind.MEMBER): MANAGER,
    (Verb.TRAIN, Kind.MEMBER): MANAGER,
    (Verb.CLOSE, Kind.MEMBER): MANAGER,
    # Readers don't see which cases count, or which are controls.
    (Verb.SEE, Kind.WAVE): STAFF,
    (Verb.PLAN, Kind.WAVE): MANAGER,
    (Verb.SEE, Kind.CONTROL): MANAGER,
    (Verb.PLAN, Kind.CONTROL): MANAGER,
    (Verb.SEE, Kind.MODEL): MANAGER,
    (Verb.REGISTER, Kind.MODEL): MANAGER,
    (Verb.SEE, Kind.DATASET): STAFF,
    (Verb.PLAN, Kind.DATASET): MANAGER,
    (Verb.LOCK, Kind.DATASET): MANAGER,
    (Verb.WITHDRAW, Kind.DATASET): MANAGER,
    (Verb.REPORT, Kind.SAFETY_REPORT): READERS,
    (Verb.SEE, Kind.SAFETY_REPORT): STAFF,
    (Verb.REPORT, Kind.ISSUE): READERS,
    (Verb.SEE, Kind.ISSUE): MANAGER,
    (Verb.ACKNOWLEDGE, Kind.ISSUE): MANAGER,
    (Verb.REPORT, Kind.ATTESTATION): READERS,
}
# A case's file names its other readers and what became of their reads.
TELLS_OTHERS_READS: Final = frozenset(
    {Kind.CASE, Kind.PATIENT_KEY, Kind.TIMELINE, Kind.AGREEMENT, Kind.ISSUE}
)
# What a token for one task may be for: what a viewer needs, and no more. Its person does the rest here, in person.
FOR_ONE_TASK: Final = frozenset({(Verb.SEE, Kind.TASK), (Verb.WORK, Kind.TASK)})
# What the project's safety contact may, whatever their role, and also if they play a part: the patient comes first.
CONTACTS: Final = frozenset({(Verb.SEE, Kind.SAFETY_REPORT), (Verb.ACKNOWLEDGE, Kind.SAFETY_REPORT)})


@dataclass(frozen=True, slots=True)
class Yes:
    """They may, in this role."""

    role: Role

    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True, slots=True)
class Refusal:
    """They may not. `hidden`: they must not even learn that there is such a thing. `by_token`: their token may not."""

    reason: str
    hidden: bool = False
    by_token: bool = False

    def __bool__(self) -> Literal[False]:
        return False


OUTSIDER: Final = Refusal("There is no such thing here, or it isn't yours to see.", hidden=True)


def may(
    member: Membership | None,
    verb: Verb,
    kind: Kind,
    *,
    plays_part: bool = False,
    is_contact: bool = False,
    task: UUID | None = None,
) -> Yes | Refusal:
    """Whether a member (None: an outsider) may do `verb` with a `kind`, or why not.

    What limits the token that they came with limits them first: `member.scope`, which `workflow.access` sets.
    `plays_part`: the member plays a part in the case's present round, and the case is not final.
    `is_contact`: the member is the project's safety contact, or stands in for one.
    `task`: the one that it is done on, if it is done on one.
    """
    if member is None:
        return OUTSIDER
    if member.status == Membership.Status.LEFT:
        return Refusal("You are no longer in this project.")
    if member.status != Membership.Status.ACTIVE:
        return Refusal("You are paused in this project. Ask its manager to let you go on.")
    assert member.scope is not None, "Ask workflow.access for the membership: it knows how the person came."
    if (lacking := _token_lacks(member.scope, member.project.slug, verb, kind, task)) is not None:
        return Refusal(lacking, by_token=True)
    if is_contact and (verb, kind) in CONTACTS:
        return Yes(Role(member.roles[0]))
    if (verb, kind) == (Verb.ACKNOWLEDGE, Kind.SAFETY_REPORT):
        return Refusal("Only the project's safety contact acknowledges a finding.")
    role = next((role for role in TABLE.get((verb, kind), ()) if role in member.roles), None)
    if role is None:
        return Refusal(_lacking(TABLE.get((verb, kind), ())))
    if kind == Kind.CONTROL and set(READERS) & set(member.roles):
        return Refusal("You read in this project yourself, so its controls stay closed to you.")
    if kind == Kind.MODEL and set(READERS) & set(member.roles):
        return Refusal("You read in this project yourself, so what models say stays closed to you.")
    if plays_part and kind == Kind.AGREEMENT:
        return Refusal("You play a part in cases that aren't final, so their agreement stays closed to you.")
    asks = verb != Verb.REPORT and (
        kind in TELLS_OTHERS_READS or (verb, kind) == (Verb.SEE, Kind.SAFETY_REPORT)
    )
    if plays_part and asks:
        return Refusal("You play a part in this case, so its file stays closed to you until it is final.")
    return Yes(role)


def _token_lacks(scope: Scope, project: str, verb: Verb, kind: Kind, task: UUID | None) -> str | None:
    """Why the token that somebody came with may not; None if it may."""
    if scope.allows(project, verb, task) and (scope.task is None or (verb, kind) in FOR_ONE_TASK):
        return None
    needs = f' This needs "{verb}".' if scope.task is None and scope.within(project) else ""
    return f"{scope.sentence()}{needs}"


def _lacking(roles: tuple[Role, ...]) -> str:
    if not roles:
        return "Nobody may do this."
    return (
        f"This needs the role {' or '.join(role.value.replace('_', ' ') for role in roles)} in the project."
    )
