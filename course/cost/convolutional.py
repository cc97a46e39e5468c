"""What the convolutional networks cost, for one square image; the sizes are those of each model's `build`.

With N positions in the output of a k × k convolution of C channels to D, in groups,

    parameters   k²CD/groups (+ D)          FLOPs   2N · k²CD/groups

and what is kept is every map that a convolution, a norm, a pool or the sign of a ReLU needs again: behind a
convolution with batch norm and ReLU two maps of N · D, what the norm was given and what the ReLU gave (which
is what the next convolution is given), and 2D statistics a batch. A max-pool keeps a whole number of 8 bytes
for each of its outputs, on top of its input.

Here a block's input is counted by who made it, and its output by the block.

ResNet-50 at 224: 8,178,368,512 FLOPs, the "4.1 G" of the tables in multiply–adds.
"""

from collections.abc import Callable, Sequence
from typing import Any

from course.cost.formula import INT64, Cost, Size
from course.cost.layers import batch_norm, convolution, kept, layer_norm, linear, parameters


def max_pool(N: Size, C: Size) -> Cost:
    """A max-pool with N outputs a channel: keeps where each came from. Its input a ReLU has kept."""
    return Cost(activation_bytes=INT64 * N * C)


def head(dim: Size, classes: Size) -> Cost:
    """A linear layer on one vector, or none."""
    return kept(dim) + linear(1, dim, classes) if classes else Cost()


# --- AlexNet -------------------------------------------------------------------------------------------


def alexnet(classes: Size = 1000, channels: Size = 3, *, resolution: Size = 224, **_: Any) -> Cost:
    """AlexNet, without dropout."""
    total, C, side = kept(channels * resolution**2), channels, (resolution + 4 - 11) // 4 + 1
    for D, kernel, pool in ((64, 11, True), (192, 5, True), (384, 3, False), (256, 3, False), (256, 3, True)):
        total += convolution(side**2, C, D, kernel) + kept(side**2 * D)  # behind the ReLU
        if pool:
            side = (side - 1) // 2
            total += max_pool(side**2, D) + kept(side**2 * D)
        C = D
    sizes = (C * 6 * 6, 4096, 4096)  # the last map, averaged to 6 × 6
    total += kept(*sizes) + linear(1, sizes[0], sizes[1]) + linear(1, sizes[1], sizes[2])
    return total + (linear(1, 4096, classes) if classes else Cost())


# --- ResNet --------------------------------------------------------------------------------------------

Layer = Callable[..., Cost]  # a convolution and a norm: layer(side, C, D, kernel, stride=1, relu=True)
Block = Callable[..., Cost]  # block(side, C, width, stride, stage, number)


def halved(side: Size, stride: int) -> Size:
    """The side of what a padded convolution of this stride makes: rounded up."""
    return (side + stride - 1) // stride


def convolution_norm(side: Size, C: Size, D: Size, kernel: Size, stride: int = 1, relu: bool = True) -> Cost:
    """A convolution without bias, a batch norm, and a ReLU unless said otherwise; the map is side × side."""
    N = halved(side, stride) ** 2
    behind = kept(N * D) if relu else Cost()
    return convolution(N, C, D, kernel, bias=False) + batch_norm(N, D) + behind


def basic(side: Size, C: Size, width: Size, stride: int) -> Cost:
    """Two 3 × 3 convolutions beside the shortcut, and the last ReLU."""
    N = halved(side, stride)
    around = convolution_norm(side, C, width, 1, stride, relu=False) if stride != 1 or width != C else Cost()
    through = convolution_norm(side, C, width, 3, stride) + convolution_norm(N, width, width, 3, relu=False)
    return through + around + kept(N**2 * width)


def bottleneck(
    side: Size,
    C: Size,
    width: Size,
    stride: int,
    *,
    out: Size | None = None,
    middle: Cost | None = None,
    layer: Layer = convolution_norm,
) -> Cost:
    """1 × 1, 3 × 3, 1 × 1 convolutions beside the shortcut, and the last ReLU.

    `middle` stands for something else than the 3 × 3 with its norm, up to but without the ReLU.
    """
    N, out = halved(side, stride), 4 * width if out is None else out
    middle = layer(side, width, width, 3, stride, relu=False) if middle is None else middle
    through = layer(side, C, width, 1) + middle + kept(N**2 * width) + layer(N, width, out, 1, relu=False)
    around = layer(side, C, out, 1, stride, relu=False) if stride != 1 or out != C else Cost()
    return through + around + kept(N**2 * out)


