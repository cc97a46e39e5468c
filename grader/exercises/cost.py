"""The exercises of lesson 05: parameters, FLOPs and memory of two layers, and what makes one quadratic.

Layer (a) is ``Y = (X W1) W2`` with W1: d×n, W2: n×d. Layer (b) is ``Y = (X Wq)(X Wk)ᵀ (X Wv) Wo`` with
Wq, Wk, Wv: d×n and Wo: n×d. X holds L tokens of width d; biases are ignored; one multiplication or one
addition is one FLOP. A product of an (a×b) with a (b×c) matrix therefore costs 2abc, and every formula
below is a sum of such products.
"""

import itertools
import math

import numpy as np
import torch

from grader import formula
from grader.exercise import Formula, Function, Number, Quiz

LESSON = "05_cost"

SIZES = {"L": "tokens in the sequence", "d": "width of a token", "n": "units (columns of W1, Wq, Wk and Wv)"}


def _mistakes(exercise: Formula, answers: dict[str, str]) -> None:
    """Add those answers (to their sentences) that are neither right nor in the catalogue already."""
    at = dict(zip(exercise.symbols, (101, 211, 307), strict=False))
    known = [exercise.reference, *(mistake.answer for mistake in exercise.mistakes)]
    seen = {formula.parse(answer, exercise.symbols).evaluate(at) for answer in known}
    for answer, sentence in answers.items():
        value = formula.parse(answer, exercise.symbols).evaluate(at)
        if value not in seen:
            seen.add(value)
            exercise.mistake(sentence, answer)


def _upper(sentence: str) -> str:
    return f"{sentence[0].upper()}{sentence[1:]}"


# --- one product --------------------------------------------------------------------------------------------

matmul_flops = Formula(
    "matmul_flops",
    "The price of one product",
    points=1,
    difficulty=1,
    minutes=2,
    reference="2*L*d*n",
    symbols=SIZES,
    unit="FLOPs",
    hints=[
        "How many entries has the result, and what is done to make one of them?",
        "The result has L·n entries. Each is a sum of d products: d multiplications and, near enough, d "
        "additions.",
        "Entries times work per entry: L·n times 2·d.",
    ],
)
matmul_flops.mistake("These are the entries of the result; each of them is a sum of d products.", "L*n")
matmul_flops.mistake(
    "Every entry of the result is charged one multiplication and one addition, not d of each.",
    "2*L*n",
)
matmul_flops.mistake("These are the numbers that go in, not the operations done with them.", "L*d + d*n")
matmul_flops.mistake(
    "These are twice the numbers that go in, not the operations done with them.",
    "2*L*d + 2*d*n",
)
matmul_flops.mistake(
    "These are the numbers read and written, which is memory traffic and not arithmetic.",
    "L*d + d*n + L*n",
)
matmul_flops.mistake(
    "d − 1 additions per entry is exact by hand, but every counter charges one addition for each "
    "multiplication: 2d, not 2d − 1.",
    "L*n*(2*d - 1)",
)
matmul_flops.mistake("This is the price for one token; X has L of them.", "2*d*n")
matmul_flops.mistake("This is how many weights W has; each of them is used once for every token.", "d*n")
matmul_flops.mistake("Only one column of W is counted; it has n.", "2*L*d")
matmul_flops.mistake("This is how many numbers X holds.", "L*d")
matmul_flops.mistake(
    "Multiplication and addition are charged twice over: 2 per product already holds both.",
    "4*L*d*n",
)
matmul_flops.mistake("The three sizes are added where they multiply.", "2*(L + d + n)", "L + d + n")
matmul_flops.mistake(
    "The price of the rows and of the columns is added where it multiplies.",
    "2*L*(d + n)",
    "L*(d + n)",
)
matmul_flops.mistake("A bias is added to every entry; here there is none.", "2*L*d*n + L*n")


matmul_flops.mistake(
    "The inner size is counted twice: it stands in both shapes and is summed over once.",
    "L*d**2*n",
    "2*L*d**2*n",
)
matmul_flops.mistake(
    "This is the price of two square matrices; X is L×d and W is d×n.", "2*d**3", "2*L**3", "2*n**3"
)
matmul_flops.mistake(
    "One addition for each entry is counted; a sum of d products takes as many additions as products.",
    "L*d*n + L*n",
)
matmul_flops.mistake(
    "Three operations are charged for each product: a multiplication and an addition are two.", "3*L*d*n"
)
matmul_flops.mistake("This is X times its own transpose; W is d×n.", "2*L**2*d")
matmul_flops.mistake("Only the additions are counted, one fewer than products.", "L*n*(d - 1)")
matmul_flops.mistake(
    "One of the sizes is in it twice: each of L, d and n counts once.",
    "2*L**2*n",
    "2*L*n**2",
    "2*d*n**2",
    "2*L*d**2",
    "2*L**2*d*n",
    "2*L*d*n**2",
    "2*d**2*n",
)


matmul_flops.mistake(
    "This is the work for one entry of the result; it has L·n of them.", "2*d", "2*d - 1", "d", "d - 1"
)
matmul_flops.mistake(
    "This is a single size of the three; each of L, d and n counts once.", "L", "n", "2*L", "2*n"
)
matmul_flops.mistake(
    "Three products are charged, or a backward pass as well; one product is asked for.", "6*L*d*n"
)
matmul_flops.mistake(
    "Too large by a factor: a multiplication and an addition make 2 per product, and nothing is in bytes or "
    "bits.",
    "8*L*d*n",
    "16*L*d*n",
    "32*L*d*n",
    "64*L*d*n",
)
matmul_flops.mistake(
    "These are kFLOPs, MFLOPs or GFLOPs; the number of FLOPs is asked for.",
    "2*L*d*n/10**3",
    "2*L*d*n/10**6",
    "2*L*d*n/10**9",
)
matmul_flops.mistake(
    "It divides by two where it should multiply: each product goes with an addition.", "L*d*n/2"
)
matmul_flops.mistake(
    "One of the sizes is in it twice, and in multiply–adds: each of L, d and n counts once.",
    "L**2*n",
    "L*n**2",
    "d*n**2",
    "L*d**2",
    "L**2*d",
    "L**2*d*n",
    "L*d*n**2",
    "d**2*n",
)
matmul_flops.mistake(
    "Everything is squared: each of L, d and n counts once.", "(L*d*n)**2", "2*(L*d*n)**2", "4*(L*d*n)**2"
)
matmul_flops.mistake(
    "The price of two pairs of sizes is added where it multiplies.",
    "2*n*(L + d)",
    "n*(L + d)",
    "2*L*d*n + 2*L*d",
    "2*L*d*n + 2*d*n",
)
matmul_flops.mistake(
    "One addition fewer is taken off at the wrong place; and every counter charges 2d per entry.",
    "L*d*(2*n - 1)",
    "d*n*(2*L - 1)",
    "2*L*n*(d - 1)",
    "2*L*d*n - 1",
)
matmul_flops.mistake(
    "The numbers that go in or come out are added to the operations done with them.",
    "2*L*d*n + L*d",
    "2*L*d*n + d*n",
    "2*L*d*n + L*d + d*n",
    "2*L*d*n + L*d + d*n + L*n",
)
matmul_flops.mistake(
    "These are square matrices, and in multiply–adds; X is L×d and W is d×n.", "d**3", "L**3", "n**3"
)


matmul_flops.also_right(
    "2*n*d*L",
    "L*n*2*d",
    "L*d*n + L*d*n",
    "L*n*(d + d)",
    "L*(2*d)*n",
    "(2*L*d)*n",
    "4*L*d*n/2",
)


def _shapes(draw, kind):
    """Two shapes that can be multiplied; every size differs from every other, so a misread axis shows."""
    batch, heads, rows, inner, columns = draw.sizes(5)
    matrix, other = (rows, inner), (inner, columns)
    shapes = {
        "plain": (matrix, other),
        "batch": ((batch, *matrix), (batch, *other)),
        "heads": ((batch, heads, *matrix), (batch, heads, *other)),
        "right": ((batch, *matrix), other),
        "left": (matrix, (batch, *other)),
    }
    a_shape, b_shape = shapes[kind]
    return {"a_shape": a_shape, "b_shape": b_shape}


def count_matmul_reference(a_shape, b_shape):
    batch = torch.broadcast_shapes(a_shape[:-2], b_shape[:-2])
    rows, inner = a_shape[-2:]
    columns = b_shape[-1]
    return 2 * math.prod(batch) * rows * inner * columns


count_matmul = Function(
    "count_matmul",
    "A counter of your own",
    points=5,
    difficulty=2,
    minutes=6,
    reference=count_matmul_reference,
    cases={
        "two matrices": lambda draw: _shapes(draw, "plain"),
        "a batch of pairs of matrices": lambda draw: _shapes(draw, "batch"),
        "a batch and several heads": lambda draw: _shapes(draw, "heads"),
        "a batch times one matrix shared by all": lambda draw: _shapes(draw, "right"),
        "one matrix shared by all times a batch": lambda draw: _shapes(draw, "left"),
    },
    hints=[
        "For two matrices it is the formula you have: 2 × rows × inner × columns. Negative indices find "
        "those three in any shape.",
        "Everything before the last two sizes is the batch. The price is that of one pair of matrices, "
        "times the number of pairs.",
        "A factor without a batch is shared by all pairs. `a_shape[:-2] or b_shape[:-2]` takes the batch "
        "from whichever side has one; "
        "`math.prod` multiplies its sizes (and gives 1 for an empty one).",
    ],
    may_not_call=["torch.utils.flop_counter", "course.cost.measure"],
)


@count_matmul.mistake("It counts multiply–adds: each of them is two FLOPs.")
def counts_multiply_adds(a_shape, b_shape):
    return count_matmul_reference(a_shape, b_shape) // 2


@count_matmul.mistake("It counts multiply–adds, and the batch is read from the left factor only.")
def multiply_adds_of_left(a_shape, b_shape):
    return math.prod(a_shape) * b_shape[-1]


@count_matmul.mistake("It counts multiply–adds, and the batch is left out.")
def multiply_adds_of_one_pair(a_shape, b_shape):
    return a_shape[-2] * a_shape[-1] * b_shape[-1]


@count_matmul.mistake(
    "The matrices are read from the front of the shapes; with a batch they are the last two."
)
def reads_from_the_front(a_shape, b_shape):
    return 2 * a_shape[0] * a_shape[1] * b_shape[1]


@count_matmul.mistake("The batch is left out: one pair of matrices is counted, however many there are.")
def forgets_batch(a_shape, b_shape):
    return 2 * a_shape[-2] * a_shape[-1] * b_shape[-1]


@count_matmul.mistake("Only the first size of the batch is counted, so the heads are left out.")
def first_batch_size_only(a_shape, b_shape):
    batch = a_shape[:-2] or b_shape[:-2] or (1,)
    return 2 * batch[0] * a_shape[-2] * a_shape[-1] * b_shape[-1]


@count_matmul.mistake("Only the size beside the matrices is counted, so with heads the batch is left out.")
def last_batch_size_only(a_shape, b_shape):
    batch = a_shape[:-2] or b_shape[:-2] or (1,)
    return 2 * batch[-1] * a_shape[-2] * a_shape[-1] * b_shape[-1]


@count_matmul.mistake("The sizes of batch and heads are added where they multiply.")
def adds_batch_sizes(a_shape, b_shape):
    batch = a_shape[:-2] or b_shape[:-2] or (1,)
    return 2 * sum(batch) * a_shape[-2] * a_shape[-1] * b_shape[-1]


@count_matmul.mistake(
    "The batch is counted once for each factor: the pairs go together, they are not all combined.",
)
def batch_twice(a_shape, b_shape):
    return 2 * math.prod(a_shape) * math.prod(b_shape[:-2]) * b_shape[-1]


@count_matmul.mistake("The batch is read from the left factor only.")
def batch_of_left(a_shape, b_shape):
    return 2 * math.prod(a_shape) * b_shape[-1]


