"""One writer: told by lines what to do, it answers each with a line of JSON.

`ours SECONDS` appends events to a chain of its own, one per transaction, through the Journal; `plain SECONDS` inserts
the bytes of those events into a table without rules; `backlog EVENTS` appends many at once.
"""

import sys
import time
import uuid
from typing import Any

import django

GUIDELINE = {"id": "guideline", "version": 1, "digest": "sha256:" + "a" * 64}
BLINDING = {"peer_labels": True, "model_output": True, "prior_round": True, "clinical_data": False}
TOGETHER = 50  # events of a chain that one transaction of the backlog holds


class Writer:
    """A process that writes; it keeps the bytes of what it appended."""

    def __init__(self) -> None:
        from audit.log import Actor
        from audit.models import Log

        self.log = Log.objects.get()
        self.actor = Actor("human", "act_" + "1" * 32, "annotator", person="sha256:" + "b" * 64, site="north")
        self.bodies: list[bytes] = []

    def ours(self, seconds: float) -> dict[str, Any]:
        """Append for that long, each event by itself."""
        chain, count, start = uuid.uuid4(), 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            self.append(chain, 1)
            count += 1
        return {"events": count, "seconds": time.perf_counter() - start}

    def plain(self, seconds: float) -> dict[str, Any]:
        """Insert for that long what was appended before."""
        from django.db import connection, transaction

        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            with transaction.atomic(), connection.cursor() as cursor:
                body = self.bodies[count % len(self.bodies)]
                cursor.execute("INSERT INTO bench_plain (body) VALUES (%s)", [body])
            count += 1
        return {"events": count, "seconds": time.perf_counter() - start}

    def backlog(self, events: float) -> dict[str, Any]:
        """Append that many for the sealer."""
        for _ in range(0, int(events), TOGETHER):
            self.append(uuid.uuid4(), TOGETHER)
        return {"events": int(events)}

    def append(self, chain: uuid.UUID, count: int) -> None:
        """One transaction, as long as a person's claim of a task is in the log."""
        from django.db import transaction

        from audit.log import Action, Journal, Request

        with transaction.atomic():
            journal = Journal(self.log, self.actor, Request(tool="bench"))
            stream = journal.stream("batch", chain)
            for _ in range(count):
                entry = journal.record(
                    stream,
                    Action.TASK_CLAIMED,
                    object=("task", str(uuid.uuid4()), 1),
                    display="sha256:" + "c" * 64,
                    guideline=GUIDELINE,
                    blinding=BLINDING,
                    extra={"kind": "annotate", "slot": 1, "token": 1},
                )
                if len(self.bodies) < 10_000:
                    self.bodies.append(entry.body)
            journal.write()


def main() -> None:
    """Work until the input ends."""
    from bench.inside.telling import tell

    django.setup()
    writer = Writer()
    tell({"ready": True})
    for line in sys.stdin:
        what, how_much = line.split()
        tell({"ours": writer.ours, "plain": writer.plain, "backlog": writer.backlog}[what](float(how_much)))


if __name__ == "__main__":
    main()
