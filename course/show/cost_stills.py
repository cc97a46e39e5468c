"""The still figures of the lesson on cost: sizes as bars, measurements against guesses, curves that cross."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from course.show.style import figure, new, palette

if TYPE_CHECKING:
    from matplotlib.axis import Axis


def bars(sizes: Mapping[str, float], unit: str) -> None:
    """Show sizes as bars on a logarithmic axis; the last one is what the others are compared with."""
    fig, ax = new(height=2.3)
    left = min(sizes.values()) / 10
    ax.barh(list(sizes), [size - left for size in sizes.values()], left=left, color=palette.muted)
    ax.patches[-1].set_color(palette.second)
    for row, size in enumerate(sizes.values()):
        ax.text(size * 1.25, row, f"{_short(size)} {unit}", va="center")
    ax.set(xscale="log", xlim=(left, max(sizes.values()) * 20))
    ax.set_xlabel(f"{unit} (from one grid line to the next: ten times as much)")
    _plain_numbers(ax.xaxis)
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    listed = ", ".join(f"{name} {_short(size)} {unit}" for name, size in sizes.items())
    figure(fig, alt=f"Bars on a logarithmic axis: {listed}.")


def against_guess(measured: Mapping[int, float], guessed: Mapping[int, float], ylabel: str) -> None:
    """Show measured values over L and the reader's guesses on the same log–log axes."""
    fig, ax = new(height=3.0)
    ax.plot(list(measured), list(measured.values()), "o-", label="measured", markersize=9)
    ax.plot(list(guessed), list(guessed.values()), "s", label="your guess", markersize=9)
    for length, value in measured.items():
        ax.annotate(_short(value), (length, value), xytext=(0, 10), textcoords="offset points", ha="center")
    ax.set(xscale="log", yscale="log", xlabel="L, tokens", ylabel=ylabel)
    ax.set_ylim(0.5, 6 * max(measured.values()))
    _plain_numbers(ax.xaxis, ax.yaxis)
    ax.legend(loc="upper left")
    pairs = [f"{_short(value)} at L = {length:,}" for length, value in measured.items()]
    figure(fig, alt=f"{ylabel}, against L: measured {', '.join(pairs)}. Your guesses stand beside them.")


def crossing(lengths: Sequence[int], curves: Mapping[str, Sequence[float]], line: float, title: str) -> None:
    """Show FLOPs over L on log–log axes, with a vertical line where the reader expects the curves to cross.

    Without a line where `line` is not a positive number.
    """
    fig, ax = new(height=3.2)
    for name, flops in curves.items():
        ax.plot(lengths, flops, label=name)
    if line > 0:
        lowest = min(flops[0] for flops in curves.values())
        ax.axvline(line, color=palette.ink, linestyle=":", linewidth=1.5)
        ax.annotate(f"yours: L = {line:,.0f}", (line, lowest), xytext=(8, 0), textcoords="offset points")
    ax.set(xscale="log", yscale="log", xlabel="L, tokens", ylabel="FLOPs", title=title)
    ax.set_xticks(lengths, [f"{length:,}" for length in lengths])
    ax.minorticks_off()
    ax.legend()
    figure(fig, alt=f"{title}. FLOPs over L for {' and '.join(curves)}; your formula says L = {line:,.0f}.")


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == round(value) else f"{value:.3g}"


def _plain_numbers(*axes: "Axis") -> None:
    for axis in axes:
        axis.set_major_formatter(lambda value, position: f"{value:,.0f}" if value >= 1 else f"{value:g}")