@count_matmul.mistake("The batch is read from the right factor only.")
def batch_of_right(a_shape, b_shape):
    return 2 * a_shape[-2] * math.prod(b_shape)


@count_matmul.mistake("This is how many numbers the result holds; each of them is a sum of products.")
def counts_entries(a_shape, b_shape):
    return count_matmul_reference(a_shape, b_shape) // (2 * a_shape[-1])


@count_matmul.mistake("Each entry of the result is charged two operations, however long its sum is.")
def two_per_entry(a_shape, b_shape):
    return count_matmul_reference(a_shape, b_shape) // a_shape[-1]


@count_matmul.mistake("These are the numbers that go in, not the operations done with them.")
def counts_inputs(a_shape, b_shape):
    return math.prod(a_shape) + math.prod(b_shape)


@count_matmul.mistake(
    "d − 1 additions per entry is exact by hand, but every counter charges 2 for each of the d products.",
)
def exact_additions(a_shape, b_shape):
    inner = a_shape[-1]
    return count_matmul_reference(a_shape, b_shape) // (2 * inner) * (2 * inner - 1)


@count_matmul.mistake(
    "The inner size is counted twice, and the columns of the right factor are not counted.",
)
def inner_twice(a_shape, b_shape):
    return count_matmul_reference(a_shape, b_shape) // b_shape[-1] * b_shape[-2]


@count_matmul.mistake(
    "The rows are read from the wrong axis of the left factor: the inner size is counted twice.",
)
def inner_for_rows(a_shape, b_shape):
    return count_matmul_reference(a_shape, b_shape) // a_shape[-2] * a_shape[-1]


@count_matmul.mistake("All sizes of both shapes are multiplied: the inner size, and any batch, count twice.")
def all_sizes(a_shape, b_shape):
    return 2 * math.prod(a_shape) * math.prod(b_shape)


@count_matmul.mistake(
    "The first size is taken for the batch, also where there is none, and the heads are left out."
)
def first_size_as_batch(a_shape, b_shape):
    return 2 * max(a_shape[0], b_shape[0]) * a_shape[-2] * a_shape[-1] * b_shape[-1]


@count_matmul.mistake(
    "The batches of the two factors are added; the pairs go together, and a missing batch counts as none."
)
def batches_added(a_shape, b_shape):
    batch = math.prod(a_shape[:-2]) + math.prod(b_shape[:-2])
    return 2 * batch * a_shape[-2] * a_shape[-1] * b_shape[-1]


@count_matmul.mistake("It divides by two where it should multiply: each product goes with an addition.")
def a_quarter(a_shape, b_shape):
    return count_matmul_reference(a_shape, b_shape) / 4


@count_matmul.mistake("Everything is counted twice: 2 per product already holds the addition.")
def counted_twice(a_shape, b_shape):
    return 2 * count_matmul_reference(a_shape, b_shape)


_BATCHES = {  # how many pairs of matrices there are
    "": lambda a, b: math.prod(a[:-2] or b[:-2]),
    "the batch is left out": lambda a, b: 1,
    "the batch is read from the left factor only": lambda a, b: math.prod(a[:-2]),
    "the batch is read from the right factor only": lambda a, b: math.prod(b[:-2]),
    "the batch is counted once for each factor": lambda a, b: math.prod(a[:-2]) * math.prod(b[:-2]),
    "the sizes of batch and heads are added": lambda a, b: sum(a[:-2] or b[:-2] or (1,)),
    "the heads are left out": lambda a, b: (a[:-2] or b[:-2] or (1,))[0],
    "only the size beside the matrices is counted": lambda a, b: (a[:-2] or b[:-2] or (1,))[-1],
}
_PRICES = {  # of one pair
    "it counts multiply–adds": lambda a, b: a[-2] * a[-1] * b[-1],
    "these are the entries of the result": lambda a, b: a[-2] * b[-1],
    "each entry is charged two operations, however long its sum is": lambda a, b: 2 * a[-2] * b[-1],
    "one addition fewer is charged for each entry": lambda a, b: a[-2] * (2 * a[-1] - 1) * b[-1],
    "the inner size stands for the columns": lambda a, b: 2 * a[-2] * a[-1] ** 2,
    "the inner size stands for the rows": lambda a, b: 2 * a[-1] ** 2 * b[-1],
    "four operations are charged for each product": lambda a, b: 4 * a[-2] * a[-1] * b[-1],
    "the inner size is counted for each factor": lambda a, b: 2 * a[-2] * a[-1] ** 2 * b[-1],
    "the sizes are added where they multiply": lambda a, b: 2 * (a[-2] + a[-1] + b[-1]),
    "the rows of both factors are multiplied, and not the columns": lambda a, b: 2 * a[-2] * b[-2],
    "only the left factor's sizes are multiplied": lambda a, b: a[-2] * a[-1],
}
_SAID_ABOVE = {  # with sentences of their own
    ("it counts multiply–adds", "the batch is left out"),
    ("it counts multiply–adds", "the batch is read from the left factor only"),
    ("the inner size is counted for each factor", "the batch is counted once for each factor"),
}


def _count_with(batch, price):
    return lambda a_shape, b_shape: batch(a_shape, b_shape) * price(a_shape, b_shape)


for _what, _price in _PRICES.items():
    for _where, _batch in _BATCHES.items():
        if _where and (_what, _where) not in _SAID_ABOVE:
            count_matmul.mistake(f"{_upper(_what)}, and {_where}.", _count_with(_batch, _price))
for _what in list(_PRICES)[7:]:
    count_matmul.mistake(f"{_upper(_what)}.", _count_with(_BATCHES[""], _PRICES[_what]))


@count_matmul.also_right
def count_with_or(a_shape, b_shape):
    return 2 * math.prod(a_shape[:-2] or b_shape[:-2]) * a_shape[-2] * a_shape[-1] * b_shape[-1]


@count_matmul.also_right
def count_with_meta_tensors(a_shape, b_shape):
    product = torch.empty(a_shape, device="meta") @ torch.empty(b_shape, device="meta")
    return 2 * product.numel() * a_shape[-1]


@count_matmul.also_right
def count_with_loop(a_shape, b_shape):
    flops = 2 * a_shape[-2] * a_shape[-1] * b_shape[-1]
    for size in a_shape[:-2] if len(a_shape) >= len(b_shape) else b_shape[:-2]:
        flops *= size
    return flops


@count_matmul.also_right
def count_with_longer(a_shape, b_shape):
    *batch, _, _ = max(a_shape, b_shape, key=len)
    return sum(2 * a_shape[-1] for _ in range(math.prod(batch) * a_shape[-2] * b_shape[-1]))


@count_matmul.also_right
def count_with_tensor(a_shape, b_shape):
    return torch.tensor([2, *max(a_shape[:-2], b_shape[:-2], key=len), *a_shape[-2:], b_shape[-1]]).prod()


@count_matmul.also_right
def count_with_numpy(a_shape, b_shape):
    return 2 * np.prod(a_shape[:-2] or b_shape[:-2]) * a_shape[-2] * a_shape[-1] * b_shape[-1]


@count_matmul.also_right
def count_with_floats(a_shape, b_shape):
    return 2.0 * math.prod(a_shape) * b_shape[-1] * (math.prod(b_shape[:-2]) if len(a_shape) == 2 else 1)


# --- (a) two fully-connected layers -------------------------------------------------------------------------

mlp_parameters = Formula(
    "mlp_parameters",
    "(a) How many weights",
    points=1,
    difficulty=1,
    minutes=1,
    reference="2*d*n",
    symbols=SIZES,
    unit="parameters",
    hints=[
        "Write down the shapes of W1 and W2.",
        "A d×n matrix holds d·n numbers, and so does an n×d matrix.",
    ],
)
mlp_parameters.mistake("The weights of one matrix only: W1 and W2 hold d·n each.", "d*n")
mlp_parameters.mistake("Both biases are counted; here there are none.", "2*d*n + n + d")
mlp_parameters.mistake("The bias of the first layer is counted; here there is none.", "2*d*n + n")
mlp_parameters.mistake("The bias of the second layer is counted; here there is none.", "2*d*n + d")
mlp_parameters.mistake("Two biases of n numbers are counted; here there are none.", "2*d*n + 2*n")
mlp_parameters.mistake(
    "Weights are shared by all tokens: their number does not depend on L.",
    "2*L*d*n",
    "L*d*n",
)
mlp_parameters.mistake(
    "The weights of W1 and of W2 are multiplied where they add.",
    "d**2*n**2",
    "2*d**2*n**2",
)
mlp_parameters.mistake(
    "These are the FLOPs for one token (two for each weight), or four matrices; there are W1 and W2.", "4*d*n"
)
mlp_parameters.mistake("This is the memory of the weights in bytes, at four bytes each.", "8*d*n")
mlp_parameters.mistake("The sides are added: a d×n matrix holds d·n numbers.", "d + n", "2*(d + n)")
mlp_parameters.mistake("One matrix is taken for n×n: W1 goes from d to n, W2 from n back to d.", "d*n + n**2")
mlp_parameters.mistake("One matrix is taken for d×d: W1 goes from d to n, W2 from n back to d.", "d*n + d**2")
mlp_parameters.mistake(
    "Both matrices are taken for square ones; they are d×n and n×d.",
    "2*n**2",
    "2*d**2",
    "d**2 + n**2",
)
mlp_parameters.mistake(
    "W1 and W2 are merged into one d×d matrix; two matrices are stored and trained.",
    "d**2",
)


mlp_parameters.mistake(
    "X is counted; it is the input, and nothing in it is learned.", "2*d*n + L*d", "L*d + d*n", "L*d"
)
mlp_parameters.mistake(
    "The hidden units are counted; they are computed from X, not learned.", "2*d*n + L*n", "L*n"
)
mlp_parameters.mistake("Three matrices are counted; there are W1 and W2.", "3*d*n")


mlp_parameters.mistake(
    "The hidden units are counted in place of a matrix; they are computed, not learned.", "d*n + L*n"
)
mlp_parameters.mistake(
    "X and the hidden units are counted; neither is learned.",
    "2*d*n + L*d + L*n",
    "L*d + L*n",
    "2*L*d",
    "2*L*n",
    "2*d*n + 2*L*d",
    "2*L*d + L*n",
    "2*d*n + L*d*n",
)
mlp_parameters.mistake(
    "A factor that turns numbers into bytes or bits (or back), or several layers; the two matrices' numbers "
    "are asked for.",
    "64*d*n",
    "32*d*n",
    "16*d*n",
    "2*d*n/8",
)
mlp_parameters.mistake(
    "This is one matrix, and with a bias; here there are two, and none has a bias.",
    "d*n + n",
    "d*n + d",
    "d*n + n + d",
)
mlp_parameters.mistake(
    "A single number is counted as a bias; here there are none.",
    "2*d*n + 1",
    "2*d*n + 2",
    "2*d*n + 2*d",
    "4*d*n + n + d",
)
mlp_parameters.mistake(
    "A matrix too many: one for each of three layers, or the attention layer's as well.",
    "6*d*n",
    "5*d*n",
    "2*d*n + d**2",
    "2*d*n + n**2",
)
mlp_parameters.mistake(
    "In thousands or millions; the number of weights is asked for.",
    "2*d*n/10**3",
    "2*d*n/10**6",
    "2*d*n/10**9",
)
mlp_parameters.mistake(
    "The two sizes are combined wrongly: a d×n matrix holds d·n numbers.",
    "(d + n)**2",
    "2*d + n",
    "d + 2*n",
    "d**2*n",
    "d*n**2",
    "2*d**2*n",
    "2*d*n**2",
    "d*n/2",
    "n**2",
    "2*n",
    "2*d",
    "d",
    "n",
)


mlp_parameters.also_right("2*n*d", "d*n + n*d", "d*n*2", "n*(d + d)", "2*(d*n)", "4*d*n/2", "d*(2*n)")

