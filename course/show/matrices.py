"""Matrices as pictures: every cell a colour, and its number in it where there is room to read it.

Several matrices side by side lie on one scale, so that a colour means the same number in all of them. With a
negative entry the scale is symmetric about zero and its middle is pale; without one it starts at zero.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course.show import checks
from course.show.style import figure, new, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

WIDEST = 8.6  # inches, of the whole figure
SCALE = 1.3  # inches, for the scale at the right
DIGIT, MARGIN = 0.095, 0.12  # inches: a digit of 11 points, and what a number needs around it
READ_OUT, READ_OUT_WHOLE = 36, 100  # cells, and of single figures: larger matrices are told by their extremes
FEW = 3  # different numbers: where each is, is told


def matrices(
    tables: Mapping[str, Any],
    rows: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    axes: tuple[str, str] = ("query", "key"),
    digits: int = 2,
    allowed: Any = None,
    top: float | None = None,
    label: str = "",
) -> None:
    """Show matrices of one shape side by side, by name, on one scale; {"": matrix} for a single one.

    tables: (R, C) each
    rows, columns: R and C names for the cells; their numbers without
    axes: what a row is and what a column is
    digits: behind the point
    allowed: (R, C), boolean; cells that are False stay hatched, and what the tables hold there (a score of
        −∞, say) is not looked at
    top: end of the scale; the largest entry without
    label: what the numbers are, beside the scale

    Raises ValueError for tables, names or an `allowed` that do not fit.
    """
    shown = None if allowed is None else np.asarray(allowed, dtype=bool)
    found = {name: _table(name or "the table", table, shown) for name, table in tables.items()}
    shapes = {table.shape for table in found.values()}
    if len(shapes) != 1:
        given = ", ".join(f"{name} {table.shape}" for name, table in found.items()) or "none"
        raise ValueError(f"matrices side by side must have one shape; got {given}")
    (R, C) = shapes.pop()
    names = [checks.names("rows", rows, R), checks.names("columns", columns, C)]
    low, high = scale(list(found.values()), top)
    longest = max(len(_number(entry, digits)) for table in found.values() for entry in table.flat)
    cell = max(0.42, DIGIT * longest + MARGIN)
    room = [0.25 + DIGIT * max(map(len, side)) for side in names]  # beside and below a matrix
    most = (WIDEST - room[0] * len(found) - SCALE) / (C * len(found))
    readable = cell <= most
    cell = min(cell, most)
    turned = not readable or DIGIT * max(map(len, names[1])) > cell
    width = len(found) * (cell * C + room[0]) + SCALE
    fig, drawn = new(cols=len(found), width=width, height=cell * R + (room[1] if turned else 0.3) + 0.6)
    fig.set_layout_engine("compressed")
    for ax, (name, table) in zip(np.atleast_1d(drawn), found.items()):
        image = paint(ax, table, low, high, shown)
        if readable:
            numbered(ax, image, table, digits, shown)
        ax.set_title(name)
        ax.set_xlabel(axes[1])
        _ticks(ax, names, cell)
    np.atleast_1d(drawn)[0].set_ylabel(axes[0])
    fig.colorbar(image, ax=drawn, label=label, shrink=0.85)
    told = "; ".join(_told(name, table, names, digits, shown) for name, table in found.items())
    along = f", {axes[0]} by {axes[1]}" if all(axes) else ""
    hidden = "" if shown is None else f" {int((~shown).sum())} cells are hatched and not allowed."
    figure(
        fig,
        alt=f"{R} × {C} cells{along}, colours from {low:.3g} to {high:.3g}: {told}.{hidden}",
    )


def scale(tables: Sequence[np.ndarray], top: float | None = None) -> tuple[float, float]:
    """One scale for several arrays: 0 to m, or where one entry is negative −m to m, m the largest size."""
    largest = max(float(np.abs(table).max(initial=0)) for table in tables)
    high = largest or 1.0 if top is None else top
    negative = any((table < 0).any() for table in tables)
    return (-high if negative else 0.0), high


def paint(
    ax: "Axes", table: np.ndarray, low: float, high: float, shown: np.ndarray | None = None
) -> "AxesImage":
    """Cells as colours, diverging where the scale is symmetric; cells that are not `shown` are hatched."""
    seen = table if shown is None else np.where(shown, table, np.nan)
    cmap = palette.diverging if low < 0 else palette.sequential
    image = ax.imshow(seen, vmin=low, vmax=high, cmap=cmap)
    ax.grid(False)
    if shown is not None:
        from matplotlib.collections import PatchCollection
        from matplotlib.patches import Rectangle

        cells = [Rectangle((j - 0.5, i - 0.5), 1, 1) for i, j in np.argwhere(~shown)]
        ax.add_collection(
            PatchCollection(cells, facecolor=palette.paper, edgecolor=palette.muted, hatch="///", linewidth=0)
        )
    return image


def numbered(
    ax: "Axes", image: "AxesImage", table: np.ndarray, digits: int, shown: np.ndarray | None = None
) -> None:
    """Each cell's number in it, black or white, whichever stands out more from the cell's colour."""
    for (i, j), entry in np.ndenumerate(table):
        if shown is None or shown[i, j]:
            colour = "white" if _luminance(image.to_rgba(entry)) < EVEN else "black"
            ax.text(j, i, _number(entry, digits), ha="center", va="center", color=colour)


EVEN = 0.1791  # luminance from which black has more contrast than white: (L + 0.05)² = 1.05 · 0.05


def _luminance(colour: np.ndarray) -> float:
    """Relative luminance of a colour (red, green, blue, …), from 0 to 1 each, as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _table(name: str, values: Any, shown: np.ndarray | None) -> np.ndarray:
    if hasattr(values, "detach"):
        values = values.detach().float().cpu().numpy()
    shape = np.shape(values)
    if len(shape) != 2 or 0 in shape:
        raise ValueError(f"{name} must have shape (rows, columns); got {shape}")
    if shown is None:
        return checks.array(name, values)
    if shown.shape != shape:
        raise ValueError(f"allowed must have the shape of {name}, {shape}; got {shown.shape}")
    return checks.array(name, np.where(shown, values, 0))


