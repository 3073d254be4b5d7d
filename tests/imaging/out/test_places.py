"""Where marks lie: by series, file, frame or slice, and nowhere where that leaves a choice."""

from typing import Any

import pytest

from imaging.out.places import NotPlaced, covered, placed
from tests.imaging.out.scans import drawing, film, flat, multi_frame, oblique_ct, stack

CT, MR, FILM, FLAT = stack(*oblique_ct()), stack(multi_frame()), stack(film()), stack(flat())
ALL = [CT, MR, FILM, FLAT]


def where(kind: str = "point", **on: Any) -> tuple[str, tuple[int, ...]]:
    found = placed({"kind": kind, "on": on, "frames": [2, 3]}, ALL)
    return found.stack.series, found.indexes


def test_slices_are_counted_along_the_normal_from_0() -> None:
    assert where(series=CT.series, slices=[1, 3]) == (CT.series, (1, 2, 3))
    assert (
        placed({"kind": "point", "on": {"series": CT.series, "slices": [0, 0]}}, ALL).frames[0].sop
        == "2.25.105"
    )


def test_frames_are_those_of_the_file_wherever_they_lie() -> None:
    assert where(sop=MR.frames[0].sop, frame=1) == (MR.series, (3,))
    assert where(sop=FILM.frames[0].sop, frame=6) == (FILM.series, (5,))
    assert where("span", series=MR.series) == (MR.series, (1, 2))
    assert where(sop=MR.frames[0].sop, slices=[0, 0]) == (MR.series, (3,))


def test_one_picture_needs_nothing_more() -> None:
    assert where(series=FLAT.series) == (FLAT.series, (0,))
    assert where(sop=CT.frames[2].sop) == (CT.series, (2,))
    assert placed({"kind": "point", "on": {}}, [FLAT]).indexes == (0,)


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        ({}, "which of several series"),
        ({"series": "1.2.3"}, "not of this case"),
        ({"sop": "1.2.3"}, "not of this case"),
        ({"series": CT.series}, "which of several images"),
        ({"series": CT.series, "slices": [3, 5]}, "does not have"),
        ({"series": CT.series, "frame": 1}, "which of several files"),
        ({"series": MR.series, "frame": 5}, "does not have"),
    ],
)
def test_what_lies_on_nothing_known_is_refused_with_a_sentence(on: dict[str, Any], sentence: str) -> None:
    with pytest.raises(NotPlaced, match=sentence):
        where(**on)


def test_a_mask_of_another_size_is_refused() -> None:
    mark = {"kind": "mask", "on": {}, "rows": 9, "columns": 9, "slices": [{"slice": 0, "runs": [0, 1]}]}
    region = drawing(mark).region
    assert region is not None
    with pytest.raises(NotPlaced, match="another size"):
        covered(region, mark, placed(mark, [FLAT]))
