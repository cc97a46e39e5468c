"""ConvNeXt V2: a convolutional network laid out like a Transformer, with GRN to keep its channels apart.

    y = x + W₂ GRN(GELU(W₁ LN(D x)))            Woo et al. 2023, figure 5; D a depthwise 7 × 7 convolution

D lets pixels meet, each channel by itself, as attention lets tokens meet; what follows is the MLP of a
Transformer, each pixel by itself, but for GRN (`course.norm`), the only thing V2 adds to V1 (Liu et al. 2022)
and takes LayerScale away for. A 4 × 4 patch embedding, four stages; between them 2 × 2 patches are merged.

What people usually get wrong
- there is one norm and one activation a block: no norm before D, no ReLU behind the sum;
- LayerNorm's eps is 1e-6, and it is over the channels of one pixel, so it needs them last;
- the norm comes *before* the 2 × 2 that merges patches, but *behind* the 4 × 4 of the stem;
- the last norm stands behind the mean over the image;
- GRN starts with γ = β = 0, that is, as nothing: a model compared before training proves little.

Parameters with 1,000 classes: atto 3,708,400 · femto 5,233,240 · pico 9,066,280 · nano 15,623,800 ·
tiny 28,635,496 · base 88,717,800 · large 197,956,840 · huge 660,289,640.
Paper: ImageNet top-1 after FCMAE, at 224, atto 76.7 % · femto 78.5 % · pico 80.3 % · nano 81.9 % ·
tiny 83.0 % · base 84.9 % · large 85.8 % · huge 86.3 %.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from torch import Tensor, nn

from course import expect
from course.layers import MLP, StochasticDepth, stochastic_depth_rates
from course.norm import GRN
from course.record import Record, keep
from course.vision.vit import classifier


class Block(nn.Module):
    """Pixels meet, then channels meet, beside a way around both: (B, dim, H, W) -> (B, dim, H, W)

    Parameters: 8 dim² + 65 dim. A masked auto-encoder overrides `convolve`, to hide what the convolution has
    spread into the patches that it may not see.
    """

    def __init__(self, dim: int, drop_path: float = 0.0):
        super().__init__()
        expect.whole(dim=dim)
        self.depthwise = nn.Conv2d(dim, dim, kernel_size=7, padding=3, groups=dim)
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.mlp = MLP(dim, 4 * dim, nn.Sequential(nn.GELU(), GRN(4 * dim)))
        self.drop_path = StochasticDepth(drop_path)

    def forward(self, x: Tensor) -> Tensor:
        expect.images(x, self.depthwise.in_channels, self.depthwise.weight)
        y = self.convolve(x).permute(0, 2, 3, 1)  # (B, H, W, dim), channels last
        y = self.mlp(self.norm(y)).permute(0, 3, 1, 2)  # (B, dim, H, W)
        return x + self.drop_path(y)

    def convolve(self, x: Tensor) -> Tensor:
        """The one step in which pixels meet: (B, dim, H, W) -> (B, dim, H, W)"""
        return self.depthwise(x)


class MapNorm(nn.LayerNorm):
    """LayerNorm over the channels of each pixel, where they are not last: (B, dim, H, W) -> the same shape"""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class ConvNeXtV2(nn.Module):
    """images: (B, channels, H, W), H and W multiples of 8 · patch -> logits (B, classes)

    `depths` and `dims` are the blocks and channels of each stage; small images want a smaller `patch`. With
    `classes=0` there is no head and the model returns its features (B, dims[-1]). A `record` keeps "maps":
    the stem's, then one a stage.
    """

    def __init__(
        self,
        depths: Sequence[int] = (3, 3, 9, 3),
        dims: Sequence[int] = (96, 192, 384, 768),
        classes: int = 1000,
        channels: int = 3,
        *,
        patch: int = 4,
        drop_path: float = 0.0,
    ):
        super().__init__()
        expect.whole(channels=channels, patch=patch)
        expect.stages(depths=depths, dims=dims)
        self.channels, self.patch = channels, patch
        stem = nn.Sequential(nn.Conv2d(channels, dims[0], patch, stride=patch), MapNorm(dims[0], eps=1e-6))
        merges = [
            nn.Sequential(MapNorm(dim, eps=1e-6), nn.Conv2d(dim, wider, kernel_size=2, stride=2))
            for dim, wider in pairwise(dims)
        ]
        rates = iter(stochastic_depth_rates(drop_path, sum(depths)))
        self.reductions = nn.ModuleList([stem, *merges])
        self.stages = nn.ModuleList(
            nn.Sequential(*(self.build_block(dim, next(rates)) for _ in range(depth)))
            for dim, depth in zip(dims, depths)
        )
        self.norm = nn.LayerNorm(dims[-1], eps=1e-6)
        self.head = classifier(dims[-1], classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def build_block(self, dim: int, drop_path: float) -> nn.Module:
        """One block; a variant with blocks of another kind overrides this."""
        return Block(dim, drop_path)

    def forward(self, images: Tensor, record: Record | None = None) -> Tensor:
        return self.head(self.features(images, record))

    def features(self, images: Tensor, record: Record | None = None) -> Tensor:
        """What the head sees, the normalised mean over the last map: (B, channels, H, W) -> (B, dims[-1])"""
        return self.norm(self.maps(images, record).mean(dim=(2, 3)))

    def cell(self) -> int:
        """How many pixels high and wide is one place of the last map."""
        return self.patch * 2 ** (len(self.stages) - 1)

    def maps(self, images: Tensor, record: Record | None = None) -> Tensor:
        """The last stage's feature map: (B, channels, H, W) -> (B, dims[-1], H / (8 · patch), W / …)"""
        expect.images(images, self.channels, self.norm.weight)
        H, W = images.shape[-2:]
        if H % self.cell() or W % self.cell():
            raise ValueError(f"an image of {H} × {W} pixels is not a multiple of {self.cell()} high and wide")
        x = images
        for number, (reduction, stage) in enumerate(zip(self.reductions, self.stages)):
            x = reduction(x)  # (B, dims[number], H / (patch · 2^number), W / …)
            if number == 0:
                keep(record, "maps", x)
            x = stage(x)
            keep(record, "maps", x)
        return x


SMALL, LARGE = (2, 2, 6, 2), (3, 3, 27, 3)

VARIANTS: dict[str, dict[str, Any]] = {
    "atto": dict(depths=SMALL, dims=(40, 80, 160, 320)),
    "femto": dict(depths=SMALL, dims=(48, 96, 192, 384)),
    "pico": dict(depths=SMALL, dims=(64, 128, 256, 512)),
    "nano": dict(depths=(2, 2, 8, 2), dims=(80, 160, 320, 640)),
    "tiny": dict(depths=(3, 3, 9, 3), dims=(96, 192, 384, 768)),
    "base": dict(depths=LARGE, dims=(128, 256, 512, 1024)),
    "large": dict(depths=LARGE, dims=(192, 384, 768, 1536)),
    "huge": dict(depths=LARGE, dims=(352, 704, 1408, 2816)),
}


def build(variant: str, **overrides: Any) -> ConvNeXtV2:
    """A variant of the paper: `build("atto")`, `build("atto", patch=1, classes=10)` for 32 × 32 images."""
    expect.variant(variant, VARIANTS)
    return ConvNeXtV2(**{**VARIANTS[variant], **overrides})
