"""The benches by name, in the order in which `make bench` runs them."""

from . import (
    agreement,
    balance,
    claims,
    export,
    frames,
    growth,
    imaging,
    intake,
    log,
    reading,
    simulation,
    verify,
)
from .bench import Measure

BENCHES: dict[str, Measure] = {
    "log": log.measure,
    "export": export.measure,
    "verify": verify.measure,
    "agreement": agreement.measure,
    "balance": balance.measure,
    "simulation": simulation.measure,
    "imaging": imaging.measure,
    "frames": frames.measure,
    "reading": reading.measure,
    "claims": claims.measure,
    "growth": growth.measure,
    "intake": intake.measure,
}
