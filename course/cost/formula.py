"""The algebra of costs: what layers cost in numbers or in symbols, added up, repeated, and read aloud.

    block = 2 * layer_norm(L, d) + self_attention(L, d, heads) + mlp(L, d, n)      costs add up
    model = depth * block                                     weights, work and memory, `depth` times
    model.batch(32)                                           32 times the work and the memory
    model.at(L=197, d=768, n=3072)                            numbers for symbols

A size may be a number or a sympy symbol, throughout: the same formula gives 35,127,656,448 or 4L²d + ….

Conventions, which every number in this package is in:

- **one multiply–add is two FLOPs**, so the product (a, b) @ (b, c) costs 2abc. PyTorch's counter agrees;
  fvcore and timm count multiply–adds, which papers often call FLOPs. `multiply_adds` converts;
- of the forward pass, matrix products and convolutions count; softmax, activations, norms and sums do not;
- a convolution is charged for its zero padding, as if it were image, and grouped ones for their group alone;
- **activation memory** is what autograd keeps from a forward pass in training until the backward pass, in
  bytes: float32, no dropout, batch norm in training mode. Parameters and buffers are not in it, nor is
  anything that is freed on the way; what two layers keep of one tensor is one tensor.
"""

from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, TypeAlias

import sympy
from sympy import Expr

Size: TypeAlias = Any  # a whole number or a formula in sympy's symbols (which ships no types)

L, d, n = sympy.symbols("L d n", integer=True, positive=True)  # tokens, width, hidden units
FLOAT32 = 4  # bytes
INT64 = 8

# The fields of a `Cost`. `dataclasses.astuple` copies each tensor among them, in a hundred times as long.
_sizes = attrgetter("parameters", "flops", "activation_bytes", "flops_once", "bytes_once")


@dataclass(frozen=True)
class Cost:
    """What a layer costs for one sample: parameters, FLOPs, and bytes of activation memory.

    What is done or kept once a batch, however many samples are in it, stands apart in `flops_once` and
    `bytes_once`: the statistics of batch norm, a mask or a table of positions that is the same for all.
    """

    parameters: Size = 0
    flops: Size = 0
    activation_bytes: Size = 0
    flops_once: Size = 0
    bytes_once: Size = 0

    def __add__(self, other: "Cost") -> "Cost":
        """One layer after another, or beside it."""
        return Cost(*(mine + its for mine, its in zip(_sizes(self), _sizes(other))))

    def __radd__(self, other: int) -> "Cost":
        """For `sum`, which starts from 0."""
        return self

    def __rmul__(self, times: Size) -> "Cost":
        """The layer again and again, each time with weights of its own: `12 * block`."""
        return Cost(*(times * mine for mine in _sizes(self)))

    def batch(self, B: Size) -> "Cost":
        """B samples through the same weights."""
        flops = B * self.flops + self.flops_once
        return Cost(self.parameters, flops, B * self.activation_bytes + self.bytes_once)

    def once(self) -> "Cost":
        """The layer where it runs once a batch, and not once a sample."""
        flops = self.flops + self.flops_once
        return Cost(self.parameters, 0, 0, flops, self.activation_bytes + self.bytes_once)

    def tied(self) -> "Cost":
        """The layer with weights that something else has paid for."""
        return replace(self, parameters=0)

    def at(self, **sizes: int) -> "Cost":
        """Numbers for the symbols, in exact integers: `cost.at(L=197, d=768)`."""
        return Cost(*(evaluate(sympy.sympify(mine), **sizes) for mine in _sizes(self)))

    def expand(self) -> "Cost":
        """The formulas multiplied out, as one would write them down."""
        return Cost(*(sympy.expand(mine) for mine in _sizes(self)))


def evaluate(formula: Expr, **sizes: int) -> int:
    """A formula at given sizes, exactly: `evaluate(ATTENTION_LAYER.attention_matrix, L=784)` -> 2458624.

    Raises ValueError when a size is missing, or is not a whole number of at least 1.
    """
    for name, size in sizes.items():
        if size != int(size) or size < 1:
            raise ValueError(f"{name} must be a whole number of at least 1; got {size}")
    missing = sorted(symbol.name for symbol in formula.free_symbols if symbol.name not in sizes)
    if missing:
        raise ValueError(f"{formula} needs a value for {' and '.join(missing)}")
    return int(formula.subs({symbol: int(sizes[symbol.name]) for symbol in formula.free_symbols}))


def multiply_adds(flops: int) -> int:
    """FLOPs as multiply–adds: half as many, the unit in which fvcore and timm report."""
    return flops // 2


def human(number: float, unit: str) -> str:
    """A number with its unit, to be read: `4.40 TFLOPs`, `4.0 TiB`, `4.19 million parameters`.

    Bytes ("B") count in powers of 1024, everything else in powers of 1000; a unit in capitals takes a prefix
    (k, M, G, T, …), a word takes a word.
    """
    if number < 0:
        raise ValueError(f"a cost cannot be negative; got {number}")
    if unit == "B":
        base, decimals, names = 1024, 1, ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    elif unit[0].isupper():
        base, decimals, names = 1000, 2, [prefix + unit for prefix in ("", "k", "M", "G", "T", "P", "E")]
    else:
        words = ("thousand ", "million ", "billion ", "trillion ", "quadrillion ")
        base, decimals, names = 1000, 2, [word + unit for word in ("", *words)]
    step = 0
    while step + 1 < len(names) and round(number / base**step, decimals) >= base:  # 999.999 k is 1.00 M
        step += 1
    if step == 0:
        return f"{number:g} {names[0]}"
    return f"{number / base**step:.{decimals}f} {names[step]}"
