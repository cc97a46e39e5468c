"""Attention-augmented convolution: some channels of a convolution's output come from self-attention instead.

    AAConv(X) = Concat[Conv(X), MHA(X)]                                       Bello et al. 2019, section 3.2
    O_h       = softmax( (Q Kᵀ + S_H + S_W) / √D ) V                          equation 4, D = d_k / heads
    S_H[i, j] = q_iᵀ r^H(y_j − y_i)      S_W[i, j] = q_iᵀ r^W(x_j − x_i)      equation 3

The convolution sees 3 × 3 pixels, the attention all of them. To attention alone the pixels are a set; the
learned vectors r tell it how far below and how far to the right of pixel i pixel j lies. They depend on the
*difference* of places only, so attention moves with the image as a convolution does.

Two tables, of 2H − 1 and 2W − 1 offsets, serve all heads. The naive way asks each of the (H·W)² pairs for its
offsets; but the height's term is the same for all pixels j of a row, the width's for all of a column. So H
products a query, plus W, and one sum of a column and a row spread over the grid. The paper multiplies with
all 2W − 1 offsets and then shifts the scores into place by padding and reshaping; here the table is looked up
first, in the order [i, j], and multiplied after, which gives the same with half the products.

What people usually get wrong
- the r are parameters: a well-known port draws new random ones in every forward, and nothing can be learned;
- 1/√D scales the position's terms as well as the content's, with D the width of one head's *keys*;
- an offset runs from the query to the key, j − i, and not back.

κ = d_k / F and υ = d_v / F say how much of F output channels is attention. Parameters of a layer, of F_in
input channels: 9 F_in (F − d_v) + F_in (2 d_k + d_v) + d_v² + (2H + 2W − 2) D.
With κ = 2υ = 0.2, 8 heads and keys at least 20 wide a head, in the last three stages, at 224 and with 1,000
classes, the paper's counts come out: AA-ResNet-50 25,781,872 · -101 45,359,208 · -152 61,558,496.
Paper: 25.8, 45.4 and 61.6 million; ImageNet top-1 77.7, 78.7 and 79.1 % (ResNets 76.4, 77.9 and 78.4).
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from course import expect
from course.attention import masked_softmax
from course.record import Record, keep
from course.vision.resnet import Block, Bottleneck, ResNet

HEADS = 8  # of the paper's networks


class PixelAttention(nn.Module):
    """Multi-head self-attention over the pixels of a map, with relative positions in height and width.

    x: (B, channels, H, W) -> (B, values, H, W)

    `keys` and `values` are d_k and d_v, the widths of all heads together; `grid` (H, W) is the largest map
    there will be: its offsets get parameters. A `record` keeps "weights", (B, heads, H·W, H·W).
    """

    def __init__(self, channels: int, keys: int, values: int, heads: int, grid: tuple[int, int]):
        super().__init__()
        expect.whole(channels=channels, height=grid[0], width=grid[1])
        expect.divisible("keys", keys, "heads", heads)
        expect.divisible("values", values, "heads", heads)
        self.heads, self.widths, self.grid = heads, [keys, keys, values], grid
        self.projection = nn.Conv2d(channels, 2 * keys + values, 1, bias=False)  # W_q, W_k, W_v
        self.output = nn.Conv2d(values, values, 1, bias=False)  # W_O
        D = keys // heads
        self.rows = nn.Parameter(torch.empty(2 * grid[0] - 1, D))  # r^H, from 1 − H, far above, to H − 1
        self.columns = nn.Parameter(torch.empty(2 * grid[1] - 1, D))  # r^W, from 1 − W, far left, to W − 1
        nn.init.normal_(self.rows, std=D**-0.5)
        nn.init.normal_(self.columns, std=D**-0.5)

    def forward(self, x: Tensor, record: Record | None = None) -> Tensor:
        expect.images(x, self.projection.in_channels, self.projection.weight)
        H, W = x.shape[-2:]
        height, width = self.grid
        if min(height - H, width - W) < 0:
            raise ValueError(
                f"a map of {H} × {W} pixels is too large: the positions were made for {height} × {width}"
            )
        q, k, v = (self.split(part) for part in self.projection(x).split(self.widths, dim=1))  # (B, h, N, D)
        scaled = q * q.shape[-1] ** -0.5
        positions = relative_scores(scaled.unflatten(2, (H, W)), self.rows, self.columns)  # (B, h, N, N)
        if record is None:
            # positions that are learned are a mask with a gradient, which the fused kernel for the CPU does
            # not take: there PyTorch runs this same formula, and the weights are formed, record or not
            y = scaled_dot_product_attention(q, k, v, attn_mask=positions.to(q.dtype))
        else:
            weights = masked_softmax(scaled @ k.transpose(2, 3) + positions)  # (B, h, N, N)
            keep(record, "weights", weights)
            y = weights @ v
        return self.output(y.transpose(2, 3).flatten(1, 2).unflatten(2, (H, W)))  # (B, values, H, W)

    def split(self, x: Tensor) -> Tensor:
        """(B, h·D, H, W) -> (B, h, H·W, D)"""
        return x.flatten(2).unflatten(1, (self.heads, -1)).transpose(2, 3)


def relative_scores(q: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """S_H + S_W, how each query likes each offset: q: (B, h, H, W, D) -> (B, h, H·W, H·W), unscaled

    rows: (2H' − 1, D) and columns: (2W' − 1, D), the r of each offset, with H' ≥ H and W' ≥ W.
    """
    H, W = q.shape[2:4]
    down = torch.einsum("bhyxd,yjd->bhyxj", q, offsets(rows, H))  # (B, h, H, W, H)
    right = torch.einsum("bhyxd,xjd->bhyxj", q, offsets(columns, W))  # (B, h, H, W, W)
    scores = down[..., :, None] + right[..., None, :]  # (B, h, H, W, H, W)
    return scores.flatten(4, 5).flatten(2, 3)  # (B, h, H·W, H·W)


def offsets(table: Tensor, L: int) -> Tensor:
    """The vector of each pair of places: (2L' − 1, D) -> (L, L, D), at [i, j] that of the offset j − i

    Offset 0 has the middle row of the table, so a shorter axis finds its offsets there, too.
    """
    place = torch.arange(L, device=table.device)
    return table[place - place[:, None] + len(table) // 2]


class AugmentedConv2d(nn.Module):
    """A convolution with an odd kernel, of which the last `values` output channels are attention instead.

    x: (B, channels, H, W) -> (B, out, ⌈H/stride⌉, ⌈W/stride⌉)

    `grid` (H, W) is the largest *output* there will be. With a stride, the attention sees what an average
    pooling of the same stride leaves. A `record` keeps "weights", (B, heads, N, N), N pixels of the output.
    No biases: a BatchNorm is to follow.
    """

    def __init__(
        self,
        channels: int,
        out: int,
        keys: int,
        values: int,
        heads: int,
        grid: tuple[int, int],
        *,
        kernel: int = 3,
        stride: int = 1,
    ):
        super().__init__()
        expect.whole(channels=channels, out=out, values=values, kernel=kernel, stride=stride)
        if kernel % 2 == 0:
            raise ValueError(f"kernel must be odd, so that it has a middle; got {kernel}")
        if values >= out:
            raise ValueError(f"values {values} leave no channel to the convolution, of {out} in all")
        self.convolution = nn.Conv2d(channels, out - values, kernel, stride, kernel // 2, bias=False)
        self.pool = nn.Identity() if stride == 1 else nn.AvgPool2d(3, stride, 1, count_include_pad=False)
        self.attention = PixelAttention(channels, keys, values, heads, grid)

    def forward(self, x: Tensor, record: Record | None = None) -> Tensor:
        expect.images(x, self.convolution.in_channels, self.convolution.weight)
        attended = self.attention(self.pool(x), record)  # (B, values, H/stride, W/stride)
        return torch.cat([self.convolution(x), attended], dim=1)  # (B, out, H/stride, W/stride)


class AugmentedBottleneck(Bottleneck):
    """A bottleneck whose 3 × 3 convolution is augmented, for outputs of at most grid (H, W)."""

    def __init__(
        self,
        channels: int,
        width: int,
        stride: int,
        grid: tuple[int, int],
        kappa: float = 0.2,
        upsilon: float = 0.1,
    ):
        self.grid, self.shares = grid, (kappa, upsilon)  # which `middle` is about to need
        super().__init__(channels, width, stride)

    def middle(self, width: int, stride: int) -> nn.Module:
        keys, values = attention_widths(width, *self.shares)
        return AugmentedConv2d(width, width, keys, values, HEADS, self.grid, stride=stride)

    def mix(self, x: Tensor, record: Record | None) -> Tensor:
        return self.mixer(x, record)


class AugmentedResNet(ResNet):
    """images: (B, channels, H, W), at most image_size × image_size -> logits (B, classes)

    Attention has its part in all stages but the first, whose maps are too large for it. `options` are
    ResNet's. A `record` also keeps "weights", (B, heads, N, N), of each block of these stages.
    """

    def __init__(self, image_size: int = 224, kappa: float = 0.2, upsilon: float = 0.1, **options: Any):
        expect.whole(image_size=image_size)
        expect.rate(kappa=kappa, upsilon=upsilon)
        self.image_size, self.shares = image_size, (kappa, upsilon)  # `build_block` is about to need them
        super().__init__(**options)

    def build_block(self, channels: int, width: int, stride: int, stage: int) -> Block:
        if stage == 0:
            return Bottleneck(channels, width, stride)
        side = -(-self.image_size // (4 * 2**stage))  # rounded up, as strided layers do
        return AugmentedBottleneck(channels, width, stride, (side, side), *self.shares)


def attention_widths(width: int, kappa: float, upsilon: float) -> tuple[int, int]:
    """d_k and d_v, κ and υ of so many channels, rounded to whole heads; keys are at least 20 wide a head."""
    keys, values = round(kappa * width / HEADS), round(upsilon * width / HEADS)
    return HEADS * max(keys, 20), HEADS * max(values, 1)


VARIANTS: dict[str, dict[str, Any]] = {
    "50": dict(depths=(3, 4, 6, 3)),
    "101": dict(depths=(3, 4, 23, 3)),
    "152": dict(depths=(3, 8, 36, 3)),
}


def build(variant: str, **overrides: Any) -> AugmentedResNet:
    """An AA-ResNet of the paper: `build("50")`, `build("50", image_size=64, classes=10)`."""
    expect.variant(variant, VARIANTS)
    return AugmentedResNet(**{**VARIANTS[variant], **overrides})
