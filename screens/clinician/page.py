"""What the page of a task shows, put together for its template."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from screens.forms.answers import Fault
from screens.forms.questions import faults_at
from screens.forms.readable import SaidRead, in_words
from screens.forms.sheets import Sheet, sheet_of
from screens.forms.typed import Typed
from screens.forms.unremarkable import may_be_normal
from screens.keymap import keys_of, page_keys
from tasks.models import Issue
from workflow.arbitrating import last_report, readers_as_letters

from .comparing import PickRow, findings_of, pick_rows, rows_of
from .desk import KINDS, Desk, about_case
from .disputes import dispute_words
from .layers import counted
from .reasons import ARBITRATION, REVIEW, SKIP, words_of
from .results import COMMENT, missed

VERDICTS = (
    ("accept", "Accept", "The read stands as it is."),
    ("correct", "Correct and accept", "Your correction is kept beside the read, which stays as it is."),
    ("return", "Return", "The same reader reads again, with your comments."),
    ("escalate", "Escalate", "A senior decides."),
)
OUTCOMES = (
    ("decided", "Decide", "Your answer becomes the reference label."),
    ("equivocal", "Equivocal", "The images don't settle it, and that is the answer."),
    ("sent_back", "Send back", "Reads are reworked, or one more is asked for. This can be done once."),
)
FIXED_KEYS = (
    ("1 … 9", "Choose in the question that is marked, and go on to the next"),
    ("Alt+↑ Alt+↓", "From mark to mark"),
)


@dataclass(frozen=True, slots=True)
class CommentPlace:
    """Where a reviewer may comment: the answer, and what was written so far."""

    path: str
    label: str
    said: str
    text: str


def context_of(
    desk: Desk, typed: Typed, faults: Sequence[Fault] = (), problem: str = "", version: int | None = None
) -> dict[str, Any]:
    """Everything that the page shows; `problem` is a refusal as a whole, each fault stands at its place."""
    sheet = sheet_of(desk.schema, typed, faults)
    context: dict[str, Any] = {
        "desk": desk,
        "mode": desk.mode,
        "kind": KINDS[desk.task.kind],  # type: ignore[index]
        "case": desk.material["case"],
        "about": about_case(desk.material["case"], _first(desk)),
        "panel": desk.guideline,
        "sheet": sheet,
        "typed": typed,
        "problem": problem,
        "version": (desk.draft.version if desk.draft else 0) if version is None else version,
        "skip_reasons": SKIP,
        "issue_kinds": Issue.Kind.choices,
        "page_keys": page_keys(keys_of(desk.acting.person().user_id), FIXED_KEYS),
        "images": desk.has_images,
        "may_be_normal": desk.mode == "read" and not desk.committing and may_be_normal(desk.schema),
        "whole_form": desk.mode in ("read", "second_look"),
    }
    rows = _OF_MODE[desk.mode](desk, typed, sheet, faults, context)
    context["summary"] = _summary(sheet, rows, context["whole_form"], typed, faults)
    return context


def _read(
    desk: Desk, typed: Typed, sheet: Sheet, faults: Sequence[Fault], context: dict[str, Any]
) -> list[PickRow]:
    returned = desk.material.get("returned") or {}
    comments = returned.get("comments") or []
    context["again"] = "earlier" in desk.material
    context["model_says"] = _model_says(desk)
    context["returned"] = words_of(returned["reason_code"]) if returned else ""
    context["comments"] = [comment["text"] for comment in comments if not comment["path"]]
    places = {question.path: question for question in sheet.questions}
    for comment in comments:
        if comment["path"] in places:
            places[comment["path"]].notes.append(comment["text"])
        elif comment["path"]:
            context["comments"].append(comment["text"])
    return []


def _model_says(desk: Desk) -> SaidRead | None:
    """What the model says, to be held against one's own; None where the form began from it, or nothing is shown."""
    if "committed" not in desk.material:
        return None
    return in_words(desk.schema, desk.material["model"]["labels"], _first(desk))


