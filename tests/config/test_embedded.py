"""The embedded servers on real folders: sharing, crashes, and what is in the way of a start."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config import embedded, embedded_postgres, embedded_process, locks, roles
from tests.databases import ROOT

USER = """
import sys
from pathlib import Path
from config import embedded
embedded.start(Path(sys.argv[1]), progress=lambda line: None, durable=False)
print("ready", flush=True)
input()
"""
User = Callable[[], "subprocess.Popen[str]"]


def start(home: Path) -> embedded.Endpoints:
    return embedded.start(home, lambda line: None, durable=False)


def postgres_runs(home: Path) -> bool:
    return locks.is_held(home / "run" / "postgres.lock")


def main_process(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().split()[0])


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that was started once and stopped."""
    home = tmp_path_factory.mktemp("made") / "home"
    start(home)
    embedded.leave(home)
    return home


@pytest.fixture(scope="session")
def running(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.Endpoints]:
    """A copy that runs all the time, for tests that only look."""
    home = Path(shutil.copytree(made_home, tmp_path_factory.mktemp("running") / "home"))
    yield start(home)
    embedded.leave(home)


@pytest.fixture
def home(made_home: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of it in a folder whose name has blanks and that only its owner may enter."""
    closed = tmp_path / "a folder with blanks"
    closed.mkdir(mode=0o700)
    home = Path(shutil.copytree(made_home, closed / "home"))
    yield home
    embedded.leave(home)
    embedded.stop(home)


@pytest.fixture
def user(home: Path) -> Iterator[User]:
    """Starts another process that uses the home until it reads a line or dies."""
    with ExitStack() as stack:

        def begin() -> "subprocess.Popen[str]":
            process = subprocess.Popen(
                [sys.executable, "-c", USER, home],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield begin


def ready(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


@pytest.mark.parametrize("role", roles.ROLES)
def test_each_role_can_sign_in_and_is_no_superuser(running: embedded.Endpoints, role: str) -> None:
    with psycopg.connect(running.database_url(role)) as connection:
        found = connection.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert found.fetchone() == (f"consilium_{role}", False, False, False)


def test_the_servers_listen_on_this_machine_only(running: embedded.Endpoints) -> None:
    with psycopg.connect(running.database_url("superuser")) as connection:
        shown = [
            connection.execute(f"SHOW {name}").fetchone()
            for name in ("listen_addresses", "unix_socket_directories")
        ]
    assert shown == [("127.0.0.1",), ("",)]
    with redis.Redis.from_url(running.redis_url()) as client:
        assert client.config_get("bind") == {"bind": "127.0.0.1"}


def test_text_is_utf_8_and_sorted_by_code_point(running: embedded.Endpoints) -> None:
    with psycopg.connect(running.database_url()) as connection:
        found = connection.execute("SELECT x FROM (VALUES ('ä'), ('b'), ('Z')) AS t(x) ORDER BY x")
        assert [x for (x,) in found] == ["Z", "b", "ä"]


def test_a_wrong_password_opens_nothing(running: embedded.Endpoints) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(running.database_url("app"), password="guess")
    client = redis.Redis(port=running.valkey_port, password="guess", retry=Retry(NoBackoff(), 0))
    with client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_secrets_are_for_their_owner_only_and_never_shown(running: embedded.Endpoints) -> None:
    files = list((running.home / "secrets").iterdir())
    assert len(files) == 7
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert not [path.name for path in files if path.read_text() in repr(running)]


def test_the_last_process_that_leaves_stops_the_servers(home: Path, user: User) -> None:
    first, second = user(), user()
    ready(first)
    ready(second)
    first.communicate("\n")
    assert postgres_runs(home)
    second.communicate("\n")
    assert not postgres_runs(home)


def test_servers_that_outlived_their_killed_user_are_used_again(home: Path, user: User) -> None:
    first = user()
    ready(first)
    before = main_process(home)
    first.kill()
    first.wait()
    start(home)
    assert main_process(home) == before


@pytest.mark.slow
def test_what_was_committed_survives_a_kill_of_everything(home: Path, user: User) -> None:
    first = user()
    ready(first)
    with psycopg.connect(embedded.endpoints(home).database_url("owner")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    first.kill()
    first.wait()
    os.kill(main_process(home), signal.SIGKILL)
    os.kill(int((home / "run" / "valkey.pid").read_text()), signal.SIGKILL)
    with psycopg.connect(start(home).database_url("owner")) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_crash_on_purpose_is_recovered_on_the_same_port(home: Path) -> None:
    before = start(home)
    embedded.crash_postgres(home)
    assert not postgres_runs(home)
    assert start(home) == before
    psycopg.connect(before.database_url("app")).close()


def test_a_pid_file_that_names_a_living_stranger_is_no_hindrance(home: Path) -> None:
    (home / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{home / 'postgres'}\n")
    start(home)
    assert main_process(home) != os.getpid()


def test_a_port_that_somebody_took_is_replaced(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        taken = {"postgres": one.getsockname()[1], "valkey": other.getsockname()[1]}
        (home / "run" / "ports.json").write_text(json.dumps(taken))
        there = start(home)
    assert not {there.postgres_port, there.valkey_port} & set(taken.values())
    psycopg.connect(there.database_url()).close()


def test_two_homes_do_not_meet(home: Path, running: embedded.Endpoints) -> None:
    here = start(home)
    assert here.postgres_port != running.postgres_port
    for there in (here, running):
        with psycopg.connect(there.database_url("superuser")) as connection:
            assert connection.execute("SHOW data_directory").fetchone() == (str(there.home / "postgres"),)


def test_an_interrupted_making_of_the_cluster_is_begun_anew(home: Path) -> None:
    shutil.rmtree(home / "postgres")
    (home / "postgres.new.half").mkdir()
    start(home)
    assert postgres_runs(home)
    assert not list(home.glob("postgres.new.*"))


def test_a_start_that_was_cut_off_before_the_roles_is_completed(home: Path, user: User) -> None:
    ready(user())
    with psycopg.connect(embedded.endpoints(home).database_url("superuser")) as connection:
        connection.execute("ALTER ROLE consilium_app PASSWORD NULL")
    psycopg.connect(start(home).database_url("app")).close()


def test_lost_passwords_are_said_in_a_sentence(home: Path) -> None:
    shutil.rmtree(home / "secrets")
    with pytest.raises(embedded.EmbeddedError, match=r"^The passwords in .* don't open .*\.$"):
        start(home)


def test_a_damaged_cluster_is_said_in_a_sentence(home: Path) -> None:
    (home / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(embedded.EmbeddedError, match=r"^PostgreSQL could not start: .*pg_control.*\.$"):
        start(home)


def test_a_home_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file is in the way")
    with pytest.raises(
        embedded.EmbeddedError, match=r"^The embedded servers can't use .*home: File exists\.$"
    ):
        start(tmp_path / "home")


def test_asking_before_the_first_start_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(embedded.EmbeddedError, match="No servers were ever started"):
        embedded.environment(tmp_path)


def test_a_missing_wheel_is_said_in_a_sentence() -> None:
    with pytest.raises(embedded.EmbeddedError, match="is not installed: run make setup, or set DATABASE_URL"):
        embedded_process.package_folder("no_such_wheel")


def test_stopping_what_does_not_run_does_nothing(home: Path) -> None:
    embedded.stop(home)
    embedded.leave(home)
    embedded_postgres.stop(home)


def test_a_subprocess_gets_the_role_it_is_given(running: embedded.Endpoints) -> None:
    assert embedded.environment(running.home, "sealer") == {
        "CONSILIUM_HOME": str(running.home),
        "DATABASE_URL": running.database_url("sealer"),
        "REDIS_URL": running.redis_url(),
    }
