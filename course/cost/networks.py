"""What ResNets cost that have something else inside: attention in the place of convolutions, or beside them.

    non-local, A²                            blocks between ResNet-50's own
    AA, axial, stand-alone, local relation   a layer of `course.cost.maps` where a bottleneck has its 3 × 3
    hybrid                                   a ResNet of standardised convolutions, a ViT behind it

Sizes are those of each model's `build`, but that what is a class there is a name here: `form="Gaussian"`.
"""

from collections.abc import Sequence
from typing import Any

from course.cost.convolutional import bottleneck, convolution_norm, halved, max_pool, residual_network, stages
from course.cost.formula import Cost, Size
from course.cost.layers import batch_norm, convolution, encoder_layer, group_norm, kept, parameters
from course.cost.maps import (
    attention_stem,
    augmented,
    double_attention,
    height_then_width,
    local_relation,
    non_local,
    stand_alone,
)
from course.cost.vision import readout

GROUPS = 32


def non_local_resnet(
    form: str = "NonLocal",
    after: Sequence[Sequence[int]] = ((), (1, 3), (1, 3, 5), ()),
    *,
    fused: bool = True,
    **sizes: Any,
) -> Cost:
    """ResNet-50 with blocks of this form behind these of its own; "DoubleAttention" is a form, too."""

    def block(side: Size, C: Size, width: Size, stride: int, stage: int, number: int) -> Cost:
        own = bottleneck(side, C, width, stride)
        if number not in after[stage]:
            return own
        to, out = halved(side, stride), 4 * width
        if form == "DoubleAttention":
            look = double_attention(to, to, out, fused=fused)
        else:
            look = non_local(to, to, out, form=form, fused=fused)
        return own + look + kept(to**2 * out)  # its output, which the next block reads

    return residual_network(block, (3, 4, 6, 3), **sizes)


