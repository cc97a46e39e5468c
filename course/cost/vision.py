"""What the Vision Transformers cost, for one image; the sizes are those of each model's `build`.

With L tokens, CLS included, width d, n hidden units, h heads, patches of p × p pixels and c classes, ViT has

    parameters         depth · (4d² + 2dn + 9d + n)  +  (3p² + 1)d + (L + 1)d  +  2d  +  (d + 1)c
    FLOPs              depth · (8Ld² + 4L²d + 4Ldn)  +  6(L − 1)p²d  +  2dc
    kept, in numbers   depth · (8Ld + 2Ln + 4L + hL)  +  3(L − 1)p²  +  2Ld + 2L

with hL² for hL where the explicit path of attention runs (`fused=False`). B/16 at 224: 35,127,656,448 FLOPs,
which is 17.56 G multiply–adds, 16.85 of them outside of the products of attention. timm reports 17.58, and
fvcore, which leaves those products out, 16.87: both count a little that is no product.

    vit(**VARIANTS["B/16"], resolution=384)

is the model that was made for 224, at 384: `resolution` is what the FLOPs and the memory depend on, while the
parameters depend on the `image_size` that positions were made for. Neither needs to be a number.

What people usually get wrong: a CLS token is a slice, and whoever keeps it keeps all L tokens; talking heads
keep four matrices of N² weights a head where the fused kernel keeps none.
"""

from collections.abc import Sequence
from typing import Any

from course.cost.formula import Cost, Size
from course.cost.layers import (
    attention,
    batch_norm,
    convolution,
    encoder_layer,
    kept,
    layer_norm,
    linear,
    mlp,
    parameters,
    patch_embedding,
    product,
)


