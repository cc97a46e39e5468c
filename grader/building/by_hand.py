"""A question that is answered in words and graded by a person, in nbgrader's way: what a lesson says of it.

In the source it is one cell, with title, statement, and between nbgrader's marks what a person looks for:

    # %% [markdown] by_hand="why_patches" points=3 difficulty=3 minutes=8
    # What do patches mend?
    #
    # In three sentences: …
    #
    # ### BEGIN SOLUTION
    # A model answer, and what is looked for.
    # ### END SOLUTION
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbformat import NotebookNode

from grader.building.lesson import BuildError
from grader.exercise.solution import BEGIN, END

MARKERS = ("by_hand", "points", "difficulty", "minutes")
_PARTS = re.compile(rf"(?P<title>.+?)\n\n(?P<statement>.+?)\n\n(?P<solution>{BEGIN}\n.+\n{END})", re.DOTALL)


@dataclass(frozen=True)
class ByHand:
    """The question, and what stands in the answer's cell: the model answer between nbgrader's marks."""

    id: str
    title: str
    statement: str
    solution: str
    points: float
    difficulty: int
    minutes: int

    @classmethod
    def read(cls, source: NotebookNode, place: str) -> ByHand:
        """The question in a cell of the source at ``place``.

        Raises:
            BuildError: a number or a part of the text is missing.
        """
        id, *numbers = (source.metadata.get(marker) for marker in MARKERS)
        if not isinstance(id, str) or not id.isidentifier():
            raise BuildError(
                f'{place} marks a cell with `by_hand={id}`: write a name in quotes, `"my_words"`.'
            )
        if not all(isinstance(number, int) and number > 0 for number in numbers):
            raise BuildError(
                f"{place}, `{id}`: say what it is worth, like `points=3 difficulty=2 minutes=8`."
            )
        parts = _PARTS.fullmatch(source.source.strip())
        if parts is None or source.cell_type != "markdown":
            raise BuildError(
                f"{place}, `{id}`: write a Markdown cell with a title, the statement, and what is looked for "
                f"between '{BEGIN}' and '{END}', with an empty line before each of the last two."
            )
        title, statement, solution = parts.groups()
        return cls(id, title, statement, solution, *numbers)
