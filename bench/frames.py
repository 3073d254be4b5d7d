"""`bench frames`: frames as viewers ask for them, beside the same bytes as static files of the same server."""

import http.client
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

from .bench import Bench
from .crew import Round, crew_of, together
from .figures import Figure, figure_with_ratio
from .imaging import PLACE, made_ct
from .servers import Database
from .web import serving

GOAL = 0.4
WARM_SECONDS = 2.0
STORED: Final = 'multipart/related; type="image/jls"; transfer-syntax=1.2.840.10008.1.2.4.80'
STATIC = "the same bytes as static files of the same server, by the same clients"
WHOLE = "the whole study's files (WADO-RS), the last byte"
Told = dict[str, Any]


def measure(bench: Bench) -> list[Figure]:
    """Both sides in turns, by as many clients, each a process of its own; then the first image, and the memory."""
    with bench.servers.database("frames") as database, ExitStack() as stack:
        readers = _opened(bench, database)
        _lay_out(readers[0]["frames"], database.files / "static" / "frames")
        port = stack.enter_context(serving(database, bench.folder))
        begun = _peak(port)
        crew = stack.enter_context(crew_of(database, len(readers)))
        sides = {"ours": _ours(port, readers), "static": _static(port, readers)}
        rounds: dict[str, list[Round]] = {side: [] for side in sides}
        for told in sides.values():
            together(crew, "looked", min(WARM_SECONDS, bench.scale.claiming), told)
        for number in range(max(bench.rounds, bench.scale.claim_rounds)):
            for side, told in sides.items():
                rounds[side].append(together(crew, "looked", bench.scale.claiming, told))
            rates = ", ".join(f"{side} {some[-1].rate:,.0f}/s" for side, some in rounds.items())
            bench.say(f"looking, round {number + 1}: {rates}")
        figures = [*_rates(rounds, len(readers)), *_first(bench, port, readers[0])]
        return [*figures, *_memory(port, begun)]


def _opened(bench: Bench, database: Database) -> list[Told]:
    folder = bench.folder / "slices"
    folder.mkdir()
    for number in range(bench.scale.framed):
        made_ct(number, folder / f"{number:04}")
    bench.say(f"taking in a study of {bench.scale.framed} slices")
    readers: list[Told] = database.run("imaged", folder, bench.scale.claimers)["readers"]
    return readers


def _lay_out(frames: Sequence[Sequence[Any]], folder: Path) -> None:
    """Each frame as a file that the server finds among its static ones when it starts."""
    folder.mkdir(parents=True)
    for number, (_, path, offset, length) in enumerate(frames):
        with Path(path).open("rb") as stored:
            stored.seek(offset)
            (folder / f"{number}.jls").write_bytes(stored.read(length))


def _ours(port: int, readers: Sequence[Told]) -> list[Told]:
    return [
        {
            "port": port,
            "headers": {"Authorization": f"Bearer {reader['token']}", "Accept": STORED},
            "addresses": [[address, length] for address, _, _, length in reader["frames"]],
        }
        for reader in readers
    ]


def _static(port: int, readers: Sequence[Told]) -> list[Told]:
    sizes = [length for *_, length in readers[0]["frames"]]
    addresses = [[f"/static/frames/{number}.jls", size] for number, size in enumerate(sizes)]
    return [{"port": port, "headers": {}, "addresses": addresses} for _ in readers]


def _rates(rounds: dict[str, list[Round]], clients: int) -> list[Figure]:
    rates = {side: [one.rate for one in some] for side, some in rounds.items()}
    late = {side: [1000 * quantiles(one.claims, n=100)[98] for one in some] for side, some in rounds.items()}
    name = f"frames of a study, {clients} clients"
    return [
        figure_with_ratio(name, "frames/s", rates["ours"], rates["static"], STATIC, at_least=GOAL),
        Figure(f"{name}, the wait of one in a hundred", "ms", late["ours"], late["static"], STATIC),
    ]


def _first(bench: Bench, port: int, reader: Told) -> list[Figure]:
    """From nothing to the first image, as a viewer goes: the series' headers, then a frame; and the whole study."""
    asks = [(f"{reader['series']}/metadata", "application/dicom+json"), (reader["frames"][0][0], STORED)]
    whole = [(reader["study"], 'multipart/related; type="application/dicom"; transfer-syntax=*')]
    rounds = range(max(bench.rounds, bench.scale.claim_rounds))
    ours = [_waited(port, reader["token"], asks) for _ in rounds]
    plain = [_waited(port, reader["token"], whole) for _ in rounds]
    return [
        Figure(
            f"first image of a study of {len(reader['frames'])}", "ms", ours, plain, f"{WHOLE}, same server"
        )
    ]


def _waited(port: int, token: str, asks: Sequence[tuple[str, str]]) -> float:
    start = time.perf_counter()
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        for address, accept in asks:
            connection.request("GET", address, headers={"Authorization": f"Bearer {token}", "Accept": accept})
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 200, (address, answer.status, body[:300])
    return 1000 * (time.perf_counter() - start)


def _memory(port: int, begun: float) -> list[Figure]:
    if not PLACE.exists():
        return []
    return [
        Figure("peak memory of the web processes", "MB", [_peak(port)], [begun], "the same, just started")
    ]


def _peak(port: int) -> float:
    """The most that the processes of the server at this port ever held together, in MB; 0 where nobody tells."""
    found = [int(one.name) for one in PLACE.glob("[0-9]*") if _is_server(one, port)] if PLACE.exists() else []
    held, waiting = 0.0, found
    while waiting:
        process = PLACE / str(waiting.pop())
        held += int((process / "status").read_text().split("VmHWM:")[1].split()[0]) / 1e3
        waiting += map(int, (process / "task" / process.name / "children").read_text().split())
    return held


def _is_server(process: Path, port: int) -> bool:
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"granian" in words and (b"--port", str(port).encode()) in pairwise(words)
