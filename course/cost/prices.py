"""What PyTorch's counter has no price for: operators that multiply and add, and would count as nothing.

`FlopCounterMode` knows products of two matrices, convolutions and the fused attention of GPUs. With `PRICES`
it knows a matrix times a vector too, products that write into a tensor, distances and the CPU's attention;
`unpriced` names what else looks like a product, so that no number is too low in silence.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from math import prod
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

aten = torch.ops.aten
Shape = tuple[int, ...]


def _trilinear(a: Shape, b: Shape, c: Shape, *dims: list[int], **_: Any) -> int:
    """Bilinear's kernel: a · b, summed over what c has not, then · c"""
    lacking_a, lacking_b, lacking_c, summed = dims[:4]
    shapes = (_unsqueezed(a, lacking_a), _unsqueezed(b, lacking_b), _unsqueezed(c, lacking_c))
    full = torch.broadcast_shapes(*shapes)
    gone = prod(full[i] for i in summed if i in lacking_c)
    return 2 * prod(full) + 2 * prod(full) // gone


def _unsqueezed(shape: Shape, dims: list[int]) -> Shape:
    sides = list(shape)
    for dim in dims:
        sides.insert(dim, 1)
    return tuple(sides)


def _distances(a: Shape, b: Shape, *_: Any, **__: Any) -> int:
    """Of each pair a difference and a sum a channel, as much as a dot product: (…, P, D), (…, R, D)"""
    return 2 * prod(torch.broadcast_shapes(a[:-2], b[:-2])) * a[-2] * b[-2] * a[-1]


def _attention(q: Shape, k: Shape, v: Shape, *_: Any, **__: Any) -> int:
    """Scores and means: (B, heads, Lq, D), (B, heads, Lk, D), (B, heads, Lk, Dv)"""
    return 2 * prod(q[:-1]) * k[-2] * (q[-1] + v[-1])


PRICES: dict[Any, Callable[..., int]] = {
    aten.mv: lambda a, x, **_: 2 * prod(a),
    aten.addmv: lambda y, a, x, **_: 2 * prod(a),
    aten.dot: lambda x, y, **_: 2 * prod(x),
    aten.vdot: lambda x, y, **_: 2 * prod(x),
    aten.addr: lambda c, x, y, **_: 2 * prod(x) * prod(y),
    aten.addmm_: lambda c, a, b, **_: 2 * prod(a) * b[-1],
    aten.baddbmm_: lambda c, a, b, **_: 2 * prod(a) * b[-1],
    aten.addbmm: lambda c, a, b, **_: 2 * prod(a) * b[-1],
    aten._trilinear: _trilinear,
    aten._cdist_forward: _distances,
    aten._euclidean_dist: _distances,
    aten._pdist_forward: lambda x, *_, **__: x[0] * (x[0] - 1) * x[1],
    aten.conv_tbc: lambda x, weight, *_, out_shape, **__: 2 * prod(out_shape) * prod(weight[:2]),
    aten._scaled_dot_product_flash_attention_for_cpu: _attention,
}
PRICES |= {aten.addmv_: PRICES[aten.addmv], aten.addr_: PRICES[aten.addr], aten.addbmm_: PRICES[aten.addbmm]}

PRODUCTS = re.compile(
    r"m[mv](_|$)|dot(_|$)|conv(?!ert)|attention|multi_head|encoder_layer|lstm|gru|rnn|cdist"
    r"|linalg_(?!vector_norm|check)|_fft_|cholesky|(?<!re)solve|geqrf|mkldnn_linear"
)


class Seen(TorchDispatchMode):
    """Notes which operators run, while it is entered *before* the counter."""

    supports_higher_order_operators = True

    def __init__(self) -> None:
        super().__init__()
        self.operators: set[Any] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.operators.add(getattr(func, "_overloadpacket", func))
        return func(*args, **(kwargs or {}))


def unpriced(operators: Iterable[Any], prices: Mapping[Any, Any]) -> list[str]:
    """Names of those that look like products and have no price, in the alphabet's order."""
    return sorted(str(f) for f in operators if f not in prices and PRODUCTS.search(str(f)))
