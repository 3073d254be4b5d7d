"""Whether two answers to a case differ by the rules of its own round: what never escalates decides nothing."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workflow.consensus.cases import decide_case
from workflow.consensus.engines import Terms
from workflow.consensus.outcomes import ReadInput
from workflow.consensus.spacing import Scale
from workflow.documents import guideline_of, protocol_of
from workflow.models import CaseRound
from workflow.protocol.sections import Reads

OF_TWO = Reads("unanimous", 2, 2)


def differs(round_: CaseRound, scale: Scale, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the protocol would call these two answers a dispute; `round_` with its versions selected."""
    decision = decide_case(
        schema=guideline_of(str(round_.guideline.content_id))["label_schema"],
        protocol=replace(protocol_of(str(round_.protocol.content_id)), reads=OF_TWO),
        reads=[
            ReadInput("one", {**one, "flags": []}, "", 1),
            ReadInput("other", {**other, "flags": []}, "", 2),
        ],
        terms=Terms(scale=scale),
    )
    return decision.outcome != "accept"
