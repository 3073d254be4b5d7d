"""Locks between processes."""

import subprocess
import sys
from pathlib import Path

from config import locks


def test_a_lock_held_alone_admits_nobody_else(tmp_path: Path) -> None:
    mine = locks.hold(tmp_path / "lock")
    assert mine is not None
    assert locks.hold(tmp_path / "lock") is None
    assert locks.hold(tmp_path / "lock", shared=True) is None
    locks.release(mine)
    assert not locks.is_held(tmp_path / "lock")


def test_a_shared_lock_is_held_until_the_last_leaves(tmp_path: Path) -> None:
    first, second = (locks.hold(tmp_path / "lock", shared=True) for _ in range(2))
    assert first is not None
    assert second is not None
    locks.release(first)
    assert locks.is_held(tmp_path / "lock")
    locks.release(second)
    assert not locks.is_held(tmp_path / "lock")


def test_a_lock_given_to_a_child_lasts_until_the_child_is_killed(tmp_path: Path) -> None:
    mine = locks.hold(tmp_path / "lock")
    assert mine is not None
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[mine])
    locks.release(mine)
    assert locks.is_held(tmp_path / "lock")
    child.kill()
    child.communicate()
    assert not locks.is_held(tmp_path / "lock")


def test_one_who_has_to_wait_is_told_once(tmp_path: Path) -> None:
    told = []
    with locks.exclusive(tmp_path / "lock", lambda: told.append("busy")):
        pass
    assert told == []
    program = (
        "import sys; from config import locks\n"
        "with locks.exclusive(sys.argv[1]): print('held', flush=True); input()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path / "lock"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    with locks.exclusive(tmp_path / "lock", lambda: (told.append("busy"), holder.communicate(b"\n"))):
        pass
    assert told == ["busy"]
