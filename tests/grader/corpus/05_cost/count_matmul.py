"""Answers to `count_matmul`; with each wrong one, what was once said of it by hand."""

import math

import numpy as np
import torch

from tests.grader.corpus.collection import Collection

answers = Collection()
wrong, right = answers.wrong, answers.right


def _upper(sentence: str) -> str:
    return f"{sentence[0].upper()}{sentence[1:]}"


def count_matmul_reference(a_shape, b_shape):
    batch = torch.broadcast_shapes(a_shape[:-2], b_shape[:-2])
    rows, inner = a_shape[-2:]
    columns = b_shape[-1]
    return 2 * math.prod(batch) * rows * inner * columns


@wrong("It counts multiply–adds: each of them is two FLOPs.")
def counts_multiply_adds(a_shape, b_shape):
    return count_matmul_reference(a_shape, b_shape) // 2


@wrong("It counts multiply–adds, and the batch is read from the left factor only.")
def multiply_adds_of_left(a_shape, b_shape):
    return math.prod(a_shape) * b_shape[-1]


@wrong("It counts multiply–adds, and the batch is left out.")
def multiply_adds_of_one_pair(a_shape, b_shape):
    return a_shape[-2] * a_shape[-1] * b_shape[-1]


@wrong("The matrices are read from the front of the shapes; with a batch they are the last two.")
def reads_from_the_front(a_shape, b_shape):
    return 2 * a_shape[0] * a_shape[1] * b_shape[1]


@wrong("The batch is left out: one pair of matrices is counted, however many there are.")
def forgets_batch(a_shape, b_shape):
    return 2 * a_shape[-2] * a_shape[-1] * b_shape[-1]


@wrong("Only the first size of the batch is counted, so the heads are left out.")
def first_batch_size_only(a_shape, b_shape):
    batch = a_shape[:-2] or b_shape[:-2] or (1,)
    return 2 * batch[0] * a_shape[-2] * a_shape[-1] * b_shape[-1]


@wrong("Only the size beside the matrices is counted, so with heads the batch is left out.")
def last_batch_size_only(a_shape, b_shape):
    batch = a_shape[:-2] or b_shape[:-2] or (1,)
    return 2 * batch[-1] * a_shape[-2] * a_shape[-1] * b_shape[-1]


@wrong("The sizes of batch and heads are added where they multiply.")
def adds_batch_sizes(a_shape, b_shape):
    batch = a_shape[:-2] or b_shape[:-2] or (1,)
    return 2 * sum(batch) * a_shape[-2] * a_shape[-1] * b_shape[-1]


@wrong(
    "The batch is counted once for each factor: the pairs go together, they are not all combined.",
)
def batch_twice(a_shape, b_shape):
    return 2 * math.prod(a_shape) * math.prod(b_shape[:-2]) * b_shape[-1]


@wrong("The batch is read from the left factor only.")
def batch_of_left(a_shape, b_shape):
    return 2 * math.prod(a_shape) * b_shape[-1]


@wrong("The batch is read from the right factor only.")
def batch_of_right(a_shape, b_shape):
    return 2 * a_shape[-2] * math.prod(b_shape)


@wrong("This is how many numbers the result holds; each of them is a sum of products.")
def counts_entries(a_shape, b_shape):
    return count_matmul_reference(a_shape, b_shape) // (2 * a_shape[-1])


@wrong("Each entry of the result is charged two operations, however long its sum is.")
def two_per_entry(a_shape, b_shape):
    return count_matmul_reference(a_shape, b_shape) // a_shape[-1]


@wrong("These are the numbers that go in, not the operations done with them.")
def counts_inputs(a_shape, b_shape):
    return math.prod(a_shape) + math.prod(b_shape)


@wrong(
    "d − 1 additions per entry is exact by hand, but every counter charges 2 for each of the d products.",
)
def exact_additions(a_shape, b_shape):
    inner = a_shape[-1]
    return count_matmul_reference(a_shape, b_shape) // (2 * inner) * (2 * inner - 1)


@wrong(
    "The inner size is counted twice, and the columns of the right factor are not counted.",
)
def inner_twice(a_shape, b_shape):
    return count_matmul_reference(a_shape, b_shape) // b_shape[-1] * b_shape[-2]


@wrong(
    "The rows are read from the wrong axis of the left factor: the inner size is counted twice.",
)
def inner_for_rows(a_shape, b_shape):
    return count_matmul_reference(a_shape, b_shape) // a_shape[-2] * a_shape[-1]


@wrong("All sizes of both shapes are multiplied: the inner size, and any batch, count twice.")
def all_sizes(a_shape, b_shape):
    return 2 * math.prod(a_shape) * math.prod(b_shape)


@wrong("The first size is taken for the batch, also where there is none, and the heads are left out.")
def first_size_as_batch(a_shape, b_shape):
    return 2 * max(a_shape[0], b_shape[0]) * a_shape[-2] * a_shape[-1] * b_shape[-1]


@wrong("The batches of the two factors are added; the pairs go together, and a missing batch counts as none.")
def batches_added(a_shape, b_shape):
    batch = math.prod(a_shape[:-2]) + math.prod(b_shape[:-2])
    return 2 * batch * a_shape[-2] * a_shape[-1] * b_shape[-1]


@wrong("It divides by two where it should multiply: each product goes with an addition.")
def a_quarter(a_shape, b_shape):
    return count_matmul_reference(a_shape, b_shape) / 4


@wrong("Everything is counted twice: 2 per product already holds the addition.")
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
            wrong(f"{_upper(_what)}, and {_where}.", _count_with(_batch, _price))


for _what in list(_PRICES)[7:]:
    wrong(f"{_upper(_what)}.", _count_with(_BATCHES[""], _PRICES[_what]))


@right
def count_with_or(a_shape, b_shape):
    return 2 * math.prod(a_shape[:-2] or b_shape[:-2]) * a_shape[-2] * a_shape[-1] * b_shape[-1]


@right
def count_with_meta_tensors(a_shape, b_shape):
    product = torch.empty(a_shape, device="meta") @ torch.empty(b_shape, device="meta")
    return 2 * product.numel() * a_shape[-1]


@right
def count_with_loop(a_shape, b_shape):
    flops = 2 * a_shape[-2] * a_shape[-1] * b_shape[-1]
    for size in a_shape[:-2] if len(a_shape) >= len(b_shape) else b_shape[:-2]:
        flops *= size
    return flops


@right
def count_with_longer(a_shape, b_shape):
    *batch, _, _ = max(a_shape, b_shape, key=len)
    return sum(2 * a_shape[-1] for _ in range(math.prod(batch) * a_shape[-2] * b_shape[-1]))


@right
def count_with_tensor(a_shape, b_shape):
    return torch.tensor([2, *max(a_shape[:-2], b_shape[:-2], key=len), *a_shape[-2:], b_shape[-1]]).prod()


@right
def count_with_numpy(a_shape, b_shape):
    return 2 * np.prod(a_shape[:-2] or b_shape[:-2]) * a_shape[-2] * a_shape[-1] * b_shape[-1]


@right
def count_with_floats(a_shape, b_shape):
    return 2.0 * math.prod(a_shape) * b_shape[-1] * (math.prod(b_shape[:-2]) if len(a_shape) == 2 else 1)
