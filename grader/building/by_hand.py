"""A question that is answered in words, or by a file, and graded by a person: what a lesson says of it.

In the source it is one cell, with title, statement, and between nbgrader's marks what a person looks for:

    # %% [markdown] by_hand="why_patches" points=3 difficulty=3 minutes=8
    # What do patches mend?
    #
    # In three sentences: …
    #
    # ### BEGIN SOLUTION
    # A model answer, and what is looked for.
    # ### END SOLUTION

With `file="poster.pdf"` beside the marker that file is handed in as well, and `grader collect` keeps it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbformat import NotebookNode

from grader.building.lesson import BuildError
from grader.exercise.solution import BEGIN, END

MARKERS = ("by_hand", "points", "difficulty", "minutes")
FILE = "file"
HAND_IN = "**Hand in `{}`** beside this notebook; in the cell below say in a line or two what is in it."
_NAME = re.compile(r"\w[\w-]*\.(?!ipynb|zip|py|json|txt)\w+")  # notebooks are looked for among the others
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
        if (file := source.metadata.get(FILE)) is not None:
            if not (isinstance(file, str) and _NAME.fullmatch(file)):
                raise BuildError(
                    f"{place}, `{id}`: `file={file}` is to be one name without spaces, such as "
                    '`file="poster.pdf"`, and neither a notebook, nor a zip, nor a text.'
                )
            statement = f"{statement}\n\n{HAND_IN.format(file)}"
        return cls(id, title, statement, solution, *numbers)
