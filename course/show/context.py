"""The still figures of lesson 01: pictures in rows, curves and tables with the reader's guesses in them.

Each function draws what it is handed, computes nothing, and words its alternative text from the same numbers.
"""

from collections.abc import Mapping, Sequence
from statistics import mean
from string import ascii_lowercase as LETTERS

from torch import Tensor

from course.show.guesses import NOT_YET, is_number, made
from course.show.style import figure, new, palette

MARKERS = "osD^"
VOWELS = "aeiou"


def pictures(rows: Mapping[str, Tensor]) -> None:
    """Rows of pictures, (n, H, W) each, every row on a grey scale of its own, its name before it."""
    across = max(map(len, rows.values()))
    fig, axes = new(len(rows), across, width=1.7 + 1.2 * across, height=1.25 * len(rows))
    for (name, images), line in zip(rows.items(), axes.reshape(len(rows), across)):
        for ax, image in zip(line, images):
            ax.imshow(image.numpy(), cmap="gray_r")
        for ax in line:
            ax.grid(False)
            ax.set(xticks=[], yticks=[])
        line[0].set_ylabel(name.replace(" ", "\n", 1), rotation=0, ha="right", va="center", labelpad=8)
    figure(fig, alt=f"Rows of {across} pictures: {'; '.join(rows)}.")


def curves(
    x: Sequence[float],
    measured: Mapping[str, Sequence[float]],
    guessed: Mapping[str, Mapping[float, float | None]] | None = None,
    *,
    xlabel: str,
    ylabel: str,
    at: float | None = None,
    floor: float | None = None,
) -> None:
    """Measured curves over x, and the reader's guesses as open squares in the colour of their curve.

    `at` is a guess on the x axis, a vertical line; `floor` what no curve can fall below.
    """
    fig, ax = new(height=3.4)
    for marker, (name, values) in zip(MARKERS, measured.items()):
        (line,) = ax.plot(x, values, marker=marker, label=name)
        guess = made((guessed or {}).get(name, {}))
        label = f"your guess: {name}" if guess else None
        ax.plot(
            list(guess),
            list(guess.values()),
            "s",
            color=line.get_color(),
            fillstyle="none",
            markersize=11,
            label=label,
        )
    if is_number(at):
        ax.axvline(at, color=palette.ink, linestyle=":", linewidth=1.5, label=f"your guess: {at:g}")
    if floor is not None:
        ax.axhline(floor, color=palette.muted, linewidth=1, linestyle="-", label=f"the least: {floor:.2f}")
    ax.set(xlabel=xlabel, ylabel=ylabel, xticks=x)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    told = "; ".join(
        f"{name} " + ", ".join(f"{value:.3g} at {place:g}" for place, value in zip(x, values))
        for name, values in measured.items()
    )
    figure(fig, alt=f"{ylabel} over {xlabel}: {told}.")


def letters(table: Tensor) -> None:
    """The 26 letters at their two numbers, (26, 2), vowels in another colour; those far out are named."""
    fig, ax = new(width=6.5, height=5.5)
    middle = table.median(dim=0).values
    near = (table - middle).abs().amax(dim=1) <= 4
    for letter, (x, y) in zip(LETTERS, table.tolist()):
        vowel = letter in VOWELS
        colour = palette.second if vowel else palette.accent
        ax.text(
            x,
            y,
            letter,
            color=colour,
            weight="bold" if vowel else "normal",
            ha="center",
            va="center",
            clip_on=True,
        )
    (left, bottom), (right, top) = (
        (edge.values + step).tolist()
        for edge, step in ((table[near].min(dim=0), -0.4), (table[near].max(dim=0), 0.4))
    )
    beyond = ", ".join(letter for letter, close in zip(LETTERS, near.tolist()) if not close)
    title = "learnt, d = 2; vowels bold" + (f"; further out: {beyond}" if beyond else "")
    ax.set(xlim=(left, right), ylim=(bottom, top), aspect="equal", title=title)
    places = ", ".join(f"{letter} ({x:.1f}, {y:.1f})" for letter, (x, y) in zip(LETTERS, table.tolist()))
    figure(fig, alt=f"Letters at their two learnt numbers, vowels in another colour: {places}.")


def against_guesses(
    measured: Mapping[str, Mapping[str, float]], guessed: Mapping[str, Mapping[str, float]]
) -> None:
    """A table of numbers of 100, a row for each reader; under each the reader's guess, if there is one."""
    kinds = list(next(iter(measured.values())))
    fig, ax = new(width=7.5, height=0.7 + 0.75 * len(measured))
    values = [[row[kind] for kind in kinds] for row in measured.values()]
    image = ax.imshow(values, vmin=0, vmax=100, aspect="auto")
    ax.grid(False)
    told = []
    for row, (name, found) in enumerate(measured.items()):
        for column, kind in enumerate(kinds):
            guess = guessed.get(name, {}).get(kind)
            said = "" if guess is None else f"you said {guess:g}"
            colour = "black" if found[kind] > 55 else "white"
            text = f"{found[kind]:.0f}\n{said}".strip()
            ax.text(column, row, text, color=colour, ha="center", va="center")
            told.append(f"{name}, {kind}: {found[kind]:.0f}" + (f" ({said})" if said else ""))
    ax.set_xticks(range(len(kinds)), kinds)
    ax.set_yticks(range(len(measured)), list(measured))
    fig.colorbar(image, ax=ax, label="right, of 100")
    figure(fig, alt=f"Right, of 100. {'; '.join(told)}.")


def ages(runs: Mapping[str, Sequence[tuple[float, float]]], guessed: Mapping[str, float | None]) -> None:
    """Seconds of training and images right of 100, one dot a run, with the reader's guesses beside them."""
    fig, ax = new(height=2.9)
    drawn, told = made(guessed), []
    for row, (marker, (name, found)) in enumerate(zip(MARKERS, runs.items())):
        right = [right for _, right in found]
        ax.plot(right, [row] * len(right), marker, linestyle="none", markersize=9)
        seconds = mean(seconds for seconds, _ in found)
        said = f"{mean(right):.1f} of 100, {seconds:.1f} s"
        ax.text(mean(right), row - 0.22, said, ha="center", va="bottom")
        spread = f", from {min(right):.1f} to {max(right):.1f}" if len(right) > 1 else ""
        told.append(f"{name}: {said}{spread} " + (f"(your guess: {drawn[name]:g})" if name in drawn else ""))
        if name in drawn:
            ax.plot(drawn[name], row, "s", color=palette.ink, fillstyle="none", markersize=12)
    everything = [*drawn.values(), *(right for found in runs.values() for _, right in found)]
    ax.set(xlabel="right, of 100", xlim=(min(everything) - 4, max(everything) + 4), ylim=(2.5, -0.8))
    ax.set_yticks(range(len(runs)), list(runs))
    ax.set_title("open squares: your guesses" if drawn else NOT_YET, fontsize=11)
    figure(fig, alt=f"Right, of 100, and seconds of training. {'; '.join(told)}.")
