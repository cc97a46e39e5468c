"""Two layers and their costs, derived product by product: an MLP without its activation, and attention.

The two layers compared, on a sequence X of L tokens of width d (no bias, no softmax, no scale):

    (a) two fully-connected layers   Y = (X W1) W2                       W1: (d, n)  W2: (n, d)
    (b) attention                    Y = (X Wq) (X Wk)ᵀ (X Wv) Wo        Wq, Wk, Wv: (d, n)  Wo: (n, d)

both evaluated from left to right, so that (b) makes its L × L attention matrix before it meets the values.

    TWO_LAYERS.flops                                       # 4*L*d*n, a formula (sympy)
    TWO_LAYERS.at(L=784, d=1024, n=2048).flops             # 6576668672, the same as a number
    measure(TwoLayers(d=1024, n=2048), (784, 1024)).flops  # 6576668672, counted by PyTorch during a run

What people usually get wrong: the factor 2 of the convention; the product with the values, which costs as
much as the scores; the four projections, which outweigh both until L = 2d.
"""

from dataclasses import dataclass

import sympy
import torch
from sympy import Expr
from torch import Tensor, nn

from course.cost.formula import FLOAT32, L, d, evaluate, n
from course.cost.measured import Figures


@dataclass(frozen=True)
class Step:
    """One matrix product: what it computes, the shape of the result, and its FLOPs."""

    name: str
    shape: tuple[Expr, Expr]
    flops: Expr


@dataclass(frozen=True)
class Derivation:
    """The cost of a layer as formulas in L, d and n; everything follows from its weights and its steps."""

    name: str
    weights: dict[str, tuple[Expr, Expr]]
    steps: tuple[Step, ...]
    activations: Expr  # bytes in float32: every factor of a product that is not a weight, once
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
            activation_bytes=evaluate(self.activations, **sizes),
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


TWO_LAYERS = Derivation(
    "two fully-connected layers: Y = (X W1) W2",
    weights={"W1": (d, n), "W2": (n, d)},
    steps=(
        product("H = X W1", (L, d), (d, n)),
        product("Y = H W2", (L, n), (n, d)),
    ),
    activations=FLOAT32 * (L * d + L * n),  # X, H
)

ATTENTION_LAYER = Derivation(
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
    activations=FLOAT32 * (L * d + 4 * L * n + L**2),  # X; Q, K, V and H; A
    attention_matrix=FLOAT32 * L**2,
)


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
