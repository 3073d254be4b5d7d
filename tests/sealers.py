"""A process of several sealers on one log, each in a thread and on a connection of its own, without a pause.

`python -m tests.sealers KEY RECORDS COUNT`: says "ready", works until its standard input ends, then says "done". Each
leaves a log alone that another has just locked, so that what came last may be left over: one seals it at the end.
"""

import sys
from pathlib import Path
from threading import Event, Thread

import django

django.setup()

from django.db import connections  # noqa: E402

from audit.keys import FileSigner  # noqa: E402
from audit.models import Log  # noqa: E402
from audit.sealing import Sealer  # noqa: E402

OVER = Event()
FAULTS: list[BaseException] = []


def seal_and_sign(sealer: Sealer) -> None:
    """All that waits and that no other is at."""
    for log in Log.objects.all():
        while sealer.seal(log):
            pass
        sealer.publish(log)


def work(key: Path, records: Path) -> None:
    """Seal and sign until the end."""
    sealer = Sealer(FileSigner(key), records)
    try:
        while not OVER.is_set():
            seal_and_sign(sealer)
    except BaseException as fault:
        FAULTS.append(fault)
        raise
    finally:
        connections.close_all()


def main(key: str, records: str, count: str) -> int:
    """Let them work; 1 if one of them failed."""
    sealers = [Thread(target=work, args=(Path(key), Path(records))) for _ in range(int(count))]
    for sealer in sealers:
        sealer.start()
    print("ready", flush=True)  # noqa: T201
    sys.stdin.read()
    OVER.set()
    for sealer in sealers:
        sealer.join()
    if not FAULTS:
        seal_and_sign(Sealer(FileSigner(Path(key)), Path(records)))
    print("done", flush=True)  # noqa: T201
    return 1 if FAULTS else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