def augmented_resnet(
    depths: Sequence[int] = (3, 4, 6, 3),
    image_size: Size = 224,
    kappa: float = 0.2,
    upsilon: float = 0.1,
    *,
    resolution: Size | None = None,
    heads: int = 8,
    **sizes: Any,
) -> Cost:
    """AA-ResNet: augmented convolutions in all stages but the first; widths are rounded to whole heads."""

    def block(side: Size, C: Size, width: Size, stride: int, stage: int, number: int) -> Cost:
        if stage == 0:
            return bottleneck(side, C, width, stride)
        keys = heads * max(round(kappa * width / heads), 20)
        values = heads * max(round(upsilon * width / heads), 1)
        grid = -(-image_size // (4 * 2**stage))
        mixed = augmented(side, width, width, keys, values, heads, grid, stride=stride)
        return bottleneck(side, C, width, stride, middle=mixed + batch_norm(halved(side, stride) ** 2, width))

    return residual_network(
        block, depths, resolution=image_size if resolution is None else resolution, **sizes
    )


def axial_resnet(
    depths: Sequence[int] = (3, 4, 6, 3),
    *,
    image_size: Size = 224,
    heads: Size = 8,
    resolution: Size | None = None,
    **sizes: Any,
) -> Cost:
    """Axial-ResNet: blocks of twice the inner width, and no norm behind the attention."""

    def block(side: Size, C: Size, width: Size, stride: int, stage: int, number: int) -> Cost:
        longest = -(-image_size * stride // 2 ** (stage + 2))
        look = height_then_width(side, 2 * width, heads, longest, stride)
        return bottleneck(side, C, 2 * width, stride, out=4 * width, middle=look)

    return residual_network(
        block, depths, resolution=image_size if resolution is None else resolution, **sizes
    )


def stand_alone_resnet(
    depths: Sequence[int] = (3, 4, 6, 3),
    channels: Size = 3,
    *,
    width: Size = 64,
    resolution: Size = 224,
    full: bool = False,
    **sizes: Any,
) -> Cost:
    """ResNet of stand-alone attention; `full` with the attention stem."""

    def block(side: Size, C: Size, width: Size, stride: int, stage: int, number: int) -> Cost:
        look = stand_alone(side, side, width, stride=stride)
        return bottleneck(side, C, width, stride, middle=look + batch_norm(halved(side, stride) ** 2, width))

    if full:
        images = kept(channels * resolution**2)
        sizes["start"] = images + attention_stem(resolution, resolution, channels, width), resolution // 4
    return residual_network(block, depths, channels=channels, width=width, resolution=resolution, **sizes)


def lr_net(
    depths: Sequence[int] = (3, 4, 6, 3),
    channels: Size = 3,
    *,
    width: Size = 64,
    resolution: Size = 224,
    **sizes: Any,
) -> Cost:
    """LR-Net: local relation in the stem and in every block, which is 100/64 as wide inside."""

    def relate(side: Size, C: Size, stride: int) -> Cost:
        return local_relation(side, side, C, stride=stride) + batch_norm(halved(side, stride) ** 2, C)

    def block(side: Size, C: Size, width: Size, stride: int, stage: int, number: int) -> Cost:
        inner = width * 100 // 64
        return bottleneck(side, C, inner, stride, out=4 * width, middle=relate(side, inner, stride))

    half = halved(resolution, 2)
    side = halved(half, 2)
    lifted = kept(channels * resolution**2) + convolution_norm(resolution, channels, width, 1)
    related = relate(resolution, width, 2) + kept(half**2 * width)
    start = lifted + related + max_pool(side**2, width) + kept(side**2 * width)
    return residual_network(block, depths, width=width, start=(start, side), **sizes)


# --- Hybrid ViT ----------------------------------------------------------------------------------------


def standardised_norm(side: Size, C: Size, D: Size, kernel: Size, stride: int = 1, relu: bool = True) -> Cost:
    """A standardised convolution, a group norm, and a ReLU unless said otherwise.

    Where its kernel reaches over the border it is padded by hand, and keeps a copy of its input with that
    border; and of the kernels, once a batch, it keeps what their standardising needs: less their mean, twice,
    the deviations, and themselves standardised.
    """
    to = halved(side, stride)
    padded = (to - 1) * stride + kernel
    copy = kept(C * padded**2) if padded > side else Cost()
    kernels = kept(3 * kernel**2 * C * D, D).once()
    behind = kept(to**2 * D) if relu else Cost()
    convolved = copy + convolution(to**2, C, D, kernel, bias=False) + kernels
    return convolved + group_norm(to**2, D, GROUPS) + behind


def hybrid(
    depths: Sequence[int] = (3, 4, 9),
    image_size: Size = 224,
    dim: Size = 768,
    channels: Size = 3,
    *,
    depth: Size = 12,
    heads: Size = 12,
    hidden: Size = 3072,
    classes: Size = 1000,
    width: Size = 64,
    resolution: Size | None = None,
    fused: bool = True,
) -> Cost:
    """Hybrid ViT: each pixel of a ResNet's last map is a token."""
    resolution = image_size if resolution is None else resolution
    patch = 4 * 2 ** (len(depths) - 1)
    N = (resolution // patch) ** 2

    def block(side: Size, C: Size, width: Size, stride: int, stage: int, number: int) -> Cost:
        return bottleneck(side, C, width, stride, layer=standardised_norm)

    half = halved(resolution, 2)
    side = halved(half, 2)
    first = standardised_norm(resolution, channels, width, 7, 2)
    pool = kept((2 * side + 1) ** 2 * width, side**2 * width) + max_pool(side**2, width)  # pads a copy
    blocks, C, _ = stages(block, depths, side, width)
    embedding = first + pool + blocks + convolution(N, C, dim, 1)
    front = parameters(dim, (1 + (image_size // patch) ** 2) * dim)  # CLS, positions
    layers = depth * encoder_layer(1 + N, dim, hidden, heads, fused=fused)
    return embedding + front + layers + readout(1 + N, dim, classes)
