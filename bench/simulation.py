"""`bench simulation`: a made-up study played day by day, with the real planner and order, beside what others do."""

from collections.abc import Callable
from statistics import median

from .bench import Bench
from .figures import Figure
from .hospital.clinic import Clinic
from .hospital.outcome import Outcome, judged
from .hospital.picture import picture
from .hospital.policies import POLICIES
from .hospital.study import DAY, make

OURS, PEERS, PUSH = "ours", "FIFO pull", "round robin"
LONGEST, FAIREST, LATE = 1.05, 0.98, 0.5
IS = {
    PEERS: "FIFO pull: whoever comes gets the oldest open task that they may have",
    PUSH: "round robin: each task is pushed to the next person in turn who may have it",
}
_Of = Callable[[Outcome], float]


def measure(bench: Bench) -> list[Figure]:
    """One seed a round; the same people, cases and draws under each policy."""
    runs: dict[str, list[Outcome]] = {name: [] for name in POLICIES}
    for seed in range(1, bench.rounds + 1):
        study = make(seed, *bench.scale.simulated)
        for name, policy in POLICIES.items():
            runs[name].append(judged(study, Clinic(study, policy).play()))
            bench.say(_told(seed, name, runs[name][-1]))
        if bench.pictures and seed == 1:
            readers, cases = bench.scale.simulated
            title = f"{readers} people read {cases:,} cases (seed {seed})"
            last = {name: outcomes[-1] for name, outcomes in runs.items()}
            coming = [case.arrives / DAY for case in study.cases]
            (bench.pictures / "simulation.svg").write_text(picture(title, last, coming))
    return _figures(runs)


def _told(seed: int, name: str, one: Outcome) -> str:
    late = ", ".join(f"{kind} {share:.1%}" for kind, share in one.by_kind.items())
    return (
        f"seed {seed}, {name}: {one.tasks:,} tasks in {one.days:.1f} days (99.9 % in {one.most_days:.1f}; bound "
        f"{one.least:.1f}); overdue {one.overdue:.1%} ({late}); Jain {one.jain:.4f}; rarest {one.rare:.1f} "
        f"(99th {one.rare_99:.1f}); all {one.mean:.1f} (99th {one.age:.1f}, oldest {one.oldest:.1f}) days"
    )


def _figures(runs: dict[str, list[Outcome]]) -> list[Figure]:
    ours, peers = runs[OURS], runs[PEERS]
    ratio: _Of = lambda one: one.ratio  # noqa: E731
    late = median(one.overdue for one in ours) <= LATE * median(one.overdue for one in peers)
    found = [
        _figure("makespan by its lower bound", "ratio", runs, PEERS, ratio, f"at most {LONGEST}",
                median(one.ratio for one in ours) <= LONGEST),
        _figure("Jain's index of time worked by time had", "index", runs, PEERS, lambda one: one.jain,
                f"at least {FAIREST}", median(one.jain for one in ours) >= FAIREST),
        _figure("tasks done in time", "share", runs, PEERS, lambda one: 1 - one.overdue,
                "half of the overdue", late),
    ]  # fmt: skip
    plain: list[tuple[str, _Of]] = [
        ("makespan", lambda one: one.days),
        ("99.9 % of the cases final", lambda one: one.most_days),
        ("lower bound of the makespan", lambda one: one.least),
        ("cases of the rarest specialty, mean", lambda one: one.rare),
        ("cases of the rarest specialty, 99th percentile", lambda one: one.rare_99),
        ("all cases, mean", lambda one: one.mean),
        ("all cases, 99th percentile", lambda one: one.age),
        ("the oldest case", lambda one: one.oldest),
    ]
    for other in (PEERS, PUSH):
        found += [_figure(f"{name}, beside {other}", "days", runs, other, of) for name, of in plain]
    found.append(_figure("Jain's index, beside round robin", "index", runs, PUSH, lambda one: one.jain))
    return found


def _figure(
    name: str,
    unit: str,
    runs: dict[str, list[Outcome]],
    other: str,
    of: _Of,
    goal: str = "",
    met: bool | None = None,
) -> Figure:
    return Figure(name, unit, [of(o) for o in runs[OURS]], [of(o) for o in runs[other]], IS[other], goal, met)
