"""I-JEPA: from one large block of an image, predict what a teacher's features are in four other blocks.

    L = mean over blocks and their patches of smooth-L1(predictor(s_context, where), LN(s_teacher)[where])

                                                                       Assran et al. 2023, section 3
As MAE, but nothing is painted: the target is what the teacher makes of the patches, having seen the whole
image. As DINO, the teacher is a slow average of the student; no crops or colours are needed.

What people usually get wrong
- there is no CLS token: an image's feature is the mean over its patches;
- the targets are cut out of the teacher's *output*, and it has seen everything; only the student's *input* is
  masked;
- they are layer-normalised without γ and β, and carry no gradient;
- the context is a block of 85–100 % minus all targets, so that nothing can be copied;
- one size of target block and one of context block per batch, and as many context patches for all images as
  the poorest has, so that a batch is one tensor; each image has its own places;
- the predictor knows of a target only where it is: one mask token plus a position, one pass for each block;
- λ grows from 0.996 to 1 along a line;
- positions louder than patches: the teacher then says where a patch lies and not what it shows, which can be
  foretold without looking; small patches of unnormalised pixels are quiet.

The published sampler draws scale and aspect from one and the same random number, and never reaches the last
row or column; here they are two numbers, and every place can be reached.

Parameters: encoder B/16 85,797,120; predictor of width 384, depth 6: 11,314,176 · depth 12: 21,960,960.
Paper: ImageNet linear probe, B/16 72.9 % · L/16 77.5 % · H/14 79.3 %.
"""

import math
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import layer_norm, smooth_l1_loss

from course import expect
from course.augment import Crop
from course.language.transformer_layers import EncoderLayer
from course.position import LearnedPosition
from course.record import Record
from course.ssl.collapse import effective_rank, spread
from course.ssl.mae import Augment, fixed_positions, plain_vit, rounded_down, take
from course.ssl.method import Batch, Method, Told
from course.ssl.teacher import Teacher, linear_to_one
from course.training.randomness import drawn
from course.vision.vit import VARIANTS, ViT

Range = tuple[float, float]
Grid = tuple[int, int]

# --- Masks ---------------------------------------------------------------------------------------------


def block_size(grid: Grid, scale: Range, aspect: Range, numbers: tuple[float, float]) -> Grid:
    """Rows and columns of a block that covers a share of the grid, from two numbers in [0, 1).

    The first chooses the share, between the two of `scale`; the second rows / columns, between the two of
    `aspect`. A block is at least one patch and at most the grid.
    """
    H, W = grid
    expect.whole(height=H, width=W)
    share, ratio = (low + number * (high - low) for (low, high), number in zip((scale, aspect), numbers))
    area = rounded_down(H * W, share)
    rows, columns = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
    return min(max(rows, 1), H), min(max(columns, 1), W)


def place(numbers: Tensor, size: Grid, grid: Grid) -> Tensor:
    """Blocks of one size, each place equally likely: numbers (..., 2) in [0, 1) -> (..., H, W) boolean"""
    expect.floating("numbers", numbers)
    inside = []
    for axis, (length, whole) in enumerate(zip(size, grid)):
        first = (numbers[..., axis] * (whole - length + 1)).long()[..., None]  # (..., 1), 0 … whole − length
        at = torch.arange(whole, device=numbers.device)
        inside.append((at >= first) & (at < first + length))  # (..., whole)
    return inside[0][..., :, None] & inside[1][..., None, :]  # (..., H, W)


def context_of(block: Tensor, targets: Tensor, minimum: int) -> Tensor:
    """A block minus all targets: block (B, N), targets (B, M, N), boolean -> (B, N) boolean

    Where fewer than `minimum` patches remain, the last target's are given back, then the one's before, …
    """
    taken = targets.cumsum(dim=1) > 0  # (B, M, N), by the first 1, 2, … M targets
    left = block[:, None] & ~torch.cat([torch.zeros_like(taken[:, :1]), taken], dim=1)  # (B, M + 1, N)
    enough = left.sum(dim=2) >= minimum  # (B, M + 1), falling from True to False
    if not enough[:, 0].all():
        raise ValueError(f"a context block of {int(block[0].sum())} patches cannot keep at least {minimum}")
    return left[torch.arange(len(left), device=left.device), enough.sum(dim=1) - 1]


