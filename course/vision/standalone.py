"""Stand-alone self-attention: not beside convolutions but in their place, in a window around each pixel.

    y_ij = Σ_ab softmax_ab( q_ijᵀ k_ab + q_ijᵀ r_{a−i, b−j} ) v_ab       Ramachandran et al. 2019, equation 3

ab runs over the k × k pixels around ij. A 3 × 3 convolution has a matrix for each of its 9 offsets; here
there are three, W_Q, W_K and W_V, for as large a window as you like. The offset is left to r: half of its
channels say how many rows below pixel ab lies, r_{a−i}, half how many columns to the right, r_{b−j}. As it
depends on the difference alone, the layer moves with the image as a convolution does.

What people usually get wrong
- q_ijᵀ k_ab is *one* number a head: a well-known port forgets to sum over the channels, and has a softmax for
  each channel by itself;
- r is concatenated from its two halves, not added, and takes part in the dot product with the query: not
  a bias that is the same for every query;
- there is no 1/√D in the paper. (So here W_Q starts that much smaller.)
- section 2.2 gives each head its own share of the *input*, d/heads channels; the paper's 18.0 million need
  W_Q, W_K and W_V that see all of it, as in every other multi-head attention;
- strides are a 2 × 2 average pooling behind the attention;
- beyond the border there is nothing to attend to. The paper does not say; here a window at the border has
  fewer pixels, and their weights sum to one. (Padding with zeros, keys of zeros would take their share.)

Parameters of a layer with C channels: 3 C² + k C. With 1,000 classes: 26 10,342,632 · 38 14,190,632 ·
50 18,038,632; with the attention stem 26 10,334,568 · 38 14,182,568 · 50 18,030,568.
Paper: 10.3, 14.1 and 18.0 million; ImageNet top-1 75.8, 77.1 and 77.4 %, with the attention stem 74.8, 76.9
and 77.6 % (ResNets of the same depths: 13.7, 19.6 and 25.6 million; 74.5, 76.2 and 76.9 %).
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import unfold

from course import expect
from course.attention import masked_softmax
from course.record import Record, keep
from course.vision.resnet import Bottleneck, ResNet
from course.vision.windows import check_kernel, inside, windows


class StandAloneAttention(nn.Module):
    """x: (B, channels, H, W) -> (B, channels, ⌈H/stride⌉, ⌈W/stride⌉)

    `kernel` is the window's side, k. A `record` keeps "weights", (B, heads, H·W, k²): how much each pixel
    takes from each of its window, row by row, 0 beyond the border. Every query has keys of its own: PyTorch
    has no fused kernel for this, and the formula is what runs.
    """

    def __init__(self, channels: int, heads: int = 8, kernel: int = 7, stride: int = 1):
        super().__init__()
        expect.divisible("channels", channels, "heads", heads)
        if channels // heads % 2:
            raise ValueError(f"a head must have an even width, half for rows; got {channels} / {heads}")
        expect.whole(stride=stride)
        check_kernel(kernel)
        D = channels // heads
        self.heads, self.kernel = heads, kernel
        self.query, self.key, self.value = (nn.Conv2d(channels, channels, 1, bias=False) for _ in range(3))
        self.rows = nn.Parameter(torch.empty(heads, D // 2, kernel))  # r_{a−i}, from −⌊k/2⌋ to ⌊k/2⌋
        self.columns = nn.Parameter(torch.empty(heads, D // 2, kernel))  # r_{b−j}
        self.pool = nn.Identity() if stride == 1 else nn.AvgPool2d(stride, ceil_mode=True)
        self.initialise()

    def initialise(self) -> None:
        """As linear layers that keep the variance, the queries divided by √D."""
        channels, D = self.query.in_channels, self.query.in_channels // self.heads
        for projection, scale in ((self.query, D**-0.5), (self.key, 1.0), (self.value, 1.0)):
            nn.init.normal_(projection.weight, std=scale * channels**-0.5)
        nn.init.normal_(self.rows)
        nn.init.normal_(self.columns)

    def forward(self, x: Tensor, record: Record | None = None) -> Tensor:
        expect.images(x, self.query.in_channels, self.query.weight)
        H, W = x.shape[2:]
        q = self.query(x).flatten(2).unflatten(1, (self.heads, -1))  # (B, h, D, N), N = H·W
        k = self.windows(self.key(x))  # (B, h, D, k², N)
        v = self.windows(self.value(x))
        sums = k + self.positions()[..., None]  # qᵀk + qᵀr is qᵀ(k + r)
        scores = torch.einsum("bhdn,bhdjn->bhnj", q, sums.to(q.dtype))  # (B, h, N, k²)
        weights = masked_softmax(scores, inside(H, W, self.kernel, device=x.device))
        keep(record, "weights", weights)
        y = torch.einsum("bhnj,bhdjn->bhdn", weights.to(v.dtype), v)  # (B, h, D, N)
        return self.pool(y.flatten(1, 2).unflatten(2, (H, W)))

    def windows(self, x: Tensor) -> Tensor:
        """The window of each pixel, a head: (B, h·D, H, W) -> (B, h, D, k², N)"""
        return windows(x, self.kernel).unflatten(1, (self.heads, -1))

    def positions(self) -> Tensor:
        """r of each offset, half of it from the row, half from the column: -> (h, D, k²)"""
        k = self.kernel
        rows = self.rows[..., :, None].expand(-1, -1, k, k)  # (h, D/2, k, k)
        columns = self.columns[..., None, :].expand(-1, -1, k, k)
        return torch.cat([rows, columns], dim=1).flatten(2)


class AttentionStem(nn.Module):
    """A stem of attention: images: (B, channels, H, W), multiples of 4 -> (B, width, H/4, W/4)

    Pixels attend to each other within blocks of 4 × 4; of each block and channel the largest is kept. One
    pixel says little, and where it lies much, as for a convolution; so the values have several matrices,
    mixed by the place in the block (section 3.2):

        v_ab = Σ_m p(a, b, m) W_V^m x_ab        p(a, b, ·) = softmax_m( (row_a + column_b)ᵀ ν_m )

    Chosen here: 4 heads, 4 mixtures, and for row, column and ν the width of a head.
    Parameters: (2 + mixtures) · channels · width + (8 + mixtures) · width / heads + 2 · width.
    """

    side = 4

    def __init__(self, channels: int, width: int, heads: int = 4, mixtures: int = 4):
        super().__init__()
        expect.whole(channels=channels, mixtures=mixtures)
        expect.divisible("width", width, "heads", heads)
        D = width // heads
        self.heads = heads
        self.query = nn.Conv2d(channels, width, 1, bias=False)
        self.key = nn.Conv2d(channels, width, 1, bias=False)
        self.values = nn.Parameter(torch.empty(mixtures, width, channels))  # W_V^m
        self.rows, self.columns = (nn.Parameter(torch.empty(self.side, D)) for _ in range(2))
        self.mixture = nn.Parameter(torch.empty(mixtures, D))  # ν_m
        self.norm = nn.BatchNorm2d(width)
        nn.init.normal_(self.values, std=channels**-0.5)
        for parameter in (self.rows, self.columns, self.mixture):
            nn.init.normal_(parameter, std=D**-0.25)  # a dot product of two has variance 1

    def forward(self, images: Tensor, record: Record | None = None) -> Tensor:
        expect.images(images, self.query.in_channels, self.query.weight)
        H, W = images.shape[2:]
        if H % self.side or W % self.side or 0 in (H, W):
            raise ValueError(f"an image of {H} × {W} pixels cannot be cut into blocks of 4 × 4")
        q, k = self.split(self.blocks(self.query(images))), self.split(self.blocks(self.key(images)))
        matrices = torch.einsum("jm,mdc->jdc", self.shares(), self.values)  # one a place: (16, width, C)
        v = self.split(torch.einsum("jdc,bcjn->bdjn", matrices, self.blocks(images)))  # (B, h, D, 16, N)
        weights = torch.einsum("bhdin,bhdjn->bhnij", q, k).softmax(dim=-1)  # (B, h, N, 16, 16)
        keep(record, "weights", weights)
        y = torch.einsum("bhnij,bhdjn->bhdin", weights.to(v.dtype), v)  # (B, h, D, 16, N)
        y = self.norm(y.flatten(1, 2)).amax(dim=2)  # (B, width, N)
        return y.unflatten(2, (H // self.side, W // self.side))

    def shares(self) -> Tensor:
        """p: of each of the 16 places, how much it takes of each matrix: -> (16, mixtures), rows sum to 1"""
        places = self.rows[:, None] + self.columns[None]  # (4, 4, D)
        return (places.flatten(0, 1) @ self.mixture.T).softmax(dim=-1)

    def blocks(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, 16, N), the pixels of each block of 4 × 4, N = H/4 · W/4"""
        return unfold(x, self.side, stride=self.side).unflatten(1, (x.shape[1], -1))

    def split(self, x: Tensor) -> Tensor:
        """(B, h·D, 16, N) -> (B, h, D, 16, N)"""
        return x.unflatten(1, (self.heads, -1))


