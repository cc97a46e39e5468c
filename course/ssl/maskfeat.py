"""MaskFeat: hide blocks of patches, and predict how the edges in them are oriented: their HOG.

    L = mean over hidden patches of ‖ŷ − HOG‖² / width                         Wei et al. 2022, section 3

A histogram of oriented gradients (Dalal and Triggs 2005) was the best feature before networks learned theirs.
Against pixels it forgets brightness and exact place, so no capacity is spent on them.

    g = (∂x, ∂y), by Sobel             bin = ⌊9 · angle(±g) / π⌋, with the sign that puts it in [0, π)
    histogram[bin] = Σ |g| over the 8 × 8 pixels of a cell, then divided by its length ‖histogram‖₂

What people usually get wrong
- the orientation has no sign: an edge from dark to light and one from light to dark share a bin;
- a pixel votes for one bin with its gradient's length, not with 1. Dalal and Triggs share the vote between
  two bins; MaskFeat's code does not, and neither is it done here;
- the first bin begins at 0°, where many edges of real images lie: a derivative that is 0 and computed as
  ±1e-8 sends them to the first bin or the last. What rounding can leave of 0 counts as 0;
- the border is reflected: padding with zeros would draw a frame of strong edges;
- the differences come first, the smoothing after: rounding in flat places would be blown up to length 1;
- every cell is normalised by itself, not blocks of 2 × 2 cells as in the original HOG, and each colour;
- HOG is computed on the whole image, before anything is hidden;
- the mask tokens go *into* the encoder, unlike MAE's, so that it reads as many tokens as ever;
- blocks are hidden, not single patches, whose edges would go on from their neighbours'.

Target's width at patch 16: 2 · 2 cells · 9 bins · 3 colours = 108. Parameters of mask and head: 109 D + 108.
Paper: ImageNet top-1 after 1,600 epochs and fine-tuning, ViT-B 84.0 % · ViT-L 85.7 %.
"""

import math

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import normalize, pad

from course import expect
from course.ssl.mae import Augment, crop_and_flip, masked_loss, plain_vit
from course.ssl.method import Batch, Method, Told
from course.training.randomness import drawn
from course.vision.vit import ViT

# --- HOG -----------------------------------------------------------------------------------------------


def gradients(images: Tensor) -> tuple[Tensor, Tensor]:
    """Sobel's derivatives along columns and rows, of each channel: (B, C, H, W) -> the same shape, twice

    A derivative within the rounding of its channel's largest number is 0.
    """
    expect.floating("images", images)
    if images.dim() != 4 or min(images.shape[2:]) < 2:
        raise ValueError(f"images must have shape (batch, channels, ≥ 2, ≥ 2); got {tuple(images.shape)}")
    x = pad(images, (1, 1, 1, 1), mode="reflect")  # (B, C, H + 2, W + 2)
    across, down = x[..., 2:] - x[..., :-2], x[..., 2:, :] - x[..., :-2, :]  # exactly 0 where nothing changes
    dx = across[..., :-2, :] + 2 * across[..., 1:-1, :] + across[..., 2:, :]
    dy = down[..., :-2] + 2 * down[..., 1:-1] + down[..., 2:]
    precision = torch.finfo(torch.promote_types(images.dtype, torch.float32)).eps
    rounding = (
        16 * precision * images.abs().amax(dim=(2, 3), keepdim=True)
    )  # (B, C, 1, 1); 8 numbers, two steps
    return dx * (dx.abs() > rounding), dy * (dy.abs() > rounding)  # (B, C, H, W) each


def hog(images: Tensor, cell: int = 8, bins: int = 9) -> Tensor:
    """Histograms of oriented gradients: (B, C, H, W) -> (B, C, bins, H/cell, W/cell), of length 1 or 0"""
    expect.whole(cell=cell, bins=bins)
    dx, dy = gradients(images)  # (B, C, H, W) each
    expect.divisible("height", images.shape[2], "cell", cell)
    expect.divisible("width", images.shape[3], "cell", cell)
    sign = torch.where((dy < 0) | ((dy == 0) & (dx < 0)), -1.0, 1.0).to(dx.dtype)  # a line has no direction
    angle = torch.atan2(sign * dy, sign * dx) / math.pi  # 0 … 1, in half turns
    bin_ = (
        (angle * bins).long().clamp(0, bins - 1)
    )  # (B, C, H, W); 180° is so by rounding, −180° has no length
    votes = torch.zeros(*images.shape[:2], bins, *images.shape[2:], dtype=images.dtype, device=images.device)
    votes.scatter_(2, bin_[:, :, None], torch.hypot(dx, dy)[:, :, None])  # (B, C, bins, H, W)
    cells = votes.unflatten(4, (-1, cell)).unflatten(3, (-1, cell)).sum(dim=(4, 6))  # (B, C, bins, H/c, W/c)
    return normalize(cells, dim=2)


def hog_of_patches(images: Tensor, patch: int, cell: int, bins: int = 9) -> Tensor:
    """HOG of the cells in each patch: (B, C, H, W) -> (B, N, C · bins · (patch/cell)²)"""
    expect.divisible("patch", patch, "cell", cell)
    side = patch // cell
    cells = hog(images, cell, bins)  # (B, C, bins, H/cell, W/cell)
    cells = cells.unflatten(4, (-1, side)).unflatten(3, (-1, side))  # (B, C, bins, H/p, side, W/p, side)
    return cells.permute(0, 3, 5, 1, 2, 4, 6).flatten(3).flatten(1, 2)  # (B, N, C · bins · side²)


