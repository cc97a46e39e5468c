"""How well sequences are translated, against how long they are, and what the reader guessed of it."""

from collections.abc import Mapping
from typing import Any

from course.show.guesses import NOT_YET, is_number
from course.show.style import figure, new, palette

COLOURS = 4  # that the style has for lines; whatever comes after them is in ink


def by_length(right: Mapping[str, Mapping[int, float]], guessed: Mapping[int, Any], ylabel: str) -> None:
    """A line for each model over the length of what it read, and the reader's guesses as squares.

    right: for each model's name its shares, 0 to 1, by length
    guessed: the reader's, by length; one that is None, or no number, is not drawn

    Raises ValueError where there is no model.
    """
    if not right:
        raise ValueError("there is no model whose shares could be drawn")
    fig, ax = new(height=3.4)
    for place, ((name, shares), marker) in enumerate(zip(right.items(), "osD^vP")):
        own = {} if place < COLOURS else {"color": palette.ink, "fillstyle": "none"}
        ax.plot(list(shares), list(shares.values()), marker=marker, label=name, **own)
    made = {length: float(guess) for length, guess in guessed.items() if is_number(guess)}
    if made:
        ax.plot(
            list(made), list(made.values()), "s", markersize=10, color=palette.ink, fillstyle="none",
            label="your guess",
        )  # fmt: skip
    else:
        ax.set_title(NOT_YET, fontsize=11, weight="normal", color=palette.muted)
    ax.set(xlabel="length, tokens", ylabel=ylabel, ylim=(-0.03, 1.06))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    told = [
        f"{name} {', '.join(f'{share:.2f} at {length}' for length, share in shares.items())}"
        for name, shares in right.items()
    ]
    yours = ", ".join(f"{guess:g} at {length}" for length, guess in made.items()) or "none"
    figure(fig, alt=f"{ylabel} against length: {'; '.join(told)}. Your guess: {yours}.")