mlp_shape = Formula(
    "mlp_shape",
    "(a) The shape of the output",
    points=1,
    difficulty=1,
    minutes=1,
    reference="(L, d)",
    symbols=SIZES,
    unit="shape",
    hints=[
        "In a product the two inner sizes meet and go; the outer two stay.",
        "X W1 is (L×d)(d×n), so L×n. Now multiply that by an n×d matrix.",
    ],
)
mlp_shape.mistake("This is the shape in the middle, X W1; W2 has yet to act.", "(L, n)")
mlp_shape.mistake("This is the shape of W2; the tokens are missing.", "(n, d)")
mlp_shape.mistake("This is the shape of W1; the tokens are missing.", "(d, n)")
mlp_shape.mistake("The axes are swapped: the tokens are the rows.", "(d, L)")
mlp_shape.mistake(
    "The middle shape, and with swapped axes: the tokens are the rows and W2 has yet to act.",
    "(n, L)",
)
mlp_shape.mistake("This is the shape of an attention matrix; no token meets another one here.", "(L, L)")
mlp_shape.mistake("This is W1 W2, the weights multiplied with each other; the tokens are missing.", "(d, d)")
mlp_shape.mistake("This is the output for one token; X has L of them.", "(1, d)")
mlp_shape.mistake("The inner size stays in it; it is summed over.", "(L, d, n)", "(L, n, d)")
mlp_shape.mistake(
    "The outputs of the two layers are put side by side; the second layer eats the first one's.",
    "(L, n + d)",
)


mlp_shape.mistake("This is how many numbers Y holds; its shape is two sizes in parentheses.", "L*d")
mlp_shape.mistake("The n hidden units stay in it; W2 sums over them.", "(L*n, d)", "(L, d*n)", "(L, n*d)")
mlp_shape.mistake("The width is doubled: W2 leads back to d columns.", "(L, 2*d)")
mlp_shape.mistake("The middle shape, doubled: W2 has n rows and d columns.", "(L, 2*n)")
mlp_shape.mistake("Nothing here is n×n: W1 is d×n and W2 is n×d.", "(n, n)")


mlp_shape.mistake(
    "An axis of length one is added; Y has tokens and width.", "(1, L, d)", "(L, 1, d)", "(L, d, 1)"
)
mlp_shape.mistake(
    "All three sizes stand in it; n is summed over.",
    "(d, n, L)",
    "(d, L, n)",
    "(n, L, d)",
    "(n, d, L)",
    "(L, d, d)",
    "(L, L, d)",
    "(L, n, n)",
    "(L, n, n, d)",
    "(L, d, n, d)",
)
mlp_shape.mistake(
    "The tokens are summed or averaged away; each of them has a row of its own.",
    "(d, 1)",
    "(1, n)",
    "(n, 1)",
    "(1, 1)",
)
mlp_shape.mistake("The width is summed away; each token keeps d numbers.", "(L, 1)", "(1, L)")
mlp_shape.mistake(
    "Sizes are multiplied that stand in axes of their own, or are summed over.",
    "(L*d, n)",
    "(L*d, 1)",
    "(1, L*d)",
    "(L, d**2)",
    "(L, n**2)",
    "(L**2, d)",
    "(d, d*n)",
    "(L*d, d)",
    "(L*d, L*d)",
    "(L*d, d*n)",
)
mlp_shape.mistake("The tokens are doubled; each has one row.", "(2*L, d)", "(2*L, n)", "(2*L, 2*d)")
mlp_shape.mistake(
    "Nothing here has these axes: the rows are the tokens and the columns their width.",
    "(d, L*n)",
    "(L, L + d)",
    "(L + n, d)",
    "(L + d, n)",
    "(L, d - n)",
    "(L, n - d)",
    "(L/2, d)",
    "(L, d/2)",
    "(L, d/n)",
)
mlp_shape.mistake(
    "This is one size; a shape has one for each of two axes.", "L", "d", "n", "L*n", "d*n", "L*d*n", "L + d"
)


mlp_shape.also_right("(L,d)", "(1*L, d)", "(L, d*n/n)", "(L + 0, d)", "(2*L/2, 2*d - d)")

mlp_flops = Formula(
    "mlp_flops",
    "(a) How many FLOPs",
    points=1,
    difficulty=1,
    minutes=2,
    reference="4*L*d*n",
    symbols=SIZES,
    unit="FLOPs",
    hints=[
        "Two products, one after the other. You have a formula for one.",
        "X W1 is (L×d)(d×n): 2·L·d·n. What are the three sizes of (X W1) W2?",
        "The second is (L×n)(n×d), and that costs as much as the first.",
    ],
)
mlp_flops.mistake(
    "This is half of it. Either one of the two layers is forgotten, or multiply–adds are counted: here a "
    "multiplication and an addition are two FLOPs.",
    "2*L*d*n",
)
mlp_flops.mistake("One layer of the two, and in multiply–adds.", "L*d*n")
mlp_flops.mistake("This is the price for one token; X has L of them.", "4*d*n")
mlp_flops.mistake(
    "This is how many weights there are; each is used once for every token, with two operations.",
    "2*d*n",
)
mlp_flops.mistake(
    "Everything is counted twice: 2·L·d·n per product already holds multiplications and additions.",
    "8*L*d*n",
)
mlp_flops.mistake("Biases are counted; here there are none.", "4*L*d*n + L*n + L*d")
mlp_flops.mistake("A bias or a non-linearity in the middle is counted; here there is none.", "4*L*d*n + L*n")
mlp_flops.mistake("The second layer is taken for n×n; W2 goes from n back to d.", "2*L*d*n + 2*L*n**2")
mlp_flops.mistake(
    "One layer is taken for d×d; W1 goes from d to n, W2 from n back to d.",
    "2*L*d*n + 2*L*d**2",
)
mlp_flops.mistake("Both layers are taken for square ones; they are d×n and n×d.", "4*L*n**2", "4*L*d**2")
mlp_flops.mistake(
    "L is in it twice: nothing here compares one token with another.",
    "4*L**2*d*n",
    "4*L**2*n",
    "4*L**2*d",
)
mlp_flops.mistake(
    "The prices of the two layers are multiplied where they add.",
    "4*L**2*d**2*n**2",
    "L**2*d**2*n**2",
)
mlp_flops.mistake("The sizes d and n are added where they multiply.", "2*L*(d + n)", "4*L*(d + n)")
mlp_flops.mistake(
    "One addition fewer per entry is exact by hand, but every counter charges one addition for each "
    "multiplication.",
    "L*n*(2*d - 1) + L*d*(2*n - 1)",
)
mlp_flops.mistake(
    "These are the entries of the two results; each of them is a sum of many products.",
    "L*n + L*d",
)
mlp_flops.mistake(
    "Here W1 W2 is multiplied out first. That is another order, with another price.",
    "2*d**2*n + 2*L*d**2",
)
mlp_flops.mistake("This is one d×d matrix in place of the two layers.", "2*L*d**2")
mlp_flops.mistake("This is a forward and a backward pass; only the forward one is asked for.", "12*L*d*n")


mlp_flops.mistake("Three products are charged; there are two, X W1 and that times W2.", "6*L*d*n")
mlp_flops.mistake("One layer is counted in FLOPs and the other in multiply–adds.", "3*L*d*n")
mlp_flops.mistake("The bias of the second layer is counted; here there is none.", "4*L*d*n + L*d")
mlp_flops.mistake("The FLOPs and the weights are added up.", "4*L*d*n + 2*d*n")


mlp_flops.mistake(
    "These are kFLOPs, MFLOPs or GFLOPs; the number of FLOPs is asked for.",
    "4*L*d*n/10**3",
    "4*L*d*n/10**6",
    "4*L*d*n/10**9",
)
mlp_flops.mistake(
    "Too large by a factor: two layers at 2 per product, and nothing is in bytes or bits.",
    "16*L*d*n",
    "32*L*d*n",
    "64*L*d*n",
    "128*L*d*n",
)
mlp_flops.mistake(
    "In multiply–adds, and biases or a non-linearity are counted; here there are none.",
    "2*L*d*n + L*n + L*d",
    "2*L*d*n + L*n",
    "2*L*d*n + L*d",
)
mlp_flops.mistake(
    "Everything is counted one token at a time, and not every factor: X has L tokens.",
    "6*d*n",
    "8*d*n",
    "12*d*n",
    "d*n",
)
mlp_flops.mistake(
    "The sums are not counted: each entry of the results is a sum of many products.",
    "2*L*d",
    "2*L*n",
    "4*L*d",
    "4*L*n",
    "L*d",
    "L*n",
)
mlp_flops.mistake(
    "One of the sizes is in it twice: each of L, d and n counts once for each layer.",
    "4*L*d**2*n",
    "4*L*d*n**2",
    "2*L**2*d*n",
    "2*L*d**2*n",
    "2*L*d*n**2",
    "2*L**2*d*n + 2*L*d*n",
)
mlp_flops.mistake(
    "Only the first layer reads L tokens here; the second does as well.", "2*L*d*n + 2*d*n", "2*L*d*n + d*n"
)
mlp_flops.mistake(
    "An L×L matrix is charged; no token meets another one here.",
    "4*L*d*n + L**2",
    "2*L*d*n + 2*L**2*n",
    "2*L*d*n + 2*L**2*d",
    "4*L*d*n + 2*L**2*n",
    "4*L*d*n + 4*L**2*n",
    "8*L*d*n + 4*L**2*n",
)
mlp_flops.mistake(
    "A bias of each layer, or several operations of a non-linearity, are counted; here there are none.",
    "4*L*d*n + 2*L*n",
    "4*L*d*n + 2*L*n + 2*L*d",
    "4*L*d*n + n + d",
    "4*L*d*n + n",
    "4*L*d*n + d",
    "4*L*d*n + 4*L*n",
    "4*L*d*n + 5*L*n",
    "4*L*d*n + 8*L*n",
)
mlp_flops.mistake(
    "One addition fewer is taken off in one layer only; and every counter charges 2 per product.",
    "4*L*d*n - L*n",
    "4*L*d*n - L*d",
)
mlp_flops.mistake(
    "One layer is taken for a square one; W1 goes from d to n, W2 from n back to d. And in multiply–adds.",
    "L*d*n + L*n**2",
    "L*d*n + L*d**2",
    "2*L*n**2",
)
mlp_flops.mistake(
    "Too many products are charged; there are two, X W1 and that times W2.",
    "10*L*d*n",
    "14*L*d*n",
    "24*L*d*n",
    "5*L*d*n",
)
mlp_flops.mistake(
    "The numbers read and written are added to the operations done with them.",
    "4*L*d*n + L*d + 2*d*n",
    "4*L*d*n + 2*L*d",
    "4*L*d*n + 2*d*n + 2*L*d + L*n",
    "2*L*d + 2*d*n",
    "L*d + 2*d*n",
    "2*L*d + 2*d*n + L*n",
)


mlp_flops.also_right(
    "2*L*d*n + 2*L*n*d",
    "4*n*d*L",
    "2*(2*L*d*n)",
    "L*(4*d*n)",
    "2*L*(d*n + n*d)",
    "2*L*n*(d + d)",
    "8*L*d*n/2",
    "(2*L)*(2*d)*n",
)


# --- (b) self-attention -------------------------------------------------------------------------------------

