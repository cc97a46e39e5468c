"""What is said of a submission that cannot be healed."""

from __future__ import annotations


class NotGradable(Exception):
    """A submission cannot be graded, which is not 0 points; the message says why and what to do."""