def multiblock(
    numbers: Tensor, sizes: tuple[Grid, Grid], grid: Grid, minimum: int = 10
) -> tuple[Tensor, Tensor]:
    """Which patches the student sees, and which it predicts: numbers (B, 1 + M, 2) in [0, 1)

    -> context (B, kept), targets (B, M, n), patch numbers row by row, int64. The first pair of numbers places
    the context block, the others the targets; `sizes` are the context's and the targets' rows and columns.
    All contexts are cut to the size of the smallest, at the end.
    """
    if numbers.dim() != 3 or numbers.shape[1] < 2 or numbers.shape[2] != 2:
        raise ValueError(f"numbers must have shape (batch, 1 + targets, 2); got {tuple(numbers.shape)}")
    block = place(numbers[:, 0], sizes[0], grid).flatten(1)  # (B, N)
    targets = place(numbers[:, 1:], sizes[1], grid).flatten(2)  # (B, M, N)
    context = context_of(block, targets, minimum)
    kept = int(context.sum(dim=1).min())
    return _numbers(context)[:, :kept], _numbers(targets)[..., : sizes[1][0] * sizes[1][1]]


def _numbers(mask: Tensor) -> Tensor:
    """The numbers of the True entries, in order, before those of the others: (..., N) -> (..., N)"""
    return (~mask).long().argsort(dim=-1, stable=True)


# --- The networks --------------------------------------------------------------------------------------


class PatchViT(ViT):
    """A ViT without CLS token, with fixed sin-cos positions; its feature is the mean over the patches.

    Its first weights are such that patches of standardised pixels come out with a variance of about 1, as
    loud as positions.
    """

    def __init__(self, **options: Any):
        super().__init__(**options)
        self.position = fixed_positions(self.position.grid, self.cls.shape[-1], extra=0)
        del self.cls
        weight = self.embedding.projection.weight
        nn.init.normal_(weight, std=1 / math.sqrt(weight[0].numel()))

    def embed(self, images: Tensor) -> Tensor:
        """Patches and their positions: (B, channels, H, W) -> (B, N, dim)"""
        return self.dropout(self.position(self.embedding(images), self.embedding.grid(images)))

    def features(self, images: Tensor, record: Record | None = None) -> Tensor:
        return self.tokens(images, record).mean(dim=1)


def build_encoder(variant: str, **overrides: Any) -> PatchViT:
    """A variant of ViT to be trained by I-JEPA: `build_encoder("S/4", image_size=32, classes=0)`."""
    expect.variant(variant, VARIANTS)
    return PatchViT(**{**VARIANTS[variant], **overrides})


class Predictor(nn.Module):
    """From the context's tokens to each target block's: (B, kept, D), context, targets -> (B, M, n, D)"""

    def __init__(self, grid: Grid, encoder_dim: int, dim: int, depth: int, heads: int):
        super().__init__()
        expect.whole(depth=depth)
        self.embedding = nn.Linear(encoder_dim, dim)
        self.mask = nn.Parameter(torch.empty(1, 1, dim))
        self.position: LearnedPosition = fixed_positions(grid, dim, extra=0)
        self.layers = nn.ModuleList(
            EncoderLayer(dim, heads, 4 * dim, norm="pre", eps=1e-6) for _ in range(depth)
        )
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.prediction = nn.Linear(dim, encoder_dim)
        nn.init.trunc_normal_(self.mask, std=0.02)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                nn.init.zeros_(module.bias)

    def forward(self, tokens: Tensor, context: Tensor, targets: Tensor) -> Tensor:
        B, M, n = targets.shape
        position = self.position.table.expand(B, -1, -1)  # (B, N, dim)
        seen = self.embedding(tokens) + take(position, context)  # (B, kept, dim)
        asked = self.mask + take(position, targets.flatten(1))  # (B, M·n, dim)
        seen = seen.repeat_interleave(M, dim=0)  # (B·M, kept, dim): each block is a question of its own
        x = torch.cat([seen, asked.reshape(B * M, n, -1).to(seen.dtype)], dim=1)  # (B·M, kept + n, dim)
        for layer in self.layers:
            x = layer(x)
        return self.prediction(self.norm(x[:, -n:])).unflatten(0, (B, M))  # (B, M, n, D)


