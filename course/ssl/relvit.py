"""RelViT: learn how the patches of an image lie relative to each other, beside or before learning its class.

    relations    r_ij ∈ {LU, CU, RU, LC, CC, RC, LD, CD, RD}   where patch i lies, seen from patch j
                 logits_c = Q_c K_cᵀ / √D_c                    one head a relation, no softmax over patches
    distances    d_ij = ‖p_i − p_j‖, rescaled to [−1, 1]       one head, squared error
    angles       a_ij = arccos(p_i·p_j / ‖p_i‖‖p_j‖), rescaled one head, squared error; p offset by side / 2
    positions    which of the N places patch i has             a linear layer, cross-entropy

Camporese, Izzo and Ballan 2022, "Where are my Neighbors? Exploiting Patches Relations in Self-Supervised
Vision Transformer". The labels cost nothing: they are functions of the grid, the same for every image. Any
mix of the four tasks may be trained; the published scripts train relations and positions.

What people usually get wrong
- a position embedding writes the answer into the input, so in this phase the encoder has none. To it an image
  is a *set* of patches, and shuffling them changes nothing; fine-tuning puts the positions in;
- the nine heads are the nine *classes*: the softmax runs over the heads of one pair, never over the patches;
- the classes are far from even: on an 8 × 8 grid each corner relation holds for 19.1 % of the pairs, an axis
  for 5.5 %, CC for 1.6 %. Accuracies are to be compared with 19.1 %, not with 1 / 9;
- patches that touch share lines and colours; cropping and colouring each patch *alone* takes that cue away;
- the width of a head is ⌊D / 9⌋, and the projections have no bias.

Parameters beside the encoder: relations 18 D ⌊D/9⌋ · distances 2 D² · angles 2 D² · positions D·N + N.
For S/4 at 32 × 32: 290,304 · 294,912 · 294,912 · 24,640.
Paper: CIFAR-10, ViT-S/4, 86.09 % from scratch and 90.23 % with RelViT before; CIFAR-100 59.19 and 64.99;
Tiny ImageNet, ViT-S/8, 43.19 and 51.98.
"""

from collections.abc import Callable, Collection
from math import pi, sqrt
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy, mse_loss

from course import expect
from course.augment import ColourJitter, Compose, Crop, Grey
from course.ssl.method import Batch, Method, Told
from course.ssl.tiles import cut, join
from course.vision.vit import VARIANTS, ViT

RELATIONS = ("LU", "CU", "RU", "LC", "CC", "RC", "LD", "CD", "RD")  # left, centre, right; up, centre, down
TASKS = ("relations", "distances", "angles", "positions")

Augmentation = Callable[[Tensor, Generator | None], Tensor]


def coordinates(H: int, W: int) -> Tensor:
    """The row and the column of each patch, row by row: -> (H·W, 2), float64"""
    expect.whole(H=H, W=W)
    row, column = torch.meshgrid(torch.arange(H), torch.arange(W), indexing="ij")  # (H, W) each
    return torch.stack([row.flatten(), column.flatten()], dim=1).double()


def relation_labels(H: int, W: int) -> Tensor:
    """[i, j]: where patch i lies as seen from patch j, a number of RELATIONS: -> (N, N), int64

    On 3 × 3, with patch 4 in the middle, [0, 4] is LU and [4, 0] is RD.
    """
    p = coordinates(H, W)
    down, right = (p[:, None] - p[None]).sign().long().unbind(-1)  # (N, N) each, −1, 0 or 1
    return 3 * (down + 1) + right + 1


def distance_labels(H: int, W: int) -> Tensor:
    """[i, j]: the Euclidean distance of two patches, from −1 (the same) to 1 (opposite corners): -> (N, N)"""
    p = coordinates(H, W)
    return _rescale(torch.linalg.vector_norm(p[:, None] - p[None], dim=-1))


def angle_labels(H: int, W: int) -> Tensor:
    """[i, j]: the angle between two patches' position vectors, from −1 (none) to 1 (the widest): -> (N, N)

    The vectors start half a side outside of the image's corner. A patch and itself: −1.
    """
    p = coordinates(H, W) + torch.tensor([H / 2, W / 2], dtype=torch.float64)
    norm = torch.linalg.vector_norm(p, dim=1)  # (N,)
    angle = (p @ p.T / (norm[:, None] * norm)).clamp(-1, 1).arccos() / pi
    return _rescale(angle.fill_diagonal_(0))


def _rescale(values: Tensor) -> Tensor:
    if len(values) < 2:
        raise ValueError("relations need a grid of at least 2 patches; got 1")
    return (2 * values / values.max() - 1).float()


class PairScores(nn.Module):
    """A number for each pair of patches and each head, q·k / √D_h: z: (B, N, dim) -> (B, heads, N, N)

    What attention computes before its softmax, and no values. Parameters: 2 · dim · heads · ⌊dim / heads⌋.
    """

    def __init__(self, dim: int, heads: int):
        super().__init__()
        expect.whole(dim=dim, heads=heads)
        if dim < heads:
            raise ValueError(f"dim must be at least the number of heads, {heads}; got {dim}")
        self.heads, self.width = heads, dim // heads
        self.query = nn.Linear(dim, heads * self.width, bias=False)
        self.key = nn.Linear(dim, heads * self.width, bias=False)

    def forward(self, z: Tensor) -> Tensor:
        expect.tokens("z", z, self.query.in_features, self.query.weight)
        q, k = (x(z).unflatten(-1, (self.heads, -1)).transpose(1, 2) for x in (self.query, self.key))
        return q / sqrt(self.width) @ k.transpose(-2, -1)  # (B, heads, N, D_h) each -> (B, heads, N, N)


