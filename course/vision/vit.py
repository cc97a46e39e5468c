"""ViT: a Transformer encoder that reads an image as a sequence of patches.

    z_0 = [x_cls; x_1 E; …; x_N E] + E_pos              Dosovitskiy et al. 2021, equation 1
    z'_l = MSA(LN(z_{l-1})) + z_{l-1}                    equation 2
    z_l  = MLP(LN(z'_l)) + z'_l                          equation 3
    y    = LN(z_L^0)                                     equation 4

What people usually get wrong
- the CLS token is prepended *before* the positions are added, so it has a position of its own;
- the layers are pre-norm, and one more LayerNorm stands behind the last (equation 4);
- LayerNorm's eps is 1e-6, not PyTorch's 1e-5; GELU is the exact one, by erf;
- the head starts at zero, so that fine-tuning starts from what was pre-trained and not from noise.

Parameters at 224 with 1,000 classes: Ti/16 5,717,416 · S/16 22,050,664 · B/16 86,567,656 · B/32 88,224,232 ·
L/16 304,326,632 · H/14 632,045,800.
Paper: ImageNet top-1 after JFT-300M, L/16 87.76 %, H/14 88.55 %; B/16 on ImageNet alone 77.9 % (at 384).
"""

from typing import Any

import torch
from torch import Tensor, nn

from course import expect
from course.language.transformer_layers import EncoderLayer
from course.layers import stochastic_depth_rates
from course.position import LearnedPosition
from course.record import Record, keep
from course.vision.patches import PatchEmbedding


class ViT(nn.Module):
    """images: (B, channels, H, W), H and W multiples of the patch -> logits (B, classes)

    `image_size` is the resolution that the learned positions are made for; other ones are interpolated. With
    `classes=0` there is no head and the model returns its features (B, dim). A `record` keeps "tokens",
    (B, 1 + N, dim), of the embedding and of each layer, and "weights", (B, heads, 1 + N, 1 + N).
    """

    def __init__(
        self,
        image_size: int = 224,
        patch: int = 16,
        dim: int = 768,
        depth: int = 12,
        heads: int = 12,
        hidden: int = 3072,
        classes: int = 1000,
        channels: int = 3,
        *,
        dropout: float = 0.0,
        drop_path: float = 0.0,
    ):
        super().__init__()
        expect.whole(depth=depth)
        expect.divisible("image_size", image_size, "patch", patch)
        expect.rate(dropout=dropout, drop_path=drop_path)
        self.embedding = PatchEmbedding(patch, dim, channels)
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        side = image_size // patch
        self.position = LearnedPosition((side, side), dim, extra=1)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(
            EncoderLayer(dim, heads, hidden, norm="pre", dropout=dropout, drop_path=rate, eps=1e-6)
            for rate in stochastic_depth_rates(drop_path, depth)
        )
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.head = classifier(dim, classes)
        initialise(self)
        for parameter in self.head.parameters():
            nn.init.zeros_(parameter)

    def forward(self, images: Tensor, record: Record | None = None) -> Tensor:
        return self.head(self.features(images, record))

    def features(self, images: Tensor, record: Record | None = None) -> Tensor:
        """What the head sees, the normalised CLS token: (B, channels, H, W) -> (B, dim)"""
        return self.tokens(images, record)[:, 0]

    def tokens(self, images: Tensor, record: Record | None = None) -> Tensor:
        """All tokens behind the last LayerNorm, CLS first: (B, channels, H, W) -> (B, 1 + N, dim)"""
        x = self.embed(images)  # (B, 1 + N, dim)
        keep(record, "tokens", x)
        for layer in self.layers:
            x = layer(x, record=record)
            keep(record, "tokens", x)
        return self.norm(x)

    def embed(self, images: Tensor) -> Tensor:
        """Patches, the CLS token before them, and positions: (B, channels, H, W) -> (B, 1 + N, dim)"""
        x = self.embedding(images)  # (B, N, dim)
        x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], dim=1)  # (B, 1 + N, dim)
        return self.dropout(self.position(x, self.embedding.grid(images)))


def classifier(dim: int, classes: int) -> nn.Module:
    """The head: a linear layer (B, dim) -> (B, classes), or with 0 classes none at all."""
    if classes == 0:
        return nn.Identity()
    expect.whole(classes=classes)
    return nn.Linear(dim, classes)


def initialise(model: nn.Module) -> None:
    """Every linear layer from a truncated normal of standard deviation 0.02, its bias zero, as in DeiT."""
    for module in model.modules():
        if isinstance(module, nn.Linear):
            nn.init.trunc_normal_(module.weight, std=0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


WIDTHS = {
    "Ti": dict(dim=192, depth=12, heads=3, hidden=768),
    "S": dict(dim=384, depth=12, heads=6, hidden=1536),
    "B": dict(dim=768, depth=12, heads=12, hidden=3072),
    "L": dict(dim=1024, depth=24, heads=16, hidden=4096),
    "H": dict(dim=1280, depth=32, heads=16, hidden=5120),
}
PATCHES = (4, 8, 14, 16, 32)

VARIANTS = {f"{size}/{p}": dict(patch=p, **widths) for size, widths in WIDTHS.items() for p in PATCHES}


def build(variant: str, **overrides: Any) -> ViT:
    """A variant of the paper: `build("B/16")`, `build("S/4", image_size=32, classes=10)`."""
    expect.variant(variant, VARIANTS)
    return ViT(**{**VARIANTS[variant], **overrides})