class TokensOf(nn.Module):
    """An encoder, called for its tokens: images (B, C, H, W) -> (B, N, D)"""

    def __init__(self, encoder: ViT):
        super().__init__()
        self.encoder = encoder

    def forward(self, images: Tensor) -> Tensor:
        return self.encoder.tokens(images)


def crop(images: Tensor, generator: Generator | None = None) -> Tensor:
    """All the augmentation that I-JEPA wants: a crop of 30 to 100 % of the area."""
    return Crop(images.shape[-1], scale=(0.3, 1.0))(images, generator)


class IJEPA(Method):
    """Prediction of a teacher's features around a `PatchViT`.

    dim, depth, heads: the predictor's. targets: how many blocks. minimum: the fewest patches of a context;
    small grids want less than the paper's 10. Tells the targets' spread and rank, from image to image.
    """

    def __init__(
        self,
        encoder: nn.Module,
        *,
        dim: int = 384,
        depth: int = 6,
        heads: int = 12,
        targets: int = 4,
        target_scale: Range = (0.15, 0.2),
        target_aspect: Range = (0.75, 1.5),
        context_scale: Range = (0.85, 1.0),
        minimum: int = 10,
        momentum: float = 0.996,
        augment: Augment = crop,
    ):
        vit = plain_vit("I-JEPA", encoder, extra=0)
        super().__init__(vit)
        expect.whole(targets=targets, minimum=minimum)
        expect.share(momentum=momentum)
        for name, (low, high), most in (
            ("target_scale", target_scale, 1.0),
            ("context_scale", context_scale, 1.0),
            ("target_aspect", target_aspect, math.inf),
        ):
            if not 0 < low <= high <= most:
                limit = " and at most 1" if most == 1 else ""
                raise ValueError(f"{name} must be two numbers in order, above 0{limit}; got {low}, {high}")
        self.encoder: ViT
        self.targets, self.minimum, self.momentum, self.augment = targets, minimum, momentum, augment
        self.target_scale, self.target_aspect, self.context_scale = target_scale, target_aspect, context_scale
        self.predictor = Predictor(vit.position.grid, vit.norm.normalized_shape[0], dim, depth, heads)
        self.teacher = Teacher(TokensOf(vit))

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        """-> images (B, C, H, W), context (B, kept) and targets (B, M, n), numbers of patches

        The sizes decide the shapes of tensors, so the random numbers are brought to the CPU once a batch.
        """
        images = self.augment(images, generator)
        grid, B, M = self.encoder.embedding.grid(images), len(images), self.targets
        numbers = drawn(torch.rand, (2 + B * (1 + M), 2), like=images, generator=generator).cpu()
        (share, _), (target_share, target_ratio) = numbers[:2].tolist()
        sizes = (
            block_size(grid, self.context_scale, (1.0, 1.0), (share, 0.0)),
            block_size(grid, self.target_scale, self.target_aspect, (target_share, target_ratio)),
        )
        context, targets = multiblock(numbers[2:].view(B, 1 + M, 2), sizes, grid, self.minimum)
        return {"images": images, "context": context.to(images.device), "targets": targets.to(images.device)}

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        images, context, targets = batch["images"], batch["context"], batch["targets"]
        predicted = self.predictor(self.encode(images, context), context, targets)  # (B, M, n, D)
        whole = self.teacher(images).float()  # (B, N, D)
        whole = layer_norm(whole, whole.shape[-1:])
        target = take(whole, targets.flatten(1)).view(predicted.shape)  # (B, M, n, D)
        loss = smooth_l1_loss(predicted.float(), target)
        mean = whole.mean(dim=1)  # (B, D)
        return loss, {"spread": spread(mean), "rank": effective_rank(mean)}

    def encode(self, images: Tensor, context: Tensor) -> Tensor:
        """The patches of the context, encoded by themselves: (B, C, H, W), (B, kept) -> (B, kept, D)"""
        x = take(self.encoder.embed(images), context)
        for layer in self.encoder.layers:
            x = layer(x)
        return self.encoder.norm(x)

    def after_step(self, progress: float) -> None:
        """The teacher follows."""
        self.teacher.follow(TokensOf(self.encoder), linear_to_one(self.momentum, progress))
