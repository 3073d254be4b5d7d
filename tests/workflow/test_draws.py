"""Random draws that anybody can repeat from what was recorded."""

import hashlib
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.draws import draw, shuffled
from workflow.models import Project

PROJECT = Project(seed="5" * 64)
shares = st.decimals(0, 1, places=4)


def test_a_draw_can_be_repeated_from_its_recorded_seed_alone() -> None:
    recorded = draw(PROJECT, "junior_review", Decimal("0.3"), "case", 1).recorded()
    digest = hashlib.sha256(str(recorded["seed"]).encode()).digest()
    assert recorded["value_ppm"] == (int.from_bytes(digest, "big") >> 196) * 1_000_000 // 2**60
    assert recorded["share_ppm"] == 300_000


@given(share=shares, subject=st.integers())
def test_the_same_subject_is_drawn_the_same_way_each_time(share: Decimal, subject: int) -> None:
    first = draw(PROJECT, "gold", share, subject)
    assert draw(PROJECT, "gold", share, subject) == first
    assert 0 <= first.value_ppm < 1_000_000
    assert first.drawn == (first.value_ppm < first.share_ppm)


@given(subject=st.text())
def test_a_share_of_none_draws_none_and_of_all_draws_all(subject: str) -> None:
    assert not draw(PROJECT, "gold", Decimal(0), subject).drawn
    assert draw(PROJECT, "gold", Decimal(1), subject).drawn


@given(subject=st.integers(), smaller=shares, larger=shares)
def test_a_larger_share_draws_whatever_a_smaller_one_drew(
    subject: int, smaller: Decimal, larger: Decimal
) -> None:
    smaller, larger = sorted([smaller, larger])
    assert draw(PROJECT, "gold", smaller, subject).drawn <= draw(PROJECT, "gold", larger, subject).drawn


@pytest.mark.parametrize("share", ["0.05", "0.5", "0.9"])
def test_about_the_share_is_drawn(share: str) -> None:
    drawn = sum(draw(PROJECT, "sample_of_agreed", Decimal(share), number).drawn for number in range(4000))
    # Fixed seed: four standard deviations leave no doubt and no luck.
    assert abs(drawn - 4000 * float(share)) < 4 * (4000 * float(share) * (1 - float(share))) ** 0.5


def test_draws_for_other_purposes_subjects_and_projects_differ() -> None:
    seeds = {
        draw(project, purpose, Decimal(1), subject).seed
        for project in (PROJECT, Project(seed="6" * 64))
        for purpose in ("junior_review", "gold")
        for subject in (1, 2)
    }
    assert len(seeds) == 8


def test_a_draw_does_not_confuse_what_it_is_about() -> None:
    assert draw(PROJECT, "gold", Decimal(1), 1, 23).seed != draw(PROJECT, "gold", Decimal(1), 12, 3).seed


@given(items=st.lists(st.integers(), max_size=8), subject=st.integers())
def test_a_shuffle_keeps_every_item_and_is_the_same_each_time(items: list[int], subject: int) -> None:
    mixed = shuffled(items, PROJECT, "letters", subject)
    assert Counter(mixed) == Counter(items)
    assert shuffled(items, PROJECT, "letters", subject) == mixed


def test_every_order_comes_up_about_as_often() -> None:
    orders = Counter(tuple(shuffled([1, 2, 3], PROJECT, "letters", number)) for number in range(3000))
    assert len(orders) == 6
    assert all(400 < count < 600 for count in orders.values())


@given(st.permutations([1, 2, 3, 4]))
def test_adding_an_item_at_the_end_keeps_the_order_of_the_others(items: list[int]) -> None:
    before = shuffled(items[:3], PROJECT, "letters", "case")
    after = shuffled(items, PROJECT, "letters", "case")
    assert [item for item in after if item in items[:3]] == before
