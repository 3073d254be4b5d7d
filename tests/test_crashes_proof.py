"""PostgreSQL, the sealer and an export are killed, four times under load: the log stays whole, a bundle verifies."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from audit.keys import make_key
from audit.notes import open_checkpoint
from audit.records import head_of
from config import embedded
from tests.databases import ROOT
from tests.test_crashes import HEADS, acknowledged, crash_and_start_again, environment

pytestmark = pytest.mark.slow
BETWEEN = 40  # acknowledged changes before each axe falls
PIPE = 4096  # bytes: writers that are about a hundred changes ahead of the test wait for it
# The export dies: as the command while it writes and when it is done, and as the worker's job likewise.
COMMAND, JOB = ("export_bundle", "chest", "--out"), ("shell", "--no-imports", "-c")
DEATHS = (
    (COMMAND, "open", ".zip.part"),
    (JOB, "open", ".zip.part"),
    (COMMAND, "os.rename", ".zip.part"),
    (JOB, "os.rename", ".zip.part"),
)
# Asks for an export as the auditor unless one is under way, and does what the worker does until it is ready.
AS_WORKER = """
import sys
from provenance.exporting import request_export
from provenance.jobs import UNFINISHED, sweep_exports
from provenance.models import Export
from workflow.acting import Acting
from workflow.models import Membership
mine = Export.objects.filter(requested_by__isnull=False)
if not mine.filter(state__in=UNFINISHED).exists():
    aud = Membership.objects.select_related("project__log").get(user__username="aud")
    request_export(acting=Acting(aud, "auditor"), project=aud.project, profile="full")
while sweep_exports():
    pass
print(mine.order_by("-requested_at")[0].state)
"""


class House:
    """A server of our own with the processes on it: writers, and a sealer that is killed and started again."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.home, self._stack = folder, folder / "home", stack
        embedded.start(self.home, lambda line: None)
        make_key(folder / "log.key")
        assert self.run("migrate", "--no-input", role="owner").returncode == 0
        self.writers = self.start("-m", "tests.writers")
        self.sealer = self.start_sealer()

    def given(self, role: str = "app") -> dict[str, str]:
        """The environment of a process in a role; the key is the sealer's alone."""
        key = {"LOG_KEY_FILE": str(self.folder / "log.key"), "SEALER_RECORDS": str(self.folder / "records")}
        ours = environment(self.home, role) | {"EXPORTS_FOLDER": str(self.folder / "exports")}
        return ours | (key if role == "sealer" else {})

    def run(self, *command: str, role: str = "app") -> "subprocess.CompletedProcess[str]":
        """A management command to its end."""
        return self._run(["manage.py", *command], role)

    def run_until(self, event: str, part: str, *command: str) -> "subprocess.CompletedProcess[str]":
        """A management command until it is killed."""
        return self._run(["-m", "tests.dying", event, part, "1", *command], "app")

    def start_sealer(self) -> "subprocess.Popen[str]":
        """The sealer as the service runs it."""
        return self.start("manage.py", "seal", role="sealer")

    def kill_sealer(self) -> None:
        """Kill -9, and start another."""
        assert self.sealer.poll() is None, "the sealer ended by itself"
        self.sealer.kill()
        self.sealer.wait()
        self.sealer = self.start_sealer()

    def start(self, *command: str, role: str = "app") -> "subprocess.Popen[str]":
        """A process that ends with the house."""
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.given(role),
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pipesize=PIPE,
        )
        self._stack.enter_context(process)
        self._stack.callback(process.kill)  # comes first: leaving a process waits for its end
        return process

    def _run(self, command: list[str], role: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *command],
            cwd=ROOT, env=self.given(role), capture_output=True, text=True, check=False,
        )  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with ExitStack() as stack:
        stack.callback(embedded.stop, tmp_path / "home")
        stack.callback(embedded.leave, tmp_path / "home")
        yield House(tmp_path, stack)


def test_four_axes_under_load_leave_a_whole_log_and_a_bundle_that_verifies(house: House) -> None:
    promised = acknowledged(house.writers, BETWEEN)
    for number, (command, event, part) in enumerate(DEATHS):
        what = AS_WORKER if command is JOB else str(house.folder / f"{number}.zip")
        killed = house.run_until(event, part, *command, what)
        assert killed.returncode == -9, killed.stdout + killed.stderr
        house.kill_sealer()
        promised += acknowledged(house.writers, BETWEEN)
        crash_and_start_again(house.home, house.writers)
        promised += acknowledged(house.writers, BETWEEN)
    rest, _ = house.writers.communicate()
    *more, last = rest.split()
    assert (last, house.writers.returncode) == ("home", 0)
    command = house.start("manage.py", *COMMAND, str(house.folder / "exports" / "again.zip"))
    finished = house.run(*JOB, AS_WORKER)
    assert command.wait() == 0
    assert finished.stdout.split()[-1] == "ready", finished.stderr
    assert house.sealer.poll() is None, "the sealer did not live through a crash of the database"
    house.sealer.kill()
    house.sealer.wait()
    assert house.run("seal", "--once", role="sealer").returncode == 0
    key = assert_whole(house, {*promised, *more})
    assert_verifies(house, key)


WHOLE = """
SELECT count(*), count(l.event_id), count(DISTINCT l.leaf_index), min(l.leaf_index), max(l.leaf_index) + 1,
       (SELECT count(*) FROM audit_pending), (SELECT size FROM audit_log),
       (SELECT max(size) FROM audit_checkpoint)
FROM audit_event e LEFT JOIN audit_leaf l ON l.event_id = e.id
"""
OUT_OF_ORDER = """
SELECT count(*) FROM (SELECT stream_seq, row_number() OVER (PARTITION BY stream_id ORDER BY leaf_index) AS place
FROM audit_event e JOIN audit_leaf l ON l.event_id = e.id) t WHERE place <> stream_seq
"""


def assert_whole(house: House, promised: set[str]) -> str:
    """Every promised event is one leaf in its place, under a recorded head; returns the log's key."""
    with psycopg.connect(embedded.endpoints(house.home).database_url("superuser")) as connection:

        def one(query: str, *values: object) -> tuple[int, ...]:
            found = connection.execute(query, values).fetchone()
            assert found is not None
            return tuple(found)

        kept = "SELECT count(*) FROM audit_event WHERE event_id = ANY(%s::uuid[])"
        assert one(kept, list(promised)) == (len(promised),)
        n = one(WHOLE)[0]
        assert one(WHOLE) == (n, n, n, 0, n, 0, n, n)
        assert (one(OUT_OF_ORDER), one(HEADS)) == ((0,), (0, 0))
        note, key = connection.execute(
            "SELECT note, vkey FROM audit_checkpoint c JOIN audit_standing s USING (log_id) ORDER BY size DESC"
        ).fetchone() or ("", "")
    [record] = (house.folder / "records").glob("*.checkpoint")
    assert head_of(record.read_text()) == open_checkpoint(note, [key])
    return str(key)


def assert_verifies(house: House, key: str) -> None:
    """The job's bundle and the command's hold under the log's key."""
    bundles = sorted((house.folder / "exports").glob("*.zip"))
    assert len(bundles) == 2
    for bundle in bundles:
        checked = subprocess.run(
            [sys.executable, "audit/verify.py", bundle, "--log-key", key],
            cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert checked.returncode == 0, checked.stdout
