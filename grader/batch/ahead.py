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


@contextmanager
def loading(root: Path) -> Iterator[None]:
    """In the block both load, or have loaded, if this is a course; then what workers are forked from ends."""
    if sys.platform == "linux" and (root / CONFIGURATION).is_file():
        forked.begin()
        if confinement().confined:
            zygotes.begin()
    try:
        yield
    finally:
        forked.close()
