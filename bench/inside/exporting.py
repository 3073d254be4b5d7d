"""Asks for a bundle, has it sealed, and packs it into a file; tells times and the peak of this process's memory.

python -m bench.inside.exporting OUT
"""

import hashlib
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

import django

TOP = "bundle"
_EVENTS, _LABELS = b"data/log/events.ndjson", b"data/labels/labels.ndjson"


class _Timed:
    """A file that is hashed as it is written, as exports are; it remembers when and where members began."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash, self.size = file, hashlib.sha256(), 0
        self.first_byte, self.first_event, self.labels = 0.0, 0.0, (0.0, 0)

    def write(self, data: bytes) -> None:
        """Take bytes."""
        if not self.first_byte:
            self.first_byte = time.perf_counter()
        if len(data) < 200 and data[:4] == b"PK\x03\x04":
            if data.find(_EVENTS) > 0:
                self.first_event = time.perf_counter()
            elif data.find(_LABELS) > 0:
                self.labels = (time.perf_counter(), self.size)
        self._hash.update(data)
        self.size += len(data)
        self._file.write(data)


def export(out: Path) -> dict[str, Any]:
    """Ask, record, seal, then pack: only the packing is timed."""
    from audit.models import Standing
    from provenance.exporting import request_export
    from provenance.recording import record
    from workflow.acting import machine
    from workflow.models import Project

    project = Project.objects.select_related("log").get()
    asked = request_export(acting=machine(), project=project, profile="full")
    if not record(asked.pk):
        raise RuntimeError("Everything older must be sealed first.")
    _seal()
    told = _pack(asked.pk, out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {**told, "peak": peak, "log_key": Standing.objects.get(log=project.log).vkey}


def _seal() -> None:
    environment = {**os.environ, "DATABASE_URL": os.environ["SEALER_DATABASE_URL"]}
    subprocess.run([sys.executable, "manage.py", "seal", "--once"], env=environment, check=True)


def _pack(export_id: Any, out: Path) -> dict[str, Any]:
    from audit.bundle.archive import Archive
    from audit.bundle.reading import reading
    from provenance.bundling import pack
    from provenance.models import Export

    export = Export.objects.select_related("project__log").get(pk=export_id)
    start = time.perf_counter()
    with out.open("wb") as file, reading() as reader:
        timed = _Timed(file)
        with Archive(timed, TOP) as archive:
            scope = pack(export, reader, archive, lambda thousandths, leaves: None)
        file.flush()
        os.fsync(file.fileno())
    return {
        "seconds": time.perf_counter() - start,
        "first_byte": timed.first_byte - start,
        "first_event": timed.first_event - start,
        "bytes": timed.size,
        "labels": (timed.labels[0] - start, timed.labels[1]),
        "events": scope.size,
    }


if __name__ == "__main__":
    from bench.inside.telling import tell

    django.setup()
    tell(export(Path(sys.argv[1])))
