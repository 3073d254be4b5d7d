"""The spacing of a series: exact as its files say it, and between slices only where they form one even stack."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.grid import grid_of
from workflow.consensus.spacing import spacing_faults

AXIAL = ["1", "0", "0", "0", "1", "0"]
TILTED = [
    "1",
    "0",
    "0",
    "0",
    "0.8",
    "0.6",
]  # rows and columns still of length one; the normal is (0, -0.6, 0.8)


def slices(*along: float, directions: list[str] = AXIAL, **more: Any) -> list[dict[str, Any]]:
    normal = (0.0, 0.0, 1.0) if directions is AXIAL else (0.0, -0.6, 0.8)
    return [
        {
            "modality": "CT", "spacing": ["0.703125", "0.5"], "orientation": directions,
            "position": [str(part * place) for part in normal], **more,
        }
        for place in along
    ]  # fmt: skip


@pytest.mark.parametrize("directions", [AXIAL, TILTED])
def test_rows_and_columns_are_told_apart_and_slices_measured_along_the_normal(directions: list[str]) -> None:
    found = grid_of(slices(5.0, 0.0, 2.5, directions=directions))
    assert found == {"x": "0.5", "y": "0.703125", "z": "2.5"}


@pytest.mark.parametrize(
    "facts",
    [
        slices(0.0, 2.5, 7.5),  # one is missing
        slices(0.0, 2.5, 2.5),  # two at one place
        slices(3.0),
        [*slices(0.0, 2.5), *slices(5.0, directions=TILTED)],
        [{"modality": "CR", "spacing": ["0.703125", "0.5"]}],
    ],
)
def test_what_is_no_even_stack_has_no_distance_between_slices(facts: list[dict[str, Any]]) -> None:
    assert grid_of(facts) == {"x": "0.5", "y": "0.703125"}


@pytest.mark.parametrize("second", [["0.7", "0.7"], None, [], ["0.5"], ["-1", "1"], ["x", "1"], ["1e9", "1"]])
def test_images_that_disagree_or_say_nothing_sound_have_no_spacing(second: Any) -> None:
    assert grid_of(slices(0.0) + slices(2.5, spacing=second)) is None
    assert grid_of([]) is None


def test_phases_lie_as_far_apart_as_their_places() -> None:
    assert grid_of(slices(0.0, 0.0, 2.5, 2.5)) == {"x": "0.5", "y": "0.703125", "z": "2.5"}


def test_the_frames_of_one_file_are_slices_too() -> None:
    frames = [["0", "0", str(place)] for place in (0, 3, 6)]
    one = slices(0.0, frames=3, frame_positions=frames)
    assert grid_of(one) == {"x": "0.5", "y": "0.703125", "z": "3"}


@given(st.decimals("0.000001", "9999", places=12), st.floats(0.001, 500))
def test_what_is_found_is_always_a_spacing_that_consensus_takes(pixel: Any, step: float) -> None:
    found = grid_of(slices(0.0, step, 2 * step, spacing=[str(pixel), f"{pixel:E}"]))
    assert found is not None
    assert not spacing_faults([found])
