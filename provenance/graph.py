"""`data/workflow-graph.json`: the machine as data, so that a checker needs no code of ours to replay a case."""

from typing import Any

from audit.canonical import canonical, digest
from workflow.states import MOVES, State

SCHEMA = "consilium/workflow-graph/v1"


def workflow_graph() -> dict[str, Any]:
    """States in the order of the tiers, and every legal move with the actions whose event may carry it."""
    moves = [
        {
            "name": move.name,
            "source": move.source.value,
            "target": move.target.value,
            "actions": sorted(action.value for action in move.actions),
        }
        for move in MOVES
    ]
    moves.sort(key=lambda move: (move["name"], move["source"], move["target"]))
    return {
        "schema": SCHEMA,
        "start": State.INTAKE.value,
        "states": [state.value for state in State],
        "moves": moves,
    }


def graph_bytes() -> bytes:
    """The file."""
    return canonical(workflow_graph())


def graph_digest() -> str:
    """Its digest, as an export's event states it."""
    return digest(graph_bytes())
