"""Damaged and made-up files in the worker process: each is taken in or refused, and nothing is left behind.

`make soak` runs the same longer (`SOAK` multiplies the inputs: 20 makes ten thousand).
"""

import io
import json
import os
import random
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from struct import pack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imaging.limits import Limits
from imaging.refusals import REFUSALS, Refused
from imaging.worker.process import Worker
from imaging.worker.recipe import Recipe
from tests.imaging.shipped import one

pytestmark = pytest.mark.slow

EFFORT = int(os.environ.get("SOAK", "1"))
INPUTS, ARCHIVES = 500, 100
SMALL = ("SC_rgb_small_odd.dcm", "JPEGLSNearLossless_08.dcm", "UN_sequence.dcm", "image_dfl.dcm")
RECIPE = Recipe(b"the key of this test, 32 bytes ..", limits=Limits(seconds=20, memory_bytes=512 << 20))
SEEDS = (
    "CT_small.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm", "MR_small_RLE.dcm",
    "MR_small_jpeg_ls_lossless.dcm", "MR_small_jp2klossless.dcm", "SC_rgb_small_odd.dcm",
    "SC_rgb_jpeg_dcmtk.dcm", "SC_rgb_rle_2frame.dcm", "SC_rgb_jpeg_gdcm.dcm", "rtdose_rle.dcm", "image_dfl.dcm",
    "emri_small_jpeg_ls_lossless.dcm", "liver_1frame.dcm", "waveform_ecg.dcm", "nested_priv_SQ.dcm",
    "UN_sequence.dcm", "dicomdirtests/DICOMDIR", "JPEGLSNearLossless_08.dcm", "SC_rgb_jls_lossy_line.dcm",
)  # fmt: skip
LENGTHS = [pack("<L", n) for n in (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)]
HEADER = 4096


def damaged(chance: random.Random) -> bytes:
    """A real file with one to four kinds of damage."""
    data = bytearray(one(chance.choice(SEEDS)).read_bytes())
    for _ in range(chance.randint(1, 4)):
        chance.choice(DAMAGES)(data, chance)
    return bytes(data)


def _place(data: bytearray, chance: random.Random) -> int:
    """Mostly in the header, where it does most harm."""
    most = min(len(data), HEADER) if chance.random() < 0.7 else len(data)
    return chance.randrange(max(1, most))


def _flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 16)):
        if data:
            data[_place(data, chance)] = chance.randrange(256)


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data) + 1) :]


def _overwrite(data: bytearray, chance: random.Random) -> None:
    at, size = _place(data, chance), chance.choice([2, 4, 8, 64])
    data[at : at + size] = bytes([chance.choice([0, 0xFF, 0x20])]) * size


def _lie(data: bytearray, chance: random.Random) -> None:
    at = _place(data, chance) & ~1
    data[at : at + 4] = chance.choice(LENGTHS)


def _drop(data: bytearray, chance: random.Random) -> None:
    at = _place(data, chance)
    del data[at : at + chance.randint(1, 64)]


def _repeat(data: bytearray, chance: random.Random) -> None:
    at = _place(data, chance)
    data[at:at] = data[at : at + chance.randint(1, 256)] * chance.randint(1, 4)


def _splice(data: bytearray, chance: random.Random) -> None:
    other = one(chance.choice(SEEDS)).read_bytes()
    at, size = _place(data, chance), chance.randint(8, 2048)
    start = chance.randrange(len(other))
    data[at : at + size] = other[start : start + size]


DAMAGES = (_flip, _flip, _cut, _overwrite, _lie, _lie, _drop, _repeat, _splice)


@pytest.fixture
def worker() -> Iterator[Worker]:
    """One process for all of them."""
    with Worker(RECIPE) as started:
        yield started


def outcome(worker: Worker, data: bytes, folder: Path) -> str:
    """The code of the refusal, or "accepted"; the folder is empty again."""
    source, target = folder / "in", folder / "out.dcm"
    source.write_bytes(data)
    try:
        told = worker.prepare(source, target)
    except Refused as refused:
        assert refused.code in REFUSALS  # noqa: PT017
        found = refused.code
    else:
        json.dumps(told, allow_nan=False)
        assert target.stat().st_size == told["size"]
        assert all(at > 0 and at + length <= told["size"] for at, length in told["frames"])
        target.unlink()
        target.with_suffix(".png").unlink()
        found = "accepted"
    source.unlink()
    assert not list(folder.iterdir())
    return found


def state(worker: Worker) -> tuple[int, int, int]:
    """The process's id, its open files, and its resident memory in bytes."""
    pid = worker.pid
    assert pid is not None
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pid, len(os.listdir(f"/proc/{pid}/fd")), pages * os.sysconf("SC_PAGE_SIZE")


