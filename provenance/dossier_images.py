"""Which of a case's images somebody was served: the files that a display manifest names, told by series."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ShownSeries:
    """What was served of a series: so many of its images, and of their frames. `series` is None: not of this case."""

    study: str | None
    series: str | None
    modality: str | None
    role: str | None
    images: int
    of_images: int
    frames: int
    of_frames: int


def series_served(served: Iterable[Mapping[str, Any]], manifests: Iterable[Any]) -> tuple[ShownSeries, ...]:
    """Every series of the study manifests that the case's events cite, with what a display manifest's `images` are."""
    frames = {one["digest"]: sum(last - first + 1 for first, last in one["frames"]) for one in served}
    found = [
        _one(series, [frames.pop(i["digest"]) for i in _in(series, frames)])
        for manifest in manifests
        for series in manifest["series"]
    ]
    return (*found, *_of_no_series(frames))


def _in(series: Mapping[str, Any], frames: Mapping[str, int]) -> Iterator[Mapping[str, Any]]:
    return (instance for instance in series["instances"] if instance["digest"] in frames)


def _one(series: Mapping[str, Any], served: list[int]) -> ShownSeries:
    instances = series["instances"]
    return ShownSeries(
        study=series["study"],
        series=series["series"],
        modality=series.get("modality"),
        role=series.get("role"),
        images=len(served),
        of_images=len(instances),
        frames=sum(served),
        of_frames=sum(instance["frames"] for instance in instances),
    )


def _of_no_series(frames: Mapping[str, int]) -> Iterator[ShownSeries]:
    if frames:
        yield ShownSeries(None, None, None, None, len(frames), 0, sum(frames.values()), 0)
