"""The measures against what is known of drawn pictures, and their independence of how frames are cut."""

import numpy as np
import pytest

from imaging.measuring import Measures, decimal_text

CHANCE = np.random.Generator(np.random.PCG64(7))


def measure(*frames: np.ndarray) -> dict:
    measures = Measures()
    for frame in frames:
        measures.feed(frame)
    return measures.result()


def slope(rows: int = 300, columns: int = 200, height: float = 1000) -> np.ndarray:
    return np.linspace(0, height, rows)[:, None] + np.linspace(0, height, columns)[None, :]


def smoothed(frame: np.ndarray, width: int) -> np.ndarray:
    """A mean over a square, by sums."""
    kernel = np.ones(width) / width
    frame = np.apply_along_axis(np.convolve, 0, frame, kernel, "valid")
    return np.apply_along_axis(np.convolve, 1, frame, kernel, "valid")


def stripes(edge: int = 300) -> np.ndarray:
    return np.where((np.indices((edge, edge)).sum(axis=0) // 12) % 2, 900.0, 100.0)


def test_the_first_moments_are_those_of_all_frames_together() -> None:
    frames = CHANCE.integers(-1000, 3000, (3, 520, 40), dtype=np.int16)
    found = measure(*frames)
    assert (found["frames"], found["pixels"]) == (3, frames.size)
    assert (found["min"], found["max"]) == (str(frames.min()), str(frames.max()))
    assert float(found["mean"]) == pytest.approx(frames.mean(), rel=1e-5)
    assert float(found["deviation"]) == pytest.approx(frames.std(), rel=1e-5)


def test_clipped_shares_count_the_pixels_at_the_extremes_of_all_frames() -> None:
    low, high = np.full((10, 10), 5, np.uint8), np.full((10, 10), 9, np.uint8)
    low[0, :5], high[:2] = 4, 10
    found = measure(low, high)
    assert (found["clipped_low"], found["clipped_high"]) == ("0.025", "0.1")


def test_pixels_of_one_value_are_constant_and_have_no_texture() -> None:
    found = measure(np.zeros((64, 64), np.uint16), np.zeros((64, 64), np.uint16))
    assert found["constant"] is True
    assert found["noise"] is found["blur"] is None
    assert measure(np.zeros((64, 64)), np.ones((64, 64)))["constant"] is False


@pytest.mark.parametrize("sigma", [5, 20, 80])
def test_noise_is_that_which_was_added_whatever_lies_below(sigma: float) -> None:
    frame = slope() + CHANCE.normal(0, sigma, (300, 200))
    low, high = np.percentile(frame, (1, 99))
    assert float(measure(frame)["noise"]) == pytest.approx(sigma / (high - low), rel=0.05)


def test_noise_and_blur_do_not_depend_on_the_scale_of_values() -> None:
    frame = (slope() + CHANCE.normal(0, 9, (300, 200))).astype(np.int16)
    one, other = measure(frame), measure(frame.astype(np.int32) * 16 - 4000)
    for key in ("noise", "blur"):
        assert float(one[key]) == pytest.approx(float(other[key]), rel=1e-3)


def test_blur_rises_with_each_smoothing() -> None:
    found = [float(measure(smoothed(stripes(), width))["blur"]) for width in (1, 3, 5, 9)]
    assert found == sorted(found)
    assert found[0] < 0.2 < 0.6 < found[-1] <= 1


def test_colour_counts_as_the_mean_of_its_channels() -> None:
    colour = CHANCE.integers(0, 255, (40, 40, 3), dtype=np.uint8)
    assert measure(colour) == measure(colour.mean(axis=2, dtype=np.float32))


def test_tiny_frames_have_values_and_no_texture() -> None:
    found = measure(np.arange(9, dtype=np.uint8).reshape(3, 3))
    assert (found["min"], found["max"], found["noise"], found["blur"]) == ("0", "8", None, None)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_values_that_are_no_numbers_leave_no_figure_and_no_error(bad: float) -> None:
    frame = np.arange(4096, dtype=np.float64).reshape(64, 64)
    frame[5, 5] = bad
    found = measure(frame, np.full((64, 64), bad))
    assert "nan" in {found["min"], found["max"]}
    assert found["mean"] == found["deviation"] == "nan"
    assert found["constant"] is False


def test_no_frame_at_all_is_told_as_such() -> None:
    assert Measures().result() == {"frames": 0, "pixels": 0}


def test_figures_are_decimals_in_text_without_exponent() -> None:
    assert [decimal_text(one) for one in (4294967295, -0.0, 1e-7, 0.1234567, float("inf"))] == [
        *("4294967295", "0", "0.0000001", "0.123457", "nan"),
    ]
