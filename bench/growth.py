"""`bench growth`: what a claim costs in a long queue beside a short one, and beside a long reader's open snapshot."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median, quantiles

from .bench import Bench
from .crew import Client, Round, crew_of, together
from .figures import Figure, figure_with_ratio, figure_within
from .growth_rows import lease_to_others, pass_on_most
from .queue import Queue, open_queue
from .servers import Database
from .web import serving

READS = 4  # of each case
USUAL, WORST, KEPT = 1.15, 1.5, 0.8
HELD = 500
SNAPSHOTS = 2
SHARE = 0.9
NEWCOMER, VETERAN, THIRD, HOLDER = range(4)  # places in the crew of readers
OPEN_READS = "the same with {:,} open tasks"
NO_READER = "the same without it"


@dataclass(frozen=True)
class Side:
    """One of the two queues: its database, its study, where it is served, and a process that claims within Python."""

    cases: int
    database: Database
    queue: Queue
    port: int
    client: Client

    @property
    def tasks(self) -> int:
        """How many are open at first."""
        return self.cases * READS


def measure(bench: Bench) -> list[Figure]:
    """Three people in both queues, in turns; then all clients in the long one, with and without a snapshot."""
    readers = max(HOLDER + 1, bench.scale.claimers)
    with ExitStack() as stack:
        short, long = (stack.enter_context(_side(bench, cases, readers)) for cases in bench.scale.grown)
        crew = stack.enter_context(crew_of(long.database, bench.scale.claimers))
        figures = _compared(bench, short, long, NEWCOMER, "a newcomer", left=short.cases)
        for side in (short, long):
            pass_on_most(side.database, side.queue.members[VETERAN], SHARE)
        left = short.cases - round(SHARE * short.cases)
        figures += _compared(bench, short, long, VETERAN, "who had part in the first 90 %", left=left)
        for side in (short, long):
            lease_to_others(side.database, side.queue.members[HOLDER], HELD)
        left = short.cases - HELD
        figures += _compared(bench, short, long, THIRD, f"{HELD} leases held by others", left=left)
        figures.append(_beside_a_snapshot(bench, crew, long))
    return figures


@contextmanager
def _side(bench: Bench, cases: int, readers: int) -> Iterator[Side]:
    bench.say(f"opening {cases:,} cases of {READS} reads")
    with bench.servers.database(f"growth_{cases}") as database:
        queue = open_queue(database, readers, cases, READS)
        with serving(database, bench.folder) as port, crew_of(database, 1) as (client,):
            yield Side(cases, database, queue, port, client)


def _compared(bench: Bench, short: Side, long: Side, who: int, name: str, *, left: int) -> list[Figure]:
    """One person's claims in both queues, in turns: over HTTP, and their SQL alone.

    `left`: cases of the short queue that they may still read; a round takes so few that none of them runs out.
    """
    found: dict[str, dict[int, list[Round]]] = {
        what: {short.cases: [], long.cases: []} for what in ("ours", "inside")
    }
    rounds = max(bench.rounds, bench.scale.claim_rounds) + 1
    most = max(1, left // (rounds * len(found)))
    for number in range(rounds):
        for what, by_side in found.items():
            for side in (short, long):
                told = _told(side, who) | {"most": most}
                one = together([side.client], what, bench.scale.claiming / 3, [told])
                if number:  # the first warms up
                    by_side[side.cases].append(one)
    bench.say(f"claimed: {name}")
    return [
        figure
        for what, told in (("ours", "over HTTP"), ("inside", "in the database"))
        for figure in _waits(f"claim {told}, {name}, {long.tasks:,} open", found[what], short, long)
    ]


def _told(side: Side, who: int) -> dict[str, object]:
    queue = side.queue
    return {
        "port": side.port,
        "token": queue.tokens[who],
        "member": queue.members[who],
        "labels": queue.labels,
    }


def _waits(name: str, rounds: dict[int, list[Round]], short: Side, long: Side) -> list[Figure]:
    beside = OPEN_READS.format(short.tasks)
    figures = []
    for told, of, at_most in (("median", median, USUAL), ("99th percentile", _worst, WORST)):
        few, many = ([1000 * of(one.claims) for one in rounds[side.cases]] for side in (short, long))
        figures.append(figure_within(f"{name}, {told}", "ms", many, few, beside, at_most=at_most))
    return figures


def _worst(waits: Sequence[float]) -> float:
    return quantiles(waits, n=100, method="inclusive")[-1] if len(waits) > 1 else waits[0]


def _beside_a_snapshot(bench: Bench, crew: Sequence[Client], side: Side) -> Figure:
    """Rates of all clients without and with a reader who opened a snapshot long before, in turns."""
    told = [_told(side, who) for who in range(len(crew))]
    without, beside = [], []
    for _ in range(min(SNAPSHOTS, bench.rounds)):
        without.append(together(crew, "ours", bench.scale.claiming, told).rate)
        with side.database.connect("auditor") as reader, reader.transaction():
            reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            reader.execute("SELECT count(*) FROM workflow_project")
            together(crew, "ours", bench.scale.aging, told)
            beside.append(together(crew, "ours", bench.scale.claiming, told).rate)
    name = f"claims while a snapshot is open for {bench.scale.aging:.0f} s and more"
    return figure_with_ratio(name, "cycles/s", beside, without, NO_READER, at_least=KEPT)
