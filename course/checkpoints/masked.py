"""An MAE for any share of hidden patches, and how well it paints them: decibels on hidden patches.

    PSNR = −10 log₁₀ mean (ŷ − x)²      over hidden pixels, 0 … 1: 10 dB more is a tenth of the squared error

What people usually get wrong
- a comparison with noise, or with the mean colour: the nearest patch that is visible is known for nothing;
- the visible patches in the mean: a decoder that is not asked for them paints them worse than they need;
- a slider over shares that training never saw.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Generator, Tensor

from course.checkpoints.score import Score
from course.data.image_set import ImageSet
from course.ssl.mae import MAE, masked_loss, patch_statistics, patchify
from course.ssl.method import Batch
from course.training.randomness import drawn


class ManyRatios(MAE):
    """An MAE that hides another share of the patches, uniform between two, in each batch it learns from.

    Loaded, it has the usual `ratio`; set it to what you like before `predict` or `reconstruct`.
    """

    def __init__(self, encoder: Any, lowest: float = 0.3, highest: float = 0.9, **options: Any):
        super().__init__(encoder, **options)
        self.lowest, self.highest = lowest, highest

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        chance = drawn(torch.rand, (), like=images, generator=generator)
        self.ratio = self.lowest + (self.highest - self.lowest) * chance.item()
        return super().views(images, generator)


def nearest_visible(patches: Tensor, hidden: Tensor, grid: tuple[int, int]) -> Tensor:
    """Each patch as the mean colour of the nearest visible one: (B, N, p²·C), (B, N) -> (B, N, p²·C)

    Of several equally near ones the mean over them all; of a visible patch its own.
    """
    apart = _distances(grid).to(patches)[None].masked_fill(hidden[:, None], torch.inf)  # (B, N, N)
    near = (apart == apart.amin(dim=2, keepdim=True)).to(patches)  # (B, N, N)
    return _painted(near, patches)


def distance_weighted(patches: Tensor, hidden: Tensor, grid: tuple[int, int]) -> Tensor:
    """Each patch as the mean colour of all visible ones, weighted by 1 / distance²; shapes as above."""
    apart = _distances(grid).to(patches).clamp(min=1)[None]
    return _painted((1 / apart**2).masked_fill(hidden[:, None], 0), patches)


def predicted_zero(patches: Tensor, hidden: Tensor, grid: tuple[int, int]) -> Tensor:
    """Zero everywhere, shown as normalised predictions often are: with each true patch's mean and deviation.

    No baseline, but a warning: it is the mean of what was hidden, and looks as if something had been learnt.
    """
    mean, std = patch_statistics(patches)
    return 0 * std + mean.expand_as(patches)


BASELINES: dict[str, Callable[[Tensor, Tensor, tuple[int, int]], Tensor]] = {
    "nearest visible patch": nearest_visible,
    "visible patches by distance": distance_weighted,
}


@torch.no_grad()
def hidden_decibels(method: MAE, test: ImageSet, ratios: Sequence[float] = (0.75, 0.5, 0.9)) -> list[Score]:
    """Decibels on hidden patches, beside what is known without learning; a Score for each share hidden."""
    before, scores = method.ratio, []
    images = test.floats()  # (N, C, H, W)
    true, grid = patchify(images, method.patch), method.encoder.embedding.grid(images)
    noise = torch.rand(true.shape[:2], generator=torch.Generator().manual_seed(0)).to(images)
    for method.ratio in ratios:
        parts = [
            method.predict({"images": some, "noise": of})
            for some, of in zip(images.split(256), noise.split(256))
        ]
        predicted, hidden = (torch.cat(each) for each in zip(*parts))
        beside = {
            name: decibels(paint(true, hidden, grid), true, hidden) for name, paint in BASELINES.items()
        }
        what = f"dB on hidden patches, {method.ratio:.0%} hidden, {len(test):,} images"
        scores.append(Score(what, decibels(predicted, true, hidden), beside))
    method.ratio = before
    return scores


def decibels(painted: Tensor, true: Tensor, hidden: Tensor) -> float:
    """PSNR over hidden patches: (B, N, p²·C) twice, from 0 to 1, and (B, N), boolean -> a number"""
    return float(-10 * masked_loss(painted, true, hidden).log10())


def _distances(grid: tuple[int, int]) -> Tensor:
    """Between the middles of every two patches, in patches: -> (N, N)"""
    H, W = grid
    places = torch.cartesian_prod(torch.arange(H), torch.arange(W)).float()  # (N, 2)
    return torch.cdist(places, places)


def _painted(weights: Tensor, patches: Tensor) -> Tensor:
    """Patches as one colour each, the weighted mean of others' colours: (B, N, N), (B, N, p²·C)"""
    colours = patches.unflatten(2, (-1, 3)).mean(dim=2)  # (B, N, 3)
    found = weights @ colours / weights.sum(dim=2, keepdim=True)  # (B, N, 3)
    return found.repeat(1, 1, patches.shape[2] // 3)
