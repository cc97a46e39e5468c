"""Axial attention: each pixel looks along its column, then along its row, and so, in two steps, everywhere.

    y_o = Σ_p softmax_p( q_oᵀ k_p + q_oᵀ r^q_{p−o} + k_pᵀ r^k_{p−o} ) (v_p + r^v_{p−o})
                                                   Wang et al. 2020, equation 4; p runs along one axis

Full attention on H × W pixels compares (H·W)² pairs; a column and a row have H + W pixels, so all of them
compare H·W·(H + W). What a pixel learns from its column, its whole row then learns from it.

The position is in three places. It is a term of the query (where do I want to look?), as in stand-alone
attention, of the key (where do I want to be seen from?), and of the *value*: the output knows from how far
what it found has come. The vectors r are shared by all heads.

What people usually get wrong
- queries and keys have half the width of the values;
- there is no 1/√D: each head's three kinds of logits, q k, q r and k r, have a BatchNorm each before they are
  summed. (Its shift moves a whole row of logits alike, so the softmax cancels it: those β learn nothing.)
- likewise for the two parts of the output, Σ w v and Σ w r^v: normalised apart, then added;
- height comes first; the stride is an average pooling behind the *width*; and no norm stands between the
  attention and the block's ReLU, for the two outputs are normalised already;
- k_pᵀ r^k is about the same pair, o looking at p: with keys as rows its table must be read transposed.

Parameters of one axis of length L with C channels: 2 C² + 8 C + 6 heads + (2 L − 1) · 2 C / heads.
At 224 with 1,000 classes: 26-S 5,944,936 · 50-S 11,586,216 · 50-M 25,179,400 · 50-L 43,973,480, as in the
authors' PyTorch code. (The paper counts 12.4 million for 50-S.)
Paper: ImageNet top-1 50-S 77.5 % (ResNet-50 76.9 % with 25.6 million); the authors' code 26-S 75.8 %
(ResNet-26 74.5 % with 13.7 million).
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from course import expect
from course.record import Record, keep
from course.vision.augmented import offsets
from course.vision.resnet import Block, Bottleneck, ResNet

AXES = {"height": 2, "width": 3}


class AxialAttention(nn.Module):
    """Position-sensitive self-attention along one axis. x: (B, channels, H, W) -> the same shape

    axis: "height" or "width"; `length` is the longest that axis will be: its offsets get parameters. A
    `record` keeps "weights": along the height (B, W, heads, H, H), along the width (B, H, heads, W, W).

    There is no fused kernel for this: the logits are normalised, and the weights meet two kinds of values.
    """

    def __init__(self, channels: int, heads: int, length: int, axis: str):
        super().__init__()
        expect.divisible("channels", channels, "heads", heads)
        if channels // heads % 2:
            raise ValueError(f"a head must have an even width, halved for queries; got {channels} / {heads}")
        expect.whole(length=length)
        expect.one_of("axis", axis, list(AXES))
        D = channels // heads
        self.heads, self.axis, self.widths = heads, axis, [D // 2, D // 2, D]
        self.projection = nn.Conv2d(channels, 2 * channels, 1, bias=False)  # W_Q, W_K, W_V, a head
        self.norm_projection = nn.BatchNorm2d(2 * channels)
        self.positions = nn.Parameter(torch.empty(2 * length - 1, 2 * D))  # r^q, r^k, r^v, 1 − L to L − 1
        self.norm_logits = nn.BatchNorm2d(3 * heads)
        self.norm_output = nn.BatchNorm2d(2 * channels)
        self.initialise()

    def initialise(self) -> None:
        """Projections that keep the variance, and positions that are as large as what they are added to."""
        nn.init.normal_(self.projection.weight, std=self.projection.in_channels**-0.5)
        nn.init.normal_(self.positions, std=self.widths[2] ** -0.5)

    def forward(self, x: Tensor, record: Record | None = None) -> Tensor:
        expect.images(x, self.projection.in_channels, self.projection.weight)
        L, most = x.shape[AXES[self.axis]], len(self.positions) // 2 + 1
        if most < L:
            raise ValueError(f"the {self.axis} is {L} pixels but this layer's positions were made for {most}")
        x = x if self.axis == "height" else x.transpose(2, 3)  # (B, C, L, M): M lines to look along
        lines = self.norm_projection(self.projection(x))  # (B, 2 C, L, M)
        lines = lines.unflatten(1, (self.heads, -1)).permute(0, 4, 1, 3, 2)  # (B, M, h, L, 2 D)
        q, k, v = lines.split(self.widths, dim=-1)  # (B, M, h, L, D/2), again, and (B, M, h, L, D)
        r = offsets(self.positions, L)  # (L, L, 2 D), at [o, p] those of p − o
        r_q, r_k, r_v = r.split(self.widths, dim=-1)

        kinds = [
            q @ k.transpose(-2, -1),
            torch.einsum("bmhod,opd->bmhop", q, r_q),
            torch.einsum("bmhpd,opd->bmhop", k, r_k),
        ]
        weights = self.logits(kinds).softmax(dim=-1)  # (B, M, h, L, L)
        keep(record, "weights", weights)
        y = self.output([weights @ v, torch.einsum("bmhop,opd->bmhod", weights, r_v)])  # (B, C, L, M)
        return y if self.axis == "height" else y.transpose(2, 3)

    def logits(self, kinds: list[Tensor]) -> Tensor:
        """Three kinds of logits, (B, M, h, L, L) each, normalised a head and kind, then added."""
        B = kinds[0].shape[0]
        stacked = torch.cat(kinds, dim=2).flatten(0, 1)  # (B·M, 3 h, L, L)
        return self.norm_logits(stacked).unflatten(1, (3, self.heads)).sum(dim=1).unflatten(0, (B, -1))

    def output(self, kinds: list[Tensor]) -> Tensor:
        """Two kinds of output, (B, M, h, L, D), normalised a channel and kind, then added: (B, C, L, M)"""
        stacked = torch.stack(kinds, dim=1).permute(0, 1, 3, 5, 4, 2)  # (B, 2, h, D, L, M)
        return self.norm_output(stacked.flatten(1, 3)).unflatten(1, (2, -1)).sum(dim=1)


class HeightThenWidth(nn.Module):
    """Attention along the columns, then along the rows: each pixel has heard of every other.

    x: (B, channels, H, W) -> (B, channels, ⌈H/stride⌉, ⌈W/stride⌉), H and W at most `side`.
    """

    def __init__(self, channels: int, heads: int, side: int, stride: int = 1):
        super().__init__()
        expect.whole(stride=stride)
        self.height = AxialAttention(channels, heads, side, "height")
        self.width = AxialAttention(channels, heads, side, "width")
        self.pool = nn.Identity() if stride == 1 else nn.AvgPool2d(stride, ceil_mode=True)

    def forward(self, x: Tensor, record: Record | None = None) -> Tensor:
        return self.pool(self.width(self.height(x, record), record))


class AxialBlock(Bottleneck):
    """A bottleneck with axial attention for its 3 × 3, twice as wide in the middle for the same output.

    x: (B, channels, H, W) -> (B, 2 · width, ⌈H/stride⌉, ⌈W/stride⌉), H and W at most `side`
    """

    expansion = 2

    def __init__(self, channels: int, width: int, stride: int = 1, *, side: int, heads: int = 8):
        self.side, self.heads = side, heads  # which `middle` is about to need
        super().__init__(channels, width, stride)
        self.norm2 = nn.Identity()  # the attention's own norms are enough

    def middle(self, width: int, stride: int) -> nn.Module:
        return HeightThenWidth(width, self.heads, self.side, stride)

    def mix(self, x: Tensor, record: Record | None) -> Tensor:
        return self.mixer(x, record)


class AxialResNet(ResNet):
    """images: (B, channels, H, W), H and W at most `image_size` -> logits (B, classes)

    A ResNet, stem and all, whose blocks hold axial attention over the whole map; they are twice as wide in
    the middle as a ResNet's, and give as many channels. `options` are ResNet's. A `record` keeps "maps" and
    "weights", two a block, height and width.
    """

    def __init__(
        self, depths: Sequence[int] = (3, 4, 6, 3), *, image_size: int = 224, heads: int = 8, **options: Any
    ):
        expect.whole(image_size=image_size)
        self.image_size, self.heads = image_size, heads  # which `build_block` is about to need
        super().__init__(Bottleneck, depths, **options)
        for module in self.modules():
            if isinstance(module, AxialAttention):
                module.initialise()  # a ResNet's convolutions start otherwise

    def build_block(self, channels: int, width: int, stride: int, stage: int) -> Block:
        side = -(-self.image_size * stride // 2 ** (stage + 2))  # rounded up; of what the block is given
        return AxialBlock(channels, 2 * width, stride, side=side, heads=self.heads)


VARIANTS: dict[str, dict[str, Any]] = {
    "26-S": dict(depths=(1, 2, 4, 1), width=32),
    "50-S": dict(depths=(3, 4, 6, 3), width=32),
    "50-M": dict(depths=(3, 4, 6, 3), width=48),
    "50-L": dict(depths=(3, 4, 6, 3), width=64),
}


def build(variant: str, **overrides: Any) -> AxialResNet:
    """A variant of the paper: `build("26-S")`, `build("50-L", image_size=64, classes=10)`."""
    expect.variant(variant, VARIANTS)
    return AxialResNet(**{**VARIANTS[variant], **overrides})
