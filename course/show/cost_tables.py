"""The tables of the lesson on cost: what the reader's formulas give, beside what PyTorch counted."""

from collections.abc import Mapping
from typing import Any


def against_counter(rows: Mapping[Any, tuple[float, float]], unit: str = "FLOPs") -> None:
    """Print for each row the reader's number, the counted one, and how far they are apart.

    A row is called by its text, or by a name and a length: `("(a)", 784)`. A number that the reader has none
    for yet is nan, and is shown as "–".
    """
    rows = {
        f"{name[0]}  L = {name[1]:,}" if isinstance(name, tuple) else name: row for name, row in rows.items()
    }
    width = max(map(len, rows))
    print(f"{unit:{width}} {'yours':>25} {'counted':>25} {'difference':>12}")
    for name, (yours, counted) in rows.items():
        print(f"{name:{width}} {_whole(yours):>25} {_whole(counted):>25} {_whole(yours - counted):>12}")


def _whole(number: float) -> str:
    return "–" if number != number else f"{number:,.0f}"
