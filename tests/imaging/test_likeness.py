"""The perceptual hash: what leaves it as it is, what changes it, and what has none."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from imaging.likeness import BITS, NEAR, distance, likeness


def picture(seed: int, edge: int = 256) -> np.ndarray:
    """Eight soft discs on a slope, of values 0 to 255: no symmetry, no flat direction."""
    chance = np.random.Generator(np.random.PCG64(seed))
    rows, columns = np.indices((edge, edge)) / edge
    found = 40 * rows + 30 * columns
    for row, column, radius, height in chance.uniform((0, 0, 0.05, 30), (1, 1, 0.3, 120), (8, 4)):
        found = found + height / (1 + np.exp((np.hypot(rows - row, columns - column) - radius) / 0.01))
    return 255 * (found - found.min()) / (found.max() - found.min())


def as_jpeg(frame: np.ndarray, quality: int) -> np.ndarray:
    kept = BytesIO()
    Image.fromarray(frame.astype(np.uint8)).save(kept, "JPEG", quality=quality)
    return np.asarray(Image.open(kept))


def resized(frame: np.ndarray, edge: int) -> np.ndarray:
    return np.asarray(
        Image.fromarray(frame.astype(np.float32)).resize((edge, edge), Image.Resampling.BICUBIC)
    )


CHANGES = {
    "noise": lambda frame: frame + np.random.Generator(np.random.PCG64(11)).normal(0, 6, frame.shape),
    "twice the size": lambda frame: resized(frame, 512),
    "an odd size": lambda frame: resized(frame, 201),
    "another slope and intercept": lambda frame: frame * 7.5 - 1024,
    "a narrower window": lambda frame: np.clip(frame, 12, 243),
    "a JPEG of low quality": lambda frame: as_jpeg(frame, 40),
    "eight bits in colour": lambda frame: np.repeat(frame.astype(np.uint8)[:, :, None], 3, axis=2),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_does_not_change_the_picture_keeps_it_near(change: str) -> None:
    for seed in range(20):
        frame = picture(seed)
        assert distance(likeness(frame), likeness(CHANGES[change](frame))) <= NEAR, seed


def test_different_pictures_are_far() -> None:
    hashes = [likeness(picture(seed)) for seed in range(40)]
    apart = [distance(one, other) for place, one in enumerate(hashes) for other in hashes[:place]]
    assert min(apart) > NEAR
    assert np.median(apart) > BITS / 4


def test_a_hash_is_sixteen_hexadecimal_digits_and_at_no_distance_from_itself() -> None:
    found = likeness(picture(1))
    assert found is not None
    assert len(found) == 16
    assert int(found, 16) >= 0
    assert distance(found, found) == 0


@pytest.mark.parametrize("shape", [(64, 64), (1, 1), (480, 640, 3)])
def test_a_constant_picture_has_none_and_is_never_alike(shape: tuple[int, ...]) -> None:
    found = likeness(np.full(shape, 7, np.uint8))
    assert found is None
    assert distance(found, found) == distance(found, likeness(picture(1))) == BITS


@pytest.mark.parametrize("shape", [(3, 3), (1, 200), (33, 31)])
def test_any_shape_has_a_hash(shape: tuple[int, int]) -> None:
    assert likeness(np.arange(shape[0] * shape[1]).reshape(shape)) is not None


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_picture_of_no_numbers_has_no_hash(bad: float) -> None:
    assert likeness(np.full((64, 64), bad)) is None
    frame = picture(1)
    frame[100, 100] = bad
    assert likeness(frame) is None
