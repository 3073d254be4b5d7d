"""Why fields are disputed, in the words of the metric that found it: from the consensus report, under letters."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Words = dict[str, list[str]]


def dispute_words(report: Mapping[str, Any], letters: Mapping[str, str]) -> Words:
    """For each disputed field or finding, the sentences that say what differed; `letters` by read id."""
    disputed, words = set(report["disputed"]), {}
    for field in report["fields"]:
        if field["key"] in disputed:
            words[field["key"]] = _of_field(field, letters)
    for finding in report["findings"]:
        if finding["id"] in disputed:
            words[finding["id"]] = [_question(finding), *_of_mark(finding, letters)]
        for field in finding["fields"]:
            if (name := f"{finding['id']}/{field['key']}") in disputed:
                words[name] = _of_field(field, letters)
    return words


def _of_field(field: Mapping[str, Any], letters: Mapping[str, str]) -> list[str]:
    comparator = field["rule"].get("comparator") or {}
    pairs = [_pair(pair, comparator, letters) for pair in field["pairs"] if not pair["agree"]]
    return [_sentence(field["reason"]), *filter(None, pairs)]


def _of_mark(finding: Mapping[str, Any], letters: Mapping[str, str]) -> list[str]:
    return _of_field(finding["mark"], letters)[1:] if finding["mark"] else []


def _question(finding: Mapping[str, Any]) -> str:
    by = {
        "real?": "Is it real?",
        "which?": "Which of the marks is it?",
        "where?": "Where does it lie?",
        "what?": "What is it?",
    }
    return f"{by.get(finding['question'], '')} {_sentence(finding['reason'])}".strip()


def _pair(pair: Mapping[str, Any], comparator: Mapping[str, Any], letters: Mapping[str, str]) -> str:
    names = sorted(letters.get(read, "?") for read in pair["reads"])
    both, number = f"{names[0]} and {names[-1]}", pair["number"]
    if "missing" in pair:
        return f"{both} could not be measured: {pair['missing']}."
    if number is None and next(iter(comparator), "") in ("distance", "length"):
        return f"{both} lie on different images, or only one of them is there."
    if number is None:
        return f"{both}: only one of them answers this, or finds it assessable."
    kind: str = next(iter(comparator), "equal")
    bounds: dict[str, Any] = comparator.get(kind, {})
    match kind:
        case "ordinal":
            return f"{both} differ by {_short(number)}; {_allowed(bounds['within'])}."
        case "number":
            return f"{both} differ by {_short(number)}; {_tolerance(bounds)}."
        case "jaccard":
            return f"{both} share {_percent(number)} of their choices; {_percent(bounds['at_least'])} is asked for."
        case "box_iou":
            return f"{both} overlap by {_percent(number)} (IoU); {_percent(bounds['at_least'])} is asked for."
        case "iou" | "span_iou":
            return f"{both} overlap by {_percent(number)} (IoU); {_percent(bounds['at_least'])} is asked for."
        case "dice":
            return (
                f"{both} overlap by {_percent(number)} (Dice); {_percent(bounds['at_least'])} is asked for."
            )
        case "mask":
            return f"{both}: {', '.join(_of_masks(number, pair.get('measures', {}), bounds))}."
        case "distance":
            return f"{both} lie {_short(number)} {bounds['unit']} apart; {bounds['within']} is allowed."
        case "length":
            return f"{both}: {_of_lengths(number, pair.get('measures', {}), bounds)}."
        case "box_sets":
            return f"{both} match at F1 {_short(number)}; {_short(bounds['min_f1'])} is asked for."
        case _:
            return f"{both} differ."


def _of_masks(dice: str, measures: Mapping[str, str | None], bounds: Mapping[str, str]) -> list[str]:
    told = [f"Dice {_short(dice)} ({bounds['dice']} is asked for)"]
    if "hd95" in bounds and measures.get("hd95"):
        told.append(f"HD95 {_short(str(measures['hd95']))} {bounds['unit']} ({bounds['hd95']} is allowed)")
    if "nsd" in bounds and measures.get("nsd"):
        told.append(f"NSD {_short(str(measures['nsd']))} ({bounds['nsd']} is asked for)")
    return told


def _of_lengths(number: str, measures: Mapping[str, str | None], bounds: Mapping[str, str]) -> str:
    unit, ends = bounds["unit"], _short(str(measures.get("ends", "0")))
    lengths = f"lengths differ by {_short(number)} {unit} ({_tolerance(bounds)})"
    return f"{lengths}, ends lie {ends} {unit} apart ({bounds['ends']} is allowed)"


def _allowed(within: int) -> str:
    return "none is allowed" if within == 0 else f"{within} is allowed"


def _tolerance(bounds: Mapping[str, str]) -> str:
    allowed = [bounds["abs"]] if "abs" in bounds else []
    allowed += [f"{_percent(bounds['rel'])} of their mean"] if "rel" in bounds else []
    allowed += [bounds["repeatability"]] if "repeatability" in bounds else []
    return f"{' or '.join(allowed)} is allowed"


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."


def _short(number: str) -> str:
    return f"{Decimal(number):.3f}".rstrip("0").rstrip(".")


def _percent(number: str) -> str:
    return f"{Decimal(number) * 100:.0f} %"