attention_parameters = Formula(
    "attention_parameters",
    "(b) How many weights",
    points=1,
    difficulty=1,
    minutes=1,
    reference="4*d*n",
    symbols=SIZES,
    unit="parameters",
    hints=[
        "Which letters in the formula stand for something learned?",
        "Four matrices, Wq, Wk, Wv and Wo, each with d·n numbers.",
    ],
)
attention_parameters.mistake(
    "One of the four matrices is missing, most often the output projection Wo.",
    "3*d*n",
)
attention_parameters.mistake("Two of the four matrices are missing: count Wq, Wk, Wv and Wo.", "2*d*n")
attention_parameters.mistake("The weights of one matrix only: there are Wq, Wk, Wv and Wo.", "d*n")
attention_parameters.mistake(
    "The output projection is taken for n×n; it goes from n back to d.",
    "3*d*n + n**2",
)
attention_parameters.mistake("The output projection is taken for d×d; it goes from n to d.", "3*d*n + d**2")
attention_parameters.mistake(
    "The matrices are taken for d×d, as in most Transformers; here they are d×n and n×d.",
    "4*d**2",
)
attention_parameters.mistake("The matrices are taken for n×n; here they are d×n and n×d.", "4*n**2")
attention_parameters.mistake(
    "The matrices are taken for d×d, and one of the four is missing: count Wq, Wk, Wv (d×n) and Wo (n×d).",
    "3*d**2",
)
attention_parameters.mistake("These are the entries of the attention matrix; it is not learned.", "L**2")
attention_parameters.mistake(
    "The attention matrix is counted; it is computed from X, not learned.",
    "4*d*n + L**2",
)
attention_parameters.mistake(
    "The attention matrix is counted, and the output projection is not.",
    "3*d*n + L**2",
)
attention_parameters.mistake(
    "Biases are counted; here there are none.",
    "4*d*n + 3*n + d",
    "4*d*n + 4*n",
    "4*d*n + 3*n",
    "4*d*n + 4*d",
)
attention_parameters.mistake(
    "Weights are shared by all tokens: their number does not depend on L.",
    "4*L*d*n",
    "3*L*d*n",
)
attention_parameters.mistake(
    "Six matrices are counted; only four hold weights, Wq, Wk, Wv and Wo: scores and weighted sum have none, "
    "and the MLP is another layer.",
    "6*d*n",
)
attention_parameters.mistake(
    "These are the FLOPs of the projections for one token (two for each weight), or the four matrices twice.",
    "8*d*n",
)
attention_parameters.mistake("This is the memory of the weights in bytes, at four bytes each.", "16*d*n")
attention_parameters.mistake("The sides are added: a d×n matrix holds d·n numbers.", "4*(d + n)", "3*(d + n)")
attention_parameters.mistake("The weights of the four matrices are multiplied where they add.", "d**4*n**4")


attention_parameters.mistake("Five matrices are counted; four hold weights: Wq, Wk, Wv and Wo.", "5*d*n")
attention_parameters.mistake(
    "X is counted; it is the input, and nothing in it is learned.", "4*d*n + L*d", "3*d*n + L*d"
)
attention_parameters.mistake(
    "These are the numbers in queries, keys and values; they are computed from X, not learned.",
    "3*L*n",
)
attention_parameters.mistake(
    "Queries, keys and values are counted too; they are computed from X, not learned.",
    "4*d*n + 3*L*n",
)


attention_parameters.mistake(
    "X or what is made from it is counted; neither is learned.",
    "4*d*n + 2*L*d",
    "4*d*n + L*n",
    "3*d*n + L*n",
    "3*d*n + 3*L*n",
    "4*d*n + 3*L*n + L**2",
    "4*d*n + 4*L*n",
    "4*d*n + L*d*n",
    "L*n",
    "L*d",
    "4*L*n",
    "4*L*d",
    "3*L*d",
    "2*L*n",
    "3*L*n + L**2",
    "3*L*n + L*d",
    "4*d*n + 2*L**2",
    "2*d*n + L**2",
    "d*n + L**2",
    "2*L**2",
)
attention_parameters.mistake(
    "Some of the matrices are taken for square ones; they are d×n, and Wo is n×d.",
    "2*d*n + 2*d**2",
    "2*d*n + 2*n**2",
    "d*n + 3*d**2",
    "d*n + 3*n**2",
    "3*n**2",
    "2*d**2",
    "2*n**2",
    "d**2",
    "n**2",
    "3*d**2 + n**2",
    "3*n**2 + d**2",
    "2*d*n + d**2",
    "2*d*n + n**2",
)
attention_parameters.mistake(
    "Weights are shared by all tokens, and one of the usual factors is off: L is not in it.",
    "2*L*d*n",
    "L*d*n",
    "8*L*d*n",
    "6*L*d*n",
    "8*L*d*n + 4*L**2*n",
    "4*L**2*d*n",
)
attention_parameters.mistake(
    "A factor that turns numbers into bytes or bits (or back), or several layers; the four matrices' "
    "numbers are asked for.",
    "128*d*n",
    "64*d*n",
    "32*d*n",
    "4*d*n/8",
)
attention_parameters.mistake(
    "In thousands or millions; the number of weights is asked for.",
    "4*d*n/10**3",
    "4*d*n/10**6",
    "4*d*n/10**9",
)
attention_parameters.mistake(
    "A single number for each matrix is counted as a bias; here there are none.",
    "4*d*n + 1",
    "4*d*n + 4",
    "4*d*n + n",
    "4*d*n + d",
    "4*d*n + n + d",
    "4*d*n + 4*(n + d)",
    "3*d*n + 3*n",
    "3*d*n + 3*n + d",
)
attention_parameters.mistake(
    "The matrices are combined wrongly: a d×n matrix holds d·n numbers, and their numbers add.",
    "(d*n)**3",
    "4*(d*n)**2",
    "(d*n)**2",
    "4*d + 4*n + 4",
    "4*d",
    "4*n",
    "3*d + n",
    "4*d**2*n",
    "4*d*n**2",
    "d + n",
    "2*(d + n)",
    "d*n/4",
)
attention_parameters.mistake(
    "Too many matrices: four hold weights, Wq, Wk, Wv and Wo.", "12*d*n", "7*d*n", "10*d*n", "24*d*n"
)


attention_parameters.also_right(
    "4*n*d",
    "3*d*n + n*d",
    "d*n + d*n + d*n + n*d",
    "2*(2*d*n)",
    "n*(4*d)",
    "(2*d)*(2*n)",
    "8*d*n/2",
)

attention_flops = Formula(
    "attention_flops",
    "(b) How many FLOPs",
    points=3,
    difficulty=3,
    minutes=6,
    reference="8*L*d*n + 4*L**2*n",
    symbols=SIZES,
    unit="FLOPs",
    hints=[
        "There are six products in the formula. Write the shapes of each pair on paper, from left to right.",
        "Three of them make queries, keys and values, one is the output projection: 2·L·d·n each.",
        "The scores are (L×n)(n×L). The weighted sum is (L×L)(L×n). Each is 2 × rows × inner × columns.",
        "Four times 2·L·d·n, and twice 2·L·L·n.",
    ],
)
attention_flops.mistake(
    "One of the four projections is missing: the value projection Wv or the output projection Wo is the "
    "usual one.",
    "6*L*d*n + 4*L**2*n",
)
attention_flops.mistake(
    "Only half the work of the projections is counted: two of the four are missing, or they are in "
    "multiply–adds and the rest is not.",
    "4*L*d*n + 4*L**2*n",
)
attention_flops.mistake("Only one of the four projections is counted.", "2*L*d*n + 4*L**2*n")
attention_flops.mistake(
    "Of the two products with an L×L matrix one is counted: the scores or the weighted sum is missing (or "
    "both are in multiply–adds).",
    "8*L*d*n + 2*L**2*n",
)
attention_flops.mistake(
    "One projection is missing, and one of the two products with an L×L matrix.",
    "6*L*d*n + 2*L**2*n",
)
attention_flops.mistake(
    "Three projections are missing, and one of the two products with an L×L matrix.",
    "2*L*d*n + 2*L**2*n",
)
attention_flops.mistake("The projections are counted, but not the scores and the weighted sum.", "8*L*d*n")
attention_flops.mistake("Queries, keys and values are counted, and nothing after them.", "6*L*d*n")
attention_flops.mistake(
    "The scores and the weighted sum are counted, but none of the projections.",
    "4*L**2*n",
)
attention_flops.mistake("Only the scores are counted.", "2*L**2*n")
attention_flops.mistake("Only the scores are counted, and in multiply–adds.", "L**2*n")
attention_flops.mistake("Only one projection is counted; six products are in the formula.", "2*L*d*n")
attention_flops.mistake(
    "In multiply–adds, and queries, keys and values are counted but nothing after them.", "3*L*d*n"
)
attention_flops.mistake(
    "In multiply–adds, and three of the four projections are missing.",
    "L*d*n + 2*L**2*n",
)
attention_flops.mistake(
    "In multiply–adds, and two projections and one of the two products with an L×L matrix are missing.",
    "2*L*d*n + L**2*n",
)
attention_flops.mistake("In multiply–adds, and one of the four projections is missing.", "3*L*d*n + 2*L**2*n")
attention_flops.mistake(
    "In multiply–adds, and one of the two products with an L×L matrix is missing.",
    "4*L*d*n + L**2*n",
)
attention_flops.mistake(
    "In multiply–adds, and one projection and one of the two products with an L×L matrix are missing.",
    "3*L*d*n + L**2*n",
)
attention_flops.mistake(
    "Each pair of tokens is counted once, not n times: a score is a sum of n products.",
    "8*L*d*n + 4*L**2",
    "8*L*d*n + 2*L**2",
    "8*L*d*n + L**2",
)
attention_flops.mistake(
    "One projection is missing, and each pair of tokens is counted once, not n times.",
    "6*L*d*n + 4*L**2",
    "6*L*d*n + 2*L**2",
    "6*L*d*n + L**2",
)
attention_flops.mistake(
    "One projection is missing, and scores and weighted sum are charged the width d; they are n wide.",
    "6*L*d*n + 4*L**2*d",
)
attention_flops.mistake(
    "The matrices are taken for d×d; here n is the inner width. And one of the six products is missing.",
    "6*L*d**2 + 4*L**2*d",
    "8*L*d**2 + 2*L**2*d",
)
attention_flops.mistake(
    "The matrices are taken for d×d; here n is the inner width. And these are multiply–adds.",
    "4*L*d**2 + 2*L**2*d",
)
attention_flops.mistake(
    "The scores are charged one multiplication and one addition for each pair of tokens: a score is a sum "
    "of n products.",
    "8*L*d*n + 2*L**2*n + 2*L**2",
)
attention_flops.mistake(
    "Queries, keys and values are n wide, not d: d meets no L×L matrix here.",
    "8*L*d*n + 4*L**2*d",
)
attention_flops.mistake(
    "The scores or the weighted sum is charged the width d; queries, keys and values are n wide.",
    "8*L*d*n + 2*L**2*n + 2*L**2*d",
)
attention_flops.mistake(
    "The matrices are taken for d×d, as in most Transformers; here n is the inner width.",
    "8*L*d**2 + 4*L**2*d",
)
attention_flops.mistake("The matrices are taken for n×n; they are d×n and n×d.", "8*L*n**2 + 4*L**2*n")
attention_flops.mistake(
    "The output projection is taken for n×n; it goes from n back to d.",
    "6*L*d*n + 2*L*n**2 + 4*L**2*n",
)
attention_flops.mistake(
    "The output projection is taken for d×d; it goes from n to d.",
    "6*L*d*n + 2*L*d**2 + 4*L**2*n",
)
attention_flops.mistake(
    "Here keys and values are multiplied first. That is another order, with another price: the formula "
    "goes from left to right.",
    "8*L*d*n + 4*L*n**2",
)
attention_flops.mistake(
    "Keys and values are n×L and L×n here; the weighted sum is (L×L)(L×n).",
    "8*L*d*n + 2*L**2*n + 2*L*n**2",
)
attention_flops.mistake(
    "The weighted sum is charged as (L×L)(L×L); the values are L×n.",
    "8*L*d*n + 2*L**2*n + 2*L**3",
)
attention_flops.mistake("This is the price for one query; there are L of them.", "8*d*n + 4*L*n")
attention_flops.mistake(
    "The projections are counted for one token only; there are L of them.",
    "8*d*n + 4*L**2*n",
)
attention_flops.mistake(
    "Each token is compared with one token only; it meets all L of them.",
    "8*L*d*n + 4*L*n",
)
attention_flops.mistake(
    "A softmax or a division is counted; formula (b) has neither, and the counters leave them out.",
    "8*L*d*n + 4*L**2*n + L**2",
    "8*L*d*n + 4*L**2*n + 2*L**2",
    "8*L*d*n + 4*L**2*n + 3*L**2",
    "8*L*d*n + 4*L**2*n + 4*L**2",
    "8*L*d*n + 4*L**2*n + 5*L**2",
)
attention_flops.mistake("Biases are counted; here there are none.", "8*L*d*n + 4*L**2*n + 3*L*n + L*d")
attention_flops.mistake(
    "The width is in the scores twice: they are (L×n)(n×L), and d is gone by then.",
    "8*L*d*n + 4*L**2*d*n",
)
attention_flops.mistake("This is layer (a); no token meets another one in it.", "4*L*d*n")
attention_flops.mistake("The attention layer and the MLP are counted together.", "12*L*d*n + 4*L**2*n")
attention_flops.mistake(
    "Everything is counted twice: 2·L·d·n per product already holds multiplications and additions.",
    "16*L*d*n + 8*L**2*n",
)
attention_flops.mistake(
    "This is a forward and a backward pass; only the forward one is asked for.",
    "24*L*d*n + 12*L**2*n",
)
attention_flops.mistake(
    "One addition fewer per entry is exact by hand, but every counter charges one addition for each "
    "multiplication.",
    "3*L*n*(2*d - 1) + L**2*(2*n - 1) + L*n*(2*L - 1) + L*d*(2*n - 1)",
)


