"""The still figures of lesson 02: who looks at whom, and what comes of it.

Each function draws what it is handed, computes nothing, and words its alternative text from the same numbers.
"""

import math
from collections.abc import Mapping, Sequence

from torch import Tensor

from course.show.matrices import numbered, paint, scale
from course.show.style import figure, new, palette


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


def reached(tables: Mapping[str, Tensor]) -> None:
    """Which inputs (columns) move which outputs (rows), for several networks."""
    fig, axes = new(cols=len(tables), width=8.6, height=2.7)
    for ax, (name, table) in zip(axes, tables.items(), strict=True):
        ax.imshow(table.numpy(), vmin=0, vmax=1)
        last = len(table) - 1
        ax.set(title=name, xlabel="input", xticks=[0, last // 2, last], yticks=[0, last // 2, last])
        ax.grid(False)
    axes[0].set_ylabel("output")
    told = "; ".join(
        f"{name}: {int(table.sum())} of {table.numel()} pairs, {int(table[0].sum())} in the first row"
        for name, table in tables.items()
    )
    figure(fig, alt=f"Which inputs move which outputs, as squares. {told}.")


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


def against_beta(betas: Sequence[float], accuracy: Mapping[str, Sequence[float]], guess: float) -> None:
    """Shares read correctly against β, one line for each name, and the reader's guess as an upright line."""
    fig, ax = new(width=7.5, height=3.4)
    for name, values in accuracy.items():
        ax.plot(betas, values, marker="o", label=name)
    ax.axvline(guess, color=palette.muted, linestyle=":", label="your guess")
    ax.set(xscale="log", xlabel="β, how picky the query is", ylabel="share read correctly", ylim=(0, 1.03))
    ax.set_xticks(betas, [f"{beta:,}" for beta in betas])
    ax.minorticks_off()
    ax.legend()
    told = "; ".join(f"{name}: from {values[0]:.3f} to {values[-1]:.3f}" for name, values in accuracy.items())
    figure(fig, alt=f"Share of digits read correctly, for β from {betas[0]:,} to {betas[-1]:,}. {told}.")
