"""Hybrid ViT: the patches are not cut from the image, but from what a ResNet has made of it.

    z_0 = [x_cls; E f(x)_1; …; E f(x)_N] + E_pos       Dosovitskiy et al. 2021, section 3.1

f is a ResNet without its head, of stride 16 or 32, and E a 1 × 1 convolution: each pixel of the last map is a
token. The ResNet has no BatchNorm but GroupNorm, and standardises the kernels too:

    Ŵ_o = (W_o − mean W_o) / √(var W_o + ε)            Qiao et al. 2019, over all weights of output channel o

What people usually get wrong
- R50 has stages of 3, 4 and 9 blocks, not 3, 4, 6 and 3: the fourth stage's blocks are moved to the third, so
  that the stride stays 16, and there are four times as many tokens as behind stage 4;
- the blocks are "v1.5" with the ReLU behind the sum (`course.vision.resnet`), although the norms, and timm's
  name for it, are those of the pre-activated ResNets of BiT;
- "same" padding, TensorFlow's: where a stride does not fit, the odd zero is added right and below. PyTorch's
  own pads both sides alike, and reads pixels one to the left;
- ε is 1e-8 under the root, and GroupNorm's 1e-5, in timm's hybrids, in transformers and here (the default of
  timm's convolution, 1e-6, is not what its hybrids take); the authors' own code adds 1e-5 to the standard
  deviation, and GroupNorm's is 1e-6.

Parameters at 224 with 1,000 classes: R50+B/16 98,659,112 (without the head 97,890,112, at 384 98,950,952) ·
R26+S/32 36,431,912 · R26+B/32 101,383,976 · R50+L/32 328,994,856.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, max_pool2d, pad

from course import expect
from course.norm import normalise, wide
from course.record import Record
from course.vision.resnet import Bottleneck, CIFARResNet, Layers, Norm, ResNet
from course.vision.vit import WIDTHS, ViT

GROUPS = 32


def same_padding(x: Tensor, kernel: int, stride: int, value: float = 0.0) -> Tensor:
    """A border so that a window of this kernel and stride stops ⌈H/stride⌉ × ⌈W/stride⌉ times, odd ones last.

    x: (B, C, H, W) -> (B, C, H + …, W + …), or x itself where no border is needed. The border is divided
    between both sides; what does not divide goes to the right and below.
    """
    borders: list[int] = []
    for size in (x.shape[-1], x.shape[-2]):  # `pad` wants the last axis first
        stops = (size + stride - 1) // stride
        border = max((stops - 1) * stride + kernel - size, 0)
        borders += [border // 2, border - border // 2]
    return pad(x, borders, value=value) if any(borders) else x  # `pad` would copy


class StandardisedConv2d(nn.Conv2d):
    """A convolution that never uses its kernels as they are, but with mean 0 and variance 1 for each output.

    x: (B, channels, H, W) -> (B, width, ⌈H/stride⌉, ⌈W/stride⌉), "same" padding, no bias.
    """

    def __init__(self, channels: int, width: int, kernel: int, stride: int = 1, eps: float = 1e-8):
        expect.whole(channels=channels, width=width, kernel=kernel, stride=stride)
        super().__init__(channels, width, kernel, stride, bias=False)
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        expect.images(x, self.in_channels, self.weight)
        weight = normalise(wide(self.weight), (1, 2, 3), self.eps).to(self.weight.dtype)  # the same shape
        return conv2d(same_padding(x, self.kernel_size[0], self.stride[0]), weight, stride=self.stride)


class SamePool(nn.Module):
    """The largest of 3 × 3, at every second pixel: (B, C, H, W) -> (B, C, ⌈H/2⌉, ⌈W/2⌉)"""

    def forward(self, x: Tensor) -> Tensor:
        return max_pool2d(same_padding(x, 3, 2, value=-torch.inf), kernel_size=3, stride=2)


class StandardisedLayers(Layers):
    """What the hybrid's ResNet is made of, in place of `Conv2d` and `BatchNorm2d`."""

    def convolution(self, channels: int, width: int, kernel: int, stride: int = 1) -> nn.Module:
        return StandardisedConv2d(channels, width, kernel, stride)

    def norm(self, width: int) -> Norm:
        expect.divisible("width", width, "groups", GROUPS)
        return nn.GroupNorm(GROUPS, width)