attention_flops.mistake(
    "Three products with an L×L matrix are charged; there are two, the scores and the weighted sum.",
    "8*L*d*n + 6*L**2*n",
)
attention_flops.mistake(
    "All six products are charged as projections; two of them meet an L×L matrix.",
    "12*L*d*n",
)
attention_flops.mistake(
    "Five products are charged as projections: scores and weighted sum both meet an L×L matrix.",
    "10*L*d*n + 2*L**2*n",
)
attention_flops.mistake("Five projections are charged; there are four.", "10*L*d*n + 4*L**2*n")
attention_flops.mistake("The projections are right, and the pairs are charged twice.", "8*L*d*n + 8*L**2*n")
attention_flops.mistake(
    "Scores and weighted sum are charged as (L×L)(L×L); they are (L×n)(n×L) and (L×L)(L×n).",
    "8*L*d*n + 4*L**3",
)


_PROJECTIONS = {
    8: "",
    0: "none of the four projections is counted",
    2: "one of the four projections is counted",
    3: "three of the four projections are counted, in multiply–adds",
    4: "two of the four projections are counted (or all four in multiply–adds)",
    6: "three of the four projections are counted",
    10: "five projections are charged instead of four",
    12: "six projections are charged instead of four",
    16: "the projections are charged twice",
}
_PAIRS = {
    4: "",
    1: "one of the two products with an L×L matrix is counted, in multiply–adds",
    2: "of the two products with an L×L matrix one is counted (or both in multiply–adds)",
    6: "three products with an L×L matrix are charged instead of two",
    8: "the two products with an L×L matrix are charged twice",
}
_FAMILIES = {  # what a projection and a pair of tokens are charged, and what is wrong with it
    ("L*d*n", "L**2*n"): "",
    ("L*d*n", "L**2*d"): "scores and weighted sum are charged the width d; they are n wide",
    ("L*d**2", "L**2*d"): "the matrices are taken for d×d; here n is the inner width",
    ("L*n**2", "L**2*n"): "the matrices are taken for n×n; they are d×n and n×d",
    ("L*d**2", "L**2*n"): "the projections are taken for d×d; they are d×n and n×d",
    ("d*n", "L*n"): "this is for one token; there are L of them",
    ("d*n", "L**2*n"): "the projections are counted for one token only",
    ("L*d*n", "L*n"): "each token is compared with one token only; it meets all L of them",
    ("L*d*n", "L**2"): "each pair of tokens is counted once, not n times",
    ("L*d*n", "L**2*d*n"): "the width d is in the scores as well; it is gone by then",
    ("L*d*n", "L**3"): "the products with an L×L matrix are taken for (L×L)(L×L)",
    ("L*d*n", "L*n**2"): "keys and values are multiplied first, in another order than the formula's",
    ("L**2*d*n", "L**2*n"): "L is twice in the projections; each token is projected by itself",
}
_mistakes(
    attention_flops,
    {
        f"{p}*{projection} + {s}*{pair}": _upper(
            "; ".join(filter(None, (wrong, _PROJECTIONS[p], _PAIRS[s]))) + "."
        )
        for (projection, pair), wrong in _FAMILIES.items()
        for p in _PROJECTIONS
        for s in _PAIRS
        if (p in (8, 6, 4) and s in (4, 2) if wrong else (p, s) != (8, 4))
    },
)
_mistakes(
    attention_flops,
    {f"{p}*L*d*n": "Projections alone are charged, and not four of them." for p in (1, 3, 5, 10, 14, 16, 24)}
    | {
        f"8*L*d*n + 4*L**2*n + {extra}": "Biases are counted; here there are none."
        for extra in ("4*L*n", "3*L*n", "L*d", "3*n + d", "4*n", "4*L*d")
    }
    | {
        f"8*L*d*n + 4*L**2*n + {extra}": "Something is counted that formula (b) does not have, or that is "
        "no operation."
        for extra in ("L*n", "L*d*n", "2*L**3", "L", "L*L*d", "L**3", "10*L**2", "6*L**2", "4*d*n")
    }
    | {
        f"(8*L*d*n + 4*L**2*n)/10**{power}": "These are kFLOPs, MFLOPs or GFLOPs; the number of FLOPs is "
        "asked for."
        for power in (3, 6, 9)
    }
    | {
        f"{count}*(8*L*d*n + 4*L**2*n)": "The right price, times some number: there is one layer and one "
        "sequence."
        for count in ("3/2", "4", "8", "32", "L", "n", "d")
    }
    | {
        f"{count}*L**2*{size}": "The scores or the weighted sum are charged alone; there are four "
        "projections as well."
        for count in (1, 2, 4, 6, 8)
        for size in ("n", "d", "d*n")
    }
    | {
        f"{count}*L**3": "This is the price of L×L matrices; the widths d and n are missing."
        for count in (1, 2, 4)
    },
)


attention_flops.also_right(
    "4*L*n*(2*d + L)",
    "2*L*d*n + 2*L*d*n + 2*L*d*n + 2*L*L*n + 2*L*L*n + 2*L*n*d",
    "8*L*n*d + 4*L*L*n",
    "4*(2*L*d*n + L**2*n)",
    "3*2*L*d*n + 2*2*L**2*n + 2*L*n*d",
    "4*L*d*n*(2 + L/d)",
    "(8*d + 4*L)*L*n",
)


# No two mistakes cost the same anywhere: never L = d, 2d or 3d/2, nor n = 2d, d/3 or d/4, or nearly so.
LENGTHS = (50, 197, 785, 1297)  # patches + CLS
WIDTHS = (192, 384, 768, 1024)
UNITS = (320, 640, 1280, 2560)


def _attention_flops(L, d, n):
    return 8 * L * d * n + 4 * L**2 * n


def layer_gflops_reference(L, d, n):
    return (8 * L * d * n + 4 * L**2 * n) / 1e9


layer_gflops = Number(
    "layer_gflops",
    "A layer of your own",
    points=2,
    difficulty=2,
    minutes=4,
    given=lambda draw: {"L": draw.choice(LENGTHS), "d": draw.choice(WIDTHS), "n": draw.choice(UNITS)},
    reference=layer_gflops_reference,
    unit="GFLOPs",
    hints=[
        "It is the formula of the last exercise, with your three numbers in place of the letters. Let "
        "Python do the arithmetic.",
        "Giga is 10⁹: divide by 1e9 at the end.",
    ],
)


@layer_gflops.mistake("This is in FLOPs; a GFLOP is 10⁹ of them.")
def in_flops(L, d, n):
    return _attention_flops(L, d, n)


@layer_gflops.mistake("This is in MFLOPs, 10⁶ of them; a GFLOP is 10⁹.")
def in_mflops(L, d, n):
    return _attention_flops(L, d, n) / 1e6


@layer_gflops.mistake("This is in TFLOPs, 10¹² of them; a GFLOP is 10⁹.")
def in_tflops(L, d, n):
    return _attention_flops(L, d, n) / 1e12


@layer_gflops.mistake("Giga is 2³⁰ here; for FLOPs it is 10⁹ (2³⁰ is for memory).")
def binary_giga(L, d, n):
    return _attention_flops(L, d, n) / 2**30


@layer_gflops.mistake("This is in multiply–adds: each of them is two FLOPs.")
def in_multiply_adds(L, d, n):
    return _attention_flops(L, d, n) / 2e9


@layer_gflops.mistake(
    "This is the price of layer (a), the MLP; or that of the projections alone, in multiply–adds."
)
def of_the_mlp(L, d, n):
    return 4 * L * d * n / 1e9


@layer_gflops.mistake("These are the projections alone; scores and weighted sum are missing.")
def projections_only(L, d, n):
    return 8 * L * d * n / 1e9


@layer_gflops.mistake("These are the scores and the weighted sum alone; the projections are missing.")
def quadratic_only(L, d, n):
    return 4 * L**2 * n / 1e9


@layer_gflops.mistake("One of the four projections is missing.")
def three_projections(L, d, n):
    return (6 * L * d * n + 4 * L**2 * n) / 1e9


@layer_gflops.mistake("Of the two products with an L×L matrix one is missing.")
def one_product(L, d, n):
    return (8 * L * d * n + 2 * L**2 * n) / 1e9


@layer_gflops.mistake(
    "The scores and the weighted sum are charged the width d (or d and n have changed places); queries, "
    "keys and values are n wide.",
)
def scores_d_wide(L, d, n):
    return (8 * L * d * n + 4 * L**2 * d) / 1e9


@layer_gflops.mistake("L and d have changed places.")
def length_for_width(L, d, n):
    return _attention_flops(d, L, n) / 1e9


@layer_gflops.mistake("The attention layer and the MLP are counted together.")
def whole_block(L, d, n):
    return (12 * L * d * n + 4 * L**2 * n) / 1e9


@layer_gflops.mistake("The matrices are taken for d×d, as in most Transformers; here n is the inner width.")
def d_for_n(L, d, n):
    return _attention_flops(L, d, d) / 1e9


@layer_gflops.mistake("The matrices are taken for n×n; here they are d×n and n×d.")
def n_for_d(L, d, n):
    return _attention_flops(L, n, n) / 1e9


@layer_gflops.mistake(
    "One of the four projections and one of the two products with an L×L matrix are missing."
)
def one_of_each_missing(L, d, n):
    return (6 * L * d * n + 2 * L**2 * n) / 1e9


@layer_gflops.mistake("Everything is counted twice.")
def everything_twice(L, d, n):
    return 2 * _attention_flops(L, d, n) / 1e9


_ALSO_OFF = {  # on top of a unit that is not GFLOPs
    "the projections are counted alone": lambda L, d, n: 8 * L * d * n,
    "scores and weighted sum are counted alone": lambda L, d, n: 4 * L**2 * n,
    "one of the four projections is missing": lambda L, d, n: 6 * L * d * n + 4 * L**2 * n,
    "one of the two products with an L×L matrix is missing": lambda L, d, n: 8 * L * d * n + 2 * L**2 * n,
    "scores and weighted sum are charged the width d": lambda L, d, n: 8 * L * d * n + 4 * L**2 * d,
    "it is the price of the MLP": lambda L, d, n: 4 * L * d * n,
}
_ALONE = {
    "Two of the four projections are missing.": lambda L, d, n: 4 * L * d * n + 4 * L**2 * n,
    "Three of the four projections are missing.": lambda L, d, n: 2 * L * d * n + 4 * L**2 * n,
    "Queries, keys and values are counted, and nothing after them.": lambda L, d, n: 6 * L * d * n,
    "This is the price for one token; there are L of them.": lambda L, d, n: 8 * d * n + 4 * L * n,
    "Keys and values are multiplied first; or L and n have changed places.": lambda L, d, n: (
        8 * L * d * n + 4 * L * n**2
    ),
    "This is a forward and a backward pass; only the forward one is asked for.": lambda L, d, n: (
        3 * _attention_flops(L, d, n)
    ),
    "This is the number of weights (divided by 10⁹), not that of the FLOPs.": lambda L, d, n: 4 * d * n,
}
_UNITS = {"FLOPs": 1, "kFLOPs": 1e3, "MFLOPs": 1e6, "multiply–adds": 2e9, "units of 2³⁰": 2**30}


