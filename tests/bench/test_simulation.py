"""The simulated study: under every policy each case ends by the rules, and no plan beats the bound."""

from collections import Counter
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from bench.hospital.bound import NEAR, least_end
from bench.hospital.clinic import Clinic, Played
from bench.hospital.outcome import jain, judged
from bench.hospital.picture import picture
from bench.hospital.policies import POLICIES, Fifo
from bench.hospital.pools import may
from bench.hospital.study import USUAL, Study, make

STUDY = make(3, 20, 120)
RUNS = {name: Clinic(STUDY, policy).play() for name, policy in POLICIES.items()}


@pytest.mark.parametrize("name", POLICIES)
def test_every_case_ends_and_nobody_plays_two_parts_or_one_that_they_may_not(name: str) -> None:
    played, people = RUNS[name], {reader.id: reader for reader in STUDY.readers}
    assert len(played.finals) == len(STUDY.cases)
    parts = {(task.case.number, who, task.kind, task.slot) for task, who in played.done}
    assert max(Counter((case, who) for case, who, _, _ in parts).values()) == 1
    assert all(may(people[who], t.kind, t.case.needs, t.case.site) for t, who in played.done)
    kinds = Counter((task.kind, task.case.number) for task, _ in played.done)
    assert min(kinds["annotate", case.number] for case in STUDY.cases) >= 2
    assert min(kinds["review", case.number] for case in STUDY.cases) >= 2


@pytest.mark.parametrize("name", POLICIES)
def test_nobody_does_two_things_at_once_or_reviews_what_is_not_read(name: str) -> None:
    mine: dict[str, list[tuple[float, float]]] = {}
    for task, who in RUNS[name].done:
        took = task.done - minutes(STUDY, task.kind, who) * task.size
        assert took >= task.opened - 1e-6
        mine.setdefault(who, []).append((took, task.done))
    for spans in mine.values():
        assert all(a[1] <= b[0] + 1e-6 for a, b in pairwise(sorted(spans)))


def minutes(study: Study, kind: str, who: str) -> float:
    return USUAL[kind] * next(reader.pace[kind] for reader in study.readers if reader.id == who)


@pytest.mark.parametrize("name", POLICIES)
def test_the_lower_bound_is_above_nothing_and_below_what_was_reached(name: str) -> None:
    least = least_end(STUDY, RUNS[name])
    assert max(case.arrives for case in STUDY.cases) < least <= RUNS[name].end + NEAR


def test_pulling_shares_time_out_more_evenly_than_pushing_in_turn() -> None:
    assert 0 < jain(STUDY, RUNS["round robin"]) < jain(STUDY, RUNS["ours"]) <= 1


def test_the_same_seed_plays_the_same_study() -> None:
    def told(played: Played) -> list[tuple[str, str, float]]:
        return [(task.id, who, task.done) for task, who in played.done]

    assert told(Clinic(make(3, 20, 120), Fifo).play()) == told(RUNS["FIFO pull"])


def test_the_picture_is_an_svg_with_a_curve_for_each_policy() -> None:
    outcomes = {name: judged(STUDY, played) for name, played in RUNS.items()}
    root = ElementTree.fromstring(picture("A study", outcomes, [0.0, 1.0, 2.0]))
    curves = [one for one in root.iter() if one.tag.endswith("polyline")]
    assert len(curves) == 2 * len(POLICIES) + 1
    assert all(one.get("points") for one in curves)
