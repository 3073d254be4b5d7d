"""What a person is shown for a task, and the manifest of it that their result will cite."""

from dataclasses import dataclass, field
from typing import Any

from audit.contents import Blob, blob_of
from audit.log import moment
from workflow.arbitrating import last_report, readers_as_letters, undisputed
from workflow.comparing import effective
from workflow.models import Read
from workflow.unit import CaseUnit

from .models import Task

DISPLAY = "consilium/display/v1"


@dataclass(slots=True)
class Shown:
    """The material of a task as a person sees it, and the digests of all of it."""

    material: dict[str, Any] = field(default_factory=dict)
    items: list[tuple[str, str]] = field(default_factory=list)

    def add_read(self, role: str, read: Read, *, corrected: bool = False) -> dict[str, Any]:
        """Show a read, without its reader."""
        labels, digest = effective(read) if corrected else (read.content.data, str(read.content_id))
        self.items.append((role, digest))
        return dict(labels)


def shown(unit: CaseUnit, task: Task) -> Shown:
    """Everything that the server shows for a task: never another read before its time, never a name."""
    view = Shown({"case": unit.case.shown})
    view.items.append(("guideline", str(unit.at_work().guideline.content_id)))
    view.items.append(("case", blob_of(unit.case.shown).digest))
    match task.kind:
        case Task.Kind.ANNOTATE:
            _own_earlier_read(unit, task, view)
        case Task.Kind.REVIEW:
            view.material["read"] = view.add_read("read", read_under_review(task))
        case Task.Kind.RECONCILE:
            _all_reads(unit, task, view)
        case _:
            _dispute(unit, task, view)
    return view


def manifest(unit: CaseUnit, task: Task) -> Blob:
    """The display manifest: every digest shown, and from when until when."""
    assert task.started_at is not None
    return blob_of(
        {
            "schema": DISPLAY,
            "task": str(task.pk),
            "kind": task.kind,
            "items": [
                {"kind": kind, "digest": digest} for kind, digest in sorted(set(shown(unit, task).items))
            ],
            "from": task.started_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "until": moment(unit.journal.now()).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
    )


def read_under_review(task: Task) -> Read:
    """The read that a review task is about."""
    assert task.read_id is not None
    return Read.objects.select_related("content").get(pk=task.read_id)


def _own_earlier_read(unit: CaseUnit, task: Task, view: Shown) -> None:
    earlier = [r for r in unit.reads if r.slot == task.slot]
    if not earlier or earlier[-1].member_id != task.holder_id:
        return
    view.material["earlier"] = view.add_read("own_read", earlier[-1])
    review = getattr(earlier[-1], "review", None)
    if review is not None and review.verdict == "return":
        view.material["returned"] = {"reason_code": review.reason_code, "comments": comments_of(review)}


def comments_of(review: Any) -> list[dict[str, str]]:
    """A review's comments in words; those that were erased say so."""
    from audit.models import Opening

    if review.comments is None:
        return []
    kept = review.comments.data["comments"]
    words = {
        o.commitment: o.value
        for o in Opening.objects.filter(commitment__in=[comment["text"] for comment in kept])
    }
    return [{"path": c["path"], "text": words.get(c["text"], "(erased)")} for c in kept]


def _all_reads(unit: CaseUnit, task: Task, view: Shown) -> None:
    letters = readers_as_letters(unit)
    view.material["own"] = next(view.add_read("own_read", r) for r in letters.values() if r.slot == task.slot)
    view.material["reads"] = {
        letter: view.add_read("read", read, corrected=True)
        for letter, read in letters.items()
        if read.slot != task.slot
    }


def _dispute(unit: CaseUnit, task: Task, view: Shown) -> None:
    if task.revealed_at is None and unit.protocol.arbitration.samples:
        return
    letters = readers_as_letters(unit)
    view.material["reads"] = {
        letter: view.add_read("read", read, corrected=True) for letter, read in letters.items()
    }
    report = last_report(unit)
    if report is not None:
        view.items.append(("report", str(report.content_id)))
        view.material["disputed"] = report.content.data["disputed"]
    view.material["undisputed"] = undisputed(unit)
