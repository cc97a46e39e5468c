"""Data for the lessons: small, embedded and offline first."""

from course.data.digits import digits

__all__ = ["digits"]
