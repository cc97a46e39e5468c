"""What every process that others are forked from has to see to: before a fork, and behind it.

What people get wrong: a fork copies one thread, so there must be only one; every random state is copied too,
so two children would draw the same numbers; and a garbage collection in a child touches, and so copies,
every object of the parent.
"""

from __future__ import annotations

import gc
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """What is imported in the block is there for all forks.

    Raises:
        RuntimeError: an import has started a thread.
    """
    gc.disable()  # of what is imported nothing is garbage yet
    yield
    if len(os.listdir("/proc/self/task")) != 1:
        raise RuntimeError("An import started a thread; a process with threads cannot be forked safely.")
    gc.collect()
    gc.freeze()
    gc.enable()


def reseed() -> None:
    """Random numbers of its own for each fork, as for a process that was started."""
    import numpy as np
    import torch

    random.seed()
    np.random.seed(None)
    torch.default_generator.seed()  # torch.seed also looks for other devices
