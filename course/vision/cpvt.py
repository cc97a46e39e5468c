"""CPVT: a ViT whose positions are computed from the tokens themselves, so that any resolution will do.

    z_1 = PEG(layer_1(z_0))        z_l = layer_l(z_{l-1})  for l > 1             Chu et al. 2021, section 3
    PEG(x) = x + depthwise 3 × 3 convolution of x, laid out as the image it came from

What people usually get wrong
- there are no positions at the input: PEG stands behind the *first* layer, where the tokens have met once
  and each carries something of the whole image;
- the CLS token is no place in the image: it is taken out before the convolution and put back behind it;
- the zero padding is no detail. A convolution moves with the image, and could by itself tell no place from
  another; the border, where zeros come in, is what absolute position is inferred from;
- the variants "-GAP", with global average pooling, have no CLS token at all: the head sees the mean of the
  patches, taken *behind* the last LayerNorm.

Parameters with 1,000 classes, at any resolution: the ViT's, with 10 dim for the (1 + N) dim of its positions:
Ti 5,681,512 · S 21,978,856 · B 86,424,040; with GAP dim less: Ti 5,681,320 · S 21,978,472 · B 86,423,272.
Paper: ImageNet top-1 Ti 72.4 % (DeiT-Ti 72.2 %); tested at 384, trained at 224, 73.2 % (DeiT-Ti 71.2 %).
"""

from typing import Any

import torch
from torch import Tensor

from course import expect
from course.position import ConditionalPosition
from course.record import Record, keep
from course.vision.vit import WIDTHS, ViT


class CPVT(ViT):
    """images: (B, channels, H, W), H and W multiples of the patch -> logits (B, classes)

    `options` are ViT's but the image size: nothing in it depends on one. A `record` keeps "tokens",
    (B, 1 + N, dim), of the embedding and of each layer, behind PEG for the first, and "weights",
    (B, heads, 1 + N, 1 + N).
    """

    def __init__(self, patch: int = 16, **options: Any):
        expect.whole(patch=patch)
        super().__init__(image_size=patch, patch=patch, **options)
        del self.position
        self.peg = ConditionalPosition(self.cls.shape[-1], extra=1)

    def embed(self, images: Tensor) -> Tensor:
        """Patches and the CLS token before them, no positions: (B, channels, H, W) -> (B, 1 + N, dim)"""
        x = self.embedding(images)  # (B, N, dim)
        return self.dropout(torch.cat([self.cls.expand(x.shape[0], -1, -1), x], dim=1))

    def tokens(self, images: Tensor, record: Record | None = None) -> Tensor:
        """All tokens behind the last LayerNorm: (B, channels, H, W) -> (B, 1 + N, dim)"""
        x = self.embed(images)  # (B, 1 + N, dim)
        keep(record, "tokens", x)
        for number, layer in enumerate(self.layers):
            x = layer(x, record=record)
            if number == 0:
                x = self.peg(x, self.embedding.grid(images))
            keep(record, "tokens", x)
        return self.norm(x)


class CPVTGAP(CPVT):
    """CPVT without a CLS token: the features are the mean of the normalised tokens ("-GAP").

    images: (B, channels, H, W) -> logits (B, classes). Records as CPVT, with N tokens where it has 1 + N.
    """

    def __init__(self, patch: int = 16, **options: Any):
        super().__init__(patch, **options)
        del self.cls
        self.peg.extra = 0

    def embed(self, images: Tensor) -> Tensor:
        """Patches and nothing else: (B, channels, H, W) -> (B, N, dim)"""
        return self.dropout(self.embedding(images))

    def features(self, images: Tensor, record: Record | None = None) -> Tensor:
        """What the head sees, the mean of all tokens: (B, channels, H, W) -> (B, dim)"""
        return self.tokens(images, record).mean(dim=1)


VARIANTS = {
    f"{size}{pool}": dict(patch=16, **WIDTHS[size]) for pool in ("", "-GAP") for size in ("Ti", "S", "B")
}


def build(variant: str, **overrides: Any) -> CPVT:
    """A variant of the paper: `build("S")`, `build("Ti-GAP", patch=4, classes=10)`."""
    expect.variant(variant, VARIANTS)
    kind = CPVTGAP if variant.endswith("-GAP") else CPVT
    return kind(**{**VARIANTS[variant], **overrides})
