"""A counter of your own

Write the price list as a function of two shapes. With more than two axes, the last two are the matrices and
all others are a batch: `(B, h, L, n) @ (B, h, n, L)` is B·h products, such as those of B images in a layer
that attends h times side by side (h *heads*, lesson 03). A factor without a batch is shared:
`(B, L, d) @ (d, n)` is B products with the same right-hand matrix, and the left-hand one can be shared in the
same way.
"""

import math

from grader.exercise import Function


def count_matmul(a_shape, b_shape):
    """FLOPs of a @ b.

    a_shape: a tuple, (..., rows, inner)
    b_shape: a tuple, (..., inner, columns)
    "..." stands for the same sizes on both sides, or for none on one of them.
    returns: a whole number
    """
    batch = a_shape[:-2] or b_shape[:-2]
    products = math.prod(batch)
    rows, inner, columns = a_shape[-2], a_shape[-1], b_shape[-1]
    return 2 * products * rows * inner * columns


def _shapes(kind):
    """All sizes differ. With heads int32 overflows, float32 lacks the digits, and a loop is still short."""

    def case(draw):
        batch, heads = draw.shuffled(range(5, 10))[:2]
        rows, columns, inner = (draw.integer(low, low + 10) * 2 + 1 for low in (30, 41, 4000))
        a, b = (rows, inner), (inner, columns)
        front = {"plain": ((), ()), "batch": ((batch,),) * 2, "heads": ((batch, heads),) * 2}
        front |= {"right": ((batch,), ()), "left": ((), (batch,))}
        return dict(a_shape=(*front[kind][0], *a), b_shape=(*front[kind][1], *b))

    return case


exercise = Function(
    count_matmul,
    points=5,
    difficulty=2,
    minutes=6,
    cases={
        "two matrices": _shapes("plain"),
        "a batch of pairs of matrices": _shapes("batch"),
        "a batch and several heads": _shapes("heads"),
        "a batch times one matrix shared by all": _shapes("right"),
        "one matrix shared by all times a batch": _shapes("left"),
    },
    words={
        "batch": "the batch",
        "rows": "the rows",
        "inner": "the inner size",
        "columns": "the columns",
        "products": "the number of products",
    },
    slips={
        "2 * products -> products": "It counts multiply–adds: each of them is two FLOPs.",
        "a_shape[:-2] or b_shape[:-2] -> a_shape[:-2]": "The batch is read from the left-hand factor only.",
        "a_shape[:-2] or b_shape[:-2] -> b_shape[:-2]": "The batch is read from the right-hand factor only.",
        "a_shape[:-2] or b_shape[:-2] -> a_shape[:-2] + b_shape[:-2]": "A batch that both factors have is "
        "counted twice.",
        "a_shape[:-2] or b_shape[:-2] -> ()": "The batch is never counted: this is the price of one pair of "
        "matrices.",
        "a_shape[:-2] or b_shape[:-2] -> (a_shape[:-2] or b_shape[:-2])[:1]": "Only the first axis of the "
        "batch is counted; there may be several.",
        "a_shape[:-2] or b_shape[:-2] -> (a_shape[:-2] or b_shape[:-2])[-1:]": "Only the size right beside "
        "the matrices is counted as a batch; there may be several.",
        "a_shape[:-2] or b_shape[:-2] -> a_shape[:-2] and b_shape[:-2]": "The batch is counted only where "
        "both factors have one; one side is enough.",
        "math.prod(batch) -> sum(batch or (1,))": "The sizes of the batch are added; they should be "
        "multiplied.",
        "2 * products * rows * inner * columns -> products * rows * (2 * inner - 1) * columns": "One "
        "addition fewer per entry is exact by hand, but every counter charges one for each multiplication.",
        "2 * products * rows * inner * columns -> 2 * products * (rows + inner + columns)": "The sizes of "
        "the matrices are added; they should be multiplied.",
        "2 * products * rows * inner * columns -> products * rows * columns": "These are the entries of the "
        "result; each takes 2 × inner operations.",
    },
    also_right=["2 * products * rows * inner * columns -> 2 * math.prod(batch + (rows, inner, columns))"],
    hints=[
        "For two matrices it is the formula you have: 2 × rows × inner × columns. Negative indices find "
        "those three in any shape.",
        "Everything before the last two sizes is the batch. The price is that of one pair of matrices, times "
        "the number of pairs.",
        "A factor without a batch is shared by all pairs. `a_shape[:-2] or b_shape[:-2]` takes the batch "
        "from whichever side has one; `math.prod` multiplies its sizes (and gives 1 for an empty one).",
    ],
    may_not_call=["torch.utils.flop_counter", "course.cost.measure"],
)
