"""MAE: hide three quarters of an image's patches, encode the others, and let a small decoder paint the rest.

    L = mean over hidden patches i of ‖ŷ_i − (x_i − mean x_i) / std x_i‖² / (p² C)   He et al. 2022, section 3

The encoder, which is what is kept, never sees a hidden patch, not even as a mask token: at 75 % it reads a
quarter of the tokens, which makes it both cheap and honest. The decoder is thrown away.

What people usually get wrong
- positions are added *before* patches are dropped: a patch that stays must still know where it is;
- which patches stay is an argsort of noise; where each came from is the argsort of that argsort;
- the decoder's mask tokens are put in their places first, and get their positions there;
- a patch is flattened as (row, column, colour), colour last;
- its variance is the unbiased one, and ε = 1e-6 is inside the root;
- the loss counts hidden patches only, so that the visible ones of a reconstruction look worse than they need;
- the sin-cos positions encode the *column* in their first half, are not learned, and CLS has zeros.

Parameters, decoder and fixed positions included: B 111,907,840 · L 329,541,888.
Paper: ImageNet top-1 after 1,600 epochs and fine-tuning, B 83.6 % · L 85.9 % · H 86.9 %.
"""

import math
from collections.abc import Callable

import torch
from torch import Generator, Tensor, nn

from course import expect
from course.augment import Compose, Crop, Flip
from course.language.transformer_layers import EncoderLayer
from course.position import LearnedPosition, sinusoidal_2d
from course.ssl.method import Batch, Method, Told
from course.training.randomness import drawn
from course.vision.hybrid import HybridViT
from course.vision.vit import ViT

Augment = Callable[[Tensor, Generator | None], Tensor]

# --- Patches -------------------------------------------------------------------------------------------


def patchify(images: Tensor, patch: int) -> Tensor:
    """Cut into patches, each flattened as (row, column, colour): (B, C, H, W) -> (B, N, patch²·C)"""
    expect.floating("images", images)
    if images.dim() != 4:
        raise ValueError(
            f"images must have shape (batch, channels, height, width); got {tuple(images.shape)}"
        )
    expect.divisible("height", images.shape[2], "patch", patch)
    expect.divisible("width", images.shape[3], "patch", patch)
    cells = images.unflatten(3, (-1, patch)).unflatten(2, (-1, patch))  # (B, C, H/p, p, W/p, p)
    return cells.permute(0, 2, 4, 3, 5, 1).flatten(3).flatten(1, 2)  # (B, N, p·p·C)


def unpatchify(patches: Tensor, grid: tuple[int, int], patch: int) -> Tensor:
    """The inverse of `patchify`: (B, N, patch²·C) -> (B, C, H, W)"""
    expect.floating("patches", patches)
    H, W = grid
    if patches.dim() != 3 or patches.shape[1] != H * W:
        raise ValueError(f"patches must have shape (batch, {H} · {W}, width); got {tuple(patches.shape)}")
    expect.divisible("width", patches.shape[2], "patch²", patch * patch)
    cells = patches.unflatten(2, (patch, patch, -1)).unflatten(1, grid)  # (B, H/p, W/p, p, p, C)
    return cells.permute(0, 5, 1, 3, 2, 4).flatten(4).flatten(2, 3)  # (B, C, H, W)


