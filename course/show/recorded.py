"""What a recorded run found: accuracy against cost, each seed a point, the reader's guesses beside them.

What people usually get wrong: one seed is an anecdote; and equal parameters are not equal work, which is why
the axis is FLOPs.
"""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from course.show.guesses import NOT_YET, made
from course.show.style import figure, new, palette


def against_cost(
    recorded: Mapping[str, tuple[float, Sequence[float]]],
    guessed: Mapping[str, Any],
    ylabel: str = "right, %",
) -> None:
    """recorded: name -> (MFLOPs of an image, the accuracy of each seed in per cent); guessed: some of them

    Raises ValueError for a guess at something that was not recorded.
    """
    if unknown := guessed.keys() - recorded.keys():
        raise ValueError(f"nothing was recorded under the name of the guess {sorted(unknown)[0]!r}")
    drawn = made(guessed)
    fig, ax = new(width=7.5, height=3.8)
    points = [(cost, value) for cost, values in recorded.values() for value in values]
    ax.plot(*zip(*points), "o", markersize=8, label="a seed", color=palette.accent)
    if drawn:
        places = [recorded[name][0] for name in drawn]
        ax.plot(places, list(drawn.values()), "s", markersize=8, label="your guess", color=palette.second)
    for name, (cost, values) in recorded.items():
        ax.annotate(name, (cost, fmean(values)), xytext=(9, -4), textcoords="offset points")
    ax.set(xlabel="MFLOPs of an image, forward", ylabel=ylabel)
    ax.margins(x=0.15)
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    if not drawn:
        ax.set_title(NOT_YET, fontsize=11, weight="normal", color=palette.muted)
    told = [
        f"{name} {fmean(values):.1f} % ({min(values):.1f} to {max(values):.1f}) at {cost:.1f} MFLOPs, "
        + (f"{drawn[name]:g} guessed" if name in drawn else "no guess")
        for name, (cost, values) in recorded.items()
    ]
    figure(fig, alt=f"Accuracy against cost: {'; '.join(told)}.")
