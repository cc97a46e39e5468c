"""LR-Net: how much a pixel takes from its neighbour depends on how they look together, and how they lie.

    ω(p', p) = softmax_p( Φ(f_q(x_p'), f_k(x_p)) + f_g(p − p') )            Hu et al. 2019, equation 4
    y_p'     = Σ_p ω(p', p) x_p,  and a 1 × 1 convolution

    Φ(q, k)  = −(q − k)²      LocalRelation         equation 5      how well p' and p go together
               −|q − k|       AbsoluteDifference    equation 6
               q k            Product               equation 7

p runs over the k × k pixels around p'. A convolution has the same ω at every p', learned; here it is made
for each. The *geometry prior* f_g is what a convolution would have kept: a small network turns each of
the k² offsets into a number, which is the same all over the image.

What people usually get wrong
- f_g is added *inside* the softmax: e^(Φ + f_g) multiplies what is alike by what is near. Added behind it,
  the weights would not sum to one, and a neighbour that looks wrong could not be ruled out;
- queries and keys are *scalars*, one number a pixel, for each group of m = 8 channels that share their ω;
- values are x itself: the channels first mix in the 1 × 1 convolution behind;
- f_g's offsets are whole numbers of pixels; a port feeds random numbers, for it took them for a parameter;
- with a stride the *queries* are thinned out; keys and values are all there. Beyond the border is nothing,
  and the weights of the pixels that exist sum to one (the authors' kernel gives the others a logit of −100).

A bottleneck is wider here, 100 instead of 64 and so on, so that it costs what ResNet's does. For its width of
100, no multiple of 8, the last group has 4 channels.
Parameters of a layer, C channels in G = ⌈C/m⌉ groups: C² + 2 C G + G² + 4 G.
With 1,000 classes: 26 14,621,492 · 50 23,397,811.
Paper: 14.7 and 23.3 million; ImageNet top-1 75.7 and 77.3 %. Its code is not public. Chosen here, so as to
come near its counts: the hidden width G of f_g, no biases but f_g's, and 2 blocks a stage for 26 layers; of
the three Φ, the first. Both then cost what the ResNets of their depths do, 2.4 and 4.0 billion multiply-adds.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from course import expect
from course.attention import masked_softmax
from course.record import Record, keep
from course.vision.resnet import Block, Bottleneck, ResNet
from course.vision.windows import check_kernel, inside, windows


class LocalRelation(nn.Module):
    """x: (B, channels, H, W) -> (B, channels, ⌈H/stride⌉, ⌈W/stride⌉)

    `share` is m: so many neighbouring channels have one ω, `kernel` the window's side. A `record` keeps
    "weights", (B, G, N, kernel²): of each of the N output pixels, what it takes from its window, row by row,
    0 beyond the border. The other forms of Φ override `similarity`.
    """

    offsets: Tensor

    def __init__(self, channels: int, kernel: int = 7, share: int = 8, stride: int = 1):
        super().__init__()
        expect.whole(channels=channels, share=share, stride=stride)
        check_kernel(kernel)
        groups = -(-channels // share)  # rounded up: the last group may be smaller
        self.kernel, self.share, self.stride = kernel, share, stride
        self.query = nn.Conv2d(channels, groups, 1, bias=False)  # f_q
        self.key = nn.Conv2d(channels, groups, 1, bias=False)  # f_k
        self.prior = nn.Sequential(nn.Linear(2, groups), nn.ReLU(), nn.Linear(groups, groups))  # f_g
        self.output = nn.Conv2d(channels, channels, 1, bias=False)
        away = torch.arange(kernel) - kernel // 2
        offsets = torch.cartesian_prod(away, away).float()  # (k², 2), how far down and how far to the right
        self.register_buffer("offsets", offsets, persistent=False)

    def forward(self, x: Tensor, record: Record | None = None) -> Tensor:
        expect.images(x, self.output.in_channels, self.output.weight)
        H, W = x.shape[2:]
        q = self.query(x)[:, :, :: self.stride, :: self.stride]  # (B, G, H', W')
        k = windows(self.key(x), self.kernel, self.stride)  # (B, G, k², N), N = H'·W'
        likeness = self.similarity(q.flatten(2)[..., None], k.transpose(2, 3))  # (B, G, N, k²)
        scores = likeness + self.geometry()[:, None]
        weights = masked_softmax(scores, inside(H, W, self.kernel, self.stride, x.device))
        keep(record, "weights", weights)
        values = windows(x, self.kernel, self.stride)  # (B, C, k², N)
        shared = weights.to(x.dtype).repeat_interleave(self.share, dim=1)[:, : x.shape[1]]  # (B, C, N, k²)
        y = torch.einsum("bcnj,bcjn->bcn", shared, values)
        return self.output(y.unflatten(2, q.shape[2:]))

    def similarity(self, q: Tensor, k: Tensor) -> Tensor:
        """Φ, how well a pixel goes with those around it: q: (B, G, N, 1), k: (B, G, N, k²) -> as k"""
        return -(q - k).square()

    def geometry(self) -> Tensor:
        """f_g, what each offset is worth to each group before anything is seen: -> (G, k²)"""
        return self.prior(self.offsets).T


class AbsoluteDifference(LocalRelation):
    """Φ(q, k) = −|q − k|: differences below 1 weigh more than where they are squared, larger ones less."""

    def similarity(self, q: Tensor, k: Tensor) -> Tensor:
        return -(q - k).abs()


class Product(LocalRelation):
    """Φ(q, k) = q k, as in attention. The square is 2 q k − k² − q², of which the softmax cancels −q²."""

    def similarity(self, q: Tensor, k: Tensor) -> Tensor:
        return q * k


class LocalRelationBlock(Block):
    """A bottleneck of any inner width: 1 × 1 convolution, local relation, 1 × 1 convolution.

    x: (B, channels, H, W) -> (B, 4 · width, ⌈H/stride⌉, ⌈W/stride⌉); `inner` is where a ResNet has `width`.
    """

    expansion = 4

    def __init__(self, channels: int, width: int, stride: int = 1, *, inner: int):
        super().__init__(channels, width, stride)
        out = self.expansion * width
        self.reduce = self.convolution(channels, inner, 1)
        self.norm1 = self.norm(inner)
        self.relation = LocalRelation(inner, stride=stride)
        self.norm2 = self.norm(inner)
        self.expand = self.convolution(inner, out, 1)
        self.norm3 = self.norm(out)
        nn.init.zeros_(self.norm3.weight)  # γ = 0: starts as the identity

    def residual(self, x: Tensor, record: Record | None) -> Tensor:
        x = relu(self.norm1(self.reduce(x)))  # (B, inner, H, W)
        x = relu(self.norm2(self.relation(x, record)))  # (B, inner, H/stride, W/stride)
        return self.norm3(self.expand(x))  # (B, 4 · width, H/stride, W/stride)


class LRNet(ResNet):
    """images: (B, channels, H, W) -> logits (B, classes)

    A ResNet without any convolution larger than 1 × 1. A block is 100/64 as wide inside as a ResNet's.
    `options` are ResNet's. A `record` keeps "maps" and "weights", of the stem and then of each block.
    """

    def __init__(self, depths: Sequence[int] = (3, 4, 6, 3), **options: Any):
        super().__init__(Bottleneck, depths, **options)

    def build_block(self, channels: int, width: int, stride: int, stage: int) -> Block:
        return LocalRelationBlock(channels, width, stride, inner=width * 100 // 64)

    def build_stem(self, channels: int, width: int) -> nn.Module:
        """A local relation in place of the 7 × 7: (B, channels, H, W) -> (B, width, H/4, W/4)"""
        lift = [self.convolution(channels, width, 1), self.norm(width), nn.ReLU()]
        relate = [LocalRelation(width, stride=2), self.norm(width), nn.ReLU()]
        return nn.Sequential(*lift, *relate, nn.MaxPool2d(3, stride=2, padding=1))

    def begin(self, images: Tensor, record: Record | None) -> Tensor:
        x = images
        for layer in self.stem.children():
            x = layer(x, record) if isinstance(layer, LocalRelation) else layer(x)
        return x


VARIANTS: dict[str, dict[str, Any]] = {
    "26": dict(depths=(2, 2, 2, 2)),
    "50": dict(depths=(3, 4, 6, 3)),
}


def build(variant: str, **overrides: Any) -> LRNet:
    """A variant of the paper: `build("26")`, `build("50", classes=10)`."""
    expect.variant(variant, VARIANTS)
    return LRNet(**{**VARIANTS[variant], **overrides})