def _review(
    desk: Desk, typed: Typed, sheet: Sheet, faults: Sequence[Fault], context: dict[str, Any]
) -> list[PickRow]:
    context["read"] = in_words(desk.schema, desk.material["read"], _first(desk))
    context["comment_places"] = _comment_places(context["read"], typed)
    context["missed"] = [(number, json.dumps(mark), text) for number, mark, text in missed(typed)]
    context["verdicts"], context["reasons"] = VERDICTS, REVIEW
    context["verdict"], context["reason"] = typed.one("verdict"), typed.one("reason_code")
    context["note"] = typed.one("note")
    context["faults"] = _named(faults, "verdict", "reason_code", "note", "comments", "correction")
    return []


def _comment_places(read: SaidRead, typed: Typed) -> list[CommentPlace]:
    """Every answer of a read that a comment may be about, and the read as a whole."""
    places = [("", "The read as a whole", "")]
    places += [(said.path, said.label, said.text) for said in read.answers]
    for number, finding in enumerate(read.findings, 1):
        head = f"{number}. {finding.label}"
        places.append((finding.path, head, finding.mark))
        places += [(said.path, f"{head}, {said.label}", said.text) for said in finding.answers]
    return [CommentPlace(path, label, said, typed.one(f"{COMMENT}{path}")) for path, label, said in places]


def _second_look(
    desk: Desk, typed: Typed, sheet: Sheet, faults: Sequence[Fault], context: dict[str, Any]
) -> list[PickRow]:
    others = {f"Reader {letter}": labels for letter, labels in counted(desk.material["reads"])}
    reads = {"Yours": desk.material["own"], **others}
    context["rows"] = rows_of(desk.schema, reads, _first(desk))
    context["heads"] = list(reads)
    said = {head: in_words(desk.schema, labels, _first(desk)).findings for head, labels in reads.items()}
    context["found"] = said if any(said.values()) else {}
    return []


def _arbitrate(
    desk: Desk, typed: Typed, sheet: Sheet, faults: Sequence[Fault], context: dict[str, Any]
) -> list[PickRow]:
    report, reads = last_report(desk.unit), desk.material["reads"]
    letters = {str(read.pk): letter for letter, read in readers_as_letters(desk.unit).items()}
    why = dispute_words(report.content.data, letters) if report else {}
    rows = pick_rows(desk.schema, desk.material, typed, sheet.questions, why, faults, desk.own_first_look)
    context |= {
        "disputed": [row for row in rows if row.disputed],
        "settled": [row for row in rows if not row.disputed],
        "letters": list(reads),
        "has_own": desk.own_first_look is not None,
        "finding_disputes": [why[key] for key in why if key.partition("/")[0] not in {r.key for r in rows}],
        "found": findings_of(desk.schema, reads, _first(desk)),
        "outcomes": OUTCOMES,
        "reasons": ARBITRATION,
        "outcome": typed.one("outcome") or "decided",
        "reason": typed.one("reason_code"),
        "rationale": typed.one("rationale"),
        "rework": typed.all("rework"),
        "another_read": typed.one("another_read"),
        "faults": _named(faults, "outcome", "reason_code", "rationale", "rework"),
        "no_report": report is None,
    }
    return rows


_OF_MODE = {"read": _read, "review": _review, "second_look": _second_look, "arbitrate": _arbitrate}


def _first(desk: Desk) -> int:
    """What the page calls the first slice: as the viewer beside it does."""
    return 1 if desk.has_images else 0


def _named(faults: Sequence[Fault], *names: str) -> dict[str, list[str]]:
    return {name: faults_at(f"/{name}", faults) for name in names}


def _summary(
    sheet: Sheet, rows: list[PickRow], whole: bool, typed: Typed, faults: Sequence[Fault]
) -> list[tuple[str, str]]:
    """Every fault with the id of the input that it is about; those without a place lead to the form."""
    places: list[tuple[str, str]] = [(row.path, row.picks[0].choice.id) for row in rows]
    picked = {row.key for row in rows if typed.one(f"pick.{row.key}") != "own"}
    for question in sheet.every_question:
        target = next((row.picks[0].choice.id for row in rows if row.question is question), "")
        key = question.path.removeprefix("/fields/")
        places.append((question.path, target if key in picked and target else question.first))
    places += [
        (f"/{name}", f"q-{name}") for name in ("verdict", "reason_code", "outcome", "rationale", "rework")
    ]
    return [(fault["message"], _target(fault["path"], places)) for fault in faults]


def _target(path: str, places: list[tuple[str, str]]) -> str:
    found = [target for place, target in places if path == place or path.startswith(f"{place}/")]
    return found[0] if found else "work"
