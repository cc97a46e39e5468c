"""What was measured, each seed a dot, beside what the reader had said: the distance is there to be seen."""

from collections.abc import Mapping, Sequence

from course.show.style import figure, new, palette


def guessed(
    measured: Mapping[str, float | Sequence[float]],
    guesses: Mapping[str, float | None],
    label: str,
    floor: float | None = None,
    log: bool = False,
) -> None:
    """Show measured numbers by name, and the guesses of the same names; a guess of None is not drawn.

    measured: a number, or one for each seed
    floor: what needs no insight, a dotted line
    log: the axis in powers of ten

    Raises ValueError for a guess at something that was not measured.
    """
    if unknown := guesses.keys() - measured.keys():
        raise ValueError(f"nothing was measured under the name of the guess {sorted(unknown)[0]!r}")
    fig, ax = new(width=7.5, height=1.1 + 0.5 * len(measured))
    for row, (name, values) in enumerate(measured.items()):
        seeds = [values] if isinstance(values, int | float) else list(values)
        ax.plot(seeds, [row] * len(seeds), "o", color=palette.accent, label="" if row else "measured")
        if guesses.get(name) is not None:
            ax.plot(guesses[name], row, "x", color=palette.second, markersize=10, markeredgewidth=3)
    ax.plot([], [], "x", color=palette.second, markersize=10, markeredgewidth=3, label="your guess")
    if floor is not None:
        ax.axvline(floor, color=palette.muted, linestyle=":", label="the floor")
    ax.set(xlabel=label, ylim=(len(measured) - 0.5, -0.5))
    ax.set_yticks(range(len(measured)), list(measured))
    if log:
        ax.set_xscale("log")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    told = "; ".join(
        f"{name}: {_told(values)}" + (f", guessed {guesses[name]:g}" if guesses.get(name) is not None else "")
        for name, values in measured.items()
    )
    figure(fig, alt=f"{label}, measured and guessed. {told}.")


def _told(values: float | Sequence[float]) -> str:
    if isinstance(values, int | float):
        return f"{values:.4g}"
    low, high = min(values), max(values)
    return f"{low:.3g}" if low == high else f"{low:.3g} to {high:.3g}"
