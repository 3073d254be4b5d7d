"""Series as the gate is given them, written by hand: facts and measures of instances, no pixels."""

from typing import Any

Json = dict[str, Any]

PLAIN = {
    *("tags_missing", "tags_inconsistent", "wrong_modality", "wrong_body_part", "slice_gap"),
    *("slice_duplicate", "orientation_mixed", "spacing_mixed", "too_few_slices", "low_resolution"),
    *("pixels_constant", "pixels_clipped", "pixels_truncated", "undecodable", "lossy_above_limit"),
    *("noisy", "blurred"),
}
"""Every code that the project promises."""


def measured(**changes: Any) -> Json:
    """The measures of an ordinary image."""
    ordinary = {
        **{"frames": 1, "pixels": 262144, "min": "-1024", "max": "1500", "mean": "-300.5"},
        **{"deviation": "400.25", "clipped_low": "0.2", "clipped_high": "0.0001"},
        **{"constant": False, "noise": "0.01", "blur": "0.4"},
    }
    return ordinary | changes


def ct(place: int, **changes: Any) -> Json:
    """The slice at `place` of a CT series, 2.5 mm apart; `changes` are to its facts."""
    facts = {
        **{"modality": "CT", "body_part": "CHEST", "sex": "F", "rows": 512, "columns": 512, "frames": 1},
        **{"bits_stored": 12, "samples": 1, "photometric": "MONOCHROME2", "spacing": ["0.7", "0.7"]},
        **{"thickness": "2.5", "position": ["-175", "-175", str(place * 2.5)], "lossy": False},
        **{"orientation": ["1", "0", "0", "0", "1", "0"], "frame_positions": None, "lossy_ratio": None},
    }
    return {
        "facts": facts | changes,
        "measures": measured(mean=f"{-300 + place}"),
        "frames": [[1000, 200_000]],
    }


def series(slices: int = 8) -> list[Json]:
    """A clean CT series."""
    return [ct(place) for place in range(slices)]


def mammogram(**changes: Any) -> Json:
    """A clean mammogram."""
    facts = {
        **{"modality": "MG", "rows": 3328, "columns": 2560, "frames": 1, "bits_stored": 12, "sex": "F"},
        **{"spacing": ["0.07", "0.07"], "laterality": "L", "view_position": "MLO", "lossy": False},
    }
    return {"facts": facts | changes, "measures": measured(), "frames": [[1000, 9_000_000]]}


def cine(**changes: Any) -> Json:
    """A clean film of the heart, thirty frames of ultrasound."""
    facts = {
        **{"modality": "US", "rows": 480, "columns": 640, "frames": 30, "bits_stored": 8, "samples": 3},
        **{"photometric": "RGB", "frame_time": "33.3", "lossy": True, "lossy_ratio": "19"},
    }
    return {"facts": facts | changes, "measures": measured(), "frames": [[1000 * n, 900] for n in range(30)]}


def enhanced(**changes: Any) -> Json:
    """A clean multi-frame MR of six slices, 4 mm apart."""
    facts = {
        **{"modality": "MR", "rows": 256, "columns": 256, "frames": 6, "bits_stored": 12, "sex": "M"},
        **{"spacing": ["1", "1"], "thickness": "4", "position": None, "lossy": False},
        **{"orientation": ["1", "0", "0", "0", "1", "0"]},
        **{"frame_positions": [["0", "0", str(4 * place)] for place in range(6)]},
    }
    return {"facts": facts | changes, "measures": measured(), "frames": [[900 * n, 800] for n in range(6)]}
