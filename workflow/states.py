"""The machine, once, as data.

The transitions of `Case`, the trigger `workflow_case_move`, the graph in bundles and the picture in the docs
are each tested to equal MOVES.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from audit.actions import Action


class State(StrEnum):
    """Where a case stands. `held` is a flag beside it, not a state."""

    INTAKE = "intake"
    ANNOTATION = "annotation"
    JUNIOR_REVIEW = "junior_review"
    CONSENSUS = "consensus"
    ARBITRATION = "arbitration"
    FINAL = "final"
    EXCLUDED = "excluded"


STATES: Final = [state.value for state in State]


@dataclass(frozen=True, slots=True)
class Move:
    """One legal edge: the `Case` method that makes it, and the actions whose event may carry it."""

    name: str
    source: State
    target: State
    actions: frozenset[Action]


def _move(name: str, source: State, target: State, *actions: Action) -> Move:
    return Move(name, source, target, frozenset(actions or (Action.CASE_ADVANCED,)))


_OPEN: Final = (State.INTAKE, State.ANNOTATION, State.JUNIOR_REVIEW, State.CONSENSUS, State.ARBITRATION)

MOVES: Final[tuple[Move, ...]] = (
    _move("accept", State.INTAKE, State.ANNOTATION),  # the case is complete and usable
    _move("begin_review", State.ANNOTATION, State.JUNIOR_REVIEW),  # every planned read is in
    _move("give_back", State.JUNIOR_REVIEW, State.ANNOTATION),  # a verdict returns, or an author recalls
    _move("escalate", State.JUNIOR_REVIEW, State.ARBITRATION),  # a verdict escalates, or returns ran out
    _move("compare", State.JUNIOR_REVIEW, State.CONSENSUS),  # every verdict is in and accepts
    _move("ask_another", State.CONSENSUS, State.ANNOTATION),  # the protocol wants another read
    _move("dispute", State.CONSENSUS, State.ARBITRATION),  # disagreement, or a sampled agreement
    _move("agree", State.CONSENSUS, State.FINAL, Action.LABEL_RELEASED),
    _move("send_back", State.ARBITRATION, State.ANNOTATION, Action.ARBITRATION_SENT_BACK),  # once per round
    _move("sign", State.ARBITRATION, State.FINAL, Action.LABEL_RELEASED),
    _move("reopen_to_read", State.FINAL, State.ANNOTATION, Action.CASE_REOPENED),  # a new round
    _move("reopen_to_arbitrate", State.FINAL, State.ARBITRATION, Action.CASE_REOPENED),  # a new round
    *(_move("exclude", source, State.EXCLUDED, Action.CASE_EXCLUDED) for source in (*_OPEN, State.FINAL)),
    *(_move("reinstate", State.EXCLUDED, target, Action.CASE_REINSTATED) for target in (*_OPEN, State.FINAL)),
)

LEGAL: Final = frozenset((move.source, move.target) for move in MOVES)


def sources(name: str) -> list[str]:
    """The states that the move `name` may leave."""
    return list(dict.fromkeys(move.source.value for move in MOVES if move.name == name))


def action_for(name: str, source: str, target: str) -> Action | None:
    """The one action whose event carries this edge, or None if the edge is not legal."""
    for move in MOVES:
        if (move.name, move.source, move.target) == (name, source, target):
            return min(move.actions)
    return None
