"""The worker process: it can be killed, starved and crashed, and the next file goes in all the same."""

import json
import os
import signal
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from imaging.limits import Limits
from imaging.refusals import Refused
from imaging.worker import process
from imaging.worker.process import NotStarted, Worker
from imaging.worker.recipe import Prepared, Recipe
from tests.imaging.made import KEY, image, written
from tests.imaging.shipped import one

HERE = Path("/proc")
on_linux = pytest.mark.skipif(not HERE.exists(), reason="looks into /proc")


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """One with the ordinary limits; what a test does to its process, the next test doesn't notice."""
    with Worker(Recipe(KEY)) as started:
        yield started


def of(worker: Worker) -> int:
    """The id of its process, which has begun."""
    assert worker.pid is not None
    return worker.pid


def test_one_process_serves_many_files_and_keeps_their_neighbours(worker: Worker, tmp_path: Path) -> None:
    good = worker.prepare(one("CT_small.dcm"), tmp_path / "1.dcm")
    first = of(worker)
    with pytest.raises(Refused, match=r"^This is not a DICOM file\.$"):
        worker.prepare(one("README.txt"), tmp_path / "2.dcm")
    again = worker.prepare(one("CT_small.dcm"), tmp_path / "3.dcm")

    assert good == again
    assert set(good) == set(Prepared.__annotations__)
    assert of(worker) == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.dcm", "1.png", "3.dcm", "3.png"]


def test_a_file_that_takes_too_long_is_stopped_and_the_next_goes_in(tmp_path: Path) -> None:
    slow = one("color3d_jpeg_baseline.dcm")
    with Worker(Recipe(KEY, limits=Limits(seconds=1))) as worker:
        with pytest.raises(Refused) as refused:
            worker.prepare(slow, tmp_path / "1.dcm")
        assert refused.value.code == "took_too_long"
        assert not list(tmp_path.iterdir())
        assert worker.prepare(one("CT_small.dcm"), tmp_path / "2.dcm")["size"]


def test_a_file_that_needs_too_much_memory_is_stopped_and_the_next_goes_in(tmp_path: Path) -> None:
    large = written(image(np.zeros((3000, 3000), np.uint16)), tmp_path / "large")
    with Worker(Recipe(KEY, limits=Limits(memory_bytes=16 << 20))) as worker:
        with pytest.raises(Refused) as refused:
            worker.prepare(large, tmp_path / "1.dcm")
        assert refused.value.code == "too_much_memory"
        assert worker.prepare(one("CT_small.dcm"), tmp_path / "2.dcm")["size"]


def test_a_stored_file_that_would_be_too_large_is_refused(tmp_path: Path) -> None:
    with Worker(Recipe(KEY, limits=Limits(stored_bytes=1000))) as worker:
        with pytest.raises(Refused) as refused:
            worker.prepare(one("CT_small.dcm"), tmp_path / "1.dcm")
        assert refused.value.code == "too_large"
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("sent", "code"),
    [(signal.SIGSEGV, "failed"), (signal.SIGKILL, "too_much_memory"), (signal.SIGXCPU, "took_too_long")],
)
def test_a_process_that_dies_at_work_refuses_that_file_alone(
    worker: Worker, tmp_path: Path, sent: signal.Signals, code: str
) -> None:
    worker.prepare(one("CT_small.dcm"), tmp_path / "1.dcm")
    killer = threading.Timer(0.5, os.kill, (of(worker), sent))
    killer.start()
    with pytest.raises(Refused) as refused:
        worker.prepare(one("color3d_jpeg_baseline.dcm"), tmp_path / "2.dcm")
    killer.join()

    assert refused.value.code == code
    assert not (tmp_path / "2.dcm").exists()
    assert worker.prepare(one("CT_small.dcm"), tmp_path / "3.dcm")["size"]


def test_a_process_that_died_between_files_is_replaced(worker: Worker, tmp_path: Path) -> None:
    worker.prepare(one("CT_small.dcm"), tmp_path / "1.dcm")
    first = of(worker)
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)

    assert worker.prepare(one("CT_small.dcm"), tmp_path / "2.dcm")["size"]
    assert of(worker) != first


def test_a_process_is_replaced_after_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "FILES_PER_PROCESS", 2)
    pids = []
    with Worker(Recipe(KEY)) as worker:
        for n in range(4):
            worker.prepare(one("CT_small.dcm"), tmp_path / f"{n}.dcm")
            pids.append(worker.pid)

    assert [pid is None for pid in pids] == [False, True, False, True]


def test_closing_ends_the_process_and_leaves_no_pipe_open(tmp_path: Path) -> None:
    worker = Worker(Recipe(KEY))
    worker.prepare(one("CT_small.dcm"), tmp_path / "1.dcm")
    pid = of(worker)
    worker.close()
    worker.close()

    assert worker.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@on_linux
