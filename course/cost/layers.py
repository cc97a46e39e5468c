"""The formulas of the layers that every model here is made of, for one sample.

    layer                     parameters              FLOPs                  kept for backward, in numbers
    linear                    dn + n                  2Ldn                   its input: Ld
    convolution k × k         k²CD/groups + D         2k²CD·HW/groups        its input
    layer norm                2d                      –                      its input and statistics: Ld + 2L
    batch norm                2C                      –                      its input, and 2C a batch
    self-attention, fused     4d² + 4d                8Ld² + 4L²d            5Ld + hL   (x, Q, K, V, output)
    self-attention, explicit  4d² + 4d                8Ld² + 4L²d            5Ld + hL²  (and the weights)
    MLP with GELU             2dn + d + n             4Ldn                   Ld + 2Ln   (GELU's two sides)
    encoder layer, fused      4d² + 2dn + 9d + n      8Ld² + 4L²d + 4Ldn     8Ld + 2Ln + 4L + hL

with L tokens, width d, n hidden units and h heads. So memory grows with L² along the explicit path only,
while the FLOPs do so along both.

A tensor that two layers keep is kept once. Hence the rule: a norm counts its own input, since no other layer
reads what a residual connection adds up; `linear` and `convolution` do not count theirs, and who calls them
says which tensors there are, by `kept`.
"""

from course.cost.formula import FLOAT32, INT64, Cost, Size

ACTIVATIONS = {  # how many tensors are kept between two linear layers, the second one's input included
    "relu": 1,  # its output says where its input was positive
    "gelu": 2,  # its input, its output
    "quick_gelu": 2,  # 1.702 x, its output
}


def parameters(*numbers: Size) -> Cost:
    """Parameters that are added or multiplied: tokens, positions, factors."""
    return Cost(parameters=sum(numbers))


def kept(*numbers: Size) -> Cost:
    """Tensors of float32 that autograd keeps for each sample: `kept(L * d, L * n)`."""
    return Cost(activation_bytes=FLOAT32 * sum(numbers))


def linear(L: Size, d: Size, n: Size, bias: bool = True) -> Cost:
    """A linear layer d -> n on L tokens."""
    return Cost(d * n + (n if bias else 0), 2 * L * d * n)


def product(a: Size, b: Size, c: Size) -> Cost:
    """A matrix product without weights, (a, b) @ (b, c)."""
    return Cost(flops=2 * a * b * c)


def convolution(N: Size, C: Size, D: Size, kernel: Size, groups: Size = 1, bias: bool = True) -> Cost:
    """A kernel × kernel convolution of C channels to D, at N positions of its *output*."""
    weights = kernel**2 * (C // groups) * D
    return Cost(weights + (D if bias else 0), 2 * N * weights)


def layer_norm(L: Size, d: Size) -> Cost:
    """Keeps its input, and a mean and a standard deviation a token."""
    return Cost(parameters=2 * d) + kept(L * d, 2 * L)


def batch_norm(N: Size, C: Size) -> Cost:
    """In training, on N positions: keeps its input, and once a batch a mean and a deviation a channel."""
    return Cost(parameters=2 * C) + kept(N * C) + kept(2 * C).once()


def group_norm(N: Size, C: Size, groups: Size) -> Cost:
    """Keeps its input, and a mean and a standard deviation a group."""
    return Cost(parameters=2 * C) + kept(N * C, 2 * groups)


def embedding(L: Size, vocabulary: Size, d: Size) -> Cost:
    """L rows of a table: keeps their numbers."""
    return Cost(parameters=vocabulary * d, activation_bytes=INT64 * L)


def attention(Lq: Size, Lk: Size, d: Size, heads: Size, *, fused: bool = True, masked: bool = False) -> Cost:
    """softmax(Q Kᵀ) V in all heads, d channels in all: keeps Q, K, V, the output, and how the softmax went.

    That is one number a head and query for the fused kernel, which computes the weights a second time in the
    backward pass; and along the explicit path the weights, with a mask both before and after their zeros are
    written. The mask itself is not in it (`mask`).
    """
    softmax = heads * Lq if fused else (1 + masked) * heads * Lq * Lk
    return product(Lq, d, Lk) + product(Lq, Lk, d) + kept(2 * Lq * d, 2 * Lk * d, softmax)


def mask(entries: Size, *, fused: bool = True) -> Cost:
    """A mask: the fused kernel's copy in float32, or along the explicit path its inverse, twice."""
    return Cost(activation_bytes=entries * (FLOAT32 if fused else 2))


def self_attention(L: Size, d: Size, heads: Size, *, fused: bool = True, masked: bool = False) -> Cost:
    """Multi-head attention of L tokens to themselves."""
    return kept(L * d) + 4 * linear(L, d, d) + attention(L, L, d, heads, fused=fused, masked=masked)


def cross_attention(
    Lq: Size, Lk: Size, d: Size, heads: Size, *, fused: bool = True, masked: bool = False
) -> Cost:
    """Multi-head attention of Lq tokens to Lk others; those are kept by whoever made them."""
    projections = 2 * linear(Lq, d, d) + 2 * linear(Lk, d, d)
    return kept(Lq * d) + projections + attention(Lq, Lk, d, heads, fused=fused, masked=masked)


def mlp(L: Size, d: Size, n: Size, activation: str = "gelu") -> Cost:
    """Two linear layers with an activation between, on each of L tokens."""
    return kept(L * d, ACTIVATIONS[activation] * L * n) + linear(L, d, n) + linear(L, n, d)


def encoder_layer(
    L: Size,
    d: Size,
    n: Size,
    heads: Size,
    *,
    activation: str = "gelu",
    fused: bool = True,
    masked: bool = False,
) -> Cost:
    """Self-attention, an MLP and two norms: the same cost whether the norms come before or behind."""
    attend = self_attention(L, d, heads, fused=fused, masked=masked)
    return 2 * layer_norm(L, d) + attend + mlp(L, d, n, activation)


def patch_embedding(image_size: Size, patch: Size, dim: Size, channels: Size = 3) -> Cost:
    """One convolution over a square image, which is kept."""
    N = (image_size // patch) ** 2
    return kept(channels * image_size**2) + convolution(N, channels, dim, patch)
