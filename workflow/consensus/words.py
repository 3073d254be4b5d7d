"""What a consensus report says, in words: the rule, the comparison of two reads, the question that is left."""

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final

Report = Mapping[str, Any]
Names = Mapping[str, str]  # of reads, by id

OUTCOMES: Final = {
    "accept": "agreed",
    "request_read": "another read asked for",
    "escalate": "disputed",
    "wait": "waits for reads",
}
QUESTIONS: Final = {
    "real?": "Is it real?",
    "which?": "Which of the marks is it?",
    "where?": "Where does it lie?",
    "what?": "What is it?",
}


def rule_of_reads(rule: Report) -> str:
    """How many reads a case gets, and what settles them; empty without a rule."""
    if not rule:
        return ""
    needed = f", {rule['n']} must agree" if "n" in rule else ""
    planned = f"{rule['count']} read{'' if rule['count'] == 1 else 's'} planned"
    return f"rule {rule['rule']}: {planned}, at most {rule['max']}{needed}"


def rule_words(rule: Report) -> str:
    """What makes two answers agree, what is written when they do, and what is never settled without a senior."""
    if not rule["comparator"]:
        return "not compared"
    found = [_agree_if(rule["comparator"])]
    aggregate = rule["aggregate"]
    if aggregate != "none":
        found.append(f"{rule['median']} median" if aggregate == "median" else aggregate)
    if rule["cutoffs"]:
        found.append(f"critical cut-off {', '.join(rule['cutoffs'])}")
    if rule["unanimous"]:
        found.append("must be unanimous")
    if not rule["escalates"]:
        found.append("never goes to a senior")
    return "; ".join(found)


def _agree_if(comparator: Report) -> str:
    [(kind, bounds)] = comparator.items()
    match kind:
        case "ordinal":
            return f"agree if at most {bounds['within']} apart" if bounds["within"] else "agree if equal"
        case "number":
            return f"agree within {_tolerance(bounds)}"
        case "jaccard":
            return f"agree if they share {_percent(bounds['at_least'])} of their choices"
        case "box_iou" | "iou" | "span_iou":
            return f"agree if they overlap by {_percent(bounds['at_least'])} (IoU)"
        case "dice":
            return f"agree if they overlap by {_percent(bounds['at_least'])} (Dice)"
        case "mask":
            return f"agree at {_of_mask_rule(bounds)}"
        case "distance":
            return f"agree if at most {bounds['within']} {bounds['unit']} apart"
        case "length":
            ends = f"ends at most {bounds['ends']} {bounds['unit']} apart"
            within = f"lengths within {_tolerance(bounds)}, " if {"abs", "rel"} & bounds.keys() else ""
            return f"agree with {within}{ends}"
        case "box_sets":
            return f"agree at F1 {bounds['min_f1']}, matched at IoU {bounds['iou']}"
        case _:
            return "agree if equal"


def _of_mask_rule(bounds: Report) -> str:
    told = [f"Dice {bounds['dice']}"]
    told += [f"HD95 of at most {bounds['hd95']} {bounds['unit']}"] if "hd95" in bounds else []
    told += [f"NSD {bounds['nsd']} at {bounds['tolerance']} {bounds['unit']}"] if "nsd" in bounds else []
    return ", ".join(told)


def question_words(finding: Report) -> str:
    """What a senior is asked about a finding, and why; empty where nothing is asked."""
    return f"{QUESTIONS.get(finding['question'], '')} {sentence(finding['reason'])}".strip()


def sentence(reason: str) -> str:
    """An engine's reason as a sentence."""
    return f"{reason[:1].upper()}{reason[1:]}."


def pair_words(pair: Report, comparator: Report, names: Names) -> str:
    """How two reads compare on a field: the number, and what the protocol allows."""
    told = sorted(names.get(read, "?") for read in pair["reads"])
    both, number = f"{told[0]} and {told[-1]}", pair["number"]
    if "missing" in pair:
        return f"{both} could not be measured: {pair['missing']}."
    if number is None and pair["agree"]:
        return f"{both}: neither has a value here."
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
            return f"{both} differ by {_short(number)}; {_tolerance(bounds)} is allowed."
        case "jaccard":
            return f"{both} share {_reached(number)} of their choices; {_percent(bounds['at_least'])} is asked for."
        case "box_iou" | "iou" | "span_iou":
            return f"{both} overlap by {_reached(number)} (IoU); {_percent(bounds['at_least'])} is asked for."
        case "dice":
            return (
                f"{both} overlap by {_reached(number)} (Dice); {_percent(bounds['at_least'])} is asked for."
            )
        case "mask":
            return f"{both}: {', '.join(_of_masks(number, pair.get('measures', {}), bounds))}."
        case "distance":
            return f"{both} lie {_short(number)} {bounds['unit']} apart; {bounds['within']} is allowed."
        case "length":
            return f"{both}: {_of_lengths(number, pair.get('measures', {}), bounds)}."
        case "box_sets":
            return f"{both} match at F1 {_at_least(number)}; {_decimals(Fraction(bounds['min_f1']))} is asked for."
        case _:
            return f"{both} say the same." if pair["agree"] else f"{both} differ."


def _of_masks(dice: str, measures: Mapping[str, str | None], bounds: Mapping[str, str]) -> list[str]:
    told = [f"Dice {_at_least(dice)} ({bounds['dice']} is asked for)"]
    if "hd95" in bounds and measures.get("hd95"):
        told.append(f"HD95 {_short(str(measures['hd95']))} {bounds['unit']} ({bounds['hd95']} is allowed)")
    if "nsd" in bounds and measures.get("nsd"):
        told.append(f"NSD {_at_least(str(measures['nsd']))} ({bounds['nsd']} is asked for)")
    return told


def _of_lengths(number: str, measures: Mapping[str, str | None], bounds: Mapping[str, str]) -> str:
    unit, ends = bounds["unit"], _short(str(measures.get("ends", "0")))
    allowed = f" ({_tolerance(bounds)} is allowed)" if {"abs", "rel"} & bounds.keys() else ""
    lengths = f"lengths differ by {_short(number)} {unit}{allowed}"
    return f"{lengths}, ends lie {ends} {unit} apart ({bounds['ends']} is allowed)"


def _allowed(within: int) -> str:
    return "none is allowed" if within == 0 else f"{within} is allowed"


def _tolerance(bounds: Mapping[str, str]) -> str:
    allowed = [bounds["abs"]] if "abs" in bounds else []
    allowed += [f"{_percent(bounds['rel'])} of their mean"] if "rel" in bounds else []
    allowed += [bounds["repeatability"]] if "repeatability" in bounds else []
    return " or ".join(allowed)


def _short(number: str) -> str:
    """A distance or difference, rounded up: what is not allowed never looks as if it were."""
    return _decimals(Fraction(ceil(Fraction(number) * 1000), 1000))


def _at_least(number: str) -> str:
    """A likeness, rounded down: what falls short never looks as if it were enough."""
    return _decimals(Fraction(floor(Fraction(number) * 1000), 1000))


def _reached(number: str) -> str:
    """A likeness in per cent, rounded down to a tenth."""
    return f"{_decimals(Fraction(floor(Fraction(number) * 1000), 10))} %"


def _decimals(number: Fraction) -> str:
    return f"{float(number):.3f}".rstrip("0").rstrip(".")


def _percent(number: str) -> str:
    return f"{_decimals(Fraction(number) * 100)} %"
