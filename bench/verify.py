"""`bench verify`: audit/verify.py alone on a bundle, and check_log on the database, beside hashing the same bytes."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from config.serving import ROOT

from .bench import Bench
from .figures import Figure
from .servers import BenchFailed, Database

GOAL = 25_000
_HASH = """
import hashlib, sys
whole = hashlib.sha256()
with open(sys.argv[1], "rb") as file:
    while some := file.read(1 << 20):
        whole.update(some)
"""
_LOG_ALONE = """
import importlib.util, sys
found = importlib.util.spec_from_file_location("verify", sys.argv[1])
verify = sys.modules["verify"] = importlib.util.module_from_spec(found)
found.loader.exec_module(verify)
checks = [check for check in verify.CHECKS if check[0] in "V2 V5 V6 V7 V8 V9 V10".split()]
run = verify.verify(verify.open_bundle(sys.argv[2]), verify.parse_vkey(sys.argv[3]), checks=checks)
sys.exit(bool(run.faults))
"""
_BODIES = "COPY (SELECT body FROM audit_event) TO STDOUT (FORMAT binary)"


def measure(bench: Bench) -> list[Figure]:
    """One log, its bundle, and both ways of checking it."""
    bundle = bench.folder / "bundle.zip"
    with bench.servers.database("verify") as database:
        bench.fill(database, bench.scale.verified)
        made = database.run("exporting", bundle)
        bench.say(f"verifying a bundle of {made['bytes'] / 1e6:,.0f} MB")
        offline = _offline(bench, bundle, made)
        bench.say("checking the log in the database")
        inside = _inside(bench, database)
    bundle.unlink()
    return [*offline, inside]


def _offline(bench: Bench, bundle: Path, made: dict[str, Any]) -> list[Figure]:
    ours, by_one, alone, hashed, memory = [], [], [], [], []
    program = ROOT / "audit" / "verify.py"
    for _ in range(bench.rounds):
        seconds, peak = _run(program, bundle, "--log-key", made["log_key"])
        ours.append(made["events"] / seconds)
        memory.append(peak / 1e6)
        by_one.append(
            made["events"] / _run(program, bundle, "--log-key", made["log_key"], "--processes", 1)[0]
        )
        alone.append(made["events"] / _run("-c", _LOG_ALONE, program, bundle, made["log_key"])[0])
        hashed.append(made["events"] / _run("-c", _HASH, bundle)[0])
    of = f"{made['events']:,} events of copied histories"
    beside, goal = "SHA-256 of the bundle's bytes, once, in a process as bare", f"at least {GOAL:,} events/s"
    return [
        Figure(f"verify.py, {of}", "events/s", ours, hashed, beside, goal, median(ours) >= GOAL),
        Figure(f"verify.py --processes 1, {of}", "events/s", by_one, hashed, beside),
        Figure(
            f"verify.py, form, tree, chains and times alone (V2–V10), {of}", "events/s", alone, hashed, beside,
            goal, median(alone) >= GOAL,
        ),
        Figure(f"verify.py, peak memory of the larger process, {of}", "MB", memory),
    ]  # fmt: skip


def _run(*command: object) -> tuple[float, int]:
    """Seconds and peak memory in bytes of Python without any package: the standard library alone."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", *map(str, command)], env={}, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise BenchFailed(f"{command[0]} ended with {process.returncode}.")
    return seconds, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _inside(bench: Bench, database: Database) -> Figure:
    ours, hashed = [], []
    for _ in range(bench.rounds):
        told = database.run("checking")
        ours.append(told["events"] / told["seconds"])
        hashed.append(told["events"] / _hash_bodies(database))
    name = f"check_log, {told['events']:,} events of copied histories"
    return Figure(
        name, "events/s", ours, hashed, "COPY of the events' bytes out of the database, hashed once"
    )


def _hash_bodies(database: Database) -> float:
    start, whole = time.perf_counter(), hashlib.sha256()
    with (
        database.connect("auditor") as connection,
        connection.cursor() as cursor,
        cursor.copy(_BODIES) as copy,
    ):
        for some in copy:
            whole.update(some)
    return time.perf_counter() - start