# --- Masking -------------------------------------------------------------------------------------------


def block_masking(numbers: Tensor, grid: tuple[int, int], hidden: int, least: int = 4) -> Tensor:
    """Hide block after block until enough is hidden: numbers (B, K, 4) in [0, 1) -> (B, N) boolean

    A block's four numbers choose its area, from `least` patches to all that are to be hidden; its rows by
    columns, from 0.3 to 1/0.3, as often below 1 as above; and its place. The last block is cut, row by row,
    so that *exactly* `hidden` patches are hidden in each image. Where K blocks are not enough, the first
    patches that are left follow.
    """
    expect.floating("numbers", numbers)
    H, W = grid
    expect.whole(height=H, width=W, least=least)
    if numbers.dim() != 3 or numbers.shape[2] != 4:
        raise ValueError(f"numbers must have shape (batch, blocks, 4); got {tuple(numbers.shape)}")
    if not 1 <= hidden < H * W:
        raise ValueError(f"of {H * W} patches at least 1 must stay and 1 must go; {hidden} are to go")
    area_number, aspect_number, *places = numbers.unbind(dim=2)  # (B, K) each
    smallest = min(least, hidden)
    area = smallest + area_number * (hidden - smallest)
    ratio = torch.exp((2 * aspect_number - 1) * math.log(1 / 0.3))
    inside = []
    for number, whole, length in zip(places, grid, ((area * ratio).sqrt(), (area / ratio).sqrt())):
        length = length.round().clamp(1, whole)
        first = (number * (whole - length + 1)).floor()[..., None]  # (B, K, 1)
        at = torch.arange(whole, device=numbers.device)
        inside.append((at >= first) & (at < first + length[..., None]))  # (B, K, whole)
    blocks = (inside[0][..., :, None] & inside[1][..., None, :]).flatten(2)  # (B, K, N)
    uncovered = torch.ones_like(blocks[:, :1])
    first_block = (
        torch.cat([blocks, uncovered], dim=1).int().argmax(dim=1)
    )  # (B, N), the first that covers it
    order = first_block.argsort(dim=1, stable=True)  # patches in the order in which they are hidden
    return torch.zeros_like(first_block, dtype=torch.bool).scatter(1, order[:, :hidden], True)


# --- The method ----------------------------------------------------------------------------------------


class MaskFeat(Method):
    """Prediction of HOG around a ViT.

    ratio: the share of patches hidden. cell: pixels of a cell's side, half a patch if not said. Tells the
    loss of the best guess that does not look, the mean histogram over the batch's hidden patches.
    """

    BLOCKS = 32  # offered to each image; 40 % is rarely beyond the first ten

    def __init__(
        self,
        encoder: nn.Module,
        *,
        ratio: float = 0.4,
        cell: int | None = None,
        bins: int = 9,
        augment: Augment = crop_and_flip,
    ):
        vit = plain_vit("MaskFeat", encoder)
        super().__init__(vit)
        expect.rate(ratio=ratio)
        self.encoder: ViT
        self.ratio, self.augment = ratio, augment
        self.patch, channels = vit.embedding.patch, vit.embedding.projection.in_channels
        half = self.patch if self.patch % 2 else self.patch // 2  # an odd patch is one cell
        self.cell, self.bins = half if cell is None else cell, bins
        expect.divisible("patch", self.patch, "cell", self.cell)
        dim = vit.cls.shape[-1]
        self.mask = nn.Parameter(torch.empty(1, 1, dim))
        self.prediction = nn.Linear(dim, channels * bins * (self.patch // self.cell) ** 2)
        nn.init.trunc_normal_(self.mask, std=0.02)
        nn.init.trunc_normal_(self.prediction.weight, std=0.02)
        nn.init.zeros_(self.prediction.bias)

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        """-> images (B, C, H, W), augmented, and hidden (B, N), boolean"""
        images = self.augment(images, generator)
        grid = self.encoder.embedding.grid(images)
        numbers = drawn(torch.rand, (len(images), self.BLOCKS, 4), like=images, generator=generator)
        return {
            "images": images,
            "hidden": block_masking(numbers, grid, round(self.ratio * grid[0] * grid[1])),
        }

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        images, hidden = batch["images"], batch["hidden"]
        target = hog_of_patches(images.float(), self.patch, self.cell, self.bins)  # (B, N, width)
        loss = masked_loss(self.predict(images, hidden), target, hidden)
        weights = hidden[..., None] / hidden.sum()
        mean = (target * weights).sum(dim=(0, 1), keepdim=True)  # (1, 1, width)
        return loss, {"mean_guess": masked_loss(mean.expand_as(target), target, hidden)}

    def predict(self, images: Tensor, hidden: Tensor) -> Tensor:
        """The histograms of all patches, from the visible ones: (B, C, H, W), (B, N) -> (B, N, width)"""
        vit = self.encoder
        x = vit.embedding(images)  # (B, N, D)
        x = torch.where(hidden[..., None], self.mask.to(x.dtype), x)
        x = torch.cat([vit.cls.to(x.dtype).expand(x.shape[0], -1, -1), x], dim=1)  # (B, 1 + N, D)
        x = vit.dropout(vit.position(x, vit.embedding.grid(images)))
        for layer in vit.layers:
            x = layer(x)
        return self.prediction(vit.norm(x))[:, 1:]  # (B, N, width)
