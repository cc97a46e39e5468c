"""What the reader guessed, drawn beside what was measured.

A guess is typed in a cell of its own, which holds ``None`` until then, and nobody writes it but the reader. A
figure without a guess shows the measurement, and says where to put one.
"""

import math
from collections.abc import Mapping
from typing import Any

from course.show.style import figure, new, palette

NOT_YET = "no guess yet: type one in the cell above, and run both again"


def is_number(guess: Any) -> bool:
    """Whether a guess is one that can be drawn: neither None, nor text, nor infinite."""
    return isinstance(guess, int | float) and not isinstance(guess, bool) and math.isfinite(guess)


def beside_guesses(measured: Mapping[str, float], guessed: Mapping[str, Any], unit: str) -> None:
    """A line for each measured value: its point, the reader's guess, and how far they are apart.

    measured, guessed: numbers by the same names; a guess that is None, or no number, is not drawn
    unit: what the axis counts

    Raises ValueError for names that do not agree.
    """
    if measured.keys() != guessed.keys():
        raise ValueError(f"measured are {', '.join(measured)}, but guessed are {', '.join(guessed)}")
    made = {name: float(guess) for name, guess in guessed.items() if is_number(guess)}
    fig, ax = new(width=7.5, height=1.35 + 0.42 * len(measured))
    rows = {name: row for row, name in enumerate(measured)}
    for name, guess in made.items():
        ax.plot([guess, measured[name]], [rows[name]] * 2, color=palette.muted, linestyle=":", linewidth=1.5)
    ax.plot(list(measured.values()), list(rows.values()), "o", markersize=10, label="measured")
    if made:
        ax.plot(list(made.values()), [rows[name] for name in made], "s", markersize=9, label="your guess")
    for name, value in measured.items():
        ax.annotate(
            _short(value), (value, rows[name]), xytext=(0, 9), textcoords="offset points", ha="center"
        )
    values = [0.0, *measured.values(), *made.values()]
    room = 0.08 * ((max(values) - min(values)) or 1.0)
    ax.set(xlim=(min(values) - room, max(values) + room), ylim=(len(rows) - 0.5, -0.8), xlabel=unit)
    ax.set_yticks(list(rows.values()), list(rows))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    if not made:
        ax.set_title(NOT_YET, fontsize=11, weight="normal", color=palette.muted)
    told = [
        f"{name}: {_short(value)} measured, {f'{_short(made[name])} guessed' if name in made else 'no guess'}"
        for name, value in measured.items()
    ]
    figure(fig, alt=f"Measured values beside your guesses, {unit}. {'; '.join(told)}.")


def _short(value: float) -> str:
    if abs(value) >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 0.0005 else "nearly 0"
