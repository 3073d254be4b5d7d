"""Builds the viewer island with the node of .venv: checks it against what is committed, or writes it anew (--write)."""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent
ROOT = FRONTEND.parent
COMMITTED = ROOT / "static" / "viewer"
KEPT = ROOT / ".consilium" / "frontend"  # packages stay there, so that the next check is quick
MODULES = FRONTEND / "node_modules"
BIN = Path(sys.executable).parent
TOLD = ("package.json", "package-lock.json", ".npmrc")


class BuildError(Exception):
    """The island can't be built, or isn't what is committed; the sentence says what to do."""


def main() -> None:
    """Check types, run the tests, build, and compare with static/viewer; with --write only build into it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="build into static/viewer")
    write = parser.parse_args().write
    install()
    node("typescript/bin/tsc", "--noEmit")
    if write:
        build(COMMITTED)
        return
    node("vitest/vitest.mjs", "run")
    build(KEPT / "built")
    compare(KEPT / "built", COMMITTED)


def install() -> None:
    """Bring the packages in step with the lock file; nothing to do takes no time."""
    wanted = hashlib.sha256(b"".join((FRONTEND / name).read_bytes() for name in TOLD)).hexdigest()
    done = KEPT / "installed"
    if not done.exists() or done.read_text(encoding="ascii") != wanted:
        KEPT.mkdir(parents=True, exist_ok=True)
        done.unlink(missing_ok=True)
        for name in TOLD:
            shutil.copyfile(FRONTEND / name, KEPT / name)
        # No package may run anything of its own while it is installed.
        run(BIN / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", cwd=KEPT)
        done.write_text(wanted, encoding="ascii")
    if not MODULES.exists():
        MODULES.unlink(missing_ok=True)
        MODULES.symlink_to(KEPT / "node_modules", target_is_directory=True)


def build(into: Path) -> None:
    """Build the island into a folder."""
    node("vite/bin/vite.js", "build", "--logLevel", "error", "--outDir", str(into), "--emptyOutDir")


def compare(built: Path, committed: Path) -> None:
    """Fail unless both folders hold the same files with the same bytes."""
    differing = sorted(
        name for name in files(built) | files(committed) if not same(built / name, committed / name)
    )
    if differing:
        names = ", ".join(differing)
        raise BuildError(
            f"static/viewer is not what frontend/ makes ({names}): run `make viewer` and commit it."
        )


def files(folder: Path) -> set[str]:
    """The names of all files below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def same(a: Path, b: Path) -> bool:
    """Whether both files are there and alike."""
    return a.is_file() and b.is_file() and a.read_bytes() == b.read_bytes()


def node(program: str, *arguments: str) -> None:
    """Run a program of the packages with the node of .venv."""
    run(BIN / "node", MODULES / program, *arguments, cwd=FRONTEND)


def run(*command: Path | str, cwd: Path) -> None:
    """Run a command that shows its own faults; BuildError if it fails."""
    # The packages' programs look for `node` on the path; theirs must be this one. It trusts whom the system trusts:
    # a house's own proxy is known there, and not to node.
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path, "NODE_USE_SYSTEM_CA": "1"}
    if subprocess.run(command, cwd=cwd, env=environment, check=False).returncode:
        raise BuildError(
            f"{Path(command[1]).name if len(command) > 1 else command[0]} failed: its reason stands above."
        )


if __name__ == "__main__":
    try:
        main()
    except BuildError as error:
        sys.exit(str(error))