class ViTWithoutPositions(ViT):
    """A ViT to which the image is a set of patches. Its state fits into a ViT, where fine-tuning goes on:

        vit.load_state_dict(encoder.state_dict(), strict=False)      # the head, and only it, is missing

    The table of positions comes along as it was drawn: fine-tuning learns it.
    """

    def embed(self, images: Tensor) -> Tensor:
        """Patches and the CLS token before them: (B, channels, H, W) -> (B, 1 + N, dim)"""
        x = self.embedding(images)  # (B, N, dim)
        return self.dropout(torch.cat([self.cls.expand(x.shape[0], -1, -1), x], dim=1))


def build_encoder(variant: str, **overrides: Any) -> ViTWithoutPositions:
    """An encoder for this method, of ViT's variants: `build_encoder("S/4", image_size=32)`; no head."""
    expect.variant(variant, VARIANTS)
    return ViTWithoutPositions(**{**VARIANTS[variant], "classes": 0, **overrides})


def patch_augmentation(patch: int) -> Compose:
    """What the published script does to each patch: a crop, resized back, then colours, or none.

    The crop is of patch / 1.15 pixels, rounded: 3 of 4, or 28 of 32.
    """
    expect.whole(patch=patch)
    share = (round(patch / 1.15) / patch) ** 2
    crop = Crop(patch, scale=(share, share), ratio=(1.0, 1.0))
    return Compose([crop, ColourJitter(0.4, 0.4, 0.4, 0.1, p=0.8), Grey(0.2)])


class RelViT(Method):
    """The four tasks around a ViT without positions.

    views: images (B, C, H, W) -> "images", changed by `augment(images, generator)`, then each patch alone, by
    its own random numbers: `patch_augment` takes (B·N, C, patch, patch); see `patch_augmentation`.
    forward tells the loss of each task, and "relations_accuracy" and "positions_accuracy", 0 … 1.
    """

    encoder: ViTWithoutPositions

    def __init__(
        self,
        encoder: ViTWithoutPositions,
        tasks: Collection[str] = ("relations", "positions"),
        patch_augment: Augmentation | None = None,
        augment: Augmentation | None = None,
    ):
        super().__init__(encoder)
        if not isinstance(encoder, ViTWithoutPositions):
            kind = type(encoder).__name__
            raise TypeError(
                f"the encoder must be a ViTWithoutPositions, or the input tells the answer; got {kind}"
            )
        if isinstance(tasks, str) or not tasks:
            raise ValueError(f"tasks must be a list of at least one of {', '.join(TASKS)}; got {tasks!r}")
        for task in tasks:
            expect.one_of("each task", task, TASKS)
        H, W = self.grid = encoder.position.grid
        dim = encoder.cls.shape[-1]
        self.patch_augment, self.augment = patch_augment, augment
        makers = {"relations": relation_labels, "distances": distance_labels, "angles": angle_labels}
        self.heads = nn.ModuleDict()
        for task in (task for task in TASKS if task in tasks):
            if task == "positions":
                self.heads[task] = nn.Linear(dim, H * W)
                labels = torch.arange(H * W)
            else:
                self.heads[task] = PairScores(dim, heads=len(RELATIONS) if task == "relations" else 1)
                labels = makers[task](H, W)
            self.register_buffer(task, labels, persistent=False)

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        if self.augment is not None:
            images = self.augment(images, generator)
        H, W = self._check_grid(images)
        if self.patch_augment is not None:
            patches = cut(images, H, W)  # (B, N, C, patch, patch)
            changed = self.patch_augment(patches.flatten(0, 1), generator)  # (B·N, C, patch, patch)
            images = join(changed.unflatten(0, patches.shape[:2]), H, W)
        return {"images": images}

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        images = batch["images"]
        self._check_grid(images)
        z = self.encoder.tokens(images)[:, 1:]  # (B, N, dim), the patches alone
        told: Told = {}
        loss = z.new_zeros(())
        for task, head in self.heads.items():
            labels, scores = self.get_buffer(task), head(z)
            if task in ("distances", "angles"):
                this = mse_loss(scores, labels.expand_as(scores))
            else:
                if task == "positions":
                    scores = scores.transpose(1, 2)  # (B, N, places) -> (B, places, N): classes come second
                labels = labels.expand(len(z), *labels.shape)
                this = cross_entropy(scores, labels)
                told[f"{task}_accuracy"] = (scores.argmax(1) == labels).float().mean()
            told[task] = this.detach()
            loss = loss + this
        return loss, {"loss": loss.detach(), **told}

    def _check_grid(self, images: Tensor) -> tuple[int, int]:
        grid = self.encoder.embedding.grid(images)
        if grid != self.grid:
            given, made = (f"{H} × {W}" for H, W in (grid, self.grid))
            raise ValueError(f"the images have {given} patches but the encoder was made for {made}")
        return grid