def _in_unit(flops, unit):
    return lambda L, d, n: flops(L, d, n) / unit


layer_gflops.mistake("This is in kFLOPs, 10³ of them; a GFLOP is 10⁹.", _in_unit(_attention_flops, 1e3))
layer_gflops.mistake(
    "This is in millions of multiply–adds; a GFLOP is 10⁹ FLOPs.", _in_unit(_attention_flops, 2e6)
)
layer_gflops.mistake(
    "These are multiply–adds, one by one; a GFLOP is 10⁹ FLOPs.", _in_unit(_attention_flops, 2)
)
for _sentence, _flops in _ALONE.items():
    layer_gflops.mistake(_sentence, _in_unit(_flops, 1e9))
for _what, _flops in _ALSO_OFF.items():
    for _name, _unit in list(_UNITS.items())[: 3 if "projections are" in _what or "MLP" in _what else None]:
        layer_gflops.mistake(f"This is in {_name}, not in GFLOPs, and {_what}.", _in_unit(_flops, _unit))


@layer_gflops.also_right
def factored(L, d, n):
    return 4 * L * n * (2 * d + L) / 1e9


@layer_gflops.also_right
def rounded(L, d, n):
    return float(f"{_attention_flops(L, d, n) / 1e9:.5g}")


@layer_gflops.also_right
def product_by_product(L, d, n):
    return sum(2 * a * b * c for a, b, c in [(L, d, n)] * 3 + [(L, n, L), (L, L, n), (L, n, d)]) / 10**9


@layer_gflops.also_right
def from_the_ratio(L, d, n):
    return 4 * L * d * n * 1e-9 * (2 + L / d)


@layer_gflops.also_right
def as_tensor(L, d, n):
    return torch.tensor(_attention_flops(L, d, n) / 1e9)


# --- where does attention overtake the MLP? -----------------------------------------------------------------

overtakes = Formula(
    "overtakes",
    "Where attention overtakes the MLP",
    points=2,
    difficulty=3,
    minutes=6,
    reference="n - 2*d",
    symbols={"d": SIZES["d"], "n": "hidden units of the MLP"},
    unit="tokens",
    hints=[
        "Write both prices as an equation: attention on the left, MLP on the right.",
        "8·L·d² + 4·L²·d = 4·L·d·n. Every term has a factor in common.",
        "Divide by 4·L·d. What is left is linear in L.",
    ],
)
overtakes.mistake("This holds for n = 4d; here n is any number of hidden units.", "2*d")
overtakes.mistake("The projections are left out: 4·L²·d against 4·L·d·n.", "n")
overtakes.mistake("The projections are left out, and n = 4d is put in; here n is any number of units.", "4*d")
overtakes.mistake(
    "A factor d is left over: divide every term by 4·L·d.", "d*n - 2*d**2", "n - 2*d**2", "d*n - 2*d"
)
overtakes.mistake("Two of the four projections are missing on attention's side.", "n - d")
overtakes.mistake("One of the four projections is missing on attention's side.", "n - 3*d/2")
overtakes.mistake("The projections are counted twice.", "n - 4*d")
overtakes.mistake("Of the two products with an L×L matrix one is missing on attention's side.", "2*n - 4*d")
overtakes.mistake(
    "One projection and one of the two products with an L×L matrix are missing on attention's side.",
    "2*n - 3*d",
)
overtakes.mistake("Attention is in multiply–adds and the MLP in FLOPs.", "2*n - 2*d")
overtakes.mistake("The MLP is in multiply–adds, or has one layer, and attention is in FLOPs.", "n/2 - 2*d")
overtakes.mistake(
    "A sign is turned: the projections are paid before the race starts, so they come off n.",
    "n + 2*d",
)
overtakes.mistake(
    "The sign is turned round: for n = 4d this is negative, and there the two do meet.",
    "2*d - n",
)
overtakes.mistake(
    "Right wherever the two meet. Where they never do, leave the length negative in place of 0.",
    "max(n - 2*d, 0)",
)
overtakes.mistake("The 4 in front of L² is lost when dividing.", "4*n - 8*d")
overtakes.mistake("Half the right length: check the 4 in front of L² when dividing.", "n/2 - d")
overtakes.mistake("Everything is divided by d once too often: this is L/d.", "n/d - 2")
overtakes.mistake("The d of the projections is lost when dividing.", "n - 2")
overtakes.mistake(
    "This is where the two quadratic products alone pass the MLP of layer (a) with the same n.",
    "d",
)
overtakes.mistake("The projections are left out, and one of the two products with an L×L matrix.", "2*n")


overtakes.mistake(
    "The projections are d×d, but scores and weighted sum are still charged n; they are d wide then.",
    "d - 2*d**2/n",
)
overtakes.mistake("There is no d in it: the wider the tokens, the earlier the two meet.", "n/2", "n/4")
overtakes.mistake("d is put in for the MLP's n as well; the MLP keeps its n hidden units.", "-d")
overtakes.mistake(
    "The 4 is divided out of the MLP and the pairs, and not out of the projections' 8.", "n - 8*d"
)
overtakes.mistake("Three of the four projections are missing on attention's side.", "n - d/2")


_PAID = {  # attention's projections, as multiples of L·d²
    8: "",
    0: "the projections are left out",
    2: "one of the four projections is counted",
    4: "half the work of the projections is counted (two of four, or multiply–adds)",
    6: "three of the four projections are counted",
    16: "the projections are counted twice",
}
_GROWING = {4: "", 2: "one of the two products with an L×L matrix is counted", 8: "they are counted twice"}
_RACED = {4: "", 2: "one layer of the MLP is counted", 8: "the MLP is counted twice"}
_mistakes(
    overtakes,
    {
        f"({m}*n - {p}*d)/{s}": _upper("; ".join(filter(None, (_PAID[p], _GROWING[s], _RACED[m]))) + ".")
        for p in _PAID
        for s in _GROWING
        for m in _RACED
        if _PAID[p] or _GROWING[s] or _RACED[m]
    },
)
_mistakes(
    overtakes,
    {
        f"({m}*n + {p}*d)/{s}": "A sign is turned, and a factor is off: the projections come off n."
        for m in (2, 4, 8)
        for p in (4, 6, 8, 16)
        for s in (1, 2, 4)
    }
    | {
        f"({m}*n - {p}*d)/{s}": "The factor of n or of d is not that of the equation: divide every term by "
        "4·L·d."
        for m in (1, 2, 4)
        for p in (1, 2, 4, 8)
        for s in (1, 2, 4, 8)
    }
    | {
        f"{p}*d - {m}*n": "The sides are swapped: the sign is turned round, and a factor is off."
        for p in (1, 4, 8)
        for m in (1, 2, 4)
    }
    | {f"d - {m}*n": "d and n have changed places." for m in (1, 2, 4)}
    | {
        f"(n - 2*d)*{size}": "A factor is left over: divide every term by 4·L·d."
        for size in ("d", "n", "4*d", "8*d")
    }
    | {
        f"(n - 2*d)/{size}": "It is divided once too often: divide every term by 4·L·d."
        for size in ("n", "(4*d)", "(2*d)", "(4*n)")
    }
    | {
        f"{count}*d": "n = 4d (or another ratio) is put in; here n is any number of hidden units."
        for count in ("1/2", "3", "6", "8")
    }
    | {
        f"{count}*n": "There is no d in it: the wider the tokens, the earlier the two meet."
        for count in ("3", "4", "1/8")
    }
    | {
        text: "The sizes are combined wrongly: every term of the equation has the factor 4·L·d in common."
        for text in (
            "n/d",
            "n/(2*d)",
            "d/n",
            "n - 2*n",
            "d*n",
            "n**2 - 2*d",
            "n - d**2",
            "n/2 - d/2",
            "n - 2*d - 1",
            "n - 2*d + 1",
            "sqrt(n)",
            "2*n/d",
            "n*d/2",
            "4*d*n - 8*d**2",
            "n - d/4",
            "(n - d)/2",
            "n**2/d",
            "sqrt(d*n)",
        )
    },
)


overtakes.also_right(
    "-2*d + n",
    "n - d - d",
    "(4*n - 8*d)/4",
    "d*(n/d - 2)",
    "-(2*d - n)",
    "(4*d*n - 8*d**2)/(4*d)",
    "2*(n/2 - d)",
)


# --- what does it do to the memory? -------------------------------------------------------------------------

attention_matrix_bytes = Formula(
    "attention_matrix_bytes",
    "The memory of one attention matrix",
    points=1,
    difficulty=1,
    minutes=2,
    reference="4*L**2",
    symbols=SIZES,
    unit="bytes",
    hints=[
        "One weight for each pair of a query and a key. How many pairs are there?",
        "Single precision is 32 bits, and a byte is 8 bits.",
    ],
)
attention_matrix_bytes.mistake("These are the entries; each takes four bytes.", "L**2")
attention_matrix_bytes.mistake("These are bits, not bytes.", "32*L**2")
attention_matrix_bytes.mistake("Two bytes an entry is half precision; single precision takes four.", "2*L**2")
attention_matrix_bytes.mistake("Eight bytes an entry: that is double precision, or two matrices.", "8*L**2")
attention_matrix_bytes.mistake("This is one row, the weights of one query; there are L rows.", "4*L")
attention_matrix_bytes.mistake(
    "A weight is one number, whatever the width: the matrix is L×L.",
    "4*L**2*n",
    "4*L**2*d",
)
attention_matrix_bytes.mistake(
    "This is the memory of the queries (or keys, or values), which are L×n.",
    "4*L*n",
)
attention_matrix_bytes.mistake("This is the memory of X, which is L×d.", "4*L*d")
attention_matrix_bytes.mistake(
    "The matrix compares tokens with tokens: it is L×L.",
    "4*n**2",
    "4*d**2",
    "4*d*n",
)
attention_matrix_bytes.mistake(
    "Only one half of the matrix is counted; it is not symmetric, for queries and keys differ.",
    "2*L*(L - 1)",
    "2*L*(L + 1)",
)
attention_matrix_bytes.mistake("The entries are divided by four; each takes four bytes.", "L**2/4")
attention_matrix_bytes.mistake("These are KiB, not bytes.", "4*L**2/1024")
attention_matrix_bytes.mistake("These are MiB, not bytes.", "4*L**2/1024**2")
attention_matrix_bytes.mistake("These are GiB, not bytes.", "4*L**2/1024**3")
attention_matrix_bytes.mistake("The two sides are added: an L×L matrix has L·L entries.", "8*L", "2*L")


attention_matrix_bytes.mistake("This is the memory of queries, keys and values together.", "12*L*n")
attention_matrix_bytes.mistake(
    "These are bits, and d (or n) numbers for each pair; a weight is one number of four bytes.",
    "32*L**2*d",
    "32*L**2*n",
)
attention_matrix_bytes.mistake("The entries are divided by eight; each takes four bytes.", "L**2/8")
attention_matrix_bytes.mistake(
    "Sixteen bytes an entry: the 4 is squared with L, or counted twice.", "16*L**2"
)
attention_matrix_bytes.mistake("These are kB, not bytes.", "4*L**2/1000")
attention_matrix_bytes.mistake("These are MB, not bytes.", "4*L**2/10**6")
attention_matrix_bytes.mistake("These are GB, not bytes.", "4*L**2/10**9")


