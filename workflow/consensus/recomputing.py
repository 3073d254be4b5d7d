"""A consensus report computed again, by the version of the engine that it names, from what it names as inputs."""

from collections.abc import Mapping, Sequence
from typing import Any

from workflow.consensus.cases import decide_case
from workflow.consensus.engines import ENGINES, Terms
from workflow.consensus.outcomes import ReadInput
from workflow.consensus.report import report
from workflow.consensus.spacing import scale_from
from workflow.protocol.protocol import Protocol

# Whether one reviewer shaped two reads is known to the reviews, not to the engine.
NOT_COMPUTED = ("voided",)


def recomputed(
    stated: Mapping[str, Any], *, schema: dict[str, Any], protocol: Protocol, reads: Sequence[ReadInput]
) -> dict[str, Any]:
    """The report as its own engine gives it now; its canonical bytes equal the stated ones if all is well.

    `schema`, `protocol` and `reads` are the contents whose digests the report and its event name. ValueError
    for an engine that this version does not know.
    """
    engine = ENGINES.get(stated["engine"])
    if engine is None:
        raise ValueError(f"The engine {stated['engine']} is not known here.")
    terms = Terms(engine, scale_from(stated.get("spacing", [])))
    decision = decide_case(schema=schema, protocol=protocol, reads=reads, terms=terms)
    kept = {name: stated[name] for name in NOT_COMPUTED if name in stated}
    return {**report(decision, protocol_digest=stated["protocol"]), **kept}
