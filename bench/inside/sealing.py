"""Seals and signs all that waits, and tells how long that took; or writes the same rows into a table without rules.

python -m bench.inside.sealing ours | plain
"""

import sys
import time
from pathlib import Path
from typing import Any

import django


def seal_everything() -> dict[str, Any]:
    """Seal every log as `manage.py seal` does, and sign it; events and seconds, without the signing."""
    import os

    from audit.keys import FileSigner
    from audit.models import Log
    from audit.sealing import Sealer

    sealer = Sealer(FileSigner(Path(os.environ["LOG_KEY_FILE"])), Path(os.environ["SEALER_RECORDS"]))
    events, start = 0, time.perf_counter()
    for log in Log.objects.all():
        while some := sealer.seal(log):
            events += some
    seconds = time.perf_counter() - start
    for log in Log.objects.all():
        sealer.publish(log)
    return {"events": events, "seconds": seconds}


def write_plainly() -> dict[str, Any]:
    """Insert the newest leaves again, into `bench_leaf`, as many at once as the sealer does."""
    from django.db import connection

    from audit.models import Leaf
    from audit.waiting import AT_ONCE

    limit = int(sys.argv[2])
    newest = Leaf.objects.order_by("-leaf_index").values_list("leaf_index", "event_id", "leaf_hash")[:limit]
    rows = [(index, event, bytes(leaf)) for index, event, leaf in newest]
    start = time.perf_counter()
    with connection.cursor() as cursor:
        for first in range(0, len(rows), AT_ONCE):
            columns = [list(column) for column in zip(*rows[first : first + AT_ONCE], strict=True)]
            cursor.execute(
                "INSERT INTO bench_leaf SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])",
                columns,
            )
    return {"events": len(rows), "seconds": time.perf_counter() - start}


if __name__ == "__main__":
    from bench.inside.telling import tell

    django.setup()
    tell(seal_everything() if sys.argv[1] == "ours" else write_plainly())
