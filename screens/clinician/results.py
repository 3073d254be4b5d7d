"""From what was typed to the result of a task: labels, a verdict, or a decision, with what can't be sent yet."""

import json
from typing import Any

from screens.forms.answers import Absent, Fault, typed_value
from screens.forms.labels import checked_read, typed_read
from screens.forms.typed import Typed
from workflow.labels.answers import Answers
from workflow.labels.schema import LabelSchema
from workflow.labels.schema_parts import Field

Result = tuple[dict[str, Any], list[Fault]]

COMMENT, PICK, MISSED = "comment.", "pick.", "missed."
MISSED_HERE = "Missed here."
SETTLED, OWN = "settled", "own"
WITH_REASON = ("correct", "return", "escalate")
WITH_COMMENTS = ("correct", "return")


def read_result(schema: LabelSchema, typed: Typed) -> Result:
    """A read, a second look, or a first look."""
    read = checked_read(schema, typed)
    return {"labels": read.labels}, read.faults


def verdict_result(schema: LabelSchema, typed: Typed) -> Result:
    """A review: only what belongs to the verdict that was chosen."""
    verdict, faults = typed.one("verdict"), []
    result: dict[str, Any] = {"verdict": verdict}
    if not verdict:
        faults.append(_fault("/verdict", "Choose a verdict."))
    if verdict in WITH_REASON:
        result |= {"reason_code": typed.one("reason_code"), "note": typed.one("note").strip()}
        if not result["reason_code"]:
            faults.append(_fault("/reason_code", "Choose a reason, so that the reader can learn from it."))
    if verdict in WITH_COMMENTS:
        result["comments"] = _comments(typed)
    if verdict == "correct":
        read = checked_read(schema, typed)
        result["correction"] = read.labels
        faults += read.faults
    return result, faults


def decision_result(schema: LabelSchema, typed: Typed, material: dict[str, Any]) -> Result:
    """An arbitration: picks by letter, answers of one's own, findings; or reads to rework."""
    outcome = typed.one("outcome")
    result: dict[str, Any] = {
        "outcome": outcome,
        "reason_code": typed.one("reason_code"),
        "rationale": typed.one("rationale").strip(),
    }
    faults = [
        _fault(path, message)
        for path, given, message in (
            ("/outcome", outcome, "Choose an outcome."),
            ("/reason_code", result["reason_code"], "Choose why the reads differed."),
            ("/rationale", result["rationale"], "Write in a sentence why you decided so."),
        )
        if not given
    ]
    if outcome == "decided":
        decided, unmade = _decided(schema, typed, material)
        return result | decided, faults + unmade
    if outcome == "sent_back":
        another = bool(typed.one("another_read"))
        result |= {"rework": list(typed.all("rework")), "another_read": another}
        if not result["rework"] and not another:
            faults.append(_fault("/rework", "Name the reads to rework, or ask for one more."))
    return result, faults


def _decided(schema: LabelSchema, typed: Typed, material: dict[str, Any]) -> Result:
    settled = material["undisputed"].get("fields") or {}
    reads = material.get("reads") or {}
    known, picks, own, faults = Answers(), {}, {}, []
    for one in schema.fields:
        if known.hold(one.when) is False:
            continue
        choice = typed.one(f"{PICK}{one.key}") or (SETTLED if one.key in settled else "")
        value: Any = Absent
        if choice in reads:
            picks[one.key] = choice
            value = (reads[choice].get("fields") or {}).get(one.key, Absent)
        elif choice == SETTLED:
            value = settled.get(one.key, Absent)
        elif choice == OWN:
            value, messages = _own(one, typed, in_settled=one.key in settled)
            faults += [_fault(f"/fields/{one.key}", message) for message in messages]
            if value is not Absent:
                own[one.key] = value
        elif one.required:
            faults.append(
                _fault(f"/picks/{one.key}", f'Choose a read for "{one.label}", or answer it yourself.')
            )
        if value is not Absent:
            known.values[one.key] = value
    labels: dict[str, Any] = {"schema": "consilium/read/v1", "fields": own}
    if schema.findings is not None:
        read = typed_read(schema, typed)
        labels["findings"] = read.labels["findings"]
        faults += [fault for fault in read.faults if fault["path"].startswith("/findings")]
    return {"picks": picks, "labels": labels}, faults


def _own(one: Field, typed: Typed, *, in_settled: bool) -> tuple[Any, list[str]]:
    value, messages = typed_value(one, f"fields.{one.key}", typed)
    if value is Absent and not messages and (one.required or in_settled):
        return value, [f'Write your own answer for "{one.label}", or choose another.']
    return value, messages


def _comments(typed: Typed) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = [
        {"path": name.removeprefix(COMMENT), "text": text.strip()}
        for name, text in typed.under(COMMENT)
        if text.strip()
    ]
    return said + [
        {"path": "", "text": text.strip() or MISSED_HERE, "mark": mark} for _, mark, text in missed(typed)
    ]


def missed(typed: Typed) -> list[tuple[str, dict[str, Any], str]]:
    """Where a reviewer drew that something was missed: its number, the box, and what they wrote."""
    found = []
    for name, text in typed.under(MISSED):
        number, _, part = name.removeprefix(MISSED).partition(".")
        if part == "mark" and isinstance(mark := _json(text), dict):
            found.append((number, mark, typed.one(f"{MISSED}{number}.text")))
    return found


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _fault(path: str, message: str) -> Fault:
    return {"path": path, "code": "missing", "message": message}
