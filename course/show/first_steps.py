"""The two stills of the first lesson: a line that was learnt, or not; and mean pictures that read digits."""

from collections.abc import Sequence

import torch
from torch import Tensor

from course.show.guesses import NOT_YET, is_number, made
from course.show.style import figure, new, palette


def line_and_loss(
    x: Tensor, targets: Tensor, slope: float, bias: float, guess: float | None, losses: Sequence[float]
) -> None:
    """Points, the line learnt from them and the one of the guessed slope; and the loss. x, targets: (N,)"""
    fig, (points, curve) = new(cols=2, height=3)
    ends = torch.tensor([-1.0, 1.0])
    points.scatter(x, targets, s=14, color=palette.muted)
    if is_number(guess):
        said = f"your guess: slope {guess:g}"
        points.plot(ends, guess * ends + targets.mean(), "--", color=palette.second, label=said)
    else:
        said = NOT_YET
    points.plot(ends, slope * ends + bias, color=palette.accent, label=f"learnt: slope {abs(slope):.2f}")
    points.set(xlabel="x", ylabel="target")
    points.legend()
    curve.plot(losses, color=palette.accent)
    curve.set(xlabel="step", ylabel="loss", ylim=(0, None))
    figure(
        fig,
        alt=f"64 points along a rising line. The line learnt from them has slope "
        f"{abs(slope):.2f}; {said}. The loss falls from {losses[0]:.1f} to {losses[-1]:.1f}.",
    )


def means_of_digits(means: Tensor, guess: float | None, percent: float) -> None:
    """Ten mean pictures, (10, 64), and how many of 100 digits they read, beside the guess and chance."""
    fig, axes = new(cols=11, height=1.7)
    for number, axis in enumerate(axes[:10]):
        axis.imshow(means[number].view(8, 8), cmap="gray_r")
        axis.set_axis_off()
        axis.set_title(number)
    shares = made({"chance": 10.0, "your guess": guess, "these ten": percent})
    colours = [palette.muted, palette.second, palette.accent][-len(shares) :]
    axes[10].bar(range(len(shares)), list(shares.values()), color=colours, width=0.8)
    axes[10].set(ylim=(0, 100), xticks=[], title="read")
    said = ", ".join(f"{name} {share:.0f}" for name, share in shares.items())
    figure(fig, alt=f"The mean picture of each digit from 0 to 9. Of 100 new digits read: {said}.")
    print(f"Read, of 100 new digits: {said}.")