_ENTRIES = {
    "L**2": "",
    "L": "this is one row of the matrix, or one side",
    "L**2*n": "n numbers are charged for each pair; a weight is one number",
    "L**2*d": "d numbers are charged for each pair; a weight is one number",
    "L*n": "these are the queries (or keys, or values)",
    "L*d": "this is X",
    "d*n": "this is a weight matrix",
    "d**2": "the matrix is taken for d×d; it compares tokens with tokens",
    "n**2": "the matrix is taken for n×n; it compares tokens with tokens",
    "L*(L - 1)/2": "half of the matrix is counted, without its diagonal",
    "L*(L + 1)/2": "half of the matrix is counted, with its diagonal",
    "L*(L - 1)": "the diagonal is left out; a token looks at itself as well",
    "L**3": "L is in it three times; an L×L matrix has L·L entries",
    "L**4": "the entries are squared; an L×L matrix has L·L entries",
    "L*d*n": "d and n are in it; a weight is one number for each pair of tokens",
    "(L**2 + L*n)": "the queries (or keys, or values) are counted as well",
    "(L**2 + 3*L*n)": "queries, keys and values are counted as well",
    "(L**2 + L*d)": "X is counted as well",
}
_PER_ENTRY = {
    "4": "",
    "1": "a single byte, or none, is charged for each number",
    "2": "two bytes are charged for each number (half precision)",
    "8": "eight bytes are charged for each number (double precision, or two matrices)",
    "12": "twelve bytes are charged for each number (three matrices, or a training step)",
    "16": "sixteen bytes are charged for each number",
    "32": "these are bits, not bytes",
    "64": "these are bits, and of double precision",
    "1/4": "the numbers are divided by four",
    "1/8": "the numbers are divided by eight",
    "1/2": "half a byte is charged for each number",
    "3": "three bytes are charged for each number",
    "128": "these are bits, and four times too many",
}
_mistakes(
    attention_matrix_bytes,
    {
        f"{size}*{entries}": _upper("; ".join(filter(None, (wrong, _PER_ENTRY[size]))) + ".")
        for entries, wrong in _ENTRIES.items()
        for size in _PER_ENTRY
        if wrong or _PER_ENTRY[size]
    },
)
_mistakes(
    attention_matrix_bytes,
    {
        f"{size}*L**2/{unit}": f"These are {name}, not bytes, and not of four bytes an entry."
        for unit, name in {
            "1000": "kB",
            "10**6": "MB",
            "10**9": "GB",
            "1024": "KiB",
            "1024**2": "MiB",
            "1024**3": "GiB",
        }.items()
        for size in (1, 2, 8, 32)
    },
)


attention_matrix_bytes.also_right("4*L*L", "(2*L)**2", "L**2*4", "L*(4*L)", "2*L*2*L", "32*L**2/8")

memory_order = Quiz(
    "memory_order",
    "What fills the memory?",
    points=2,
    difficulty=2,
    minutes=3,
    question=(
        "L = 784 tokens, d = 1,024, n = 2,048, everything in single precision. Order from the **smallest** "
        "to the **largest**:"
    ),
    options={
        "a": "the weights of the attention layer (b)",
        "b": "the hidden units of the MLP, X W1",
        "c": "one attention matrix",
        "d": "the weights of the MLP (a)",
        "e": "the input X",
    },
    right=["c", "e", "b", "d", "a"],
    hints=[
        "Count the entries of each: the four bytes are common to all.",
        "L·L, L·d and L·n against 2·d·n and 4·d·n. Which of L, d and n is the smallest?",
    ],
)
memory_order.mistake(
    "The order is turned round: from the largest to the smallest.",
    ["a", "d", "b", "e", "c"],
)
memory_order.mistake(
    "The attention matrix is put last. It will be, but L = 784 is smaller than d and n, so L·L is the "
    "smallest of all.",
    ["e", "b", "d", "a", "c"],
)
memory_order.mistake(
    "The weights of the two layers are swapped: attention has four matrices, the MLP two.",
    ["c", "e", "b", "a", "d"],
)
memory_order.mistake(
    "X and the hidden units are swapped: X is d wide, the hidden units n.",
    ["c", "b", "e", "d", "a"],
)
memory_order.mistake(
    "The attention matrix is put between the activations and the weights: L is smaller than d and n, so it "
    "comes before X.",
    ["e", "b", "c", "d", "a"],
)
memory_order.mistake(
    "X is put before the attention matrix: L is smaller than d, so L·L is smaller than L·d.",
    ["e", "c", "b", "d", "a"],
)
memory_order.mistake(
    "Weights are put before activations. With a few hundred tokens the weights are larger: they have d·n "
    "entries, L·n is less.",
    ["d", "a", "c", "e", "b"],
    ["d", "a", "e", "b", "c"],
)


# --- can the square be avoided? -----------------------------------------------------------------------------


def linear_attention_reference(x, wq, wk, wv, wo):
    q, k, v = x @ wq, x @ wk, x @ wv  # (B, L, n) each
    context = k.transpose(-2, -1) @ v  # (B, n, n)
    return q @ context @ wo  # (B, L, d)


def _layer(draw, batch):
    B, L, d, n = draw.sizes(4)
    x = draw.normal(*((B, L, d) if batch else (L, d))) / 2  # Y grows with x³; halved, rounding stays small
    weights = {name: draw.normal(d, n) / d**0.5 for name in ("wq", "wk", "wv")}
    return {"x": x, **weights, "wo": draw.normal(n, d) / n**0.5}


# Multiplying from left to right gives the same numbers, and a judge that compares numbers accepts it. The
# exercise says that the L×L matrix is not to be made, and the lesson then counts the reader's own function.
linear_attention = Function(
    "linear_attention",
    "The same numbers for less",
    points=4,
    difficulty=3,
    minutes=8,
    reference=linear_attention_reference,
    cases={
        "one sequence": lambda draw: _layer(draw, batch=False),
        "a batch of sequences": lambda draw: _layer(draw, batch=True),
    },
    hints=[
        "A B C can be multiplied as (A B) C or as A (B C). Which of the two never makes an L×L matrix?",
        "Start with Kᵀ V, which is (n×L)(L×n). How large is it?",
        "With a batch, `k.transpose(-2, -1)` turns the last two axes and leaves the batch alone (`k.T` "
        "would not).",
        "Three projections; then the turned keys times the values; then the queries times that; then `@ wo`.",
    ],
)


@linear_attention.mistake(
    "A softmax is applied to the scores; formula (b) has none, and with one the order cannot be changed.",
)
def with_softmax(x, wq, wk, wv, wo):
    scores = (x @ wq) @ (x @ wk).transpose(-2, -1)
    return scores.softmax(-1) @ (x @ wv) @ wo


@linear_attention.mistake(
    "The scaled dot-product attention of lesson 02 is computed; formula (b) has no softmax and no scale.",
)
def with_scaled_softmax(x, wq, wk, wv, wo):
    scores = (x @ wq) @ (x @ wk).transpose(-2, -1) / wq.shape[-1] ** 0.5
    return scores.softmax(-1) @ (x @ wv) @ wo


@linear_attention.mistake("The result is divided by √n; formula (b) has no scale.")
def scaled_by_root_n(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wq, wk, wv, wo) / wq.shape[-1] ** 0.5


@linear_attention.mistake("The result is divided by √d; formula (b) has no scale.")
def scaled_by_root_d(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wq, wk, wv, wo) / wq.shape[0] ** 0.5


@linear_attention.mistake(
    "The result is divided by L: it is the mean over the tokens, where formula (b) has the sum.",
)
def mean_over_tokens(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wq, wk, wv, wo) / x.shape[-2]


@linear_attention.mistake("The softmax runs over the product of keys and values, which holds no scores.")
def softmax_of_context(x, wq, wk, wv, wo):
    context = (x @ wk).transpose(-2, -1) @ (x @ wv)
    return (x @ wq) @ context.softmax(-1) @ wo


@linear_attention.mistake("Queries and keys have changed places: the keys look at the queries.")
def queries_and_keys_swapped(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wk, wq, wv, wo)


@linear_attention.mistake("Keys and values have changed places: Vᵀ K is made in place of Kᵀ V.")
def keys_and_values_swapped(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wq, wv, wk, wo)


@linear_attention.mistake("Queries and values have changed places.")
def queries_and_values_swapped(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wv, wk, wq, wo)


@linear_attention.mistake("The keys are multiplied with themselves, and the values are never read.")
def never_reads_values(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wq, wk, wk, wo)


@linear_attention.mistake("The values are multiplied with themselves, and the keys are never read.")
def never_reads_keys(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wq, wv, wv, wo)


@linear_attention.mistake("The output projection is missing: the result is n wide.")
def no_output_projection(x, wq, wk, wv, wo):
    return (x @ wq) @ ((x @ wk).transpose(-2, -1) @ (x @ wv))


@linear_attention.mistake(
    "The product of keys and values is summed over the batch too, so the sequences see each other.",
)
def mixes_the_batch(x, wq, wk, wv, wo):
    k, v = (x @ wk).flatten(0, -2), (x @ wv).flatten(0, -2)
    return (x @ wq) @ (k.T @ v) @ wo


@linear_attention.mistake("Each token sees the tokens up to itself; formula (b) lets it see all of them.")
def causal(x, wq, wk, wv, wo):
    context = torch.einsum("...ln,...lm->...lnm", x @ wk, x @ wv).cumsum(-3)
    return torch.einsum("...ln,...lnm->...lm", x @ wq, context) @ wo


@linear_attention.mistake(
    "Each token sees only itself: keys and values meet token by token and are never summed over the "
    "sequence.",
)
def only_itself(x, wq, wk, wv, wo):
    return ((x @ wq) * (x @ wk)).sum(-1, keepdim=True) * (x @ wv) @ wo


@linear_attention.mistake("Queries and keys are multiplied first, and that meets the values: V (Qᵀ K).")
def queries_with_keys_first(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wv, wq, wk, wo)


@linear_attention.mistake("The values are multiplied with the queries first, and the keys ask: K (Qᵀ V).")
def keys_ask_last(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wk, wv, wq, wo)


@linear_attention.mistake("The keys come from Wq: Wk is never read.")
def keys_from_wq(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wq, wq, wv, wo)


@linear_attention.mistake("The queries come from Wk: Wq is never read.")
def queries_from_wk(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wk, wk, wv, wo)


@linear_attention.mistake("The values come from Wq: Wv is never read.")
def values_from_wq(x, wq, wk, wv, wo):
    return linear_attention_reference(x, wq, wk, wq, wo)


def _with_features(x, wq, wk, wv, wo, feature, normalised):
    """Queries and keys through a feature map; ``normalised``: divided by how much each query meets."""
    q, k, v = feature(x @ wq), feature(x @ wk), x @ wv
    meets = (q * k.sum(-2, keepdim=True)).sum(-1, keepdim=True) if normalised else 1
    return q @ (k.mT @ v) / meets @ wo


@linear_attention.mistake(
    "This is linear attention with the feature map elu + 1 (Katharopoulos 2020): different numbers than "
    "formula (b)."
)
def katharopoulos(x, wq, wk, wv, wo):
    return _with_features(x, wq, wk, wv, wo, lambda t: torch.nn.functional.elu(t) + 1, normalised=True)


@linear_attention.mistake(
    "The feature map elu + 1 is applied to queries and keys; formula (b) takes them as they are."
)
def elu_features(x, wq, wk, wv, wo):
    return _with_features(x, wq, wk, wv, wo, lambda t: torch.nn.functional.elu(t) + 1, normalised=False)


@linear_attention.mistake("A ReLU is applied to queries and keys; formula (b) takes them as they are.")
def relu_features(x, wq, wk, wv, wo):
    return _with_features(x, wq, wk, wv, wo, torch.relu, normalised=False)


@linear_attention.mistake("The queries and the keys each go through a softmax; formula (b) has none.")
def softmax_on_each(x, wq, wk, wv, wo):
    return (x @ wq).softmax(-1) @ ((x @ wk).softmax(-2).mT @ (x @ wv)) @ wo


