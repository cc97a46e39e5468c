"""The still figures of lesson 02: who looks at whom, and what comes of it.

Each function draws what it is handed, computes nothing, and words its alternative text from the same numbers.
"""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from course.show.guesses import NOT_YET, is_number
from course.show.matrices import numbered, paint, scale
from course.show.style import figure, new, palette

if TYPE_CHECKING:
    from matplotlib.patches import Patch


def patches_and_table(patches: Tensor, table: Tensor) -> None:
    """Patches of two pixels (3, 2) as arrows, and the table (3, 3) of their similarities with its numbers."""
    fig, (left, right) = new(cols=2, width=7.5, height=3.3)
    for patch, name, colour in zip(
        patches, "abc", [palette.accent, palette.second, palette.third], strict=True
    ):
        left.annotate("", patch.tolist(), (0, 0), arrowprops=dict(arrowstyle="-|>", color=colour, lw=2.5))
        left.text(*(patch + 0.15).tolist(), name, color=colour, weight="bold")
    left.set(
        xlim=(-0.3, 5), ylim=(-0.3, 5), xlabel="first pixel", ylabel="second pixel", title="three patches"
    )
    left.set_aspect("equal")  # or a length and an angle would not be what they are
    image = paint(right, table.numpy(), *scale([table.numpy()]))
    numbered(right, image, table.numpy(), digits=0)
    right.set(xticks=range(3), yticks=range(3), xticklabels="abc", yticklabels="abc", title="similarities")
    rows = "; ".join(" ".join(f"{entry:.0f}" for entry in row) for row in table)
    figure(
        fig,
        alt=f"Left: patches a, b and c as arrows from the origin. Right: the table of similarities: {rows}.",
    )


def staircase(angles: Tensor, hard: Tensor, soft: Tensor) -> None:
    """The outputs of hard and soft attention, each (n, 1), against the angle of the query in degrees (n,)."""
    fig, ax = new(width=7.5, height=3.2)
    ax.plot(angles.numpy(), hard.numpy(), label="hard (yours)")
    ax.plot(angles.numpy(), soft.numpy(), label="soft")
    ax.set(xlabel="angle of the query, degrees", ylabel="output", xticks=range(-90, 91, 45), yticks=[0, 1, 2])
    ax.legend()
    figure(
        fig,
        alt="Output against the angle of the query. Hard attention is a staircase, flat between its jumps. "
        f"Soft attention is a smooth curve between {soft.min():.1f} and {soft.max():.1f}.",
    )


def weight_tables(tables: Mapping[str, Tensor]) -> None:
    """Tables of attention weights side by side, on one scale from 0 to 1; weights of exactly 0 stay blank."""
    fig, axes = new(cols=len(tables), width=8.6, height=3.2)
    for ax, (name, table) in zip(axes, tables.items(), strict=True):
        image = ax.imshow(table.masked_fill(table == 0, math.nan).numpy(), vmin=0, vmax=1)
        ax.set(title=name, xlabel="key", xticks=range(0, len(table), 2), yticks=range(0, len(table), 2))
        ax.grid(False)
    axes[0].set_ylabel("query")
    fig.colorbar(image, ax=axes, label="weight α", shrink=0.8)
    told = "; ".join(
        f"{name}: {int((table == 0).sum())} of {table.numel()} weights are 0 and blank"
        for name, table in tables.items()
    )
    figure(fig, alt=f"Tables of attention weights, one row for each query. {told}.")


def looked_at(queries: Sequence[tuple[Tensor, str]], found: Sequence[Sequence[tuple[Tensor, str]]]) -> None:
    """A row for each query: its image, then the images it looked at most, each with its title."""
    fig, axes = new(rows=len(queries), cols=1 + len(found[0]), width=8.2, height=1.65 * len(queries))
    for row, query, keys in zip(axes, queries, found, strict=True):
        for ax, (image, title) in zip(row, [query, *keys], strict=True):
            ax.imshow(image.numpy(), cmap="gray_r")
            ax.set_title(title, fontsize=11, weight="normal", loc="center")
            ax.set_axis_off()
    told = "; ".join(
        f"{query[1]}: {', '.join(title for _, title in keys)}"
        for query, keys in zip(queries, found, strict=True)
    )
    figure(fig, alt=f"Each query with the images that it gives most weight to. {told}.")


def recalled(
    letters: Sequence[str], digits: Sequence[str], weights: Mapping[str, Tensor], place: int
) -> None:
    """One question to a row of boxes: what it gave to each token (n,), at several times, as rows of numbers.

    letters, digits: what stands on each token and in it; place: the box that is asked for, framed
    """
    rows = torch.stack([*weights.values()]).numpy()  # (times, n)
    fig, ax = new(width=8.6, height=1.5 + 0.45 * len(rows))
    numbered(ax, paint(ax, rows, 0, 1), rows, digits=2)
    ax.add_patch(_frame(place, len(rows)))
    ax.set_xticks(range(len(letters)), [f"{a}\n{b}" for a, b in zip(letters, digits, strict=True)])
    ax.set_yticks(range(len(rows)), list(weights))
    told = "; ".join(
        f"{name}: {row[place]:.2f} to the box asked for, {row.max():.2f} at most"
        for name, row in weights.items()
    )
    figure(fig, alt=f"Weights of the last token, which asks for box {letters[place]}. {told}.")


def _frame(place: int, rows: int) -> "Patch":
    from matplotlib.patches import Rectangle

    return Rectangle((place - 0.5, -0.5), 1, rows, fill=False, edgecolor=palette.second, linewidth=3)


def against_beta(betas: Sequence[float], accuracy: Mapping[str, Sequence[float]], guess: Any) -> None:
    """Shares read correctly against β, one line for each name, and the reader's guess as an upright line.

    A guess that is None, or no number above zero, is not drawn; the title says where to put one.
    """
    fig, ax = new(width=7.5, height=3.4)
    for name, values in accuracy.items():
        ax.plot(betas, values, marker="o", label=name)
    if is_number(guess) and guess > 0:
        ax.axvline(guess, color=palette.muted, linestyle=":", label="your guess")
    else:
        ax.set_title(NOT_YET, fontsize=11, weight="normal", color=palette.muted)
    lowest = min(map(min, accuracy.values()))
    ax.set(xscale="log", xlabel="β, how picky the query is", ylabel="share read correctly")
    ax.set_ylim(lowest - 0.2 * (1 - lowest), 1 + 0.1 * (1 - lowest))  # the curves are close together
    ax.set_xticks(betas, [f"{beta:,}" for beta in betas])
    ax.minorticks_off()
    ax.legend()
    told = "; ".join(f"{name}: from {values[0]:.3f} to {values[-1]:.3f}" for name, values in accuracy.items())
    figure(fig, alt=f"Share of digits read correctly, for β from {betas[0]:,} to {betas[-1]:,}. {told}.")
