"""Which agreed cases a senior reads all the same: a random share of each stratum. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .protocol.protocol import Protocol
from .protocol.sections import POSITIVE, Arbitration

Stratum = dict[str, str | int | bool | None]


def stratum_of(protocol: Protocol, strata: Mapping[str, Any], reference: Mapping[str, Any]) -> Stratum:
    """The stratum of an agreed case: by what its readers agreed on (`positive`), and by the case's own strata."""
    named = protocol.arbitration.strata
    return {
        name: is_positive(protocol, reference) if name == POSITIVE else strata.get(name) for name in named
    }


def is_positive(protocol: Protocol, reference: Mapping[str, Any]) -> bool:
    """Whether the agreed answer lies at or above a cut-off, says yes to a critical question, or has a finding."""
    return bool(reference.get("findings")) or any(
        _is_positive(value, protocol.fields[key].cutoffs, protocol.fields[key].unanimous)
        for key, value in reference.get("fields", {}).items()
        if key in protocol.fields
    )


def _is_positive(value: Any, cutoffs: tuple[int | Decimal, ...], unanimous: bool) -> bool:
    if value is True:
        return unanimous
    if not cutoffs or not isinstance(value, int | str) or isinstance(value, bool):
        return False
    return Fraction(value) >= Fraction(min(cutoffs))


def share_of(arbitration: Arbitration, stratum: Stratum) -> Decimal:
    """The share of a stratum that is drawn: the first one stated for it, else the share of all."""
    for stated in arbitration.shares:
        if all(stratum.get(name) == value for name, value in stated.where.items()):
            return stated.share
    return arbitration.share


def name_of(stratum: Mapping[str, Any]) -> str:
    """A stratum as a line of text."""
    return (
        ", ".join(f"{name} {_told(value)}" for name, value in sorted(stratum.items())) or "all agreed cases"
    )


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not stated" if value is None else str(value)
