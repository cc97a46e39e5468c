"""What the models of several modalities cost: for one picture, one text, one caption, one video.

CLIP is a ViT beside a causal Transformer. With L tokens, width d, four hidden units a channel and vectors of
width J, of which there are I for pictures and T for texts,

    a tower   FLOPs   depth · (24Ld² + 4L²d) + 2dJ, and 6 (L − 1) patch² d for the patches of a picture
    logits    FLOPs   2ITJ

so that B/32 does 8.82 GFLOPs for a picture and 5.96 for a text. The tables are those of
`course.multimodal.clip.VARIANTS`: `image, text = VARIANTS["B/32"]`, `image_tower(**image)`.

What people usually get wrong: the logits of a batch are many, but each costs 2J FLOPs only; what a batch of
32,768 asks for is memory, 4 GiB for them alone.
"""

from collections.abc import Mapping
from typing import Any

from course.cost.formula import INT64, Cost, Size
from course.cost.language import additive_attention, recurrent
from course.cost.layers import (
    convolution,
    embedding,
    encoder_layer,
    kept,
    layer_norm,
    linear,
    mask,
    parameters,
    product,
)


def image_tower(
    image_size: Size,
    patch: Size,
    dim: Size,
    depth: Size,
    heads: Size,
    joint: Size,
    channels: Size = 3,
    *,
    resolution: Size | None = None,
    fused: bool = True,
) -> Cost:
    """A picture to its vector, by CLIP's ViT."""
    resolution = image_size if resolution is None else resolution
    N = (resolution // patch) ** 2
    patches = kept(channels * resolution**2) + convolution(N, channels, dim, patch, bias=False)
    front = parameters(dim, (1 + (image_size // patch) ** 2) * dim) + layer_norm(1 + N, dim)
    layer = encoder_layer(1 + N, dim, 4 * dim, heads, activation="quick_gelu", fused=fused)
    # the last norm reads one token, and so keeps all
    last = Cost(parameters=2 * dim) + kept((1 + N) * dim, 2) + kept(dim)
    return patches + front + depth * layer + last + linear(1, dim, joint, bias=False)


def text_tower(
    vocabulary: Size,
    context: Size,
    dim: Size,
    depth: Size,
    heads: Size,
    joint: Size,
    *,
    tokens: Size | None = None,
    fused: bool = True,
    **_: Any,
) -> Cost:
    """A text of so many tokens (the longest, unless said) to its vector, by CLIP's Transformer."""
    L = context if tokens is None else tokens
    layer = encoder_layer(L, dim, 4 * dim, heads, activation="quick_gelu", fused=fused, masked=True)
    layer += mask(L**2, fused=fused).once()
    place = Cost(activation_bytes=2 * INT64)  # which row, and where its end is
    last = layer_norm(1, dim) + kept(dim) + place + linear(1, dim, joint, bias=False)
    return embedding(L, vocabulary, dim) + parameters(context * dim) + depth * layer + last


def clip(image: Mapping[str, Any], text: Mapping[str, Any], **options: Any) -> Cost:
    """One picture and one text, in vectors: both towers, and the scale; logits come on top (`logits`)."""
    return image_tower(**image, **options) + text_tower(**text, **options) + parameters(1)


def logits(images: Size, texts: Size, joint: Size) -> Cost:
    """Every picture with every text, from vectors: FLOPs alone."""
    return product(images, joint, texts)


def captioner(
    places: Size,
    steps: Size,
    places_dim: Size,
    vocabulary: Size,
    dim: Size = 512,
    hidden: Size = 1800,
    attention: Size = 512,
    **_: Any,
) -> Cost:
    """Show, attend and tell behind its encoder: parameters and FLOPs of a caption, soft attention."""
    D, m, n, k = places_dim, dim, hidden, attention
    keys = linear(places, D, k, bias=False)
    begin = 2 * linear(1, D, n)
    look = linear(steps, n, k, bias=False) + linear(steps * places, k, 1, bias=False)
    look += product(steps, places, D) + linear(steps, n, 1)
    cell = linear(steps, m + D, 4 * n) + linear(steps, n, 4 * n)
    write = linear(steps, n, m, bias=False) + linear(steps, D, m, bias=False) + linear(steps, m, vocabulary)
    return _work(parameters(vocabulary * m) + keys + begin + look + cell + write)


def retrieval(
    experts: Mapping[str, int],
    text: Size,
    times: Size = 30,
    dim: Size = 512,
    heads: Size = 4,
    hidden: Size = 3072,
    layers: Size = 4,
    *,
    frames: Size | None = None,
    **_: Any,
) -> Cost:
    """MMT behind its text tower, whose vectors have `text` numbers: parameters and FLOPs of a pair.

    frames: how many an expert has, as many as there are times unless said.
    """
    E, T = len(experts), times if frames is None else frames
    enter = sum(linear(T, width, dim) for width in experts.values())
    tokens = parameters((E + times) * dim)
    read = E * (linear(1, text, dim) + linear(1, dim, dim)) + linear(1, text, E)
    watch = layers * encoder_layer(E * (1 + T), dim, hidden, heads)
    return _work(enter + tokens + read + watch + product(1, dim, E))


def av_align(
    moments: Size,
    frames: Size,
    steps: Size,
    vocabulary: Size,
    bands: Size,
    dim: Size = 128,
    hidden: Size = 256,
    **_: Any,
) -> Cost:
    """AV-Align behind its eye, of so many moments of sound, frames, and words: parameters and FLOPs."""
    N, M, H = moments, frames, hidden
    hear = linear(N, bands, dim) + 2 * recurrent(N, dim, H, "gru")
    watch = 2 * recurrent(M, dim, H, "gru") + parameters((2 * H + 1) * 2)  # what is shown, asked in training
    look = linear(M, 2 * H, 2 * H, bias=False) + product(N, 2 * H, M) + product(N, M, 2 * H)
    look += linear(N, 4 * H, 2 * H) + additive_attention(N, steps, H)
    write = embedding(steps, vocabulary, dim) + linear(1, 2 * H, H) + recurrent(steps, dim + 2 * H, H, "gru")
    write += linear(steps, 3 * H + dim, dim) + linear(steps, dim, vocabulary, bias=False).tied()
    return _work(hear + watch + look + write)


def _work(cost: Cost) -> Cost:
    """Parameters and FLOPs alone."""
    return Cost(cost.parameters, cost.flops)
