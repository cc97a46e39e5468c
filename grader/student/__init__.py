"""Where student code meets ours: in a notebook's kernel, or in a process that runs a file."""

import os

CONFINED = "COURSE_CONFINED"  # a variable that is set in the sandbox, and nowhere else
EXECUTION = "NBGRADER_EXECUTION"  # what nbgrader runs a notebook for, where it does: autograde or validate
CODE = 2  # the process of the sandbox that runs student code


def is_graded() -> bool:
    """Whether this process runs a submission that is graded."""
    return CONFINED in os.environ or os.environ.get(EXECUTION) == "autograde"
