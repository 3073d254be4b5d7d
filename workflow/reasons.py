"""Reason codes: short words that can be counted, beside the free text that only a commitment of enters the log."""

import re
from typing import Any

_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")


def code_faults(code: Any, missing: str) -> list[dict[str, str]]:
    """What is wrong with the reason code that somebody sent; `missing` is said when there is none."""
    if code is None or code == "":
        return [fault("/reason_code", "missing", missing)]
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        return [fault("/reason_code", "bad_code", "A reason code is lower-case words joined by underscores.")]
    return []


def fault(path: str, code: str, message: str) -> dict[str, str]:
    """One fault in what somebody sent, with its place."""
    return {"path": path, "code": code, "message": message}