class StandAloneBlock(Bottleneck):
    """A bottleneck with attention for its 3 × 3."""

    def middle(self, width: int, stride: int) -> nn.Module:
        return StandAloneAttention(width, stride=stride)

    def mix(self, x: Tensor, record: Record | None) -> Tensor:
        return self.mixer(x, record)


class StandAloneResNet(ResNet):
    """images: (B, channels, H, W) -> logits (B, classes)

    A ResNet, convolutional stem and all, with attention in its blocks: "Conv-stem + Attention". `options` are
    ResNet's. A `record` keeps "maps" and "weights", one a block.
    """

    def __init__(self, depths: Sequence[int] = (3, 4, 6, 3), **options: Any):
        super().__init__(StandAloneBlock, depths, **options)
        for module in self.modules():
            if isinstance(module, StandAloneAttention):
                module.initialise()  # a ResNet's convolutions start otherwise


class FullAttentionResNet(StandAloneResNet):
    """The paper's "Full Attention": the stem attends, too; no convolution is larger than 1 × 1.

    Its weights, (B, 4, N, 16, 16) of N blocks of 4 × 4 pixels, come first in the record.
    """

    def build_stem(self, channels: int, width: int) -> nn.Module:
        return AttentionStem(channels, width)

    def begin(self, images: Tensor, record: Record | None) -> Tensor:
        return self.stem(images, record)


DEPTHS: dict[str, dict[str, Any]] = {
    "26": dict(depths=(1, 2, 4, 1)),
    "38": dict(depths=(2, 3, 5, 2)),
    "50": dict(depths=(3, 4, 6, 3)),
}

# the paper's "Conv-stem + Attention" by its number of layers, and its "Full Attention"
VARIANTS = {**DEPTHS, **{f"Full-{layers}": options for layers, options in DEPTHS.items()}}


def build(variant: str, **overrides: Any) -> StandAloneResNet:
    """A variant of the paper, `build("50")`, or with the attention stem, `build("Full-50")`."""
    expect.variant(variant, VARIANTS)
    network = FullAttentionResNet if variant.startswith("Full-") else StandAloneResNet
    return network(**{**VARIANTS[variant], **overrides})