def stem(resolution: Size, channels: Size, width: Size) -> tuple[Cost, Size]:
    """7 × 7, norm, ReLU, max-pool: its cost, and the side of the map."""
    half = halved(resolution, 2)
    side = halved(half, 2)
    first = convolution_norm(resolution, channels, width, 7, 2)
    return kept(channels * resolution**2) + first + max_pool(side**2, width) + kept(side**2 * width), side


def stages(
    block: Block, depths: Sequence[int], side: Size, width: Size, expansion: int = 4
) -> tuple[Cost, Size, Size]:
    """All blocks, from a map side × side of `width` channels: cost, channels and side of the last map."""
    total, C = Cost(), width
    for stage, depth in enumerate(depths):
        for number in range(depth):
            stride = 2 if stage > 0 and number == 0 else 1
            total += block(side, C, width * 2**stage, stride, stage, number)
            side, C = halved(side, stride), expansion * width * 2**stage
    return total, C, side


def residual_network(
    block: Block,
    depths: Sequence[int],
    classes: Size = 1000,
    channels: Size = 3,
    *,
    width: Size = 64,
    resolution: Size = 224,
    expansion: int = 4,
    start: tuple[Cost, Size] | None = None,
) -> Cost:
    """A stem (ResNet's, or another with the side of its map in `start`), stages of blocks, and a head."""
    begin, side = stem(resolution, channels, width) if start is None else start
    blocks, C, _ = stages(block, depths, side, width, expansion)
    return begin + blocks + head(C, classes)


def resnet(variant: str = "50", channels: Size = 3, *, resolution: Size = 224, **sizes: Any) -> Cost:
    """A ResNet by the name of its variant: "18", "50", "CIFAR-18"."""
    kind, expansion, depths = RESNETS[variant.removeprefix("CIFAR-")]
    if variant.startswith("CIFAR-"):
        first = kept(channels * resolution**2) + convolution_norm(
            resolution, channels, sizes.get("width", 64), 3
        )
        sizes["start"] = first, resolution

    def block(side: Size, C: Size, width: Size, stride: int, stage: int, number: int) -> Cost:
        return kind(side, C, width, stride)

    return residual_network(
        block, depths, channels=channels, resolution=resolution, expansion=expansion, **sizes
    )


RESNETS: dict[str, tuple[Callable[..., Cost], int, tuple[int, ...]]] = {
    "18": (basic, 1, (2, 2, 2, 2)),
    "34": (basic, 1, (3, 4, 6, 3)),
    "50": (bottleneck, 4, (3, 4, 6, 3)),
    "101": (bottleneck, 4, (3, 4, 23, 3)),
    "152": (bottleneck, 4, (3, 8, 36, 3)),
}

# --- ConvNeXt V2 ---------------------------------------------------------------------------------------


def convnext(
    depths: Sequence[int] = (3, 3, 9, 3),
    dims: Sequence[Size] = (96, 192, 384, 768),
    classes: Size = 1000,
    channels: Size = 3,
    *,
    patch: Size = 4,
    resolution: Size = 224,
    **_: Any,
) -> Cost:
    """ConvNeXt V2."""
    total, C, side = kept(channels * resolution**2), channels, resolution // patch
    for stage, (depth, dim) in enumerate(zip(depths, dims)):
        if stage == 0:
            total += convolution(side**2, C, dim, patch) + layer_norm(side**2, dim)
        else:
            total += layer_norm(side**2, C) + kept(side**2 * C)
            side //= 2
            total += convolution(side**2, C, dim, 2)
        total += depth * convnext_block(side**2, dim)
        C = dim
    return total + layer_norm(1, C) + head(C, classes)


def convnext_block(N: Size, dim: Size) -> Cost:
    """A depthwise 7 × 7 convolution, a norm, and an MLP with GRN, on N positions.

    GRN keeps its input (GELU's output), that times its channel's strength, and 8 dim + 1 numbers of strength:
    with GELU's input and GRN's output four maps of the hidden width.
    """
    n = 4 * dim
    meet = kept(N * dim) + convolution(N, dim, dim, 7, groups=dim) + layer_norm(N, dim)
    grn = parameters(2 * n) + kept(2 * n + 1)
    return meet + kept(N * dim, 4 * N * n) + linear(N, dim, n) + grn + linear(N, n, dim)
