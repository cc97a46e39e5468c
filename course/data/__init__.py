"""Data for the lessons: small, embedded and offline first."""

from course.data.digits import digits
from course.data.pairs import multi30k, pairs

__all__ = ["digits", "multi30k", "pairs"]
