"""Accuracy against the number of labelled images, a line for each network, the reader's guess beside it.

What people usually get wrong: a linear axis, on which all that happens with few images is one pixel wide; and
means without the spread of their seeds.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from course import expect
from course.show.guesses import NOT_YET, is_number
from course.show.style import figure, new, palette
from course.show.training import COLOURS, LINES, MARKERS, banded

Runs = Mapping[int, Sequence[float]]  # number of images -> a share right for each seed, 0 … 1


def by_count(
    measured: Mapping[str, Runs],
    guessed: Mapping[str, Mapping[int, Any]] | None = None,
    counted: str = "labelled images",
) -> None:
    """Show accuracies in percent over the number of images, each line in its band from worst to best seed.

    measured: by network; each with the same numbers of images and as many seeds for each
    guessed: percent, by network and number of images; what is None or no number is not drawn
    counted: what the numbers are of

    Raises ValueError for more networks than can be told apart, and for a guess at one that was not measured.
    """
    expect.whole(networks=len(measured))
    if len(measured) > LINES:
        raise ValueError(f"1 to {LINES} lines can be told apart; got {len(measured)}")
    guessed = guessed or {}
    if unknown := guessed.keys() - measured.keys():
        raise ValueError(f"nothing was measured under the name of the guess {sorted(unknown)[0]!r}")
    fig, ax = new(width=7.8, height=4.0)
    told, any_guess = [], False
    for number, (name, runs) in enumerate(measured.items()):
        counts = sorted(runs)
        values = 100 * np.array([runs[count] for count in counts]).T  # (seeds, counts)
        banded(ax, counts, values, name, marker=MARKERS[number])
        told.append(f"{name} " + ", ".join(f"{mean:.0f} at {n:,}" for n, mean in zip(counts, values.mean(0))))
        made = {count: guess for count, guess in guessed.get(name, {}).items() if is_number(guess)}
        if made:
            any_guess = True
            ax.plot(
                sorted(made),
                [made[count] for count in sorted(made)],
                color=COLOURS[number],
                linestyle=":",
                marker=MARKERS[number],
                markerfacecolor="none",
                label=f"{name}, your guess",
            )
    ax.set_xscale("log")
    ax.set_xticks(counts, [f"{count:,}" for count in counts])
    ax.minorticks_off()
    ax.set(xlabel=counted, ylabel="right of 100", ylim=(0, 103))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), handlelength=3.5)
    title = "lines: means; bands: worst to best seed" if any_guess or not guessed else NOT_YET
    ax.set_title(title, fontsize=11, weight="normal", color=palette.muted)
    figure(fig, alt=f"Right of 100 over the number of {counted}: {'; '.join(told)}.")
