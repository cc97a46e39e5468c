"""Pictures of a lesson's text travel in its notebook: wherever it is copied, their files do not come along.

In the source a picture is a file, ``![what it shows](../../benchmarks/results/map.png)``, seen from the
source's folder, or, where an instructor's own copy of the source lies elsewhere, from the lesson's; in the
notebook it is an attachment of its cell. One in what a person looks for stands in the text itself: nbgrader
takes that out when it releases the lesson, and leaves attachments where they are.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path

from nbformat import NotebookNode

from grader.building.lesson import BuildError, Lesson
from grader.exercise.solution import BEGIN

_PICTURE = re.compile(r"(!\[[^\]]*\]\()([^)\s:]+\.png)\)")


def attach(cell: NotebookNode, lesson: Lesson) -> None:
    """Put the pictures of a Markdown cell into it.

    Raises:
        BuildError: with the one that is not there.
    """
    pictures: dict[str, dict[str, str]] = {}

    def attached(link: re.Match[str]) -> str:
        places = [folder / link[2] for folder in (lesson.source.parent, lesson.instructor.parent)]
        file = next(filter(Path.is_file, places), places[0])
        try:
            picture = base64.b64encode(file.read_bytes()).decode()
        except OSError:
            raise BuildError(
                f"{lesson.shown(lesson.source)} shows the picture {link[2]}, and there is no such file."
            ) from None
        if BEGIN in cell.source:
            return f"{link[1]}data:image/png;base64,{picture})"
        pictures[file.name] = {"image/png": picture}
        return f"{link[1]}attachment:{file.name})"

    cell.source = _PICTURE.sub(attached, cell.source)
    if pictures:
        cell.attachments = pictures
