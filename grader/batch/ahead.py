"""Loading ahead: what workers and kernels are forked from takes longer to load than all that a run looks up.

So both begin to load before nbgrader is imported here. Where it then turns out that nothing is to be graded,
they are ended in the middle of it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.batch import forked
from grader.course_folder import CONFIGURATION
from grader.sandbox import zygotes
from grader.sandbox.confinement import confinement

MANY = 50  # who have handed in, whatever: from then on a run saves more than it takes to get ready for many


@contextmanager
def loading(root: Path) -> Iterator[None]:
    """In the block both load, or have loaded, if this is a course; then what workers are forked from ends."""
    if sys.platform == "linux" and (root / CONFIGURATION).is_file():
        forked.begin()
        if confinement().confined:
            zygotes.begin(for_many=len(list(root.glob("submitted/*"))) >= MANY)
    try:
        yield
    finally:
        forked.close()
