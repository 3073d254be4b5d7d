"""Builds .venv from the locked requirements, with the standard library only; fetches uv where it is missing.

Run by bootstrap.sh. A run that was cut off is mended by the next one; nothing to do takes no time.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(".venv")
LOCK = Path("requirements/dev.txt")
UV_FOLDER = Path(".consilium/uv")
DONE = VENV / "consilium-installed"  # holds the digest of what was installed
UNFINISHED = VENV / "consilium-unfinished"


class SetUpError(Exception):
    """The set-up can't go on; the sentence says what to mend."""


def main() -> None:
    """Bring .venv in step with the lock file; one process at a time, the others wait for it."""
    os.chdir(ROOT)
    Path(".consilium").mkdir(exist_ok=True)
    with open(".consilium/setup.lock", "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another set-up of this folder.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_done():
            install(find_uv())


def is_done() -> bool:
    """Whether .venv works and holds what the lock file names."""
    return DONE.exists() and DONE.read_text(encoding="ascii") == wanted() and works(VENV / "bin" / "python")


def wanted() -> str:
    """The digest of the lock file."""
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def works(program: Path | str) -> bool:
    """Whether a program can be run at all."""
    try:
        return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def find_uv() -> Path | str:
    """The machine's own uv, or one installed into .consilium/uv."""
    ours = UV_FOLDER / "bin" / "uv"
    for candidate in ("uv", ours):
        if works(candidate):
            return candidate
    say("Fetching uv, the installer, into .consilium/uv.")
    for fetch in (uv_by_venv, uv_by_pip):
        shutil.rmtree(UV_FOLDER, ignore_errors=True)
        if fetch() and works(ours):
            return ours
    raise SetUpError(
        "uv could not be fetched (its reason stands above): check the network, "
        "install Python's venv and pip, or install uv yourself; then run this again."
    )


def uv_by_venv() -> bool:
    """Fetch uv by a small environment of its own."""
    return run(sys.executable, "-m", "venv", UV_FOLDER) and run(UV_FOLDER / "bin" / "python", *pip_install())


def uv_by_pip() -> bool:
    """Fetch uv by this Python's pip, for systems that ship Python without ensurepip."""
    return run(sys.executable, *pip_install(), "--target", UV_FOLDER)


def pip_install() -> list[str]:
    """Arguments that install the locked uv and write nothing outside the folder."""
    quiet = ["--quiet", "--disable-pip-version-check", "--no-cache-dir"]
    return ["-m", "pip", "install", *quiet, "--require-hashes", "-r", "requirements/uv.txt"]


def install(uv: Path | str) -> None:
    """Make .venv if it is missing, broken or half made, then install exactly what the lock file names."""
    if UNFINISHED.exists() or not works(VENV / "bin" / "python"):
        shutil.rmtree(VENV, ignore_errors=True)
        if not run(uv, "venv", "--quiet", "--no-python-downloads", "--python", sys.executable, VENV):
            raise SetUpError("The environment .venv could not be made: the reason stands above.")
    DONE.unlink(missing_ok=True)
    UNFINISHED.touch()
    say("Installing the locked packages into .venv; the first time takes about a minute.")
    # Compiled now: the processes that read images write no bytecode, and would compile a dictionary at each start.
    if not run(uv, "pip", "sync", "--compile-bytecode", "--require-hashes", "--python", VENV, LOCK):
        raise SetUpError("The packages could not be installed: mend the reason above and run this again.")
    DONE.write_text(wanted(), encoding="ascii")
    UNFINISHED.unlink()


def run(*command: Path | str) -> bool:
    """Run a command that shows its own progress; whether it succeeded."""
    return subprocess.run(command, check=False).returncode == 0


def say(line: str) -> None:
    """Tell the person who waits."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    try:
        main()
    except (SetUpError, KeyboardInterrupt) as error:
        sys.exit(str(error) or "Interrupted; the next run takes up from here.")
    except OSError as error:
        sys.exit(f"The set-up can't use {error.filename or ROOT}: {error.strerror}.")
