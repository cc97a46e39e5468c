"""Late penalties, through nbgrader's own plug-in: a percentage of the points earned for every day begun.

In ``nbgrader_config.py``, after ``configure(get_config())``::

    c.AssignLatePenalties.plugin_class = "grader.marks.late.PerDay"
    c.PerDay.percent = 10
    c.PerDay.grace_minutes = 15

nbgrader applies it while autograding, to submissions with a ``timestamp.txt`` and a lesson with a due date
(the formgrader sets it, and extensions too). Grades are never lowered twice: each autograding begins anew.
"""

from __future__ import annotations

from math import ceil

from nbgrader.plugins import LateSubmissionPlugin
from traitlets import Float

DAY = 24 * 60 * 60  # seconds


class PerDay(LateSubmissionPlugin):
    """So many percent of the points earned for every day begun, never more than all of them."""

    percent = Float(10.0, help="Percent of the points earned, for each day begun.").tag(config=True)
    grace_minutes = Float(0.0, help="Being this late costs nothing.").tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """The points to take off, or None for none."""
        if total_seconds_late <= 60 * self.grace_minutes:
            return None
        days = ceil(total_seconds_late / DAY)
        return round(score * min(1.0, days * self.percent / 100), 2)
