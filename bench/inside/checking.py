"""Checks the log of the only project as `manage.py check_log` does, but without cases' rows; tells how long it took."""

import time
from typing import Any

import django


def check() -> dict[str, Any]:
    """Events and seconds; RuntimeError if the log doesn't hold."""
    from audit.checking import LogCheck
    from workflow.models import Project
    from workflow.states import MOVES

    moves = {(move.source.value, move.target.value) for move in MOVES}
    start = time.perf_counter()
    done = LogCheck(Project.objects.get().pk, None, moves).run()
    seconds = time.perf_counter() - start
    if done.faults:
        raise RuntimeError(f"The log does not hold: {done.faults[0]}")
    return {"events": done.events, "seconds": seconds}


if __name__ == "__main__":
    from bench.inside.telling import tell

    django.setup()
    tell(check())
