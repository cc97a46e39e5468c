"""The same runs, ranked by what is held equal: choose the cost, say how much of it may be spent.

Each method has runs of several lengths, and each run several costs. Within a budget of one of them the
longest run of each method counts, and these are ranked: in another cost, they may come in another order.

What people usually get wrong: they hold equal what their library counts (epochs, steps), and say "at the same
budget".
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from course import expect
from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new
from course.show.weights import beside, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure

METHODS = 4  # colours and shapes that can be told apart


@dataclass(frozen=True)
class Run:
    """A run of a method: what it cost, by quantity, and what share of 100 each of its seeds has right."""

    name: str
    costs: dict[str, float]
    right: tuple[float, ...]


def ranked(runs: Sequence[Run], quantity: str, most: float) -> list[Run]:
    """Of each method the dearest run that costs at most so much, the best of them first."""
    within: dict[str, Run] = {}
    for run in sorted(runs, key=lambda run: run.costs[quantity]):
        if run.costs[quantity] <= most:
            within[run.name] = run
    return sorted(within.values(), key=lambda run: -fmean(run.right))


def held_equal(runs: Sequence[Run], budgets: Mapping[str, float], source: str) -> Block:
    """The figure, as the last line of a cell.

    budgets: the quantities that may be held equal, and of each how much is allowed at first; it opens with
        the first of them
    source: what was measured and where it stands, for the line below

    Raises ValueError for more than four methods, for a run without one of these costs, and for a run of fewer
    than two seeds.
    """
    names = list(dict.fromkeys(run.name for run in runs))
    if not 1 <= len(names) <= METHODS:
        raise ValueError(f"1 to {METHODS} methods have a colour each; got {len(names)}")
    for run in runs:
        for quantity in budgets:
            expect.one_of("quantity", quantity, run.costs)
        if len(run.right) < 2:
            raise ValueError(f"a run needs two seeds at least; one of {run.name} has {len(run.right)}")
    css, body = css_and_body("held_equal.html")
    return interactive(
        beside("held_equal.js"),
        {
            "runs": [asdict(run) for run in runs],
            "quantities": list(budgets),
            "budgets": dict(budgets),
            "source": source,
        },
        body=body,
        css=css,
        height=520,
        alt=_alt(runs, budgets),
        fallback=_still(runs, names, next(iter(budgets))),
    )


def _alt(runs: Sequence[Run], budgets: Mapping[str, float]) -> str:
    """The ranking at each quantity's first budget."""
    told = []
    for quantity, most in budgets.items():
        order = ", ".join(f"{run.name} {fmean(run.right):.1f}" for run in ranked(runs, quantity, most))
        told.append(f"at most {most:,.10g} {quantity}: {order}")
    return f"Accuracy over what runs cost, ranked within a budget: {'; '.join(told)}."


def _still(runs: Sequence[Run], names: Sequence[str], quantity: str) -> "Figure":
    """The first picture, for viewers that remove scripts."""
    fig, ax = new(height=3.6)
    for name, marker in zip(names, "osD^"):
        its = sorted((run for run in runs if run.name == name), key=lambda run: run.costs[quantity])
        costs, right = [run.costs[quantity] for run in its], [fmean(run.right) for run in its]
        ax.plot(costs, right, marker=marker, label=name)
    ax.set(xlabel=quantity, ylabel="right of 100", xscale="log")
    ax.legend()
    return fig