@linear_attention.mistake(
    "The queries and the keys each go through a softmax over their width; formula (b) has none."
)
def softmax_on_each_width(x, wq, wk, wv, wo):
    return (x @ wq).softmax(-1) @ ((x @ wk).softmax(-1).mT @ (x @ wv)) @ wo


@linear_attention.mistake(
    "The keys meet x itself: the value projection and the output projection are missing."
)
def values_are_x(x, wq, wk, wv, wo):
    return (x @ wq) @ ((x @ wk).mT @ x)


@linear_attention.mistake("x is added to the result; formula (b) has no residual connection.")
def with_residual(x, wq, wk, wv, wo):
    return x + linear_attention_reference(x, wq, wk, wv, wo)


@linear_attention.mistake(
    "This is the ordinary order with a softmax over the queries; formula (b) has no softmax."
)
def with_softmax_over_queries(x, wq, wk, wv, wo):
    return ((x @ wq) @ (x @ wk).mT).softmax(-2) @ (x @ wv) @ wo


_PROJECTED = {
    ("wq", "wk", "wv")
}  # what queries, keys and values may be made with; these have sentences above
_PROJECTED |= {
    ("wk", "wq", "wv"),
    ("wq", "wv", "wk"),
    ("wv", "wk", "wq"),
    ("wq", "wk", "wk"),
    ("wq", "wv", "wv"),
}
_PROJECTED |= {
    ("wv", "wq", "wk"),
    ("wk", "wv", "wq"),
    ("wq", "wq", "wv"),
    ("wk", "wk", "wv"),
    ("wq", "wk", "wq"),
}
_SCALES = {
    "the result is divided by √n": lambda x, n: n**0.5,
    "the result is divided by √d": lambda x, n: x.shape[-1] ** 0.5,
    "the result is divided by L": lambda x, n: x.shape[-2],
}


def _linear_from(names):
    def attend(x, wq, wk, wv, wo):
        made = {"wq": wq, "wk": wk, "wv": wv}
        for_q, for_k, for_v = (made[name] for name in names)
        return linear_attention_reference(x, for_q, for_k, for_v, wo)

    return attend


def _scaled_and_not_projected(scale):
    return lambda x, wq, wk, wv, wo: no_output_projection(x, wq, wk, wv, wo) / scale(x, wq.shape[-1])


for _names in itertools.product(("wq", "wk", "wv"), repeat=3):
    if _names not in _PROJECTED:
        _q, _k, _v = (name.replace("w", "W") for name in _names)
        linear_attention.mistake(
            f"The queries are made with {_q}, the keys with {_k} and the values with {_v}.",
            _linear_from(_names),
        )
for _what, _scale in _SCALES.items():
    linear_attention.mistake(
        f"{_upper(_what)}, and the output projection is missing.", _scaled_and_not_projected(_scale)
    )
linear_attention.mistake("The result is divided by n; formula (b) has no scale.")(
    lambda x, wq, wk, wv, wo: linear_attention_reference(x, wq, wk, wv, wo) / wq.shape[-1]
)
linear_attention.mistake("The result is divided by d; formula (b) has no scale.")(
    lambda x, wq, wk, wv, wo: linear_attention_reference(x, wq, wk, wv, wo) / x.shape[-1]
)
linear_attention.mistake("The result is multiplied by √n; formula (b) has no scale.")(
    lambda x, wq, wk, wv, wo: linear_attention_reference(x, wq, wk, wv, wo) * wq.shape[-1] ** 0.5
)
linear_attention.mistake("This is Kᵀ V alone, n×n; the queries and the output projection are still to come.")(
    lambda x, wq, wk, wv, wo: (x @ wk).mT @ (x @ wv)
)
linear_attention.mistake("Kᵀ V meets the output projection without the queries.")(
    lambda x, wq, wk, wv, wo: (x @ wk).mT @ (x @ wv) @ wo
)
linear_attention.mistake("Keys and values are multiplied entry by entry and summed: Kᵀ V is a matrix, n×n.")(
    lambda x, wq, wk, wv, wo: (x @ wq) * ((x @ wk) * (x @ wv)).sum(-2, keepdim=True) @ wo
)
linear_attention.mistake("The output is transposed: a token is a row of it.")(
    lambda x, wq, wk, wv, wo: linear_attention_reference(x, wq, wk, wv, wo).mT
)
linear_attention.mistake(
    "This is the L×L matrix of the scores; values and output projection are still to come."
)(lambda x, wq, wk, wv, wo: (x @ wq) @ (x @ wk).mT)
linear_attention.mistake("The scores lose their sign; formula (b) takes them as they are.")(
    lambda x, wq, wk, wv, wo: ((x @ wq) @ (x @ wk).mT).abs() @ (x @ wv) @ wo
)
linear_attention.mistake("A ReLU is applied to the scores; formula (b) takes them as they are.")(
    lambda x, wq, wk, wv, wo: ((x @ wq) @ (x @ wk).mT).relu() @ (x @ wv) @ wo
)
linear_attention.mistake("The scores are divided by their sum; formula (b) divides by nothing.")(
    lambda x, wq, wk, wv, wo: _with_features(x, wq, wk, wv, wo, lambda t: t, normalised=True)
)
linear_attention.mistake(
    "Three linear layers in a row, and no token meets another one: X Wq, X Wk and X Wv are added."
)(lambda x, wq, wk, wv, wo: (x @ wq + x @ wk + x @ wv) @ wo)
linear_attention.mistake(
    "The queries, the keys and the values are multiplied entry by entry: no token meets another one."
)(lambda x, wq, wk, wv, wo: (x @ wq) * (x @ wk) * (x @ wv) @ wo)
linear_attention.mistake("The values go through the output projection: queries and keys are never read.")(
    lambda x, wq, wk, wv, wo: x @ wv @ wo
)
linear_attention.mistake("The queries go through a softmax over their width; formula (b) has none.")(
    lambda x, wq, wk, wv, wo: (x @ wq).softmax(-1) @ ((x @ wk).mT @ (x @ wv)) @ wo
)
linear_attention.mistake("A softmax is applied to the scores, and the output projection is missing.")(
    lambda x, wq, wk, wv, wo: ((x @ wq) @ (x @ wk).mT).softmax(-1) @ (x @ wv)
)
linear_attention.mistake("The attention of lesson 02 is computed, and the output projection is missing.")(
    lambda x, wq, wk, wv, wo: ((x @ wq) @ (x @ wk).mT / wq.shape[-1] ** 0.5).softmax(-1) @ (x @ wv)
)


@linear_attention.also_right
def with_einsum(x, wq, wk, wv, wo):
    q, k, v = (torch.einsum("...ld,dn->...ln", x, w) for w in (wq, wk, wv))
    return torch.einsum("...ln,...nm,md->...ld", q, torch.einsum("...ln,...lm->...nm", k, v), wo)


@linear_attention.also_right
def token_by_token(x, wq, wk, wv, wo):
    state = 0
    for token in x.unbind(-2):  # what a recurrent network would do: n×n numbers, updated once for each token
        state = state + (token @ wk).unsqueeze(-1) * (token @ wv).unsqueeze(-2)
    rows = [torch.einsum("...n,...nm->...m", token @ wq, state) @ wo for token in x.unbind(-2)]
    return torch.stack(rows, dim=-2)


@linear_attention.also_right
def in_double_precision(x, wq, wk, wv, wo):
    return linear_attention_reference(*(tensor.double() for tensor in (x, wq, wk, wv, wo)))


@linear_attention.also_right
def from_the_right(x, wq, wk, wv, wo):
    return (x @ wq) @ ((x @ wk).mT @ (x @ (wv @ wo)))


@linear_attention.also_right
def sequence_by_sequence(x, wq, wk, wv, wo):
    if x.dim() == 3:
        return torch.stack([sequence_by_sequence(sequence, wq, wk, wv, wo) for sequence in x])
    return torch.linalg.multi_dot([x, wq, wk.T, x.T @ x, wv, wo])


@linear_attention.also_right
def not_contiguous(x, wq, wk, wv, wo):
    context = ((x @ wv).mT @ (x @ wk)).mT
    return (wo.mT @ context.mT @ (x @ wq).mT).mT


# --- why and what if ----------------------------------------------------------------------------------------

four_times = Quiz(
    "four_times",
    "Twice as long",
    points=2,
    difficulty=2,
    minutes=2,
    question=(
        "The sequence becomes twice as long, nothing else changes. What becomes **exactly four times** as "
        "large?"
    ),
    options={
        "a": "the weights of the attention layer",
        "b": "the FLOPs of the scores, Q Kᵀ",
        "c": "the FLOPs of the attention layer as a whole",
        "d": "the bytes of the attention matrix",
        "e": "the FLOPs of the weighted sum, (Q Kᵀ) V",
        "f": "the FLOPs of the MLP",
        "g": "the output Y",
    },
    right={"b", "d", "e"},
    why={
        "a": "Weights are shared by all tokens: 4·d·n has no L in it.",
        "b": "The scores cost 2·L²·n, and (2L)² is 4·L².",
        "c": (
            "Its price is a part with L (projections) and a part with L²: the whole grows between two and "
            "four times."
        ),
        "d": "The matrix holds L² weights, one for each pair of tokens.",
        "e": "The weighted sum costs 2·L²·n, as much as the scores: L queries, each adding up L values.",
        "f": "The MLP treats each token by itself: twice the tokens, twice the price.",
        "g": "Y is L×d: twice the tokens, twice the output.",
    },
    hints=[
        "Find each one's formula. How often is L a factor in it?",
        "Exactly four times: the formula must be L² times something, with nothing added. There are three "
        "of them.",
    ],
)

why_not_reorder = Quiz(
    "why_not_reorder",
    "What stands in the way",
    points=1,
    difficulty=3,
    minutes=2,
    question="Why can softmax(Q Kᵀ) V not be computed in the cheap order, with Kᵀ V first?",
    options={
        "a": "The softmax costs more than both matrix products, whatever the order.",
        "b": (
            "softmax(Q Kᵀ) is no product of a matrix made from Q and one made from K, so there is no Kᵀ to "
            "hand to V."
        ),
        "c": "Kᵀ V is n×n, and a softmax needs an L×L matrix as input.",
        "d": (
            "It can: the results are the same, and libraries form Q Kᵀ because it is faster on short "
            "sequences."
        ),
    },
    right="b",
    why={
        "a": "The softmax does a handful of operations for each score; making one score takes 2n.",
        "c": "A softmax takes a matrix of any shape. Over Kᵀ V it runs, and gives something else.",
        "d": (
            "The results differ. Moving the parentheses is allowed between products; the softmax stands in "
            "between."
        ),
    },
    hints=[
        "Moving parentheses is a law about products. What in softmax(Q Kᵀ) V is not a product?",
        "Each weight is exp(score) over the sum of its whole row: the row must be there before the softmax "
        "can act.",
    ],
)

smaller_patches = Quiz(
    "smaller_patches",
    "Patches half as wide",
    points=1,
    difficulty=3,
    minutes=3,
    question=(
        "ViT-B cuts a 224 × 224 image into patches of 16 × 16: L = 196 tokens, d = 768, d×d projections and "
        "an MLP with "
        "n = 4d. **What if** the patches were 8 × 8? One block's FLOPs (attention and MLP) become"
    ),
    options={
        "a": "about 2 times as many",
        "b": "exactly 4 times as many",
        "c": "about 4½ times as many",
        "d": "about 16 times as many",
    },
    right="c",
    why={
        "a": "Half as wide *and* half as high: four patches where one was.",
        "b": (
            "Four times the tokens is right, and four times the projections and the MLP. The part with L² "
            "grows more."
        ),
        "d": (
            "16 is what the attention matrix grows by. Most of the price is projections and MLP, which grow "
            "4 times."
        ),
    },
    hints=[
        "How many tokens are there with patches half as wide and half as high?",
        "A block costs 24·L·d² + 4·L²·d. Put in L = 196, then the new L.",
    ],
)