def patch_statistics(patches: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation (unbiased, ε = 1e-6) of each patch: (B, N, width) -> (B, N, 1) each"""
    expect.floating("patches", patches)
    if patches.shape[-1] < 2:
        raise ValueError("a patch of a single value has no standard deviation to be normalised by")
    return patches.mean(-1, keepdim=True), (patches.var(-1, keepdim=True) + 1e-6).sqrt()


# --- Masking and loss ----------------------------------------------------------------------------------


def random_masking(noise: Tensor, kept: int) -> tuple[Tensor, Tensor]:
    """The `kept` patches of least noise stay: noise: (B, N) -> keep (B, kept), restore (B, N), both int64

    `keep` lists the patches that stay. `restore` is the rank of each patch's noise: patch i is hidden where
    restore[:, i] >= kept, and gathering by `restore` puts what is in the order of noise back in its places.
    """
    expect.floating("noise", noise)
    if noise.dim() != 2:
        raise ValueError(f"noise must have shape (batch, patches); got {tuple(noise.shape)}")
    if not 1 <= kept < noise.shape[1]:
        raise ValueError(f"of {noise.shape[1]} patches at least 1 must stay and 1 must go; {kept} stay")
    shuffle = noise.argsort(dim=1)
    return shuffle[:, :kept], shuffle.argsort(dim=1)


def rounded_down(n: int, share: float) -> int:
    """How many of n a share is: `rounded_down(25, 1 - 0.8)` is 5, which in floats is 4.999999999999999"""
    return math.floor(n * share + 1e-6)


def take(tokens: Tensor, indices: Tensor) -> Tensor:
    """Tokens by their numbers: (B, N, D), (B, n) -> (B, n, D)"""
    return tokens.gather(1, indices[..., None].expand(-1, -1, tokens.shape[-1]))


def masked_loss(predicted: Tensor, target: Tensor, hidden: Tensor) -> Tensor:
    """The mean squared error over hidden patches: (B, N, width) twice, hidden (B, N) boolean -> scalar"""
    if predicted.shape != target.shape:
        shapes = f"{tuple(predicted.shape)} and {tuple(target.shape)}"
        raise ValueError(f"predicted and target must have the same shape; got {shapes}")
    if hidden.dtype != torch.bool or hidden.shape != predicted.shape[:2]:
        given = f"{expect.kind(hidden)}, {tuple(hidden.shape)}"
        raise ValueError(f"hidden must be boolean, one a patch, {tuple(predicted.shape[:2])}; got {given}")
    error = (predicted.float() - target.float()).square().mean(dim=-1)  # (B, N)
    return (error * hidden).sum() / hidden.sum()


# --- The networks --------------------------------------------------------------------------------------


def fixed_positions(grid: tuple[int, int], dim: int, extra: int) -> LearnedPosition:
    """Sin-cos positions in the place of learned ones, frozen; the `extra` tokens in front have zeros."""
    position = LearnedPosition(grid, dim, extra)
    table = torch.cat([torch.zeros(extra, dim), sinusoidal_2d(*grid, dim)])  # (extra + H·W, dim)
    position.table = nn.Parameter(table[None], requires_grad=False)
    return position


def plain_vit(method: str, encoder: nn.Module, extra: int = 1) -> ViT:
    """The encoder, if it is a ViT with a position for each patch and for `extra` tokens in front of them."""
    position = getattr(encoder, "position", None)
    has_places = isinstance(position, LearnedPosition) and position.extra == extra
    if not isinstance(encoder, ViT) or isinstance(encoder, HybridViT) or not has_places:
        tokens = "a CLS token" if extra else "no CLS token"
        raise TypeError(
            f"{method} needs a ViT with learned positions and {tokens}; got {type(encoder).__name__}"
        )
    return encoder


def crop_and_flip(images: Tensor, generator: Generator | None = None) -> Tensor:
    """All the augmentation that masking wants beside it: a crop of 20 to 100 % of the area, and a flip."""
    return Compose([Crop(images.shape[-1], scale=(0.2, 1.0)), Flip()])(images, generator)


def reconstruction(
    predicted: Tensor, images: Tensor, hidden: Tensor, patch: int, normalise: bool
) -> tuple[Tensor, Told]:
    """The loss on hidden patches, predicted (B, N, p²·C), images (B, C, H, W), hidden (B, N) -> scalar, told

    normalise: whether each target patch gets mean 0 and standard deviation 1. Tells the loss on visible ones.
    """
    target = patchify(images, patch)  # (B, N, p²·C)
    if normalise:
        mean, std = patch_statistics(target)
        target = (target - mean) / std
    loss = masked_loss(predicted, target, hidden)
    with torch.no_grad():
        visible = masked_loss(predicted, target, ~hidden)
    return loss, {"visible_loss": visible}


class Decoder(nn.Module):
    """From the tokens that stayed to all patches: (B, 1 + kept, encoder_dim), (B, N) -> (B, N, width)"""

    def __init__(self, grid: tuple[int, int], encoder_dim: int, dim: int, depth: int, heads: int, width: int):
        super().__init__()
        expect.whole(depth=depth)
        self.embedding = nn.Linear(encoder_dim, dim)
        self.mask = nn.Parameter(torch.empty(1, 1, dim))
        self.position = fixed_positions(grid, dim, extra=1)
        self.layers = nn.ModuleList(
            EncoderLayer(dim, heads, 4 * dim, norm="pre", eps=1e-6) for _ in range(depth)
        )
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.prediction = nn.Linear(dim, width)
        nn.init.normal_(self.mask, std=0.02)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)

    def forward(self, tokens: Tensor, restore: Tensor, grid: tuple[int, int]) -> Tensor:
        x = self.embedding(tokens)  # (B, 1 + kept, dim)
        missing = restore.shape[1] + 1 - x.shape[1]
        masks = self.mask.to(x.dtype).expand(x.shape[0], missing, -1)  # (B, N − kept, dim)
        patches = take(torch.cat([x[:, 1:], masks], dim=1), restore)  # (B, N, dim), each in its place
        x = self.position(torch.cat([x[:, :1], patches], dim=1), grid)  # (B, 1 + N, dim)
        for layer in self.layers:
            x = layer(x)
        return self.prediction(self.norm(x))[:, 1:]  # (B, N, width)


class MAE(Method):
    """A masked auto-encoder around a ViT, whose positions are replaced by fixed ones.

    ratio: the share of patches hidden. dim, depth, heads: the decoder's. normalise: whether each target patch
    gets mean 0 and standard deviation 1. Tells the loss on visible patches, for comparison.
    """

    def __init__(
        self,
        encoder: nn.Module,
        *,
        ratio: float = 0.75,
        dim: int = 512,
        depth: int = 8,
        heads: int = 16,
        normalise: bool = True,
        augment: Augment = crop_and_flip,
    ):
        vit = plain_vit("MAE", encoder)
        super().__init__(vit)
        expect.rate(ratio=ratio)
        self.encoder: ViT
        self.ratio, self.normalise, self.augment = ratio, normalise, augment
        grid, width = vit.position.grid, vit.cls.shape[-1]
        self.patch, channels = vit.embedding.patch, vit.embedding.projection.in_channels
        vit.position = fixed_positions(grid, width, extra=1)
        self.decoder = Decoder(grid, width, dim, depth, heads, self.patch**2 * channels)

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        """-> images (B, C, H, W), augmented, and noise (B, N), which decides what is hidden"""
        images = self.augment(images, generator)
        H, W = self.encoder.embedding.grid(images)
        noise = drawn(torch.rand, (len(images), H * W), like=images, generator=generator)
        return {"images": images, "noise": noise}

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        predicted, hidden = self.predict(batch)
        return reconstruction(predicted, batch["images"], hidden, self.patch, self.normalise)

    def predict(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """-> all patches as predicted (B, N, patch²·C), and which were hidden (B, N), boolean"""
        images, noise = batch["images"], batch["noise"]
        grid = self.encoder.embedding.grid(images)
        kept = rounded_down(noise.shape[1], 1 - self.ratio)
        keep, restore = random_masking(noise, kept)
        return self.decoder(self.encode(images, keep), restore, grid), restore >= kept

    def encode(self, images: Tensor, keep: Tensor) -> Tensor:
        """CLS and the patches that stay, encoded: (B, C, H, W), (B, kept) -> (B, 1 + kept, D)"""
        x = self.encoder.embed(images)  # (B, 1 + N, D), with positions
        x = torch.cat([x[:, :1], take(x[:, 1:], keep)], dim=1)  # (B, 1 + kept, D)
        for layer in self.encoder.layers:
            x = layer(x)
        return self.encoder.norm(x)

    @torch.no_grad()
    def reconstruct(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """For the eye: hidden patches as predicted, the others as they are, and which were hidden.

        -> images (B, C, H, W), and (B, H/patch, W/patch) boolean. A normalised prediction gets back the mean
        and standard deviation of each true patch, without which there is nothing to look at.
        """
        predicted, hidden = self.predict(batch)
        true, grid = patchify(batch["images"], self.patch), self.encoder.embedding.grid(batch["images"])
        if self.normalise:
            mean, std = patch_statistics(true)
            predicted = predicted * std + mean
        patches = torch.where(hidden[..., None], predicted.to(true.dtype), true)  # (B, N, p²·C)
        return unpatchify(patches, grid, self.patch), hidden.unflatten(1, grid)
