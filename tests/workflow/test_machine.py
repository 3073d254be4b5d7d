"""The machine is stated once, in workflow/states.py; whatever else states it says the same."""

import re
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from audit.actions import REASON_REQUIRED, Action
from tests.breaking import moved, refused, sql
from tests.people import Study, study
from workflow.models import Case
from workflow.states import LEGAL, MOVES, State, action_for, sources

PAGE = Path(__file__).parents[2] / "docs" / "state-machine.md"
EDGES = {(move.name, move.source.value, move.target.value) for move in MOVES}


def test_no_edge_stands_twice() -> None:
    assert len(MOVES) == len(EDGES) == len(LEGAL)


def test_every_state_is_reached_from_intake() -> None:
    reached = {State.INTAKE}
    for _ in State:
        reached |= {move.target for move in MOVES if move.source in reached}
    assert reached == set(State)


def test_django_fsm_knows_the_same_moves() -> None:
    states = {state.value for state in State}
    found = set()
    for transition in Case.state.field.get_all_transitions(Case):
        targets = getattr(transition.target, "allowed_states", None) or [transition.target]
        found |= {(transition.name, str(transition.source), str(target)) for target in targets}
    assert found == EDGES
    assert {source for _, source, _ in found} <= states


@pytest.mark.django_db
def test_the_database_knows_the_same_moves() -> None:
    rows = sql("SELECT source, target, action FROM workflow_moves()")
    assert len(rows) == len(set(rows))
    assert set(rows) == {(m.source.value, m.target.value, a.value) for m in MOVES for a in m.actions}


def test_the_picture_in_the_docs_shows_the_same_moves() -> None:
    picture = re.search(r"```mermaid\nstateDiagram-v2\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert picture is not None
    drawn = re.findall(r"^ *(\w+) --> (\w+): (\w+)$", picture[1], re.MULTILINE)
    assert len(drawn) == len(MOVES)
    assert {(name, source, target) for source, target, name in drawn} == EDGES
    assert "[*] --> intake" in picture[1]


def test_the_docs_explain_each_edge_and_name_its_event() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (\w+) \| (\w+) \| `([\w.]+)` \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE
    )
    assert {(name, source, target) for name, source, target, _, _ in rows} == EDGES
    for name, source, target, action, why in rows:
        assert action_for(name, source, target) == Action(action)
        assert why[0].isupper()
        assert why.endswith(".")


def test_a_move_out_of_the_ordinary_needs_a_reason() -> None:
    for name in ("exclude", "reinstate", "send_back", "reopen_to_read", "reopen_to_arbitrate"):
        for move in MOVES:
            assert move.name != name or move.actions <= REASON_REQUIRED


def test_every_move_leaves_the_states_that_its_name_says() -> None:
    for move in MOVES:
        assert move.source.value in sources(move.name)
        assert action_for(move.name, move.source, move.target) in move.actions
    assert action_for("agree", State.INTAKE, State.FINAL) is None


@given(st.sampled_from(sorted({move.name for move in MOVES})), st.sampled_from(sorted(State)))
def test_django_fsm_refuses_every_move_from_elsewhere(name: str, state: str) -> None:
    case = Case(state=state, excluded_from="consensus" if state == "excluded" else "")
    allowed = {transition.name for transition in case.get_available_state_transitions()}
    assert (name in allowed) == (state in sources(name))


def _route(target: State) -> list[tuple[State, State]]:
    """The shortest way from annotation to a state."""
    routes: dict[State, list[tuple[State, State]]] = {State.ANNOTATION: []}
    while target not in routes:
        for move in MOVES:
            if move.source in routes and move.target != State.EXCLUDED and move.name != "reinstate":
                routes.setdefault(move.target, [*routes[move.source], (move.source, move.target)])
    return routes[target]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("source", [s for s in State if s not in (State.INTAKE, State.EXCLUDED)])
def test_the_database_refuses_each_move_that_the_machine_lacks(source: State) -> None:
    chest = study("case-1")
    if source == State.FINAL:
        chest.agree_at_two()  # a case becomes final only with its label
    for step in _route(source) if source != State.FINAL else []:
        with transaction.atomic():
            _move(chest, *step)
    for target in sorted(set(State) - {source}):
        if (source, target) not in LEGAL:
            with refused("case_move_is_legal"):
                Case.objects.update(state=target)
    assert chest.case().state == source


def _move(of: Study, source: State, target: State) -> None:
    """An honest event with its change of state, past django_fsm."""
    actions = {
        move.target: min(move.actions) for move in MOVES if (move.source, move.target) == (source, target)
    }
    starts_round = source == State.FINAL and target != State.EXCLUDED
    moved(
        of, source, target, actions.get(target, Action.CASE_ADVANCED),
        **({"round": of.case().round + 1} if starts_round else {}),
    )  # fmt: skip
