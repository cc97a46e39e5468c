"""What the models of sequences cost, for one pair of sentences or one image of pixels.

The sizes are those of each model's `build`, and the lengths of what is read and written. With s source and t
target tokens, V words, width d, n hidden units, h heads and `layers` layers, the Transformer (post-norm) has

    parameters   Vd + layers · (12d² + 4dn + 24d + 2n)
    FLOPs        layers · (8sd² + 4s²d + 4sdn  +  (12t + 4s)d² + 4t²d + 4std + 4tdn)  +  2tdV

One matrix embeds and writes, so it is paid once. Sentences are without padding, so that the recurrent
networks go all the way; padding costs the Transformer as much as words do.

What people usually get wrong: a recurrent network is not slow for its arithmetic, two FLOPs a weight and
word as in any linear layer, but because its steps must wait for each other.
"""

from typing import Any

from course.cost.formula import INT64, Cost, Size
from course.cost.layers import (
    cross_attention,
    embedding,
    encoder_layer,
    kept,
    layer_norm,
    linear,
    mask,
    mlp,
    parameters,
    product,
    self_attention,
)


def transformer(
    source: Size,
    target: Size,
    vocabulary: Size,
    dim: Size = 512,
    heads: Size = 8,
    hidden: Size = 2048,
    layers: Size = 6,
    *,
    norm: str = "post",
    activation: str = "relu",
    fused: bool = True,
    **_: Any,
) -> Cost:
    """The encoder–decoder on a source of so many tokens and a target of so many, padding included."""
    options: dict[str, Any] = dict(fused=fused, masked=True)
    padding = mask(source, fused=fused)  # in each layer: it makes a copy of its own
    causal = mask(target**2, fused=fused).once()
    encoder = padding + encoder_layer(source, dim, hidden, heads, activation=activation, **options)
    decoder = causal + encoder_layer(target, dim, hidden, heads, activation=activation, **options)
    decoder += padding + layer_norm(target, dim) + cross_attention(target, source, dim, heads, **options)

    tables = embedding(source, vocabulary, dim) + embedding(target, vocabulary, dim).tied()
    final = layer_norm(source, dim) + layer_norm(target, dim) if norm == "pre" else Cost()
    logits = linear(target, dim, vocabulary, bias=False).tied()
    # the memory is kept by the decoder layers that read it, the last layer's output by the logits
    read = kept(source * dim, target * dim)
    return tables + layers * (encoder + decoder) + final + read + logits


# --- Recurrent networks ----------------------------------------------------------------------------------

CELLS = {  # gates; numbers kept a step beside them; numbers that one step hands to the next
    "gru": (3, 3, 1),  # the candidate's hidden part comes in a chunk of all three gates; the state
    "lstm": (4, 1, 2),  # the tanh of its cell; the state and the cell
}


def recurrent(steps: Size, d: Size, H: Size, cell: str) -> Cost:
    """A GRU or LSTM in one direction, its inputs aside: d inputs, H units."""
    gates, beside, handed = CELLS[cell]
    weights = linear(steps, d, gates * H) + linear(steps, H, gates * H)
    return weights + kept(steps * (gates + beside) * H, (steps - 1) * handed * H)


def seq2seq(
    source: Size,
    target: Size,
    vocabulary: Size,
    dim: Size = 620,
    hidden: Size = 1000,
    cell: str = "gru",
    *,
    attention: bool = False,
    **_: Any,
) -> Cost:
    """The recurrent encoder–decoder, with Bahdanau's attention or without.

    On the CPU without oneDNN, whose LSTM keeps a workspace of its own (`measure(…, numbers=True)`).
    """
    H, handed = hidden, CELLS[cell][2]
    # in which order the rows are packed, and how many there are at each step
    order = Cost(activation_bytes=2 * INT64) + Cost(activation_bytes=INT64 * source).once()
    zeros = kept(2 * handed * H)  # the states that both directions start from
    read = embedding(source, vocabulary, dim) + order + kept(source * dim) + zeros
    read += 2 * recurrent(source, dim, H, cell)
    begin = kept(2 * H, handed * H) + linear(1, 2 * H, H)
    write = embedding(target, vocabulary, dim).tied() + kept(target * (dim + 2 * H))
    write += recurrent(target, dim + 2 * H, H, cell)
    output = kept(target * (3 * H + dim), target * dim) + linear(target, 3 * H + dim, dim)
    logits = linear(target, dim, vocabulary, bias=False).tied()
    look = additive_attention(source, target, H) if attention else Cost()
    return read + begin + write + look + output + logits


def additive_attention(source: Size, target: Size, H: Size) -> Cost:
    """Bahdanau's, of a state of H numbers to source states of 2H: keys once, then step by step."""
    keys = kept(source * 2 * H) + linear(source, 2 * H, H, bias=False)
    pairs = source * target
    scores = linear(target, H, H, bias=False) + kept(pairs * H) + linear(pairs, H, 1, bias=False)
    mean = product(target, source, 2 * H) + kept(2 * pairs)  # weights before and behind the mask
    return keys + scores + mean + target * mask(source, fused=False)


# --- Images, pixel by pixel ------------------------------------------------------------------------------


def rms_norm(L: Size, d: Size) -> Cost:
    """Keeps its input, a root of the mean square a token, and the input divided by it."""
    return Cost(parameters=d) + kept(2 * L * d, L)


def pixel_transformer(
    colours: Size = 512,
    image_size: Size = 32,
    dim: Size = 512,
    depth: Size = 24,
    heads: Size = 8,
    *,
    pixels: Size | None = None,
    fused: bool = True,
) -> Cost:
    """Image GPT on so many pixels (all, unless said); its GELU is the quick one, its norms have no β."""
    N = image_size**2 if pixels is None else pixels
    attend = self_attention(N, dim, heads, fused=fused, masked=True) + mask(N**2, fused=fused).once()
    layer = 2 * rms_norm(N, dim) + attend + mlp(N, dim, 4 * dim, "quick_gelu")
    front = embedding(N, colours + 1, dim) + parameters(image_size**2 * dim)
    return front + depth * layer + rms_norm(N, dim) + kept(N * dim) + linear(N, dim, colours, bias=False)
