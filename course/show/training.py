"""What training does: learning curves with the spread of their seeds, and where it puts the classes.

What people usually get wrong: one seed is an anecdote, and two lines whose bands overlap are not known to
differ; two principal components show a part of the variance, and classes that overlap in the picture may be
far apart in the dimensions it leaves out.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from course.show import checks
from course.show.filters import principal
from course.show.style import figure, new, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINES = 4  # colours and dashes there are
MARKERS = "os^DvPX*<p"
COLOURS = [palette.accent, palette.second, palette.third, palette.fourth]
POINTS = 5_000


def curves(
    runs: Mapping[str, Any], xlabel: str = "epoch", ylabel: str = "loss", x: Sequence[float] | None = None
) -> None:
    """Show learning curves by name: the mean over seeds as a line, smallest to largest as a band.

    runs: (seeds, steps) each, or (steps,) for a single seed; all of as many steps
    x: (steps,), where on the axis a step lies; 1, 2, … without

    Raises ValueError for arrays that do not fit, and for more lines than can be told apart.
    """
    found = {name: np.atleast_2d(checks.array(name, values)) for name, values in runs.items()}
    if not 1 <= len(found) <= LINES:
        raise ValueError(f"1 to {LINES} lines can be told apart; got {len(found)}")
    for name, values in found.items():
        if values.ndim != 2 or values.size == 0:
            raise ValueError(f"{name} must have shape (seeds, steps); got {values.shape}")
    steps = {values.shape[1] for values in found.values()}
    places = range(1, max(steps) + 1) if x is None else x
    if steps != {len(places)}:
        given = ", ".join(f"{name} {values.shape[1]}" for name, values in found.items())
        raise ValueError(f"all lines must have as many steps as the axis, {len(places)}; got {given}")
    fig, ax = new(width=7.5, height=3.6)
    for name, values in found.items():
        seeds = f"{len(values)} seeds" if len(values) > 1 else "1 seed"
        banded(ax, places, values, f"{name}, {seeds}")
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), handlelength=3.5)
    banding = "lines: means; bands: smallest to largest" if any(len(v) > 1 for v in found.values()) else ""
    ax.set_title(banding, fontsize=11, weight="normal")
    told = "; ".join(
        f"{name} from {values[:, 0].mean():.3g} to {_spread(values[:, -1])}" for name, values in found.items()
    )
    figure(fig, alt=f"{ylabel} over {xlabel} {places[0]:g} to {places[-1]:g}: {told}.")


@dataclass(frozen=True)
class Measure:
    """What a panel is called, on its axis too, and what a newcomer should know of it, in two lines."""

    name: str
    meaning: str


TOLD = {  # what a training tells, in the order of its panels
    "loss": Measure("loss", "what training makes smaller;\nits scale is the method's own"),
    "accuracy": Measure("accuracy", "the share of answers that are right,\non the images it learns from"),
    "right": Measure("words right", "the share of words that come\nlikeliest behind the true ones"),
    "found": Measure("found", "how often an image's other view,\nor caption, is found in a batch"),
    "rank": Measure("effective rank", "directions in which embeddings\ndiffer; 1: all lie on a line"),
    "entropy": Measure("entropy, nats", "how evenly directions share the\nvariance; 0: one has it all"),
    "spread": Measure("spread", "how far embeddings of images\nlie apart; 0: all are alike"),
}
OF_EMBEDDINGS = "entropy"  # told at the end of an epoch alone, as are a rank and a spread of the same images


def history(
    rows: Sequence[Mapping[str, float]], caption: str, directions: int | None = None
) -> "Figure | None":
    """A panel for each of the measures `TOLD` that a training told; None where it told none.

    rows: of `course.training.loop.train`, with "epoch"
    caption: what was trained, on what
    directions: in how many the embeddings can differ at all; the most that rank and entropy can be
    """
    found = {name: points for name in TOLD if (points := _points(rows, name))}
    if not found:
        return None
    most = {} if directions is None else {"rank": float(directions), "entropy": math.log(max(directions, 1))}
    columns = min(len(found), 3)
    lines = math.ceil(len(found) / columns)
    fig, axes = new(lines, columns, width=3.4 * columns, height=3.3 * lines + 0.4)
    fig.suptitle(caption, x=0.01, ha="left", weight="bold", fontsize=12)
    drawn = np.ravel(axes)
    for ax, (name, points) in zip(drawn, found.items()):
        ax.plot(*zip(*points), marker="o" if len(points) == 1 else "")
        last = f"{points[-1][1]:.3g}" + (f" of at most {most[name]:.3g}" if name in most else "")
        ax.set_title(f"{TOLD[name].meaning}\nat the end: {last}", fontsize=11, weight="normal")
        ax.set(xlabel="epoch", ylabel=TOLD[name].name)
        if (
            name != "loss"
        ):  # which may be negative; the others count from 0, and little change looks like little
            ax.set_ylim(bottom=0)
    for ax in drawn[len(found) :]:
        ax.set_visible(False)
    return fig


def _points(rows: Sequence[Mapping[str, float]], name: str) -> list[tuple[float, float]]:
    """Epoch and value, of rows that tell it. The rank of a batch, which some methods tell, is another one."""
    whole = [row for row in rows if not math.isnan(row.get(OF_EMBEDDINGS, math.nan))]
    asked = whole if name in ("rank", "entropy", "spread") else rows
    return [(row["epoch"], row[name]) for row in asked if not math.isnan(row.get(name, math.nan))]


def banded(ax: "Axes", x: Sequence[float] | np.ndarray, runs: np.ndarray, label: str, **style: Any) -> None:
    """One line, the mean of its runs (R, steps), in a band from the smallest to the largest."""
    (line,) = ax.plot(x, runs.mean(axis=0), label=label, **style)
    if len(runs) > 1:
        ax.fill_between(x, runs.min(axis=0), runs.max(axis=0), color=line.get_color(), alpha=0.2, linewidth=0)


def _spread(values: np.ndarray) -> str:
    if len(values) == 1:
        return f"{values[0]:.3g}"
    return f"{values.mean():.3g} ({values.min():.3g} to {values.max():.3g} over {len(values)} seeds)"


def embeddings(vectors: Any, labels: Any, names: Sequence[str] | None = None, title: str = "") -> None:
    """Show vectors in the plane of their first two principal components, coloured and marked by class.

    vectors: (N, D), N at most 5,000, D at least 2
    labels: (N,), whole numbers from 0
    names: what the classes are called, at most ten; their numbers without

    Raises ValueError for arrays that do not fit.
    """
    found = checks.array("vectors", vectors)
    given = checks.array("labels", labels)
    classes = given.astype(int)
    if found.ndim != 2 or found.shape[1] < 2 or not 2 <= len(found) <= POINTS:
        raise ValueError(
            f"vectors must have shape (2 to {POINTS:,}, 2 or more); got {found.shape}: take a sample of them"
        )
    if classes.shape != (len(found),):
        raise ValueError(f"each vector needs a label, but there are {len(found)} and labels {classes.shape}")
    if (classes != given).any():
        raise ValueError(f"labels must be whole numbers; got {given[classes != given][0]:g}")
    called = [str(label) for label in range(classes.max() + 1)] if names is None else list(names)
    if classes.min() < 0 or classes.max() >= len(called) or len(called) > len(MARKERS):
        span = f"labels {classes.min()} to {classes.max()}, {len(called)} names"
        raise ValueError(
            f"labels must be numbers of the classes, of which {len(MARKERS)} can be marked; got {span}"
        )
    directions, share = principal(found)
    plane = (found - found.mean(axis=0)) @ directions[:2].T  # (N, 2)
    fig, ax = new(width=7.0, height=4.4)
    for label, name in enumerate(called):
        ax.plot(
            *plane[classes == label].T,
            MARKERS[label],
            color=COLOURS[label % len(COLOURS)],
            markerfacecolor="none" if label % 2 else COLOURS[label % len(COLOURS)],
            markersize=6,
            alpha=0.8,
            label=name,
        )
    ax.set(
        xlabel=f"first component, {100 * share[0]:.0f} % of the variance",
        ylabel=f"second, {100 * share[1]:.0f} %",
        title=title,
    )
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), handletextpad=0.2)
    flat, full = (100 * _same_class_next(points, classes) for points in (plane, found))
    figure(
        fig,
        alt=f"{len(found)} vectors of {len(np.unique(classes))} classes in the plane of their first two "
        f"components, which holds {100 * share[:2].sum():.0f} % of the variance. The nearest neighbour is "
        f"of the same class for {flat:.0f} % of them in the plane, for {full:.0f} % in all "
        f"{found.shape[1]} dimensions.",
    )


def _same_class_next(points: np.ndarray, classes: np.ndarray) -> float:
    """The share of points whose nearest other point is of their class: (N, D), (N,) -> from 0 to 1"""
    lengths = (points**2).sum(axis=1)
    apart = lengths[:, None] + lengths - 2 * points @ points.T  # (N, N), squared
    np.fill_diagonal(apart, np.inf)
    return float((classes[apart.argmin(axis=1)] == classes).mean())