def _ticks(ax: "Axes", names: list[list[str]], cell: float) -> None:
    """A name at each row and column, or at every second, fifth, … where they would run into each other."""
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, len(names[1])) if s * cell >= 0.28)
    ax.set_yticks(range(0, len(names[0]), step), names[0][::step])
    wide = DIGIT * max(map(len, names[1])) > step * cell
    ax.set_xticks(range(0, len(names[1]), step), names[1][::step], rotation=90 if wide else 0)
    ax.tick_params(length=0)


def _number(entry: float, digits: int) -> str:
    text = f"{entry:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "−")


def _told(name: str, table: np.ndarray, names: list[list[str]], digits: int, shown: np.ndarray | None) -> str:
    seen = np.ones(table.shape, bool) if shown is None else shown
    start = f"{name}, " if name else ""
    written = np.array([[_number(entry, digits) for entry in entries] for entries in table])
    numbers, counts = np.unique(written[seen], return_counts=True)
    short = max(map(len, numbers), default=0) == 1
    if table.size <= (READ_OUT_WHOLE if short else READ_OUT):
        told = [
            f"{row}: " + " ".join(number if here else "–" for number, here in zip(entries, allowed))
            for row, entries, allowed in zip(names[0], written, seen)
        ]
        return start + "row by row: " + ", ".join(told)
    if len(numbers) <= FEW:
        rarest = sorted(zip(counts, numbers))
        places = [f"{number} in {_where((written == number) & seen, names)}" for _, number in rarest[:-1]]
        return start + ", ".join([*places, f"{rarest[-1][1]} {'elsewhere' if places else 'everywhere'}"])
    i, j = np.unravel_index(np.where(seen, table, -np.inf).argmax(), table.shape)
    most = f"the largest, {_number(table[i, j], digits)}, in row {names[0][i]}, column {names[1][j]}"
    return f"{start}entries from {_number(table[seen].min(), digits)}, {most}"


def _where(marked: np.ndarray, names: list[list[str]]) -> str:
    """How many cells are marked, and between which rows and columns they lie."""
    count = int(marked.sum())
    between = []
    for axis, (side, own) in enumerate(zip(("row", "column"), names)):
        places = np.flatnonzero(marked.any(axis=1 - axis))
        first, last = own[places[0]], own[places[-1]]
        between.append(f"{side} {first}" if first == last else f"{side}s {first} to {last}")
    return f"{count} cell{'' if count == 1 else 's'}, {' and '.join(between)}"
