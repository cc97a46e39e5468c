"""CvT: a Transformer that reads the image in three stages, and whose q, k and v come from convolutions.

    x   = LN(Conv2d(image or map of the stage before))           Wu et al. 2021, section 3.1
    q   = W_q BN(DepthwiseConv2d(x, stride 1))                   section 3.2, equation 2
    k,v = W BN(DepthwiseConv2d(x, stride 2))                     the same, "squeezed" to a quarter of the keys

The convolutions know what is beside what, so there is no position embedding, and any resolution will do.

What people usually get wrong
- the scale is 1/√dim with the width of the *model*, not of one head: softer with more heads;
- between the depthwise convolution and the linear layer is a BatchNorm and no activation;
- CLS is there in the last stage only, and goes around the convolutions straight to the linear layers;
- the kernels are larger than the strides (7 over 4, 3 over 2): the patches overlap;
- its GELU is QuickGELU in the authors' code; transformers has the exact one, another function;
- stochastic depth grows within the *last* stage alone, from 0 to its full rate in that stage's last layer
  (0.1; W24 0.3). In transformers a slip makes it constant, 0.022.

Parameters with 1,000 classes: CvT-13 19,997,480 · CvT-21 31,622,696 · CvT-W24 277,196,392.
Paper: ImageNet top-1 at 224, 13 81.6 % · 21 82.5 %; W24 after ImageNet-22k, at 384, 87.7 %.
"""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from course import expect
from course.language.transformer_layers import EncoderLayer
from course.layers import QuickGELU, stochastic_depth_rates
from course.multihead import MultiHeadAttention
from course.record import Record, keep
from course.vision.vit import classifier, initialise

Grid = tuple[int, int]


class ConvolutionalEmbedding(nn.Module):
    """Overlapping patches: (B, channels, H, W) -> tokens (B, H'·W', dim) and their grid (H', W')

    H' = H / stride where that is whole. Parameters: channels · kernel² · dim + 3 dim.
    """

    def __init__(self, channels: int, dim: int, kernel: int, stride: int):
        super().__init__()
        expect.whole(channels=channels, dim=dim, kernel=kernel, stride=stride)
        padding = (kernel - stride + 1) // 2
        self.smallest = max(kernel - 2 * padding, 1)  # the image that holds the kernel once
        self.projection = nn.Conv2d(channels, dim, kernel, stride, padding)
        self.norm = nn.LayerNorm(dim)

    def forward(self, images: Tensor) -> tuple[Tensor, Grid]:
        expect.images(images, self.projection.in_channels, self.projection.weight)
        H, W = images.shape[-2:]
        if min(H, W) < self.smallest:
            smallest = f"{self.smallest} × {self.smallest}"
            raise ValueError(f"images must be at least {smallest} pixels; got {H} × {W}")
        x = self.projection(images)  # (B, dim, H', W')
        H, W = x.shape[-2:]
        return self.norm(x.flatten(2).transpose(1, 2)), (H, W)  # (B, H'·W', dim)


class ConvolutionalProjection(nn.Module):
    """A depthwise 3 × 3 convolution of the patches, and a BatchNorm; the tokens in front go around it.

    x: (B, extra + H·W, dim) -> (B, extra + ⌈H/stride⌉·⌈W/stride⌉, dim). Parameters: 11 · dim.
    """

    def __init__(self, dim: int, stride: int, extra: int):
        super().__init__()
        expect.whole(dim=dim, stride=stride)
        self.extra = extra
        self.depthwise = nn.Conv2d(dim, dim, kernel_size=3, stride=stride, padding=1, groups=dim, bias=False)
        self.norm = nn.BatchNorm2d(dim)

    def forward(self, x: Tensor, grid: Grid) -> Tensor:
        front, patches = x[:, : self.extra], x[:, self.extra :]
        image = patches.transpose(1, 2).unflatten(2, grid)  # (B, dim, H, W)
        image = self.norm(self.depthwise(image))  # (B, dim, H/stride, W/stride)
        return torch.cat([front, image.flatten(2).transpose(1, 2)], dim=1)  # (B, extra + H/s·W/s, dim)


class ConvolutionalAttention(MultiHeadAttention):
    """Multi-head attention whose q, k and v come from convolutions: (B, extra + H·W, dim) -> the same shape

    `extra`, 0 or 1, tokens stand in front of the patches.
    The weights are (B, heads, extra + H·W, extra + ⌈H/2⌉·⌈W/2⌉). Parameters: 4 dim² + 37 dim.
    """

    def __init__(self, dim: int, heads: int, extra: int = 0):
        super().__init__(dim, heads)
        if extra not in (0, 1):
            raise ValueError(f"extra, the tokens in front of the patches, must be 0 or 1; got {extra!r}")
        self.extra = extra
        self.query_map = ConvolutionalProjection(dim, 1, extra)
        self.key_map = ConvolutionalProjection(dim, 2, extra)
        self.value_map = ConvolutionalProjection(dim, 2, extra)

    def forward(  # type: ignore[override]  # a convolution must know the grid
        self, x: Tensor, grid: Grid, record: Record | None = None
    ) -> Tensor:
        expect.tokens("x", x, self.query.in_features, self.query.weight)
        H, W = grid
        if x.shape[1] != self.extra + H * W:
            given = f"{x.shape[1]} tokens, which are not {self.extra} and a grid of {H} × {W} patches"
            raise ValueError(f"x has {given}")
        q = self.queries(self.query_map(x, grid))  # (B, h, Lq, D)
        k = self.split(self.key(self.key_map(x, grid)))  # (B, h, Lk, D)
        v = self.split(self.value(self.value_map(x, grid)))
        y = self.attend(q, k, v, None, record, "weights")  # (B, h, Lq, D)
        return self.output(y.transpose(1, 2).flatten(2))  # (B, Lq, dim)

    def queries(self, x: Tensor) -> Tensor:
        """`attend` divides the scores by √D, D = dim / h; what is left of CvT's √dim is √h."""
        return super().queries(x) / math.sqrt(self.heads)


