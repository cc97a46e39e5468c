"""Is a map true to its model? Take patches away in the map's order, and watch the answer go.

    deletion     from the whole image, the patches that the map ranks highest are removed first: a map that is
                 right makes the probability of the class fall at once, and the area under the curve is small
    insertion    from an image without content, the same patches return first: the area is large
                                                                       Petsiuk, Das and Saenko 2018 (RISE)

What people usually get wrong
- a number alone says nothing: compare with random orders, several of them, on the same image and baseline;
- patches that tie must not be ordered by chance: here they go row by row, from the top left;
- an image with holes is like none that the model has seen: part of each curve is that surprise, not the
  map, and another baseline gives another curve;
- the class is that of the whole image throughout, not whichever one leads after each step.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from course import expect
from course.show import checks
from course.show.style import figure, new, palette
from course.show.training import LINES, banded

RANDOM = "random"
BLUR, SIGMA = 11, 5.0  # pixels: the kernel's width and its standard deviation, as in the paper's code
BATCH = 64  # images handed to the model at a time


@dataclass(frozen=True)
class Curves:
    """The probability of the class while patches go and come, for one map or for several random orders.

    share: (S + 1,), the share of patches removed or inserted, from 0 to 1
    deletion, insertion: (orders, S + 1)
    """

    share: np.ndarray
    deletion: np.ndarray
    insertion: np.ndarray

    @property
    def deletion_area(self) -> np.ndarray:
        """Under the deletion curve of each order: (orders,); lower is better."""
        return np.trapezoid(self.deletion, self.share, axis=1)

    @property
    def insertion_area(self) -> np.ndarray:
        """Under the insertion curve of each order: (orders,); higher is better."""
        return np.trapezoid(self.insertion, self.share, axis=1)


def curves(
    predict: Callable[[Tensor], Any],
    image: Any,
    maps: Mapping[str, Any],
    steps: int | None = None,
    baseline: str = "blur",
    orders: int = 5,
    seed: int = 0,
) -> dict[str, Curves]:
    """Deletion and insertion curves of each map, by name, and of several orders drawn at random, as "random".

    predict: images (B, C, H, W) -> (B,), the probability of one class, the same throughout
    image: (C, H, W), as the model takes it; a tensor stays on its device
    maps: (rows, columns) each, a number for each patch of the image; the largest goes first
    steps: in how many steps the patches go; one by one without
    baseline: what is where a patch is removed: "blur", a Gaussian 11 pixels wide; "mean", the image's mean
        colour; "zeros", which in a normalised image is the mean colour of the training set
    orders, seed: how many orders are drawn at random, and from which seed

    Raises ValueError for arrays that do not fit, TypeError for an image that is a tensor of whole numbers.
    """
    pixels = checks.array("image", image)
    whole = image.detach() if isinstance(image, Tensor) else torch.from_numpy(pixels)
    expect.floating("image", whole)
    if whole.dim() != 3:
        raise ValueError(f"image must have shape (channels, height, width); got {tuple(whole.shape)}")
    expect.one_of("baseline", baseline, BASELINES)
    expect.whole(orders=orders)
    found = {name: checks.array(name, values) for name, values in maps.items()}
    rows, columns = _grid(found, *whole.shape[1:])
    N = rows * columns
    steps = N if steps is None else steps
    if not isinstance(steps, int) or not 1 <= steps <= N:
        raise ValueError(f"steps must be from 1 to the number of patches, {N}; got {steps!r}")
    counts = torch.arange(steps + 1) * N // steps  # (S + 1,), patches gone
    generator = torch.Generator().manual_seed(seed)
    rankings = {name: order(values)[None] for name, values in found.items()}  # (1, N) each
    rankings[RANDOM] = torch.stack([torch.randperm(N, generator=generator) for _ in range(orders)])
    empty = BASELINES[baseline](whole)
    share = (counts / N).numpy()
    measured = {}
    for name, ranked in rankings.items():
        first = _first(ranked, counts).unflatten(-1, (rows, columns))  # (orders, S + 1, rows, columns)
        deletion = _asked(predict, first, empty, whole)
        measured[name] = Curves(share, deletion, _asked(predict, first, whole, empty))
    return measured


def order(values: np.ndarray) -> Tensor:
    """Patches from the largest value to the smallest, ties row by row: (rows, columns) -> (rows·columns,)"""
    return torch.from_numpy(values).flatten().argsort(descending=True, stable=True)


def _grid(found: Mapping[str, np.ndarray], H: int, W: int) -> tuple[int, int]:
    """The one grid of all maps, which must divide the image."""
    if not 1 <= len(found) < LINES or RANDOM in found:
        given = ", ".join(found) or "none"
        raise ValueError(f"1 to {LINES - 1} maps can be compared with {RANDOM} orders; got {given}")
    shapes = {values.shape for values in found.values()}
    if len(shapes) > 1:
        given = ", ".join(f"{name} {values.shape}" for name, values in found.items())
        raise ValueError(f"maps are compared patch by patch and must have one shape; got {given}")
    shape = shapes.pop()
    if len(shape) != 2 or 0 in shape:
        raise ValueError(f"maps must have shape (rows, columns); got {shape}")
    if H % shape[0] or W % shape[1]:
        raise ValueError(
            f"a map of {shape[0]} × {shape[1]} patches does not divide an image of {H} × {W} pixels"
        )
    return shape[0], shape[1]


def _first(ranked: Tensor, counts: Tensor) -> Tensor:
    """Which patches are the first 0, …, N of each ranking: (orders, N), (S + 1,) -> (orders, S + 1, N)"""
    rank = ranked.argsort(dim=1)  # (orders, N): when each patch goes
    return rank[:, None] < counts[:, None]


def _at_pixels(first: Tensor, image: Tensor) -> Tensor:
    """A boolean for each patch, (…, rows, columns) -> one for each pixel, (…, 1, H, W), where the image is"""
    _, H, W = image.shape
    pixels = first.repeat_interleave(H // first.shape[-2], dim=-2).repeat_interleave(
        W // first.shape[-1], dim=-1
    )
    return pixels.unsqueeze(-3).to(image.device)


@torch.no_grad()
def _asked(predict: Callable[[Tensor], Any], first: Tensor, there: Tensor, elsewhere: Tensor) -> np.ndarray:
    """The model's answers, a batch at a time, to images made of two, one of them `there` where a patch is
    among the first: (orders, S + 1, rows, columns), (C, H, W) twice -> (orders, S + 1), float32
    """
    answers = []
    for batch in first.flatten(0, 1).split(BATCH):
        answer = checks.array(
            "predict's answer", predict(torch.where(_at_pixels(batch, there), there, elsewhere))
        )
        if answer.shape != (len(batch),):
            raise ValueError(f"predict must give one number an image, ({len(batch)},); got {answer.shape}")
        answers.append(answer)
    return np.concatenate(answers).reshape(first.shape[:2])


def _blurred(image: Tensor) -> Tensor:
    """A Gaussian blur of 11 × 11 pixels, the border repeated outwards: (C, H, W) -> (C, H, W)"""
    offset = torch.arange(BLUR, device=image.device) - BLUR // 2
    kernel = torch.softmax(-(offset**2) / (2 * SIGMA**2), dim=0).to(image.dtype)  # sums to one
    padded = nn.functional.pad(image[:, None], [BLUR // 2] * 4, mode="replicate")  # (C, 1, H + 10, W + 10)
    across = nn.functional.conv2d(padded, kernel.view(1, 1, 1, BLUR))  # (C, 1, H + 10, W)
    return nn.functional.conv2d(across, kernel.view(1, 1, BLUR, 1))[:, 0]  # (C, H, W)


BASELINES: dict[str, Callable[[Tensor], Tensor]] = {
    "blur": _blurred,
    "mean": lambda image: image.mean(dim=(1, 2), keepdim=True).expand_as(image),
    "zeros": torch.zeros_like,
}


def deletion_and_insertion(measured: Mapping[str, Curves]) -> None:
    """Show both curves of every map, with the areas under them; random orders as a mean in its band."""
    fig, axes = new(cols=2, width=8.6, height=4.4)
    told = []
    for ax, kind, better in zip(axes, ("deletion", "insertion"), ("lower", "higher")):
        for name, found in measured.items():
            areas = getattr(found, f"{kind}_area")
            style = dict(color=palette.muted, linestyle=":") if name == RANDOM else {}
            banded(ax, found.share, getattr(found, kind), _label(name, areas), **style)
            told.append(f"{kind}, {name} {_area(areas)}")
        ax.set(title=f"{kind}: {better} is better", ylim=(-0.03, 1.03))
        ax.set_xlabel(f"share of patches {'removed' if kind == 'deletion' else 'inserted'}")
        ax.legend(
            loc="upper left",
            bbox_to_anchor=(0, -0.2),
            title="area under the curve",
            alignment="left",
            handlelength=3.5,
        )
    axes[0].set_ylabel("probability of the class")
    figure(
        fig,
        alt=f"Probability of the class while patches go and come. Areas under the curves: {'; '.join(told)}.",
    )


def _label(name: str, areas: np.ndarray) -> str:
    times = f"{len(areas)} × " if len(areas) > 1 else ""
    return f"{times}{name}: {_area(areas)}"


def _area(areas: np.ndarray) -> str:
    if len(areas) == 1:
        return f"{areas[0]:.3f}"
    return f"{areas.mean():.3f} ({areas.min():.3f} to {areas.max():.3f})"