def test_the_process_knows_no_environment_and_the_key_is_not_on_its_command_line(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_SERVICE", "do not tell")
    worker.prepare(one("CT_small.dcm"), tmp_path / "1.dcm")
    there = HERE / str(of(worker))

    assert (there / "environ").read_bytes() == b""
    command = (there / "cmdline").read_bytes()
    assert KEY not in command
    assert KEY.hex().encode() not in command
    assert (there / "cwd").resolve() == Path("/")
    assert os.getsid(of(worker)) == of(worker)


@on_linux
def test_the_process_has_ceilings(worker: Worker, tmp_path: Path) -> None:
    worker.prepare(one("CT_small.dcm"), tmp_path / "1.dcm")
    told = (HERE / str(of(worker)) / "limits").read_text()
    ceilings = {line[:26].strip(): line[26:].split()[0] for line in told.splitlines()[1:]}

    assert ceilings["Max core file size"] == "0"
    assert int(ceilings["Max address space"]) < 4 << 30
    assert int(ceilings["Max file size"]) == Limits().stored_bytes
    assert int(ceilings["Max open files"]) == 64
    assert int(ceilings["Max cpu time"]) <= Limits().seconds + 60


@on_linux
def test_codecs_that_talk_do_not_reach_the_owner(worker: Worker, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        worker.prepare(one("JPEG2000-embedded-sequence-delimiter.dcm"), tmp_path / "1.dcm")
    ends = [os.readlink(HERE / str(of(worker)) / "fd" / str(n)) for n in (1, 2)]

    assert ends == [os.devnull] * 2


def test_threads_take_turns(worker: Worker, tmp_path: Path) -> None:
    told: dict[int, Prepared] = {}

    def work(number: int) -> None:
        told[number] = worker.prepare(one("MR_small.dcm"), tmp_path / f"{number}.dcm")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({json.dumps(one_told) for one_told in told.values()}) == 1
    assert len(told) == 8


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_after_a_fork_the_child_begins_a_process_of_its_own(worker: Worker, tmp_path: Path) -> None:
    worker.prepare(one("CT_small.dcm"), tmp_path / "1.dcm")
    parents = of(worker)
    child = os.fork()
    if not child:
        status = 1
        try:
            worker.prepare(one("CT_small.dcm"), tmp_path / "2.dcm")
            status = 0 if worker.pid not in (None, parents) else 2
            worker.close()
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(ended) == 0
    assert worker.prepare(one("CT_small.dcm"), tmp_path / "3.dcm")["size"]
    assert of(worker) == parents


def test_an_archive_is_unpacked_in_the_process_too(worker: Worker, tmp_path: Path) -> None:
    path, folder = tmp_path / "sent.zip", tmp_path / "unpacked"
    folder.mkdir()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(one("CT_small.dcm"), "DOE^JANE.dcm")
        archive.writestr("../up", b"bad")

    rows = worker.unpack(path, folder)

    assert [row["refused"] for row in rows] == [None, "archive_path"]
    assert worker.prepare(folder / "000001", tmp_path / "1.dcm")["size"]
    bomb, folder = tmp_path / "bomb.zip", tmp_path / "other"
    folder.mkdir()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(80 << 20))
    with pytest.raises(Refused) as refused:
        worker.unpack(bomb, folder)
    assert refused.value.code == "archive_bomb"


def test_closing_ends_what_is_at_work_without_refusing_it(tmp_path: Path) -> None:
    worker = Worker(Recipe(KEY))
    worker.prepare(one("CT_small.dcm"), tmp_path / "1.dcm")
    closer = threading.Timer(0.5, worker.close)
    closer.start()
    with pytest.raises(NotStarted):
        worker.prepare(one("color3d_jpeg_baseline.dcm"), tmp_path / "2.dcm")
    closer.join()

    assert worker.pid is None
    assert not (tmp_path / "2.dcm").exists()
    with pytest.raises(NotStarted):
        worker.prepare(one("CT_small.dcm"), tmp_path / "3.dcm")


def test_what_is_no_files_fault_refuses_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worker: Worker
) -> None:
    with pytest.raises(FileNotFoundError):
        worker.prepare(tmp_path / "nowhere", tmp_path / "1.dcm")
    monkeypatch.setattr(process, "START", "import nothing_like_this")
    with Worker(Recipe(KEY)) as broken, pytest.raises(NotStarted):
        broken.prepare(one("CT_small.dcm"), tmp_path / "2.dcm")


def test_a_large_file_may_take_longer() -> None:
    limits = Limits()
    assert limits.seconds_for(1000) == limits.seconds
    assert limits.seconds_for(limits.file_bytes) == limits.seconds + 512


def resident(worker: Worker) -> int:
    """The most memory that its process ever had, in bytes."""
    told = (HERE / str(of(worker)) / "status").read_text()
    return int(next(line for line in told.splitlines() if line.startswith("VmHWM")).split()[1]) << 10


@on_linux
def test_memory_does_not_grow_with_frames_or_files(tmp_path: Path) -> None:
    chance = np.random.default_rng(2)
    colour = chance.integers(0, 255, (240, 200, 300, 3), np.uint8)  # 43 MB, which do not compress
    with Worker(Recipe(KEY)) as worker:
        worker.prepare(written(image(colour[:2]), tmp_path / "few"), tmp_path / "1.dcm")
        before = resident(worker)
        worker.prepare(written(image(colour), tmp_path / "many"), tmp_path / "2.dcm")
        for n in range(50):
            worker.prepare(one("CT_small.dcm"), tmp_path / f"{n}.dcm")
        grown = resident(worker) - before

    assert grown < 24 << 20


def test_a_key_that_is_too_short_is_none() -> None:
    with pytest.raises(ValueError, match="bytes"):
        Recipe(b"short")