class ConvolutionalLayer(EncoderLayer):
    """A pre-norm Transformer layer with that attention: x: (B, extra + H·W, dim) -> the same shape"""

    def __init__(self, dim: int, heads: int, extra: int = 0, drop_path: float = 0.0):
        super().__init__(dim, heads, 4 * dim, norm="pre", activation=QuickGELU(), drop_path=drop_path)
        self.attention = ConvolutionalAttention(dim, heads, extra)

    def forward(  # type: ignore[override]  # a convolution must know the grid
        self, x: Tensor, grid: Grid, record: Record | None = None
    ) -> Tensor:
        x = x + self.after_attention(self.attention(self.norm1(x), grid, record))
        return x + self.after_mlp(self.mlp(self.norm2(x)))


class CvT(nn.Module):
    """images: (B, channels, H, W) -> logits (B, classes)

    `dims`, `heads` and `depths` are those of the stages, `stride` the first stage's (small images want 1 or
    2), `drop_path` the last stage's. With `classes=0` there is no head and the model returns its features
    (B, dims[-1]). A `record` keeps "tokens" of the first embedding and of each layer, "maps", the patches
    (B, dim, H, W) behind each stage, and each layer's "weights", (B, heads, Lq, Lk).
    """

    def __init__(
        self,
        dims: Sequence[int] = (64, 192, 384),
        heads: Sequence[int] = (1, 3, 6),
        depths: Sequence[int] = (1, 2, 10),
        classes: int = 1000,
        channels: int = 3,
        *,
        stride: int = 4,
        drop_path: float = 0.0,
    ):
        super().__init__()
        expect.stages(dims=dims, heads=heads, depths=depths)
        last = len(dims) - 1
        self.embeddings, self.stages = nn.ModuleList(), nn.ModuleList()
        for stage, (dim, h, depth) in enumerate(zip(dims, heads, depths)):
            if stage == 0:
                embedding = ConvolutionalEmbedding(channels, dim, kernel=7, stride=stride)
            else:
                embedding = ConvolutionalEmbedding(dims[stage - 1], dim, kernel=3, stride=2)
            extra, rate = (1, drop_path) if stage == last else (0, 0.0)
            rates = stochastic_depth_rates(rate, depth)
            self.embeddings.append(embedding)
            self.stages.append(nn.ModuleList(ConvolutionalLayer(dim, h, extra, r) for r in rates))
        self.cls = nn.Parameter(torch.empty(1, 1, dims[-1]))
        nn.init.trunc_normal_(self.cls, std=0.02)
        self.norm = nn.LayerNorm(dims[-1])
        self.head = classifier(dims[-1], classes)
        initialise(self)

    def forward(self, images: Tensor, record: Record | None = None) -> Tensor:
        return self.head(self.features(images, record))

    def features(self, images: Tensor, record: Record | None = None) -> Tensor:
        """What the head sees, the normalised CLS token: (B, channels, H, W) -> (B, dims[-1])"""
        return self.tokens(images, record)[:, 0]

    def tokens(self, images: Tensor, record: Record | None = None) -> Tensor:
        """All tokens behind the last LayerNorm, CLS first: (B, channels, H, W) -> (B, 1 + N, dims[-1])"""
        x = images
        for stage, (embedding, layers) in enumerate(zip(self.embeddings, self.stages)):
            x, grid = embedding(x)  # (B, H'·W', dim)
            extra = 0
            if stage == len(self.stages) - 1:
                x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], dim=1)  # (B, 1 + H'·W', dim)
                extra = 1
            if stage == 0:
                keep(record, "tokens", x)
            for layer in layers:  # type: ignore[attr-defined]  # mypy does not see that it is a list
                x = layer(x, grid, record)
                keep(record, "tokens", x)
            image = x[:, extra:].transpose(1, 2).unflatten(2, grid)  # (B, dim, H', W')
            keep(record, "maps", image)
            x = x if extra else image
        return self.norm(x)


VARIANTS: dict[str, dict[str, Any]] = {
    "13": dict(dims=(64, 192, 384), heads=(1, 3, 6), depths=(1, 2, 10)),
    "21": dict(dims=(64, 192, 384), heads=(1, 3, 6), depths=(1, 4, 16)),
    "W24": dict(dims=(192, 768, 1024), heads=(3, 12, 16), depths=(2, 2, 20)),
}


def build(variant: str, **overrides: Any) -> CvT:
    """A variant of the paper: `build("13")`, `build("13", stride=1, classes=10)` for 32 × 32 images."""
    expect.variant(variant, VARIANTS)
    return CvT(**{**VARIANTS[variant], **overrides})