def test_damaged_files_neither_crash_nor_hang_nor_leak(worker: Worker, tmp_path: Path) -> None:
    found: Counter[str] = Counter(outcome(worker, one(name).read_bytes(), tmp_path) for name in SEEDS)
    before, died = state(worker), list[int]()
    for number in range(INPUTS * EFFORT):
        code = outcome(worker, damaged(random.Random(number)), tmp_path)
        assert code != "took_too_long", f"input {number}: {code}"
        assert code != "failed" or worker.pid is None, f"input {number}: {code}"
        found[code] += 1
        if worker.pid is None:  # replaced: a codec ended it, or it has seen enough files
            died += [number] * (code == "failed")
            outcome(worker, one("CT_small.dcm").read_bytes(), tmp_path)
            before = state(worker)
    after = state(worker)

    assert len(died) <= INPUTS * EFFORT / 1000, died
    assert after[1] == before[1], "a file stayed open"
    assert after[2] < before[2] + (64 << 20), "memory grew"
    assert len(found) > 5, found
    print(dict(found), died)  # noqa: T201  # what -s shows


def test_damaged_archives_neither_crash_nor_leave_what_they_refuse(worker: Worker, tmp_path: Path) -> None:
    path, folder = tmp_path / "sent.zip", tmp_path / "unpacked"
    found: Counter[str] = Counter()
    for number in range(ARCHIVES * EFFORT):
        chance = random.Random(number)
        data = bytearray(archive(chance))
        for _ in range(chance.randint(1, 3)):
            chance.choice(DAMAGES)(data, chance)
        path.write_bytes(data)
        folder.mkdir()
        try:
            rows = worker.unpack(path, folder)
        except Refused as refused:
            found[refused.code] += 1
            assert not list(folder.iterdir())
        else:
            found.update(str(row["refused"]) for row in rows)
            kept = {f"{row['number']:06}": row["size"] for row in rows if row["refused"] is None}
            assert {left.name: left.stat().st_size for left in folder.iterdir()} == kept
        shutil.rmtree(folder)
    assert not {"failed", "took_too_long", "too_much_memory"} & set(found)
    assert {"None", "archive_corrupt"} <= set(found)


def archive(chance: random.Random) -> bytes:
    """A ZIP of a few real files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as made:
        for n in range(chance.randint(1, 4)):
            made.writestr(f"{n}.dcm", one(chance.choice(SMALL)).read_bytes())
    return buffer.getvalue()


ELEMENTS = st.tuples(
    st.sampled_from(
        [(0x0008, 0x0018), (0x0008, 0x0016), (0x0010, 0x0010), (0x0028, 0x0010), (0x0028, 0x0030),
         (0x0028, 0x1050), (0x0020, 0x0032), (0x5200, 0x9230), (0x0008, 0x0005), (0x0040, 0xA730)]
    )
    | st.tuples(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF)),
    st.sampled_from([b"UI", b"PN", b"DS", b"IS", b"US", b"LO", b"CS", b"DA", b"TM", b"AT", b"FD", b"SQ", b"UN", b"OB"]),
    st.binary(max_size=24),
)  # fmt: skip
LONG = {b"SQ", b"UN", b"OB"}
PIXELS = (b"\x28\x00\x02\x00US\x02\x00\x01\x00" b"\x28\x00\x04\x00CS\x0c\x00MONOCHROME2 "
          b"\x28\x00\x10\x00US\x02\x00\x04\x00" b"\x28\x00\x11\x00US\x02\x00\x04\x00"
          b"\x28\x00\x00\x01US\x02\x00\x08\x00" b"\x28\x00\x01\x01US\x02\x00\x08\x00"
          b"\x28\x00\x03\x01US\x02\x00\x00\x00")  # fmt: skip
META = b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\0"
NAMED = b"\x08\x00\x18\x00UI\x04\x001.2\0"


def coded(element: tuple[tuple[int, int], bytes, bytes]) -> bytes:
    """One element, explicit and little-endian."""
    (group, number), vr, value = element
    length = b"\0\0" + pack("<L", len(value)) if vr in LONG else pack("<H", len(value))
    return pack("<HH", group, number) + vr + length + value


@settings(
    max_examples=60 * EFFORT, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(ELEMENTS, max_size=12), st.integers(0, 20), st.binary(min_size=0, max_size=20))
def test_made_up_headers_are_taken_in_or_refused(
    worker: Worker,
    tmp_path: Path,
    elements: list[tuple[tuple[int, int], bytes, bytes]],
    depth: int,
    tail: bytes,
) -> None:
    nested = b"".join(map(coded, elements))
    for _ in range(depth):
        nested = coded(((0x0040, 0xA730), b"SQ", b"\xfe\xff\x00\xe0" + pack("<L", len(nested)) + nested))
    file = bytes(128) + b"DICM" + META + NAMED + nested + PIXELS + coded(((0x7FE0, 0x10), b"OB", tail))

    assert outcome(worker, file, tmp_path) not in ("failed", "took_too_long", "too_much_memory")
