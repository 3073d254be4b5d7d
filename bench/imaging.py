"""`bench imaging`: take in files in the worker process, beside reading, decoding and copying the same ones."""

import shutil
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, UltrasoundMultiFrameImageStorage

from imaging.worker.process import Worker
from imaging.worker.recipe import Recipe

from .bench import Bench
from .figures import Figure

Pixels = NDArray[np.generic]
KEY = b"the key of a bench, of 32 bytes "
FEW = 10
PLAIN = "pydicom.dcmread, pixel_array and a copy of the file, in the bench's own process"
PLACE = Path("/proc")


def measure(bench: Bench) -> list[Figure]:
    """Slices of a CT, then a film in colour; then how much memory a long series needs."""
    slices, frames, long = bench.scale.imaged
    ct = [made_ct(n, bench.folder / f"ct-{n}") for n in range(slices)]
    film = [_written(_film(frames), bench.folder / "film")]
    figures = _beside(bench, f"{slices} CT slices, 512 × 512", ct)
    figures += _beside(bench, f"a colour film, {frames} frames of 480 × 640", film)
    return [*figures, *_memory(bench, ct, long)]


def _beside(bench: Bench, name: str, files: Sequence[Path]) -> list[Figure]:
    bench.say(f"taking in {name}")
    size = sum(path.stat().st_size for path in files) / 1e6
    ours, plain = [], []
    with Worker(Recipe(KEY)) as worker:
        worker.prepare(files[0], bench.folder / "first.dcm")  # the process has begun
        for _ in range(max(bench.rounds, bench.scale.claim_rounds)):
            ours.append(_seconds(partial(_taken_in, worker, files, bench.folder / "stored.dcm")))
            plain.append(_seconds(partial(_plainly, files, bench.folder / "copied.dcm")))
    return [
        Figure(f"take in {name}", unit, [amount / s for s in ours], [amount / s for s in plain], PLAIN)
        for unit, amount in (("files/s", len(files)), ("MB/s", size))
    ]


def _taken_in(worker: Worker, files: Sequence[Path], target: Path) -> None:
    for path in files:
        worker.prepare(path, target)


def _plainly(files: Sequence[Path], target: Path) -> None:
    for path in files:
        assert dcmread(path).pixel_array.size
        shutil.copyfile(path, target)


def _memory(bench: Bench, files: Sequence[Path], long: int) -> list[Figure]:
    """The most that the worker process ever held, after few and after many slices; where the system tells it."""
    if not PLACE.exists():
        return []
    bench.say(f"the memory of {long:,} slices")
    few, many = [], []
    for _ in range(bench.rounds):
        with Worker(Recipe(KEY)) as worker:
            for n in range(long):
                worker.prepare(files[n % len(files)], bench.folder / "stored.dcm")
                if n == FEW - 1:
                    few.append(_peak(worker))
            many.append(_peak(worker))
    return [Figure(f"peak memory, {long:,} slices", "MB", many, few, f"the same process after {FEW}")]


def _peak(worker: Worker) -> float:
    told = (PLACE / str(worker.pid) / "status").read_text()
    return int(told.split("VmHWM:")[1].split()[0]) / 1e3


def _seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def made_ct(number: int, path: Path) -> Path:
    """Write a slice of a CT, of 512 × 512, as a scanner would send it."""
    return _written(_ct(number), path)


def _ct(number: int) -> FileDataset:
    """Water with bones and noise, as a scanner would send it."""
    chance = np.random.default_rng(number)
    rows, columns = np.ogrid[-1:1:512j, -1:1:512j]
    body = np.where(rows**2 + columns**2 < 0.8, 40.0, -1000.0)
    body[(rows - 0.4) ** 2 + (columns - number / 1e3) ** 2 < 0.02] = 700
    values = (body + chance.normal(0, 12, body.shape)).astype(np.int16)
    made = _image(CTImageStorage, "CT", number, values)
    made.PixelSpacing, made.SliceThickness, made.ImagePositionPatient = (
        [0.7, 0.7],
        1.25,
        [0, 0, number * 1.25],
    )
    made.ImageOrientationPatient, made.RescaleSlope, made.RescaleIntercept = [1, 0, 0, 0, 1, 0], 1, 0
    return made


def _film(frames: int) -> FileDataset:
    chance = np.random.default_rng(7)
    grey = np.cumsum(chance.integers(-3, 4, (frames, 480, 640), np.int16), axis=2) % 256
    made = _image(
        UltrasoundMultiFrameImageStorage, "US", 0, np.repeat(grey.astype(np.uint8)[..., None], 3, 3)
    )
    made.NumberOfFrames, made.FrameTime, made.BurnedInAnnotation = frames, 33.3, "NO"
    return made


def _image(sop_class: str, modality: str, number: int, pixels: Pixels) -> FileDataset:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    made.SOPClassUID, made.SOPInstanceUID, made.Modality = sop_class, f"1.2.3.4.{number + 1}", modality
    made.StudyInstanceUID, made.SeriesInstanceUID, made.InstanceNumber = "1.2.3.1", "1.2.3.2", number
    made.PatientID, made.PatientName, made.StudyDate = "bench", "Bench^Made Up", "20200101"
    colour = pixels.shape[-1] == 3
    made.Rows, made.Columns = pixels.shape[-3:-1] if colour else pixels.shape[-2:]
    made.SamplesPerPixel, made.PhotometricInterpretation = (3, "RGB") if colour else (1, "MONOCHROME2")
    if colour:
        made.PlanarConfiguration = 0
    made.BitsAllocated = made.BitsStored = 8 * pixels.dtype.itemsize
    made.HighBit, made.PixelRepresentation = made.BitsStored - 1, int(pixels.dtype.kind == "i")
    made.PixelData = pixels.tobytes()
    made["PixelData"].VR = "OB" if colour else "OW"
    return made


def _written(made: FileDataset, path: Path) -> Path:
    made.save_as(path, enforce_file_format=True)
    return path
