"""What is missing in grading because the cell that was to define it stopped with an error: told as that.

A cell of which Python makes no sense defines nothing, and neither does what stands below an error. The answer
is then not *not written yet*, and another that calls it fails for no reason of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.asking.outcome import Outcome
from grader.demonstrations import missing_name
from grader.judging.verdict import Status, Verdict
from grader.student.cells import FAILED, defined, in_words

PLACE = re.compile(r" \(\S+\.py(, line \d+)\)$")  # with the kernel's own name for a cell
NEEDED = "It needs `{}`, and the cell that defines that stopped with an error ({}): mend that cell first."


def told(verdict: Verdict, outcomes: Iterable[Outcome], cells: Sequence[Mapping[str, Any]]) -> Verdict:
    """The verdict, in which an answer, or what it calls, that has no value says what became of its cell.

    What the student's process says only points at a name; the sentence is about one that their text holds.

    Args:
        cells: those before the graded cell, as they were run.
    """
    if verdict.status in (Status.RIGHT, Status.FORBIDDEN):
        return verdict
    failures = [outcome.failure for outcome in outcomes if outcome.failure]
    for name in dict.fromkeys(missing_name(failure, verdict) for failure in failures):
        if name and (said := _said(name, verdict.exercise, cells)):
            return replace(
                verdict, status=Status.FAILED, mistake=said, message="", how="error", slips=(said,)
            )
    return verdict


def _said(name: str, exercise: str, cells: Sequence[Mapping[str, Any]]) -> str:
    for cell in reversed(cells):
        if cell["cell_type"] == "code" and name in defined(cell["source"]):
            if (error := _error(cell)) is None:
                return ""  # it was defined, and taken away
            return FAILED.format(name, error, name) if name == exercise else NEEDED.format(name, error)
    return ""


def _error(cell: Mapping[str, Any]) -> str | None:
    for output in cell.get("outputs", ()):
        if output["output_type"] == "error":
            return PLACE.sub(r"\1", in_words(str(output["ename"]), str(output["evalue"])))
    return None
