"""ResNet: a convolutional network whose every block adds to what it was given, instead of replacing it.

    y = ReLU(F(x) + x)            He et al. 2016, equation 1 and section 3.2; the same size in and out
    y = ReLU(F(x) + W_s x)        equation 2, where the size changes: W_s is a strided 1 × 1 convolution

    basic        F = 3 × 3, 3 × 3                              18 and 34 layers
    bottleneck   F = 1 × 1 (to a quarter), 3 × 3, 1 × 1 (back)    50, 101 and 152 layers; figure 5

A stem, four stages (each of half the resolution and twice the channels of the one before), a mean over the
image, a linear layer. `Bottleneck.middle` is the one place where pixels meet: what self-attention replaces.

What people usually get wrong
- the last ReLU comes *after* the addition, and the last norm before it;
- the paper halves the resolution in the first 1 × 1 of a bottleneck; "v1.5", here and in every library, in
  the 3 × 3, which sees all pixels: half a per cent better, for 6 % more work;
- convolutions have no bias: the norm behind them would subtract it again;
- the last norm's γ of each block starts at 0, so that a block starts as the identity (Goyal et al. 2017,
  section 5.1; not in the paper of 2016);
- on 32 × 32 images the stem for 224 leaves 8 × 8, and the last stage 1 × 1. `CIFARResNet` changes the stem
  (SimCLR, appendix B.9). The paper's own networks for CIFAR, of 20 … 110 layers, are others, of three stages.

Parameters with 1,000 classes: 18 11,689,512 · 34 21,797,672 · 50 25,557,032 · 101 44,549,160 ·
152 60,192,808. With the CIFAR stem and 10 classes: 18 11,173,962.
Paper: ImageNet top-1 error, 10 crops, shortcuts as here (its option B): 34 24.52 % · 50 22.85 % ·
101 21.75 % · 152 21.43 %.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from course import expect
from course.record import Record, keep
from course.vision.vit import classifier

Norm = nn.BatchNorm2d | nn.GroupNorm  # both have a factor a channel, γ, called `weight`


class Layers(nn.Module):
    """What blocks and networks are made of. Override these two to make all of a ResNet of something else."""

    def convolution(self, channels: int, width: int, kernel: int, stride: int = 1) -> nn.Module:
        """(B, channels, H, W) -> (B, width, ⌈H / stride⌉, ⌈W / stride⌉), without bias"""
        return nn.Conv2d(channels, width, kernel, stride, padding=kernel // 2, bias=False)

    def norm(self, width: int) -> Norm:
        """(B, width, H, W) -> the same shape"""
        return nn.BatchNorm2d(width)


class Block(Layers):
    """What both kinds share: (B, channels, H, W) -> (B, expansion · width, ⌈H/stride⌉, ⌈W/stride⌉)"""

    expansion: int

    def __init__(self, channels: int, width: int, stride: int = 1):
        super().__init__()
        expect.whole(channels=channels, width=width, stride=stride)
        self.channels = channels
        out = self.expansion * width
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or channels != out:
            self.shortcut = nn.Sequential(self.convolution(channels, out, 1, stride), self.norm(out))

    def forward(self, x: Tensor, record: Record | None = None) -> Tensor:
        expect.images(x, self.channels, next(self.parameters()))
        return relu(self.residual(x, record) + self.shortcut(x))

    def residual(self, x: Tensor, record: Record | None) -> Tensor:
        """F(x), what the block adds."""
        raise NotImplementedError


class BasicBlock(Block):
    """Two 3 × 3 convolutions: (B, channels, H, W) -> (B, width, ⌈H/stride⌉, ⌈W/stride⌉)"""

    expansion = 1

    def __init__(self, channels: int, width: int, stride: int = 1):
        super().__init__(channels, width, stride)
        self.convolution1 = self.convolution(channels, width, 3, stride)
        self.norm1 = self.norm(width)
        self.convolution2 = self.convolution(width, width, 3)
        self.norm2 = self.norm(width)
        nn.init.zeros_(self.norm2.weight)  # γ = 0: starts as the identity

    def residual(self, x: Tensor, record: Record | None) -> Tensor:
        x = relu(self.norm1(self.convolution1(x)))  # (B, width, H/stride, W/stride)
        return self.norm2(self.convolution2(x))


class Bottleneck(Block):
    """1 × 1, 3 × 3, 1 × 1 convolutions: (B, channels, H, W) -> (B, 4 · width, ⌈H/stride⌉, ⌈W/stride⌉)

    A variant overrides `middle` to put another layer in the place of the 3 × 3, and `mix` where that layer
    wants to be called in another way, for instance with the `record`.
    """

    expansion = 4

    def __init__(self, channels: int, width: int, stride: int = 1):
        super().__init__(channels, width, stride)
        self.reduce = self.convolution(channels, width, 1)
        self.norm1 = self.norm(width)
        self.mixer = self.middle(width, stride)
        self.norm2: nn.Module = self.norm(width)
        self.expand = self.convolution(width, self.expansion * width, 1)
        self.norm3 = self.norm(self.expansion * width)
        nn.init.zeros_(self.norm3.weight)  # γ = 0: starts as the identity

    def middle(self, width: int, stride: int) -> nn.Module:
        """The layer in which pixels meet: (B, width, H, W) -> (B, width, ⌈H/stride⌉, ⌈W/stride⌉)"""
        return self.convolution(width, width, 3, stride)

    def mix(self, x: Tensor, record: Record | None) -> Tensor:
        """Call the layer that `middle` made."""
        return self.mixer(x)

    def residual(self, x: Tensor, record: Record | None) -> Tensor:
        x = relu(self.norm1(self.reduce(x)))  # (B, width, H, W)
        x = relu(self.norm2(self.mix(x, record)))  # (B, width, H/stride, W/stride)
        return self.norm3(self.expand(x))  # (B, 4 · width, H/stride, W/stride)


class Stage(nn.Sequential):
    """Blocks one behind another, each called as block(x, record), into which others may be inserted.

    (B, channels, H, W) -> (B, channels of its last block, H or half of it, W or half of it)
    """

    def forward(self, x: Tensor, record: Record | None = None) -> Tensor:
        for block in self:
            x = block(x, record)
        return x


class ResNet(Layers):
    """images: (B, channels, H, W) -> logits (B, classes)

    `depths` counts the blocks of each stage, `width` is the stem's. With `classes=0` there is no head and the
    model returns its features (B, dim). A `record` keeps "maps": the stem's, then one a stage.
    """

    def __init__(
        self,
        block: type[Block] = Bottleneck,
        depths: Sequence[int] = (3, 4, 6, 3),
        classes: int = 1000,
        channels: int = 3,
        *,
        width: int = 64,
    ):
        super().__init__()
        expect.whole(channels=channels, width=width)
        expect.stages(depths=depths)
        self.block, self.channels = block, channels
        self.stem = self.build_stem(channels, width)
        self.stages = nn.ModuleList()
        self.dim = width
        for stage, depth in enumerate(depths):
            blocks = Stage()
            for number in range(depth):
                stride = 2 if stage > 0 and number == 0 else 1
                blocks.append(self.build_block(self.dim, width * 2**stage, stride, stage))
                self.dim = block.expansion * width * 2**stage
            self.stages.append(blocks)
        self.head = classifier(self.dim, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                # A place's channels side by side in memory: a tenth to a quarter of a step saved on a CPU
                module.weight.data = module.weight.data.contiguous(memory_format=torch.channels_last)

    def build_stem(self, channels: int, width: int) -> nn.Module:
        """7 × 7, stride 2, and a max-pool of stride 2: (B, channels, H, W) -> (B, width, H/4, W/4)"""
        pool = nn.MaxPool2d(3, stride=2, padding=1)
        return nn.Sequential(self.convolution(channels, width, 7, 2), self.norm(width), nn.ReLU(), pool)

    def begin(self, images: Tensor, record: Record | None) -> Tensor:
        """Call the stem that `build_stem` made. A variant whose stem attends hands it the record, too."""
        return self.stem(images)

    def build_block(self, channels: int, width: int, stride: int, stage: int) -> nn.Module:
        """One block of stage 0 … 3. A variant that changes some stages only overrides this."""
        return self.block(channels, width, stride)

    def forward(self, images: Tensor, record: Record | None = None) -> Tensor:
        return self.head(self.features(images, record))

    def features(self, images: Tensor, record: Record | None = None) -> Tensor:
        """What the head sees, the mean over the last map: (B, channels, H, W) -> (B, dim)"""
        return self.maps(images, record).mean(dim=(2, 3))

    def maps(self, images: Tensor, record: Record | None = None) -> Tensor:
        """The last stage's feature map: (B, channels, H, W) -> (B, dim, H/32, W/32), sizes rounded up"""
        expect.images(images, self.channels, next(self.parameters()))
        x = self.begin(images, record)  # (B, width, H/4, W/4)
        keep(record, "maps", x)
        for stage in self.stages:
            x = stage(x, record)  # (B, expansion · width · 2^number, H / (4 · 2^number), W / …)
            keep(record, "maps", x)
        return x


