"""A person's word on one answer, and what it does to the judge's verdict.

It holds for exactly the answer that the person has looked at: the code that the student wrote and that runs
before the answer is judged. Whoever changes something there is judged as everybody is; what stands below the
exercise, in Markdown or in a demonstration, does not matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from nbformat import NotebookNode
from nbgrader import utils

from grader.demonstrations import is_demonstration
from grader.judging.verdict import Status, Verdict

OWN_WORK = "A person has looked at this answer, and says that it is your own work: {}"
POINTS = "A person has looked at this answer, and gave it these points: {}"


@dataclass(frozen=True)
class Word:
    """What a person says about an answer.

    Without ``points`` it lifts the accusation that the answer is not the student's own work, which is then
    judged by what it does. With them, they are its score, whatever the checks find.
    """

    because: str
    points: float | None
    answer: str  # the fingerprint of what was looked at
    date: str

    @property
    def sentence(self) -> str:
        """What the student is told."""
        return (OWN_WORK if self.points is None else POINTS).format(self.because)


Words = Mapping[str, Word]  # on one student's answers, by the exercise


def written(cells: Iterable[NotebookNode]) -> list[str]:
    """The code in these cells that is the student's and is run when it is graded.

    The lesson's first cell, with its imports, is among it: students may change that one as well.
    """
    code = (cell for cell in cells if cell.cell_type == "code" and not utils.is_locked(cell))
    return [cell.source for cell in code if not is_demonstration(cell)]


def fingerprint(sources: Iterable[str]) -> str:
    """Changes with the code, and not with line ends, empty lines or empty cells."""
    lines = (line.rstrip() for source in sources for line in source.splitlines())
    return hashlib.sha256("\n".join(filter(None, lines)).encode("utf-8", "replace")).hexdigest()[:16]


def word_on(exercise: str, above: Iterable[NotebookNode], words: Words) -> Word | None:
    """The word that holds for an exercise's answer; ``above`` are the cells before the graded one."""
    word = words.get(exercise)
    return word if word is not None and word.answer == fingerprint(written(above)) else None


def heard(verdict: Verdict, word: Word) -> Verdict:
    """The verdict that a word makes of the one on what the answer does.

    Points that a person gives stand in place of all that the checks found, mistakes by name included: who
    gives them says by that that the checks are not to be relied on here.
    """
    if word.points is None:
        return replace(verdict, word=word.sentence)
    return Verdict(
        verdict.exercise,
        verdict.title,
        score=word.points,
        maximum=verdict.maximum,
        status=Status.RIGHT if word.points >= verdict.maximum else Status.WRONG,
        word=word.sentence,
    )
