"""The clients of a bench: processes that claim and submit together, each with a connection of its own."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .servers import BenchFailed, Database


@dataclass(frozen=True, slots=True)
class Round:
    """What all of them did together: cycles per second, and how long each claim took, in seconds."""

    rate: float
    claims: list[float]


class Client:
    """One client's process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def ask(self, what: str, seconds: float, told: dict[str, Any]) -> None:
        """Say what to do for how long."""
        assert self.process.stdin
        self.process.stdin.write(f"{what} {seconds} {json.dumps(told)}\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """Wait for what it did."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise BenchFailed("A client of the bench ended; its last sentence is above.")
        told: dict[str, Any] = json.loads(line)
        return told


@contextmanager
def crew_of(database: Database, count: int) -> Iterator[list[Client]]:
    """So many clients."""
    clients = [Client(database.start("client")) for _ in range(count)]
    try:
        for client in clients:
            client.answer()
        yield clients
    finally:
        for client in clients:
            client.process.communicate()


def together(crew: Sequence[Client], what: str, seconds: float, told: Sequence[dict[str, Any]]) -> Round:
    """Have them work at once, each as it is told."""
    for client, one in zip(crew, told, strict=True):
        client.ask(what, seconds, one)
    answers = [client.answer() for client in crew]
    rate = sum(float(answer["cycles"]) / float(answer["seconds"]) for answer in answers)
    return Round(rate, [wait for answer in answers for wait in answer["claims"]])