class CIFARResNet(ResNet):
    """A ResNet for small images, as in SimCLR: the first stage sees all pixels, and 32 × 32 ends as 4 × 4."""

    def build_stem(self, channels: int, width: int) -> nn.Module:
        """3 × 3, stride 1, no pool: (B, channels, H, W) -> (B, width, H, W)"""
        return nn.Sequential(self.convolution(channels, width, 3), self.norm(width), nn.ReLU())


DEPTHS: dict[str, dict[str, Any]] = {
    "18": dict(block=BasicBlock, depths=(2, 2, 2, 2)),
    "34": dict(block=BasicBlock, depths=(3, 4, 6, 3)),
    "50": dict(block=Bottleneck, depths=(3, 4, 6, 3)),
    "101": dict(block=Bottleneck, depths=(3, 4, 23, 3)),
    "152": dict(block=Bottleneck, depths=(3, 8, 36, 3)),
}

VARIANTS = {**DEPTHS, **{f"CIFAR-{layers}": options for layers, options in DEPTHS.items()}}


def build(variant: str, **overrides: Any) -> ResNet:
    """A variant of the paper, `build("50")`, or with the stem for small images, `build("CIFAR-18")`."""
    expect.variant(variant, VARIANTS)
    network = CIFARResNet if variant.startswith("CIFAR") else ResNet
    return network(**{**VARIANTS[variant], **overrides})
