"""Where two captioners look for each word of the same sentence: a row of pictures each, a panel a word.

What people usually get wrong: a map is compared with nothing. Two models that write the same sentence may
look at different places; how much of a look is on the shape is told as a number above each panel.
"""

from collections.abc import Mapping, Sequence
from math import isqrt

import numpy as np
from torch import Tensor
from torch.nn.functional import interpolate

from course.multimodal.captioning import mass_inside
from course.show.style import figure, new

DARK = 0.25  # what is left of a pixel that is not looked at


def word_looks(image: Tensor, words: Sequence[str], looks: Mapping[str, Tensor], mask: Tensor) -> None:
    """image (3, H, W), 0 … 1; looks: by the captioner's name, (L, N) over a square grid of N places, rows
    summing to one; mask: (H, W), bool, the shape.

    In each panel the place that is looked at most is as light as the picture, and one with no weight dark.
    Raises ValueError where the words are not as many as the looks.
    """
    pixels, told = image.permute(1, 2, 0).numpy(), []  # (H, W, 3)
    fig, axes = new(len(looks), len(words), width=1.35 * len(words), height=1.9 * len(looks))
    for row, (name, weights) in zip(np.reshape(axes, (len(looks), -1)), looks.items(), strict=True):
        if len(weights) != len(words):
            raise ValueError(f"{name} has {len(weights)} looks for {len(words)} words")
        inside = mass_inside(weights[None, None], mask[None])[0]  # (L,)
        for ax, word, share, light in zip(
            row, words, inside.tolist(), lit(weights, image.shape[1:]), strict=True
        ):
            ax.imshow((pixels * light[..., None].numpy()).clip(0, 1))
            ax.set_title(f"{word}\n{100 * share:.0f} %", fontsize=11, weight="normal")
            ax.set(xticks=[], yticks=[])
        row[0].set_ylabel(name)
        shares = ", ".join(f"{word} {100 * share:.0f} %" for word, share in zip(words, inside.tolist()))
        told.append(f"{name}: {shares}")
    figure(fig, alt=f"Where each word looks, and how much of the look is on the shape. {'; '.join(told)}.")


def lit(weights: Tensor, size: Sequence[int]) -> Tensor:
    """How light a picture is under each look: (L, N) over a square grid -> (L, H, W), DARK … 1"""
    side = isqrt(weights.shape[-1])
    maps = interpolate(weights.unflatten(-1, (side, side))[:, None], size=tuple(size), mode="bilinear")[:, 0]
    return DARK + (1 - DARK) * maps / maps.amax(dim=(1, 2), keepdim=True)
