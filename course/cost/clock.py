"""What a layer costs by a clock, beside which FLOPs are only a count."""

import time
from collections.abc import Callable

import torch
from torch import Tensor


def milliseconds(
    run: Callable[..., Tensor],
    *inputs: Tensor,
    clock: Callable[[], float] = time.perf_counter,
    repeats: int = 20,
) -> float:
    """The time of the fastest of several runs on one core, without gradients.

    The clock on the wall also counts while other programs have the core, and a long run meets them more
    surely than a short one: on a busy machine it is no fair comparison. `clock=time.thread_time` counts only
    what the core did for this run.
    """
    fastest, threads = float("inf"), torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.no_grad():
            for _ in range(repeats):
                start = clock()
                run(*inputs)
                fastest = min(fastest, clock() - start)
    finally:
        torch.set_num_threads(threads)
    return 1000 * fastest
