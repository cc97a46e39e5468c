"""What every process that others are forked from has to see to: before a fork, and behind it.

What people get wrong: a fork copies one thread, so there must be only one; every random state is copied too,
so two children would draw the same numbers; and a garbage collection in a child touches, and so copies,
every object of the parent.

A fork also copies an entry for each page of memory, sixty thousand with PyTorch loaded, and its end drops
them: 13 ms of processor. In large pages (512 of the usual ones each) it is 4, for half a second at the start.
"""

from __future__ import annotations

import ctypes
import gc
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LARGE = 2**21  # bytes of a large page of x86-64 and of ARM64
COLLAPSE = 25  # of madvise(2), from Linux 6.1 on: lie in large pages from now on


@contextmanager
def loading(for_many: bool = False) -> Iterator[None]:
    """What is imported in the block is there for all forks.

    Args:
        for_many: whether they will be so many that large pages are worth their half second.

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
    if for_many:
        _lie_in_large_pages()


def _lie_in_large_pages() -> None:
    """Move what this process alone holds into large pages, where the system can."""
    libc = ctypes.CDLL(None)
    for region in Path("/proc/self/maps").read_text().splitlines():
        place, rights, _, _, _, *name = region.split()
        if rights != "rw-p" or name not in ([], ["[heap]"]):
            continue
        begin, end = (int(edge, 16) for edge in place.split("-"))
        begin, end = -(-begin // LARGE) * LARGE, end // LARGE * LARGE
        if begin < end:  # what cannot be moved stays as it is
            libc.madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), COLLAPSE)


def reseed() -> None:
    """Random numbers of its own for each fork, as for a process that was started."""
    import numpy as np
    import torch

    random.seed()
    np.random.seed(None)
    torch.default_generator.seed()  # torch.seed also looks for other devices
