"""The still figures of the lesson on cost: sizes as bars, measurements against guesses, curves that cross."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from course.show.guesses import NOT_YET, is_number, made
from course.show.style import figure, new, palette

if TYPE_CHECKING:
    from matplotlib.axis import Axis


def bars(sizes: Mapping[str, float | None], unit: str) -> None:
    """Show sizes as bars on a logarithmic axis; the last one is what the others are compared with.

    A size that is None, a guess not made yet, is left out.
    """
    known = {name: size for name, size in made(sizes).items() if size > 0}
    fig, ax = new(height=2.3)
    left = min(known.values()) / 10
    ax.barh(list(known), [size - left for size in known.values()], left=left, color=palette.muted)
    ax.patches[-1].set_color(palette.second)
    for row, size in enumerate(known.values()):
        ax.text(size * 1.25, row, f"{_short(size)} {unit}", va="center")
    ax.set(xscale="log", xlim=(left, max(known.values()) * 20))
    ax.set_xlabel(f"{unit} (from one grid line to the next: ten times as much)")
    _plain_numbers(ax.xaxis)
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    listed = ", ".join(f"{name} {_short(size)} {unit}" for name, size in known.items())
    figure(fig, alt=f"Bars on a logarithmic axis: {listed}.")


def against_guess(measured: Mapping[int, float], guessed: Mapping[int, float | None], ylabel: str) -> None:
    """Show measured values over L and the reader's guesses on the same log–log axes, and how far apart."""
    fig, ax = new(height=3.0)
    drawn = {length: guess for length, guess in made(guessed).items() if guess > 0}
    shared = [length for length in measured if length in drawn]
    ends = [drawn[length] for length in shared], [measured[length] for length in shared]
    ax.vlines(shared, *ends, color=palette.muted, linestyle=":", linewidth=1.5)
    ax.plot(list(measured), list(measured.values()), "o", label="measured", markersize=9)
    if shared:
        ax.plot(shared, ends[0], "s", label="your guess", markersize=9)
    for length, value in measured.items():
        ax.annotate(
            _short(value),
            (length, value),
            xytext=(-9, 0),
            textcoords="offset points",
            ha="right",
            va="center",
        )
    values = [*measured.values(), *ends[0]]
    ax.set(xscale="log", yscale="log", xlabel="L, tokens", ylabel=ylabel)
    ax.set(xlim=(min(measured) / 4, max(measured) * 4), ylim=(min(values) / 2, max(values) * 6))
    _plain_numbers(ax.xaxis, ax.yaxis)
    ax.legend(loc="upper left")
    told = [
        f"{_short(value)} at L = {length:,} ("
        + (f"your guess: {drawn[length]:,g})" if length in drawn else "no guess)")
        for length, value in measured.items()
    ]
    figure(fig, alt=f"{ylabel}, against L: measured {', '.join(told)}.")


def crossing(
    lengths: Sequence[int], curves: Mapping[str, Sequence[float]], line: float | None, title: str
) -> None:
    """Show the FLOPs of two layers over L on log–log axes, and the length where the reader has them cross.

    `line` is a vertical line where it lies on the axis; where it does not, or is None
    (no guess yet) or nan (no answer yet), a sentence says so.
    """
    fig, ax = new(height=3.2)
    for name, flops in curves.items():
        ax.plot(lengths, flops, label=name)
    if line is not None and lengths[0] <= line <= lengths[-1]:
        said = f"yours: L = {line:,.0f}"
        to_the_left = line > (lengths[0] * lengths[-1]) ** 0.5  # of the line is more room
        lowest = min(flops[0] for flops in curves.values())
        ax.axvline(line, color=palette.ink, linestyle=":", linewidth=1.5)
        offset, side = ((-8, 0), "right") if to_the_left else ((8, 0), "left")
        ax.annotate(said, (line, lowest), xytext=offset, textcoords="offset points", ha=side)
    else:
        said = NOT_YET if line is None else "no line: answer the exercise above"
        if is_number(line):
            said = f"yours, L = {line:,.0f}, is not on this axis"
        ax.text(0.98, 0.05, said, transform=ax.transAxes, ha="right")
    ax.set(xscale="log", yscale="log", xlabel="L, tokens", ylabel="FLOPs", title=title)
    ax.set_xticks(lengths, [f"{length:,}" for length in lengths])
    ax.minorticks_off()
    ax.legend()
    figure(fig, alt=f"{title}. FLOPs over L: {_where(lengths, curves)}; {said}.")


def shares(parts: Mapping[str, float], guessed: Mapping[str, float | None], unit: str) -> None:
    """Show parts of a whole as bars in per cent, and the reader's guesses at some."""
    fig, ax = new(height=2.3)
    whole = sum(parts.values())
    percent = {name: 100 * size / whole for name, size in parts.items()}
    ax.barh(
        [f"{name}  {share:.1f} %" for name, share in percent.items()], percent.values(), color=palette.muted
    )
    drawn = made(guessed)
    rows = [list(percent).index(name) for name in drawn]
    if drawn:
        ax.plot(list(drawn.values()), rows, "D", color=palette.second, label="your guess", markersize=9)
        ax.legend(loc="lower right")
    ax.set(xlim=(0, max([100, *drawn.values()])), xlabel=f"per cent of {whole:,.0f} {unit}")
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    told = ", ".join(f"{name} {share:.1f} %" for name, share in percent.items())
    guesses = ", ".join(f"{name} {share:g} %" for name, share in drawn.items()) or "none yet"
    figure(fig, alt=f"Bars, of {whole:,.0f} {unit}: {told}. Your guess: {guesses}.")


def _where(lengths: Sequence[int], curves: Mapping[str, Sequence[float]]) -> str:
    """Between which of the lengths the second curve passes the first, in words."""
    (lower, first), (upper, second) = curves.items()
    above = [b > a for a, b in zip(first, second)]
    if all(above) or not any(above):
        return f"{upper} {'above' if above[0] else 'below'} {lower} throughout"
    place = above.index(True)
    return f"{upper} passes {lower} between L = {lengths[place - 1]:,} and {lengths[place]:,}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == round(value) else f"{value:.3g}"


def _plain_numbers(*axes: "Axis") -> None:
    for axis in axes:
        axis.set_major_formatter(lambda value, position: f"{value:,.0f}" if value >= 1 else f"{value:g}")
