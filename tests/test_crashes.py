"""PostgreSQL is stopped at once, four times, under eight people who work: nothing acknowledged is lost."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import embedded
from tests.databases import ROOT

pytestmark = pytest.mark.slow
CRASHES = 4
BETWEEN = 50  # acknowledged changes from one crash to the next

HEADS = """
SELECT count(*) FILTER (WHERE e.leaf_hash IS DISTINCT FROM c.audit_head),
       count(*) FILTER (WHERE above.id IS NOT NULL)
FROM workflow_case c
LEFT JOIN audit_event e ON e.stream_id = c.id AND e.stream_seq = c.audit_seq
LEFT JOIN audit_event above ON above.stream_id = c.id AND above.stream_seq > c.audit_seq
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A server of our own, which keeps what it promised."""
    home = tmp_path / "home"
    embedded.start(home, lambda line: None)
    yield home
    embedded.leave(home)
    embedded.stop(home)


def run(home: Path, *command: str, role: str = "app") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT, env=environment(home, role), capture_output=True, text=True, check=False,
    )  # fmt: skip


def environment(home: Path, role: str = "app") -> dict[str, str]:
    ours = embedded.environment(home, role)
    return os.environ | ours | {"DJANGO_SETTINGS_MODULE": "config.settings", "JOBS_INLINE": "1"}


def acknowledged(writers: "subprocess.Popen[str]", count: int) -> list[str]:
    """The next changes that the writers were promised."""
    assert writers.stdout is not None
    lines = [writers.stdout.readline().strip() for _ in range(count)]
    assert all(lines), "the writers stopped"
    return lines


def crash_and_start_again(home: Path, writers: "subprocess.Popen[str]") -> None:
    embedded.crash_postgres(home)
    embedded.start(home, lambda line: None)
    assert writers.stdin is not None
    writers.stdin.write("back\n")
    writers.stdin.flush()


def test_four_crashes_under_load_lose_nothing_that_was_acknowledged(home: Path) -> None:
    assert run(home, "manage.py", "migrate", "--no-input", role="owner").returncode == 0
    with subprocess.Popen(
        [sys.executable, "-m", "tests.writers"],
        cwd=ROOT, env=environment(home), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as writers:  # fmt: skip
        promised = acknowledged(writers, BETWEEN)
        for _ in range(CRASHES):
            crash_and_start_again(home, writers)
            promised += acknowledged(writers, BETWEEN)
        rest, _ = writers.communicate()
    *more, last = rest.split()
    assert (last, writers.returncode) == ("home", 0)
    assert_kept(home, {*promised, *more})
    checked = run(home, "manage.py", "check_log", "chest")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def assert_kept(home: Path, promised: set[str]) -> None:
    """Every promised event is there, and no case's row and chain have come apart."""
    with psycopg.connect(embedded.endpoints(home).database_url("superuser")) as connection:
        kept = connection.execute(
            "SELECT count(*) FROM audit_event WHERE event_id = ANY(%s::uuid[])", [list(promised)]
        )
        assert kept.fetchone() == (len(promised),)
        assert connection.execute(HEADS).fetchone() == (0, 0)
        waiting = connection.execute(
            "SELECT count(*) FROM workflow_case WHERE state IN ('intake', 'consensus')"
        )
        assert waiting.fetchone() == (0,)
