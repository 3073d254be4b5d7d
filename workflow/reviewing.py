"""Junior review: a verdict on a read. A correction is kept beside the read, which stays as it is."""

from typing import Any

from audit.actions import Action
from audit.contents import Blob
from audit.log import Reason

from .errors import AlreadyDone, InvalidInput
from .labels.differences import clinical_differences
from .labels.faults import Fault, FaultList
from .labels.marks import normal_mark
from .labels.schema_parts import Kind, MarkSpec
from .models import Read, Review
from .reading import checked_labels, cited
from .reasons import code_faults, fault
from .unit import CaseUnit

COMMENTS = "consilium/review-comments/v1"
ACTIONS = {
    Review.Verdict.ACCEPT: Action.REVIEW_ACCEPTED,
    Review.Verdict.CORRECT: Action.REVIEW_CORRECTED,
    Review.Verdict.RETURN: Action.REVIEW_RETURNED,
    Review.Verdict.ESCALATE: Action.REVIEW_ESCALATED,
}
NEEDS_REASON = (Review.Verdict.CORRECT, Review.Verdict.RETURN, Review.Verdict.ESCALATE)


def submit_review(unit: CaseUnit, *, read: Read, verdict: dict[str, Any], display: Blob) -> Review:
    """Keep a verdict `{verdict, reason_code, comments, correction}` on the standing read of a slot.

    A comment is `{path, text}`, and `mark`, a box on an image, where something was missed.
    """
    choice = _checked(verdict)
    standing = [r for r in unit.reads if r.slot == read.slot][-1]
    if standing.pk != read.pk or getattr(standing, "review", None) or getattr(standing, "recall", None):
        raise AlreadyDone("This read has its verdict, or its author changed it since you opened it.")
    correction = _correction(unit, read, verdict) if choice == Review.Verdict.CORRECT else None
    comments = _comments(unit, verdict.get("comments") or [])
    reason = (
        Reason(verdict.get("reason_code") or choice, verdict.get("note") or "")
        if choice in NEEDS_REASON
        else None
    )
    entry = unit.record(
        ACTIONS[choice],
        object=("read", read.pk, read.revision),
        before=cited(read) if correction else None,
        after=correction,
        inputs=[("read", read.content_id), *([("comments", comments.digest)] if comments else [])],
        display=display.digest,
        reason=reason,
        extra={"slot": read.slot, "during": unit.case.passes},
    )
    unit.journal.hold(display)
    review = Review(
        case=unit.case,
        round=read.round,
        read=standing,
        verdict=choice,
        reviewer=unit.acting.person(),
        correction_id=correction.digest if correction else None,
        comments_id=comments.digest if comments else None,
        reason_code=reason.code if reason else "",
        during=unit.case.passes,
        event_id=entry.event_id,
    )
    review.save(force_insert=True)
    return review


def _checked(verdict: dict[str, Any]) -> Review.Verdict:
    faults = []
    choice = verdict.get("verdict")
    if choice not in list(ACTIONS):
        faults.append(fault("/verdict", "bad_verdict", "The verdict is accept, correct, return or escalate."))
    if choice in list(NEEDS_REASON) or verdict.get("reason_code"):
        faults += code_faults(
            verdict.get("reason_code"), "Choose a reason, so that the reader can learn from it."
        )
    faults += _comment_faults(verdict.get("comments") or [])
    if faults:
        raise InvalidInput(faults, "The verdict can't be stored yet.")
    return Review.Verdict(str(choice))


def _comment_faults(comments: Any) -> list[dict[str, str]]:
    if not isinstance(comments, list):
        return [fault("/comments", "wrong_kind", "The comments are a list.")]
    faults = [
        fault(f"/comments/{index}", "empty_comment", "Write the comment, or remove it.")
        for index, comment in enumerate(comments)
        if not isinstance(comment, dict) or not str(comment.get("text", "")).strip()
    ]
    return faults or [
        fault(found.path, found.code, found.message)
        for index, comment in enumerate(comments)
        if "mark" in comment
        for found in _mark_faults(comment["mark"], f"/comments/{index}/mark")
    ]


def _mark_faults(mark: Any, path: str) -> list[Fault]:
    """What is wrong with the place of a comment: a box on one image."""
    faults = FaultList()
    normal_mark(MarkSpec(Kind.BOX), mark, path, faults)
    return faults.listed()


def _correction(unit: CaseUnit, read: Read, verdict: dict[str, Any]) -> Blob:
    corrected = checked_labels(unit, verdict.get("correction"))
    if corrected.digest == read.content_id:
        raise InvalidInput(
            [fault("/correction", "same", "The correction changes nothing: accept the read instead.")]
        )
    return corrected


def _comments(unit: CaseUnit, comments: list[dict[str, Any]]) -> Blob | None:
    """Free text never enters the log's leaves: the comments are content, their words commitments."""
    if not comments:
        return None
    kept = [
        {
            "path": str(c.get("path", "")),
            "text": unit.journal.commitment("text", str(c["text"]).strip()),
            **({"mark": c["mark"]} if "mark" in c else {}),
        }
        for c in comments
    ]
    return unit.journal.keep({"schema": COMMENTS, "comments": kept})


def changed_clinical_values(review: Review) -> bool:
    """Whether a reviewer's correction changed values, not only how they are written."""
    if review.correction is None:
        return False
    return bool(clinical_differences(review.read.content.data, review.correction.data))
