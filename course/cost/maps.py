"""What attention over feature maps costs: C channels, N = H · W pixels, h heads, windows of k × k pixels.

    layer                 FLOPs beside its projections                kept of the weights, in numbers
    non-local             4NMC', M = ⌈H/2⌉⌈W/2⌉ keys of width C'      NM
    double attention      4N·c_m·c_n                                  2N·c_n: no pair of pixels is compared
    AA convolution        2N²(d_k + d_v) + 2N(H + W)d_k               hN²
    axial, both axes      7N(H + W)C                                  4hN(H + W)
    stand-alone           4Nk²C                                       2hNk², and 2Nk²C: k and v spread out
    local relation        2Nk²C                                       2NGk², G = ⌈C/m⌉, and 2Nk²C

PyTorch's fused kernel for the CPU runs in one of them, the non-local block with its embedded Gaussian, which
then keeps N numbers for the NM. Two others call for it in vain: it wants values as wide as keys, which the
Gaussian form has not, and no mask that is learned, which AA has. There the weights are kept, record or not.

Each layer stands without its input; where it is alone, add `kept(C * N)`. `course.cost.networks`
puts them into ResNets.
"""

from course.cost.convolutional import halved, max_pool
from course.cost.formula import INT64, Cost, Size
from course.cost.layers import attention, batch_norm, convolution, kept, linear, parameters, product

BYTE = 1  # of a boolean


# --- The whole map at once -----------------------------------------------------------------------------


def non_local(
    H: Size, W: Size, C: Size, inner: Size | None = None, *, form: str = "NonLocal", fused: bool = True
) -> Cost:
    """The non-local block, by the name of its class. `fused` says that no record is asked for."""
    n = C // 2 if inner is None else inner
    N, M = H * W, halved(H, 2) * halved(W, 2)
    d = C if form == "Gaussian" else n  # the width of queries and keys
    value = convolution(N, C, n, 1) + kept(N * n) + max_pool(M, n)  # and the map that is pooled
    key = max_pool(M, C) if form == "Gaussian" else value
    query = Cost() if form == "Gaussian" else convolution(N, C, n, 1)
    output = convolution(N, n, C, 1, bias=False) + batch_norm(N, C)
    meet = attention(N, M, n, 1, fused=fused)
    if form == "Gaussian":  # its queries, which are x, are scaled, and so a copy of x is kept
        meet = product(N, d, M) + product(N, M, n) + kept(N * d, M * d, M * n, N * M, N * n)
    elif form == "DotProduct":
        between = d * n if fused else N * M  # what stands between the two products, in either order
        first = product(d, M, n) + product(N, d, n) if fused else product(N, d, M) + product(N, M, n)
        meet = first + kept(N * d, M * d, M * n, between, N * n)
    elif form == "Concatenation":
        scores = linear(N, n, 1, bias=False) + linear(M, n, 1, bias=False)
        meet = scores + product(N, M, n) + kept(N * n, M * n, M * n, 2 * N * M, N * n)
    return query + key + value + meet + output


def double_attention(
    H: Size,
    W: Size,
    C: Size,
    features: Size | None = None,
    descriptors: Size | None = None,
    *,
    fused: bool = True,
) -> Cost:
    """A²: gather and distribute. With a record, `fused=False`, their product, N × N, is made, too."""
    m = C // 2 if features is None else features
    n = C // 2 if descriptors is None else descriptors
    N = H * W
    projections = convolution(N, C, m, 1) + 2 * convolution(N, C, n, 1) + kept(N * m, 2 * N * n)
    meet = product(n, N, m) + product(N, n, m) + kept(n * m)
    shown = Cost() if fused else product(N, n, N)
    return projections + meet + shown + kept(N * m) + convolution(N, m, C, 1)


def pixel_attention(
    H: Size, W: Size, C: Size, keys: Size, values: Size, heads: Size, grid: tuple[Size, Size]
) -> Cost:
    """Attention with relative positions in height and width, whose tables were made for `grid`."""
    N, D = H * W, keys // heads
    tables = parameters((2 * grid[0] - 1 + 2 * grid[1] - 1) * D) + (looked_up(H, D) + looked_up(W, D))
    positions = product(N, keys, H + W) + kept(2 * N * keys)  # the queries, in two orders
    meet = product(N, keys, N) + product(N, N, values) + kept(2 * N * keys, N * values, heads * N**2)
    output = kept(N * values) + convolution(N, values, values, 1, bias=False)
    return convolution(N, C, 2 * keys + values, 1, bias=False) + tables + positions + meet + output


