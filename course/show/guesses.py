"""What the reader guessed, drawn beside what was measured.

A guess is typed in a cell of its own, which holds ``None`` until then, and nobody writes it but the reader. A
figure without a guess shows the measurement, and says where to put one.
"""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, TypeGuard

from course.show.style import figure, new, palette

NOT_YET = "no guess yet"


def is_number(guess: Any) -> TypeGuard[float]:
    """Whether a guess is one that can be drawn: neither None, nor text, nor infinite."""
    return isinstance(guess, int | float) and not isinstance(guess, bool) and math.isfinite(guess)


def made(guessed: Mapping[Any, Any]) -> dict[Any, float]:
    """Those of the guesses that can be drawn, by the same names."""
    return {name: float(guess) for name, guess in guessed.items() if is_number(guess)}


def beside_guesses(
    measured: Mapping[str, float | Sequence[float]],
    guessed: Mapping[str, Any],
    unit: str,
    *,
    floor: float | None = None,
    log: bool = False,
) -> None:
    """A line for each measured value: its point, one for each seed; the reader's guess; and how far apart.

    guessed: by the same names, as many as were asked for; a guess that is None, or no number, is not drawn
    unit: what the axis counts
    floor: what needs no insight, a dotted line
    log: the axis in powers of ten

    Raises ValueError for a guess at something that was not measured.
    """
    if unknown := guessed.keys() - measured.keys():
        raise ValueError(f"nothing was measured under the name of the guess {sorted(unknown)[0]!r}")
    runs = {
        name: [float(found)] if isinstance(found, int | float) else [float(one) for one in found]
        for name, found in measured.items()
    }
    drawn = {name: guess for name, guess in made(guessed).items() if guess > 0 or not log}
    fig, ax = new(width=7.5, height=1.35 + 0.42 * len(runs))
    rows = {name: row for row, name in enumerate(runs)}
    for name, guess in drawn.items():
        ax.plot(
            [guess, fmean(runs[name])], [rows[name]] * 2, color=palette.muted, linestyle=":", linewidth=1.5
        )
    points = [(value, rows[name]) for name, found in runs.items() for value in found]
    ax.plot(*zip(*points), "o", markersize=10, label="measured")
    if drawn:
        ax.plot(list(drawn.values()), [rows[name] for name in drawn], "s", markersize=9, label="your guess")
    if floor is not None:
        ax.axvline(floor, color=palette.muted, linestyle=":", label="the floor")
    for name, found in runs.items():
        ax.annotate(
            _told(found), (fmean(found), rows[name]), xytext=(0, 9), textcoords="offset points", ha="center"
        )
    ax.set(ylim=(len(rows) - 0.5, -0.8), xlabel=unit)
    ax.set_yticks(list(rows.values()), list(rows))
    if log:
        ax.set_xscale("log")
        ax.margins(x=0.15)
    else:
        values = [0.0, *(value for value, _ in points), *drawn.values()]
        room = 0.08 * ((max(values) - min(values)) or 1.0)
        ax.set(xlim=(min(values) - room, max(values) + room))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    if not drawn:
        ax.set_title(NOT_YET, fontsize=11, weight="normal", color=palette.muted)
    told = [
        f"{name}: {_told(found)} measured, "
        + (f"{_short(drawn[name])} guessed" if name in drawn else "no guess")
        for name, found in runs.items()
    ]
    told += [] if floor is None else [f"the floor is {_short(floor)}"]
    figure(fig, alt=f"Measured values beside your guesses, {unit}. {'; '.join(told)}.")


def _told(found: Sequence[float]) -> str:
    """One value, or the least and the largest of several seeds."""
    low, high = _short(min(found)), _short(max(found))
    return low if low == high else f"{low} to {high}"


def _short(value: float) -> str:
    if abs(value) >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 0.0005 else "nearly 0"
