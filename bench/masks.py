"""Dice, HD95 and STAPLE of large masks, ours from the stored runs, SimpleITK's from images that lie ready."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workflow.consensus.areas import dice
from workflow.consensus.drawn import Drawn, Mark, drawn_from
from workflow.consensus.spacing import Scale
from workflow.consensus.staple import MARGIN, staple
from workflow.consensus.surfaces import surfaces
from workflow.consensus.voxels import mask_mark, stacked

from .bench import Bench
from .figures import Figure
from .servers import BenchFailed

Volume = NDArray[np.bool_]
SPACING = (2.5, 0.7, 0.7)  # mm between slices, rows and columns
_CENTRES = ((0.5, 0.5, 0.5), (0.5, 0.507, 0.493), (0.49, 0.489, 0.506))
_RADII = ((0.4, 0.235, 0.235), (0.41, 0.23, 0.238), (0.39, 0.236, 0.228))


@dataclass(frozen=True)
class Masks:
    """Three readers' masks of one organ: as stored marks, and as SimpleITK's images, whole and cropped."""

    marks: list[Mark]
    images: list[Any]
    cropped: list[Any]


def measure(bench: Bench) -> list[Figure]:
    """Each measure in turns with SimpleITK's, which may use every core."""
    itk = _simple_itk()
    masks = _masks(itk, bench.scale.masks)
    size = "×".join(map(str, (*bench.scale.masks[1:], bench.scale.masks[0])))
    figures = []
    for name, ours, theirs in (
        ("Dice", _dice, _itk_dice),
        ("HD95", _hd95, _itk_hd95),
        ("STAPLE", _staple, _itk_staple),
    ):
        bench.say(f"measuring masks: {name}")
        figures += _beside(bench, f"{name} of masks, {size}", masks, ours, partial(theirs, itk))
    return figures


def _beside(
    bench: Bench,
    name: str,
    masks: Masks,
    ours: Callable[[list[Drawn]], object],
    theirs: Callable[[Sequence[Any]], object],
) -> list[Figure]:
    mine, whole, cropped = [], [], []
    for _ in range(bench.rounds):
        mine.append(_seconds(lambda: ours([drawn_from(mark, Scale()) for mark in masks.marks])))
        whole.append(_seconds(lambda: theirs(masks.images)))
        cropped.append(_seconds(lambda: theirs(masks.cropped)))
    return [
        _no_slower(name, mine, whole, "SimpleITK on whole images in memory"),
        Figure(f"{name}, cropped", "s", mine, cropped, "SimpleITK on images cropped to the box of the masks"),
    ]


def _no_slower(name: str, ours: list[float], baseline: list[float], beside: str) -> Figure:
    plain = Figure(name, "s", ours, baseline, beside)
    met = plain.ratio_median is not None and plain.ratio_median <= 1
    return Figure(name, "s", ours, baseline, beside, "no slower than the baseline", met)


def _dice(drawn: list[Drawn]) -> object:
    return dice(drawn[0], drawn[1])


def _hd95(drawn: list[Drawn]) -> object:
    return surfaces(drawn[0].voxels, drawn[1].voxels, SPACING).hd95


def _staple(drawn: list[Drawn]) -> object:
    return staple(stacked(drawn, MARGIN)[0]).held


def _itk_dice(itk: Any, images: Sequence[Any]) -> object:
    overlap = itk.LabelOverlapMeasuresImageFilter()
    overlap.Execute(images[0], images[1])
    return overlap.GetDiceCoefficient(1)


def _itk_hd95(itk: Any, images: Sequence[Any]) -> object:
    edges = [itk.LabelContour(image) for image in images[:2]]
    far = [itk.Abs(itk.SignedMaurerDistanceMap(edge, False, False, True)) for edge in edges]
    there, back = (itk.GetArrayViewFromImage(one) for one in far)
    first, second = (itk.GetArrayViewFromImage(edge) > 0 for edge in edges)
    return max(np.percentile(back[first], 95), np.percentile(there[second], 95))


def _itk_staple(itk: Any, images: Sequence[Any]) -> object:
    # SimpleITK ends far earlier than ours does; its iterations are its own.
    return itk.STAPLE(list(images), 1.0)


def _masks(itk: Any, shape: tuple[int, int, int]) -> Masks:
    volumes = [_ellipsoid(shape, *one) for one in zip(_CENTRES, _RADII, strict=True)]
    like = {"kind": "mask", "on": {"series": "1.2"}, "rows": shape[1], "columns": shape[2]}
    marks = [mask_mark(like, volume, np.zeros(3, np.int64)) for volume in volumes]
    box = _box(volumes)
    images = [[_image(itk, volume) for volume in some] for some in (volumes, [one[box] for one in volumes])]
    return Masks([mark for mark in marks if mark], *images)


def _box(volumes: Sequence[Volume]) -> tuple[slice, ...]:
    """The box around all masks and the margin with which our STAPLE lays them out."""
    held = np.argwhere(np.any(volumes, axis=0))
    ends = zip(held.min(axis=0), held.max(axis=0), MARGIN, strict=True)
    return tuple(slice(max(0, int(low) - more), int(high) + more + 1) for low, high, more in ends)


def _ellipsoid(shape: tuple[int, int, int], centre: Sequence[float], radii: Sequence[float]) -> Volume:
    axes = [np.arange(size) / size for size in shape]
    parts = [((at - c) / r) ** 2 for at, c, r in zip(np.ix_(*axes), centre, radii, strict=True)]
    inside: Volume = parts[0] + parts[1] + parts[2] <= 1
    return inside


def _image(itk: Any, volume: Volume) -> Any:
    image = itk.GetImageFromArray(volume.astype(np.uint8))
    image.SetSpacing(SPACING[::-1])
    return image


def _simple_itk() -> Any:
    try:
        import SimpleITK
    except ImportError:
        raise BenchFailed("The baseline of the masks is SimpleITK: install requirements/dev.txt.") from None
    return SimpleITK


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
