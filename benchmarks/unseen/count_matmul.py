"""Answers to `count_matmul`: the FLOPs of a @ b from two shapes."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer(
        "Two matrices only; takes the first axes of a batch.",
        """
def count_matmul(a_shape, b_shape):
    L, d = a_shape[0], a_shape[1]
    n = b_shape[1]
    return 2 * L * d * n
""",
    ),
    Answer(
        "Unpacks two sizes: fails on a batch.",
        """
def count_matmul(a_shape, b_shape):
    L, d = a_shape
    d, n = b_shape
    return 2 * L * d * n
""",
    ),
    Answer(
        "The batch is ignored.",
        """
def count_matmul(a_shape, b_shape):
    rows, inner = a_shape[-2:]
    columns = b_shape[-1]
    return 2 * rows * inner * columns
""",
    ),
    Answer(
        "Multiply-adds.",
        """
def count_matmul(a_shape, b_shape):
    batch = math.prod(a_shape[:-2]) if len(a_shape) >= len(b_shape) else math.prod(b_shape[:-2])
    return batch * a_shape[-2] * a_shape[-1] * b_shape[-1]
""",
    ),
    Answer(
        "The batch of the left factor only.",
        """
def count_matmul(a_shape, b_shape):
    return 2 * math.prod(a_shape) * b_shape[-1]
""",
    ),
    Answer(
        "The batch of the right factor only.",
        """
def count_matmul(a_shape, b_shape):
    return 2 * a_shape[-2] * math.prod(b_shape)
""",
    ),
    Answer(
        "Both batches multiplied.",
        """
def count_matmul(a_shape, b_shape):
    batch = 1
    for s in a_shape[:-2]:
        batch *= s
    for s in b_shape[:-2]:
        batch *= s
    return 2 * batch * a_shape[-2] * a_shape[-1] * b_shape[-1]
""",
    ),
    Answer(
        "Only the first batch axis: heads forgotten.",
        """
def count_matmul(a_shape, b_shape):
    batch = 1
    if len(a_shape) > 2:
        batch = a_shape[0]
    elif len(b_shape) > 2:
        batch = b_shape[0]
    return 2 * batch * a_shape[-2] * a_shape[-1] * b_shape[-1]
""",
    ),
    Answer(
        "Batch sizes summed.",
        """
def count_matmul(a_shape, b_shape):
    shape = a_shape if len(a_shape) > len(b_shape) else b_shape
    batch = sum(shape[:-2]) or 1
    return 2 * batch * a_shape[-2] * a_shape[-1] * b_shape[-1]
""",
    ),
    Answer(
        "np.prod of nothing in the wrong place: 2 * all sizes of both.",
        """
def count_matmul(a_shape, b_shape):
    return 2 * math.prod(a_shape) * math.prod(b_shape)
""",
    ),
    Answer(
        "The right factor's rows as columns.",
        """
def count_matmul(a_shape, b_shape):
    batch = max(math.prod(a_shape[:-2]), math.prod(b_shape[:-2]))
    return 2 * batch * a_shape[-2] * a_shape[-1] * b_shape[-2]
""",
    ),
    Answer(
        "The inner size is left out.",
        """
def count_matmul(a_shape, b_shape):
    batch = max(math.prod(a_shape[:-2]), math.prod(b_shape[:-2]))
    return 2 * batch * a_shape[-2] * b_shape[-1]
""",
    ),
    Answer(
        "Exact additions.",
        """
def count_matmul(a_shape, b_shape):
    batch = max(math.prod(a_shape[:-2]), math.prod(b_shape[:-2]))
    return batch * a_shape[-2] * b_shape[-1] * (2 * a_shape[-1] - 1)
""",
    ),
    Answer(
        "The larger of the first axes instead of the product of all batch axes.",
        """
def count_matmul(a_shape, b_shape):
    B = max(a_shape[0], b_shape[0])
    return 2 * B * a_shape[-2] * a_shape[-1] * b_shape[-1]
""",
    ),
    Answer(
        "A square product: inner size used twice.",
        """
def count_matmul(a_shape, b_shape):
    batch = max(math.prod(a_shape[:-2]), math.prod(b_shape[:-2]))
    return 2 * batch * a_shape[-2] * a_shape[-1] * a_shape[-1]
""",
    ),
    Answer(
        "Divided by two instead of multiplied.",
        """
def count_matmul(a_shape, b_shape):
    batch = max(math.prod(a_shape[:-2]), math.prod(b_shape[:-2]))
    return batch * a_shape[-2] * a_shape[-1] * b_shape[-1] / 2
""",
    ),
    Answer(
        "Adds the cost of each batch: a's batch plus b's batch.",
        """
def count_matmul(a_shape, b_shape):
    batch = math.prod(a_shape[:-2]) + math.prod(b_shape[:-2])
    return 2 * batch * a_shape[-2] * a_shape[-1] * b_shape[-1]
""",
    ),
    Answer(
        "Prints instead of returning.",
        """
def count_matmul(a_shape, b_shape):
    batch = max(math.prod(a_shape[:-2]), math.prod(b_shape[:-2]))
    print(2 * batch * a_shape[-2] * a_shape[-1] * b_shape[-1])
""",
    ),
    Answer(
        "The right-hand batch only where the left has none, but heads only once.",
        """
def count_matmul(a_shape, b_shape):
    flops = 2 * a_shape[-2] * a_shape[-1] * b_shape[-1]
    if len(a_shape) > 2:
        flops *= a_shape[-3]
    elif len(b_shape) > 2:
        flops *= b_shape[-3]
    return flops
""",
    ),
    Answer(
        "math.prod, the longer batch.",
        """
def count_matmul(a_shape, b_shape):
    batch = a_shape[:-2] if len(a_shape) > len(b_shape) else b_shape[:-2]
    return 2 * math.prod(batch) * a_shape[-2] * a_shape[-1] * b_shape[-1]
""",
        right=True,
    ),
    Answer(
        "a or b.",
        """
def count_matmul(a_shape, b_shape):
    *batch_a, rows, inner = a_shape
    *batch_b, inner, columns = b_shape
    return 2 * math.prod(batch_a or batch_b) * rows * inner * columns
""",
        right=True,
    ),
    Answer(
        "broadcast_shapes.",
        """
def count_matmul(a_shape, b_shape):
    batch = torch.broadcast_shapes(a_shape[:-2], b_shape[:-2])
    return 2 * batch.numel() * a_shape[-2] * a_shape[-1] * b_shape[-1]
""",
        right=True,
    ),
    Answer(
        "A loop.",
        """
def count_matmul(a_shape, b_shape):
    flops = 2 * a_shape[-2] * a_shape[-1] * b_shape[-1]
    batch = a_shape[:-2]
    if len(batch) == 0:
        batch = b_shape[:-2]
    for size in batch:
        flops = flops * size
    return flops
""",
        right=True,
    ),
    Answer(
        "numpy, made a whole number.",
        """
import numpy as np
def count_matmul(a_shape, b_shape):
    batch = max(np.prod(a_shape[:-2]), np.prod(b_shape[:-2]))
    return int(2 * batch * a_shape[-2] * a_shape[-1] * b_shape[-1])
""",
        right=True,
    ),
    Answer(
        "From the shape of the result, on meta.",
        """
def count_matmul(a_shape, b_shape):
    result = torch.empty(a_shape, device="meta") @ torch.empty(b_shape, device="meta")
    return result.numel() * 2 * a_shape[-1]
""",
        right=True,
    ),
]
