"""What a layer costs: parameters, FLOPs and memory, as formulas and as measured, side by side.

The two layers compared, on a sequence X of L tokens of width d (no bias, no softmax, no scale):

    (a) two fully-connected layers   Y = (X W1) W2                       W1: (d, n)  W2: (n, d)
    (b) attention                    Y = (X Wq) (X Wk)ᵀ (X Wv) Wo        Wq, Wk, Wv: (d, n)  Wo: (n, d)

both evaluated from left to right, so that (b) makes its L × L attention matrix before it meets the values.

Convention: **one multiply–add is two FLOPs**, so the product (a, b) @ (b, c) costs 2abc. PyTorch's counter
agrees; fvcore and timm count multiply–adds and call them FLOPs. `multiply_adds` converts.

    TWO_LAYERS.flops                                       # 4*L*d*n, a formula (sympy)
    TWO_LAYERS.at(L=784, d=1024, n=2048).flops             # 6576668672, the same as a number
    measure(TwoLayers(d=1024, n=2048), (784, 1024)).flops  # 6576668672, counted by PyTorch during a run

What people usually get wrong: the factor 2 of the convention; the product with the values, which costs as
much as the scores; the four projections, which outweigh both until L = 2d.
"""

from collections.abc import Callable
from dataclasses import dataclass

import sympy
import torch
from sympy import Expr
from torch import Tensor, nn
from torch.func import functional_call
from torch.utils.flop_counter import FlopCounterMode

L, d, n = sympy.symbols("L d n", integer=True, positive=True)  # tokens, width, hidden units
FLOAT32 = 4  # bytes

# --- As formulas ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """What a layer costs in numbers. Formulas and measurements both end up here, so that == compares them."""

    parameters: int
    flops: int
    output_shape: tuple[int, ...]
    output_bytes: int


@dataclass(frozen=True)
class Step:
    """One matrix product: what it computes, the shape of the result, and its FLOPs."""

    name: str
    shape: tuple[Expr, Expr]
    flops: Expr


@dataclass(frozen=True)
class Cost:
    """The cost of a layer as formulas in L, d and n; everything follows from its weights and its steps."""

    name: str
    weights: dict[str, tuple[Expr, Expr]]
    steps: tuple[Step, ...]
    attention_matrix: Expr = sympy.S.Zero  # bytes in float32

    @property
    def parameters(self) -> Expr:
        return sum((rows * columns for rows, columns in self.weights.values()), sympy.S.Zero)

    @property
    def flops(self) -> Expr:
        return sum((step.flops for step in self.steps), sympy.S.Zero)

    @property
    def output_shape(self) -> tuple[Expr, Expr]:
        return self.steps[-1].shape

    def at(self, L: int, d: int, n: int) -> Figures:
        """The formulas at given sizes, in exact integers."""
        sizes = {"L": L, "d": d, "n": n}
        rows, columns = (evaluate(side, **sizes) for side in self.output_shape)
        return Figures(
            parameters=evaluate(self.parameters, **sizes),
            flops=evaluate(self.flops, **sizes),
            output_shape=(rows, columns),
            output_bytes=FLOAT32 * rows * columns,
        )

    def __str__(self) -> str:
        """The steps as a table: name, shape, FLOPs; the totals below."""
        rows = [("step", "shape", "FLOPs")]
        rows += [(step.name, f"({step.shape[0]}, {step.shape[1]})", str(step.flops)) for step in self.steps]
        rows += [("total", "", str(self.flops)), ("parameters", "", str(self.parameters))]
        widths = [max(len(row[i]) for row in rows) for i in range(3)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        return "\n".join([self.name, *lines])


def product(name: str, left: tuple[Expr, Expr], right: tuple[Expr, Expr]) -> Step:
    """The step left @ right: (a, b) @ (b, c) -> (a, c), for 2abc FLOPs."""
    (a, b), (b_, c) = left, right
    if b != b_:
        raise ValueError(f"{name}: ({a}, {b}) cannot be multiplied by ({b_}, {c})")
    return Step(name, shape=(a, c), flops=2 * a * b * c)


TWO_LAYERS = Cost(
    "two fully-connected layers: Y = (X W1) W2",
    weights={"W1": (d, n), "W2": (n, d)},
    steps=(
        product("H = X W1", (L, d), (d, n)),
        product("Y = H W2", (L, n), (n, d)),
    ),
)

ATTENTION_LAYER = Cost(
    "attention: Y = (X Wq) (X Wk)ᵀ (X Wv) Wo",
    weights={"Wq": (d, n), "Wk": (d, n), "Wv": (d, n), "Wo": (n, d)},
    steps=(
        product("Q = X Wq", (L, d), (d, n)),
        product("K = X Wk", (L, d), (d, n)),
        product("A = Q Kᵀ", (L, n), (n, L)),
        product("V = X Wv", (L, d), (d, n)),
        product("H = A V", (L, L), (L, n)),
        product("Y = H Wo", (L, n), (n, d)),
    ),
    attention_matrix=FLOAT32 * L**2,
)


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


# --- As measured ---------------------------------------------------------------------------------------


class TwoLayers(nn.Module):
    """Y = (X W1) W2.  x: (..., L, d) -> (..., L, d); 2dn parameters."""

    def __init__(self, d: int, n: int, device: str | torch.device | None = None):
        super().__init__()
        self.first = nn.Linear(d, n, bias=False, device=device)
        self.second = nn.Linear(n, d, bias=False, device=device)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.first(x)  # (..., L, n)
        return self.second(hidden)  # (..., L, d)


class AttentionLayer(nn.Module):
    """Y = (X Wq) (X Wk)ᵀ (X Wv) Wo, without softmax or scale.  x: (..., L, d) -> same; 4dn parameters."""

    def __init__(self, d: int, n: int, device: str | torch.device | None = None):
        super().__init__()
        self.query = nn.Linear(d, n, bias=False, device=device)
        self.key = nn.Linear(d, n, bias=False, device=device)
        self.value = nn.Linear(d, n, bias=False, device=device)
        self.output = nn.Linear(n, d, bias=False, device=device)

    def forward(self, x: Tensor) -> Tensor:
        matrix = self.query(x) @ self.key(x).transpose(-2, -1)  # (..., L, L)
        hidden = matrix @ self.value(x)  # (..., L, n)
        return self.output(hidden)  # (..., L, d)


def measure(run: nn.Module | Callable[..., Tensor], *shapes: tuple[int, ...]) -> Figures:
    """Run a module or a function on float32 inputs of these shapes, counted by PyTorch's own FLOP counter.

    It runs on the `meta` device, where tensors have shapes but no contents: a million tokens are counted in
    milliseconds and no memory, and the module handed in is left as it is. (Counting on the CPU would be wrong
    besides: there the counter does not see the fused attention kernel, and drops its FLOPs.)

    Matrix products and convolutions count; softmax, activations and normalisation count as nothing.
    The attention matrix alone: `measure(lambda q, k: q @ k.mT, (L, n), (L, n)).output_bytes`.
    """
    inputs = [torch.empty(shape, device="meta") for shape in shapes]
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        if isinstance(run, nn.Module):
            tensors = {**dict(run.named_parameters()), **dict(run.named_buffers())}
            weightless = {name: tensor.detach().to("meta") for name, tensor in tensors.items()}
            output = functional_call(run, weightless, tuple(inputs))
            parameters = sum(parameter.numel() for parameter in run.parameters())
        else:
            output, parameters = run(*inputs), 0
    return Figures(parameters, counter.get_total_flops(), tuple(output.shape), output.nbytes)


# --- For people ----------------------------------------------------------------------------------------


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
