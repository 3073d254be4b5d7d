"""What a project knows of a case when it asks how another design would have done."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.consensus.engines import Terms

Content = Mapping[str, Any]  # consilium/read/v1


@dataclass(frozen=True, slots=True)
class WhatIfCase:
    """A case: its planned, independent first reads as submitted (revision 1), in any order.

    further: reads that were asked for because the planned ones differ, in the order in which they came.
    revised: the reads after a second look, all of them. arbiter: the senior's answer, if there is one.
    stratum: within it the senior answered every case, or a random sample. arbiter_weight: how many cases of the
    stratum an answer stands for; by default as many as the stratum has for each answer. weight: how many cases of
    the project this one stands for. strata: the case's own, by which agreed cases may be drawn for a senior.
    """

    id: str
    patient: Hashable
    reads: tuple[Content, ...]
    further: tuple[Content, ...] = ()
    revised: tuple[Content, ...] = ()
    arbiter: Content | None = None
    stratum: str = "all"
    arbiter_weight: float | None = None
    weight: float = 1.0
    strata: Mapping[str, Any] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True, slots=True)
class Minutes:
    """How long one read, one review of a read and one arbitration take; None where nobody knows."""

    read: float | None = None
    review: float | None = None
    arbitration: float | None = None
    reviewed_share: float = 1.0