def vit(
    image_size: Size = 224,
    patch: Size = 16,
    dim: Size = 768,
    depth: Size = 12,
    heads: Size = 12,
    hidden: Size = 3072,
    classes: Size = 1000,
    channels: Size = 3,
    *,
    resolution: Size | None = None,
    extra: int = 1,
    fused: bool = True,
) -> Cost:
    """ViT. `extra` tokens stand before the patches: CLS, and DeiT's for distillation; each has a head."""
    resolution = image_size if resolution is None else resolution
    L = extra + (resolution // patch) ** 2
    front = parameters(extra * dim, (extra + (image_size // patch) ** 2) * dim)  # tokens, positions
    layers = depth * encoder_layer(L, dim, hidden, heads, fused=fused)
    stem = patch_embedding(resolution, patch, dim, channels)
    return stem + front + layers + readout(L, dim, classes, heads=extra)


def readout(L: Size, dim: Size, classes: Size, heads: int = 1) -> Cost:
    """The last norm, and heads that each read one token of L, and so keep them all."""
    head = kept(L * dim) + heads * linear(1, dim, classes) if classes else Cost()
    return layer_norm(L, dim) + head


def deit(**sizes: Any) -> Cost:
    """DeiT with its distillation token and the head on it."""
    return vit(**{"patch": 16, **sizes}, extra=2)


def cait(
    image_size: Size = 224,
    patch: Size = 16,
    dim: Size = 384,
    depth: Size = 24,
    heads: Size = 8,
    hidden: Size = 1536,
    classes: Size = 1000,
    channels: Size = 3,
    *,
    class_depth: Size = 2,
    resolution: Size | None = None,
    fused: bool = True,
    **_: Any,
) -> Cost:
    """CaiT. `fused` is about its class attention: for talking heads there is no fused kernel."""
    resolution = image_size if resolution is None else resolution
    N = (resolution // patch) ** 2
    front = parameters(dim, (image_size // patch) ** 2 * dim)  # CLS, positions
    trunk = depth * trunk_layer(N, dim, hidden, heads)
    summary = class_depth * class_layer(1 + N, dim, hidden, heads, fused=fused)
    stem = patch_embedding(resolution, patch, dim, channels)
    return stem + front + trunk + summary + readout(1 + N, dim, classes)


def layer_scale(L: Size, dim: Size) -> Cost:
    """A factor a channel: keeps what it multiplies."""
    return parameters(dim) + kept(L * dim)


def trunk_layer(N: Size, dim: Size, n: Size, heads: Size) -> Cost:
    """CaiT's layer of patches: the heads are mixed before and behind the softmax.

    Of the weights, scores and their mixtures, (h, N, N) each, four are kept: both inputs of the mixing, what
    the softmax gives, and what multiplies the values.
    """
    mixing = 2 * linear(N**2, heads, heads)
    attend = product(N, dim, N) + product(N, N, dim) + mixing + kept(4 * N * dim, 4 * heads * N**2)
    attend += kept(N * dim) + 4 * linear(N, dim, dim)
    return 2 * layer_norm(N, dim) + attend + mlp(N, dim, n) + 2 * layer_scale(N, dim)


def class_layer(L: Size, dim: Size, n: Size, heads: Size, *, fused: bool = True) -> Cost:
    """CaiT's layer for CLS alone: one query to all L tokens, of which the query is one."""
    projections = kept(L * dim) + 2 * linear(1, dim, dim) + 2 * linear(L, dim, dim)
    attend = projections + attention(1, L, dim, heads, fused=fused)
    return layer_norm(L, dim) + attend + layer_norm(1, dim) + mlp(1, dim, n) + 2 * layer_scale(1, dim)


def cpvt(
    patch: Size = 16,
    dim: Size = 768,
    depth: Size = 12,
    heads: Size = 12,
    hidden: Size = 3072,
    classes: Size = 1000,
    channels: Size = 3,
    *,
    resolution: Size = 224,
    cls: bool = True,
    fused: bool = True,
) -> Cost:
    """CPVT: no positions, but one depthwise convolution. Without `cls` the head reads the mean ("-GAP")."""
    N = (resolution // patch) ** 2
    L = N + 1 if cls else N
    peg = kept(L * dim) + convolution(N, dim, dim, 3, groups=dim)
    layers = depth * encoder_layer(L, dim, hidden, heads, fused=fused)
    mean = layer_norm(L, dim) + (kept(dim) + linear(1, dim, classes) if classes else Cost())
    end = parameters(dim) + readout(L, dim, classes) if cls else mean
    return patch_embedding(resolution, patch, dim, channels) + layers + peg + end


def cvt(
    dims: Sequence[Size] = (64, 192, 384),
    heads: Sequence[Size] = (1, 3, 6),
    depths: Sequence[Size] = (1, 2, 10),
    classes: Size = 1000,
    channels: Size = 3,
    *,
    stride: Size = 4,
    resolution: Size = 224,
    fused: bool = True,
    **_: Any,
) -> Cost:
    """CvT: overlapping patches in every stage, and CLS in the last."""
    total, C, side = Cost(), channels, resolution
    for stage, (dim, h, depth) in enumerate(zip(dims, heads, depths)):
        kernel, step = (3, 2) if stage else (7, stride)
        padding = (kernel - step + 1) // 2
        total += kept(C * side**2)  # what is embedded, an image or the map of the stage before
        side = (side + 2 * padding - kernel) // step + 1
        total += convolution(side**2, C, dim, kernel) + layer_norm(side**2, dim)
        C, extra = dim, int(stage == len(dims) - 1)
        total += depth * cvt_layer(side, dim, h, extra, fused=fused)
    return total + parameters(C) + readout(1 + side**2, C, classes)


def cvt_layer(side: Size, dim: Size, heads: Size, extra: int, *, fused: bool = True) -> Cost:
    """CvT's layer: q from a convolution of the side × side map, k and v from convolutions of stride 2."""
    N, M = side**2, ((side + 1) // 2) ** 2
    Lq, Lk = extra + N, extra + M
    maps = kept(Lq * dim) + convolved(N, dim, extra) + 2 * convolved(M, dim, extra)
    attend = maps + 2 * linear(Lq, dim, dim) + 2 * linear(Lk, dim, dim)
    attend += attention(Lq, Lk, dim, heads, fused=fused)
    return 2 * layer_norm(Lq, dim) + attend + mlp(Lq, dim, 4 * dim, "quick_gelu")


def convolved(N: Size, dim: Size, extra: int) -> Cost:
    """A depthwise convolution and a batch norm, read by a linear layer together with the extra tokens."""
    depthwise = convolution(N, dim, dim, 3, groups=dim, bias=False)
    return depthwise + batch_norm(N, dim) + kept((extra + N) * dim)
