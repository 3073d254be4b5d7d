"""The same bytes, whatever the clock, the time zone and the order in which Python keeps its sets."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import hashlib, sys, tempfile
from pathlib import Path
from tests.imaging.out.scans import drawing, oblique_ct, stack
from tests.imaging.out.test_report import EVERYTHING, FACTS, FILM, SPAN
from tests.imaging.out.written import nifti_file, pictures, seg_file, sr_file
on, folder = stack(*oblique_ct()), Path(tempfile.mkdtemp())
drawings = [drawing(mark | {"on": {"series": on.series} | mark["on"]}, f"findings/f{i}", **FACTS)
            for i, mark in enumerate(EVERYTHING)]
mask = drawings[-1]
written = [sr_file(folder / "sr", *drawings, drawing(SPAN, "findings/s"), on=(on, FILM), **FACTS),
           seg_file(folder / "seg", mask, on), nifti_file(folder / "nifti", pictures(mask, on), on)]
print(*[hashlib.sha256(path.read_bytes()).hexdigest() for path in written])
"""


def digests(zone: str, seed: str) -> list[str]:
    environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_two_processes_write_the_same_bytes() -> None:
    first, second = digests("Pacific/Kiritimati", "1"), digests("America/Los_Angeles", "2")
    assert len(set(first)) == 3
    assert first == second
