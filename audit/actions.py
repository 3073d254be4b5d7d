"""The closed catalogue of what an event may say was done; adding to it makes a new minor event schema."""

from enum import StrEnum


class Action(StrEnum):
    """What was done, as `subject.verb`; the value is what the log holds."""

    LOG_OPENED = "log.opened"
    LOG_RECOVERED = "log.recovered"
    LOG_KEY_ROTATED = "log.key_rotated"
    LOG_HEARTBEAT = "log.heartbeat"

    PROJECT_CREATED = "project.created"
    PROJECT_SETTINGS_CHANGED = "project.settings_changed"
    PROJECT_LOCKED = "project.locked"
    PROJECT_UNLOCKED = "project.unlocked"

    GUIDELINE_PUBLISHED = "guideline.published"
    GUIDELINE_RETIRED = "guideline.retired"
    GUIDELINE_ACKNOWLEDGED = "guideline.acknowledged"

    PROTOCOL_PUBLISHED = "protocol.published"
    PROTOCOL_RETIRED = "protocol.retired"

    ACCOUNT_REGISTERED = "account.registered"
    ACCOUNT_CREDENTIALS_CHANGED = "account.credentials_changed"
    ACCOUNT_ROLE_GRANTED = "account.role_granted"
    ACCOUNT_ROLE_REVOKED = "account.role_revoked"
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_MFA_CHANGED = "account.mfa_changed"

    TRAINING_COMPLETED = "training.completed"

    IMPORT_ACCEPTED = "import.accepted"
    IMPORT_WITHDRAWN = "import.withdrawn"

    CASE_CREATED = "case.created"
    CASE_STUDY_ATTACHED = "case.study_attached"
    CASE_ADVANCED = "case.advanced"
    CASE_PRIORITY_CHANGED = "case.priority_changed"
    CASE_HELD = "case.held"
    CASE_RESUMED = "case.resumed"
    CASE_EXCLUSION_REQUESTED = "case.exclusion_requested"
    CASE_EXCLUDED = "case.excluded"
    CASE_REINSTATED = "case.reinstated"
    CASE_REOPENED = "case.reopened"

    PRELABEL_ATTACHED = "prelabel.attached"
    PRELABEL_DISCARDED = "prelabel.discarded"

    TASK_OPENED = "task.opened"
    TASK_RESERVED = "task.reserved"
    TASK_CLAIMED = "task.claimed"
    TASK_RELEASED = "task.released"
    TASK_LAPSED = "task.lapsed"
    TASK_SKIPPED = "task.skipped"
    TASK_WITHDRAWN = "task.withdrawn"

    READ_COMMITTED = "read.committed"
    READ_SUBMITTED = "read.submitted"
    READ_RECALLED = "read.recalled"
    READ_REVISED = "read.revised"
    READ_SECOND_LOOK = "read.second_look"
    READ_CLOSED_INCOMPLETE = "read.closed_incomplete"
    READ_DRAFT_SAVED = "read.draft_saved"

    REVIEW_ACCEPTED = "review.accepted"
    REVIEW_CORRECTED = "review.corrected"
    REVIEW_RETURNED = "review.returned"
    REVIEW_ESCALATED = "review.escalated"
    REVIEW_WAIVED = "review.waived"

    CONSENSUS_COMPUTED = "consensus.computed"

    ARBITRATION_DECIDED = "arbitration.decided"
    ARBITRATION_SENT_BACK = "arbitration.sent_back"

    LABEL_RELEASED = "label.released"
    LABEL_SUPERSEDED = "label.superseded"

    PROBE_SCORED = "probe.scored"

    READER_PAUSED = "reader.paused"
    READER_RESUMED = "reader.resumed"
    READER_DISQUALIFIED = "reader.disqualified"

    SAFETY_REPORTED = "safety.reported"
    SAFETY_ACKNOWLEDGED = "safety.acknowledged"

    ISSUE_RAISED = "issue.raised"
    ISSUE_ANSWERED = "issue.answered"

    DISPLAY_ATTESTED = "display.attested"

    SIGNATURE_APPLIED = "signature.applied"
    SIGNATURE_REFUSED = "signature.refused"
    SIGNATURE_SUPERSEDED = "signature.superseded"

    DATASET_COMPOSED = "dataset.composed"
    DATASET_LOCKED = "dataset.locked"
    DATASET_WITHDRAWN = "dataset.withdrawn"

    AGREEMENT_COMPUTED = "agreement.computed"

    DEVIATION_RECORDED = "deviation.recorded"

    BLINDING_BROKEN = "blinding.broken"

    ACCESS_BATCH = "access.batch"

    SECURITY_LOGIN_FAILED_BATCH = "security.login_failed_batch"
    SECURITY_SIGNATURE_ATTEMPT_FAILED = "security.signature_attempt_failed"
    SECURITY_PERMISSION_DENIED_BATCH = "security.permission_denied_batch"

    EXPORT_CREATED = "export.created"
    EXPORT_DOWNLOADED = "export.downloaded"

    AUDIT_REVIEWED = "audit.reviewed"
    AUDIT_VERIFICATION_FAILED = "audit.verification_failed"

    SUBJECT_ERASED = "subject.erased"

    CONTENT_ERASED = "content.erased"


# Whatever changes or removes something already submitted says why, and so does every refusal to go on.
REASON_REQUIRED = frozenset(
    {
        Action.LOG_RECOVERED,
        Action.PROJECT_UNLOCKED,
        Action.IMPORT_WITHDRAWN,
        Action.CASE_EXCLUSION_REQUESTED,
        Action.CASE_EXCLUDED,
        Action.CASE_REINSTATED,
        Action.CASE_REOPENED,
        Action.PRELABEL_DISCARDED,
        Action.TASK_SKIPPED,
        Action.READ_RECALLED,
        Action.READ_REVISED,
        Action.READ_SECOND_LOOK,
        Action.READ_CLOSED_INCOMPLETE,
        Action.REVIEW_CORRECTED,
        Action.REVIEW_RETURNED,
        Action.REVIEW_ESCALATED,
        Action.ARBITRATION_DECIDED,
        Action.ARBITRATION_SENT_BACK,
        Action.LABEL_SUPERSEDED,
        Action.READER_DISQUALIFIED,
        Action.SIGNATURE_REFUSED,
        Action.SIGNATURE_SUPERSEDED,
        Action.DATASET_WITHDRAWN,
        Action.BLINDING_BROKEN,
        Action.SUBJECT_ERASED,
        Action.CONTENT_ERASED,
    }
)
