"""Two curves of a study under each policy, as an SVG of its own: how cases end, and how long they took."""

from collections.abc import Mapping, Sequence

from .outcome import Outcome

WIDTH, HEIGHT, LEFT, TOP, GAP = 400, 260, 60, 40, 90
COLOURS = ("#0b6e4f", "#2b6cb0", "#90cdf4", "#c05621", "#4a5568")
POINTS = 120


def picture(title: str, outcomes: Mapping[str, Outcome], coming: Sequence[float]) -> str:
    """The SVG. coming: the days on which cases came, in order."""
    least = min(outcome.least for outcome in outcomes.values())
    first = max(outcomes["ours"].days, outcomes["FIFO pull"].days) * 1.15
    oldest = outcomes["FIFO pull"].oldest * 1.15
    finals = {name: one.finals for name, one in outcomes.items()}
    ages = {name: one.ages for name, one in outcomes.items()}
    total = (2 * LEFT + 2 * WIDTH + GAP, TOP + HEIGHT + 110)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total[0]} {total[1]}" font-family="sans-serif" '
        f'font-size="12" fill="#1a202c"><title>{title}</title>',
        f'<rect width="{total[0]}" height="{total[1]}" fill="#ffffff"/>',
        _panel(0, "Cases that are final, by day", first, {"came": coming, **finals}, least),
        _panel(1, "Days from coming to final: share of cases", oldest, ages, None),
        *_legend(list(outcomes)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _panel(
    number: int, title: str, most: float, curves: Mapping[str, Sequence[float]], mark: float | None
) -> str:
    x0 = LEFT + number * (WIDTH + GAP)
    lines = [f'<text x="{x0}" y="{TOP - 14}" font-weight="bold">{title}</text>', *_axes(x0, most)]
    colours = iter(COLOURS)
    for name, values in curves.items():
        stroke = 'stroke="#a0aec0" stroke-dasharray="2 3"' if name == "came" else f'stroke="{next(colours)}"'
        lines.append(
            f'<polyline fill="none" stroke-width="2" {stroke} points="{_points(x0, most, values)}"/>'
        )
    if mark is not None:
        x = x0 + WIDTH * mark / most
        lines.append(f'<path d="M{x:.1f} {TOP}V{TOP + HEIGHT}" stroke="#1a202c" stroke-dasharray="5 4"/>')
        lines.append(f'<text x="{x - 4:.1f}" y="{TOP + 14}" text-anchor="end">lower bound</text>')
    return "\n".join(lines)


def _axes(x0: int, most: float) -> list[str]:
    bottom = TOP + HEIGHT
    lines = [f'<path d="M{x0} {TOP}V{bottom}H{x0 + WIDTH}" fill="none" stroke="#4a5568"/>']
    for share in (0, 25, 50, 75, 100):
        y = bottom - HEIGHT * share / 100
        lines.append(f'<text x="{x0 - 6}" y="{y + 4:.0f}" text-anchor="end">{share} %</text>')
    step = next(n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500) if most / n <= 8)
    for day in range(0, int(most) + 1, step):
        x = x0 + WIDTH * day / most
        lines.append(f'<text x="{x:.0f}" y="{bottom + 18}" text-anchor="middle">{day}</text>')
    return [*lines, f'<text x="{x0 + WIDTH / 2:.0f}" y="{bottom + 36}" text-anchor="middle">days</text>']


def _points(x0: int, most: float, values: Sequence[float]) -> str:
    found = []
    for n in range(POINTS + 1):
        value = values[min(int(n / POINTS * len(values)), len(values) - 1)]
        if value > most:
            break
        found.append(f"{x0 + WIDTH * value / most:.1f},{TOP + HEIGHT - HEIGHT * n / POINTS:.1f}")
    return " ".join(found)


def _legend(names: Sequence[str]) -> list[str]:
    y, lines = TOP + HEIGHT + 70, []
    for n, (name, colour) in enumerate(zip((*names, "came"), (*COLOURS, "#a0aec0"), strict=False)):
        x = LEFT + n * 150
        lines.append(f'<path d="M{x} {y}h24" stroke="{colour}" stroke-width="3"/>')
        lines.append(f'<text x="{x + 30}" y="{y + 4}">{name}</text>')
    return lines
