"""What a person is shown for a task, and the manifest of it that their result will cite."""

from dataclasses import dataclass, field, replace
from typing import Any, Final

from audit.contents import Blob, blob_of
from workflow.arbitrating import last_report, readers_as_letters, undisputed
from workflow.assistance.showing import Aid, aid_for, commitment_of
from workflow.comparing import effective, effective_digest
from workflow.models import Assistance, Read
from workflow.unit import CaseUnit

from .attesting import digest_of_display
from .models import Task
from .naming import told_to_holder
from .served import frames_served

DISPLAY: Final = "consilium/display/v1"
WITH_IMAGES: Final = "consilium/display/v2"


@dataclass(slots=True)
class Shown:
    """The material of a task as a person sees it, and the digests of all of it; or the digests alone."""

    material: dict[str, Any] = field(default_factory=dict)
    items: list[tuple[str, str]] = field(default_factory=list)
    digests_alone: bool = False

    def add_read(self, role: str, read: Read, *, corrected: bool = False) -> dict[str, Any]:
        """Show a read, without its reader."""
        self.items.append((role, effective_digest(read) if corrected else str(read.content_id)))
        if self.digests_alone:
            return {}
        return dict(effective(read)[0] if corrected else read.content.data)


def shown(unit: CaseUnit, task: Task, *, digests_alone: bool = False, new_to_it: bool = False) -> Shown:
    """Everything that the server shows for a task: never another read before its time, never a name.

    `new_to_it`: its holder had no part in the case's round before, so there is no earlier read of theirs.
    """
    view = Shown({"case": unit.case.shown}, digests_alone=digests_alone)
    view.items.append(("guideline", str(unit.at_work().guideline.content_id)))
    view.items.append(("case", blob_of(unit.case.shown).digest))
    match task.kind:
        case Task.Kind.ANNOTATE:
            if not new_to_it:
                _own_earlier_read(unit, task, view)
            _model_output(unit, task, view)
        case Task.Kind.REVIEW:
            known = unit if digests_alone else None  # else the labels come with the read
            view.material["read"] = view.add_read("read", read_under_review(task, known))
        case Task.Kind.RECONCILE:
            _all_reads(unit, task, view)
        case _:
            _dispute(unit, task, view)
    if not digests_alone:
        view.material = told_to_holder(view.material, unit.case, task)
    return view


def manifest(unit: CaseUnit, task: Task) -> Blob:
    """The display manifest: every digest shown, which frames of images went out, and from when until when."""
    assert task.started_at is not None
    items = sorted({*shown(unit, task, digests_alone=True).items, *_attested(unit, task)})
    served = frames_served(task, unit.case) if getattr(task, "was_served", True) else []
    return blob_of(
        {
            **({"schema": WITH_IMAGES, "images": served} if served else {"schema": DISPLAY}),
            "task": str(task.pk),
            "kind": task.kind,
            "items": [{"kind": kind, "digest": digest} for kind, digest in items],
            "from": task.started_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "until": unit.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
    )


def _attested(unit: CaseUnit, task: Task) -> list[tuple[str, str]]:
    """What the holder said of their display, where the protocol asks for it."""
    digest = digest_of_display(task.holder_id) if unit.protocol.display.daily else None
    return [] if digest is None else [("display", digest)]


def read_under_review(task: Task, unit: CaseUnit | None = None) -> Read:
    """The read that a review task is about; one that `unit` knows isn't looked up again."""
    assert task.read_id is not None
    for read in unit.reads if unit else ():
        if read.pk == task.read_id:
            return read
    return Read.objects.select_related("content").get(pk=task.read_id)


def _own_earlier_read(unit: CaseUnit, task: Task, view: Shown) -> None:
    earlier = [r for r in unit.reads if r.slot == task.slot]
    if not earlier or earlier[-1].member_id != task.holder_id:
        return
    view.material["earlier"] = view.add_read("own_read", earlier[-1])
    review = getattr(earlier[-1], "review", None)
    if not view.digests_alone and review is not None and review.verdict == "return":
        view.material["returned"] = {"reason_code": review.reason_code, "comments": comments_of(review)}


def aid_of(unit: CaseUnit, task: Task) -> Aid | None:
    """What a model says of the case, as far as the holder of a task to read it is shown that by now."""
    aid = _offered(unit, task)
    if aid is None or aid.manner == Assistance.Manner.AS_START:
        return aid
    made = None if task.revealed_at is None else commitment_of(unit, unit.acting.person())
    return None if made is None else replace(aid, commitment=made)


def waits_for_commitment(unit: CaseUnit, task: Task) -> bool:
    """Whether a model's marks are shown to this reader once they kept what they say alone, and not before."""
    if task.revealed_at is not None or unit.protocol.model.show != Assistance.Manner.AFTER_COMMITMENT:
        return False
    return _offered(unit, task) is not None


def _offered(unit: CaseUnit, task: Task) -> Aid | None:
    return aid_for(unit, task.started_at) if task.kind == Task.Kind.ANNOTATE else None


def _model_output(unit: CaseUnit, task: Task, view: Shown) -> None:
    aid = aid_of(unit, task)
    if aid is None:
        return
    view.items.append(("model_output", aid.digest))
    if aid.commitment is not None:
        view.items.append(("commitment", str(aid.commitment.content_id)))
    if view.digests_alone:
        return
    view.material["model"] = {"labels": aid.labels, **({"name": aid.name} if aid.name else {})}
    if aid.commitment is not None:
        view.material["committed"] = dict(aid.commitment.content.data)


def comments_of(review: Any) -> list[dict[str, Any]]:
    """A review's comments in words, with the place where one was drawn; those that were erased say so."""
    from audit.models import Opening

    if review.comments is None:
        return []
    kept = review.comments.data["comments"]
    words = {
        o.commitment: o.value
        for o in Opening.objects.filter(commitment__in=[comment["text"] for comment in kept])
    }
    return [{**c, "text": words.get(c["text"], "(erased)")} for c in kept]


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
        if not view.digests_alone:
            view.material["disputed"] = report.content.data["disputed"]
    if not view.digests_alone:
        view.material["undisputed"] = undisputed(unit)