def looked_up(L: Size, width: Size) -> Cost:
    """A vector for each pair of L places: kept once a batch, with the numbers of its rows in the table."""
    return (kept(L**2 * width) + Cost(activation_bytes=INT64 * L**2)).once()


def augmented(
    side: Size,
    C: Size,
    out: Size,
    keys: Size,
    values: Size,
    heads: Size,
    grid: Size,
    *,
    kernel: Size = 3,
    stride: int = 1,
) -> Cost:
    """An attention-augmented convolution of a square map; with a stride its attention sees a pooled one."""
    to = halved(side, stride)
    pooled = kept(to**2 * C) if stride != 1 else Cost()
    convolved = convolution(to**2, C, out - values, kernel, bias=False)
    return convolved + pooled + pixel_attention(to, to, C, keys, values, heads, (grid, grid))


# --- Along an axis, or in a window -----------------------------------------------------------------------


def axial(L: Size, lines: Size, C: Size, heads: Size, longest: Size) -> Cost:
    """Axial attention: each of so many lines of L pixels for itself, positions made for a `longest`."""
    N, D = L * lines, C // heads
    projection = convolution(N, C, 2 * C, 1, bias=False) + batch_norm(N, 2 * C)
    tables = parameters((2 * longest - 1) * 2 * D) + looked_up(L, 2 * D)
    logits = 3 * product(N, C // 2, L) + batch_norm(L**2 * lines, 3 * heads)  # qk, qr, kr
    logits += kept(4 * N * C // 2, heads * N * L)  # q and k, twice each; the softmax
    output = 2 * product(N, L, C) + kept(N * C) + batch_norm(N, 2 * C)  # of v and of r
    return projection + tables + logits + output


def height_then_width(side: Size, C: Size, heads: Size, longest: Size, stride: int = 1) -> Cost:
    """Axial attention along both axes of a square map, and the pool that a stride is."""
    one = axial(side, side, C, heads, longest)
    between = kept(side**2 * C)
    return one + between + one + (kept(side**2 * C) if stride != 1 else Cost())


def stand_alone(H: Size, W: Size, C: Size, heads: Size = 8, kernel: Size = 7, stride: int = 1) -> Cost:
    """Stand-alone self-attention. A stride is a pool behind it."""
    N, window = H * W, kernel**2
    projections = 3 * convolution(N, C, C, 1, bias=False) + parameters(kernel * C) + kept(N * C)
    meet = 2 * product(N, C, window) + kept(2 * N * window * C, 2 * heads * N * window)
    pool = kept(N * C) if stride != 1 else Cost()
    return projections + meet + beyond(N, window) + pool


def beyond(N: Size, window: Size) -> Cost:
    """The mask of what lies beyond the border, inverted, kept twice by the softmax around it."""
    return Cost(activation_bytes=2 * BYTE * N * window).once()


def attention_stem(H: Size, W: Size, C: Size, width: Size, heads: Size = 4, mixtures: Size = 4) -> Cost:
    """The stem of stand-alone attention: blocks of 4 × 4 pixels, and a value matrix for each place in one."""
    N, places, D = H * W, 16, width // heads
    shares = product(places, D, mixtures) + kept(places * D, places * mixtures)
    matrices = product(places, mixtures, width * C) + kept(places * width * C)
    projections = 2 * convolution(N, C, width, 1, bias=False) + product(N, C, width) + kept(N * C)
    tables = parameters(mixtures * width * C, 2 * 4 * D, mixtures * D) + (shares + matrices).once()
    meet = 2 * product(N, width, places) + kept(3 * N * width, heads * N * places)
    largest = batch_norm(N, width) + kept(N * width, N * width // places)
    return projections + tables + meet + largest


def local_relation(
    H: Size,
    W: Size,
    C: Size,
    kernel: Size = 7,
    share: Size = 8,
    stride: int = 1,
    *,
    form: str = "LocalRelation",
) -> Cost:
    """Local relation, by the name of its class."""
    N, M, window, G = H * W, halved(H, stride) * halved(W, stride), kernel**2, -(-C // share)
    projections = 2 * convolution(N, C, G, 1, bias=False)
    prior = (linear(window, 2, G) + linear(window, G, G) + kept(window * G)).once()
    likeness = kept(2 * M * window * G, M * G if form == "Product" else 0)  # before and behind the softmax
    mean = product(M, window, C) + kept(2 * M * window * C)
    output = kept(M * C) + convolution(M, C, C, 1, bias=False)
    return projections + prior + likeness + beyond(M, window) + mean + output