class StandardisedBottleneck(StandardisedLayers, Bottleneck):
    """ResNet's bottleneck, of standardised convolutions and GroupNorm."""


class StandardisedResNet(StandardisedLayers, ResNet):
    """A ResNet of standardised convolutions and GroupNorm, without a head: stride 4 · 2^(stages − 1)."""

    stem_stride = 4

    def __init__(self, depths: Sequence[int], channels: int = 3, width: int = 64):
        super().__init__(StandardisedBottleneck, depths, 0, channels, width=width)

    def build_stem(self, channels: int, width: int) -> nn.Module:
        """7 × 7, stride 2, and a max-pool of stride 2: (B, channels, H, W) -> (B, width, ⌈H/4⌉, ⌈W/4⌉)"""
        return nn.Sequential(self.convolution(channels, width, 7, 2), self.norm(width), nn.ReLU(), SamePool())


class CIFARStandardisedResNet(StandardisedResNet):
    """The same for small images, with the stem of `CIFARResNet`: stride 2^(stages − 1)."""

    stem_stride = 1

    def build_stem(self, channels: int, width: int) -> nn.Module:
        """3 × 3, stride 1, no pool: (B, channels, H, W) -> (B, width, H, W)"""
        return CIFARResNet.build_stem(self, channels, width)  # type: ignore[arg-type]  # its layers are ours


class HybridViT(ViT):
    """images: (B, channels, H, W), H and W multiples of the ResNet's stride -> logits (B, classes)

    `depths` are the blocks of the ResNet's stages, `width` its stem's channels; all else is as in `ViT`,
    which reads the last map in patches of 1 × 1. A `record` also keeps the ResNet's "maps": the stem's, then
    one a stage.
    """

    resnet: type[StandardisedResNet] = StandardisedResNet

    def __init__(
        self,
        depths: Sequence[int] = (3, 4, 9),
        image_size: int = 224,
        dim: int = 768,
        channels: int = 3,
        *,
        width: int = 64,
        **options: Any,
    ):
        backbone = self.resnet(depths, channels, width)
        self.stride = backbone.stem_stride * 2 ** (len(depths) - 1)  # 2 in each stage but the first
        expect.divisible("image_size", image_size, "the ResNet's stride", self.stride)
        super().__init__(image_size // self.stride, 1, dim, channels=backbone.dim, **options)
        self.backbone = backbone

    def tokens(self, images: Tensor, record: Record | None = None) -> Tensor:
        expect.images(images, self.backbone.channels, self.cls)
        H, W = images.shape[-2:]
        if H % self.stride or W % self.stride or 0 in (H, W):
            raise ValueError(f"an image of {H} × {W} pixels is not a multiple of {self.stride} high and wide")
        maps = self.backbone.maps(images, record)  # (B, backbone.dim, H/stride, W/stride)
        return super().tokens(maps, record)  # (B, 1 + H/stride · W/stride, dim)


class CIFARHybridViT(HybridViT):
    """The hybrid for small images: its ResNet's first stage sees all pixels, as `CIFARResNet`'s does."""

    resnet = CIFARStandardisedResNet


R26, R50 = (2, 2, 2, 2), (3, 4, 6, 3)

VARIANTS: dict[str, dict[str, Any]] = {
    "R50+B/16": dict(depths=(3, 4, 9), **WIDTHS["B"]),
    "R26+S/32": dict(depths=R26, **WIDTHS["S"]),
    "R26+B/32": dict(depths=R26, **WIDTHS["B"]),
    "R50+L/32": dict(depths=R50, **WIDTHS["L"]),
}


def build(variant: str, **overrides: Any) -> HybridViT:
    """A variant of the authors' code: `build("R50+B/16")`, `build("R26+S/32", classes=10)`."""
    expect.variant(variant, VARIANTS)
    return HybridViT(**{**VARIANTS[variant], **overrides})
