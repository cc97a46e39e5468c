"""How long the demonstrations of the lessons take: those above two seconds are to be marked as long.

    python -m benchmarks.demonstrations [LESSON …]

Prints seconds of processor for each, in its solved notebook, run from the first cell to the last. What a cell
loads first counts to it: in grading it may be the first.
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from grader.building.instructor import instructor_notebook
from grader.building.lesson import Lesson, find_lessons
from grader.demonstrations import is_demonstration, is_long

MOST = 2.0  # seconds
BEGIN = """
import time as _time

_took, _began = [], [0.0]
get_ipython().events.register("pre_run_cell", lambda _: _began.append(_time.process_time()))
get_ipython().events.register("post_run_cell", lambda _: _took.append(_time.process_time() - _began[-1]))
"""
END = "import json; print(json.dumps(_took))"


def seconds(lesson: Lesson) -> list[tuple[str, float, bool]]:
    """Each demonstration's id, seconds of processor, and whether it is marked as long."""
    notebook = instructor_notebook(lesson)
    notebook.metadata.kernelspec.name = "python3"
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    notebook.cells = [new_code_cell(BEGIN), *cells, new_code_cell(END)]
    with TemporaryDirectory() as folder:  # where answers that pass are kept
        NotebookClient(notebook, timeout=600, force_raise_errors=True).execute(cwd=folder)
    took = json.loads(notebook.cells[-1].outputs[0].text)[-len(cells) :]
    return [
        (cell.id, time, is_long(cell))
        for cell, time in zip(cells, took, strict=True)
        if is_demonstration(cell)
    ]


def main() -> None:
    for lesson in find_lessons(Path.cwd()):
        if len(sys.argv) < 2 or lesson.name in sys.argv[1:]:
            print(lesson.name)
            for id, time, long in seconds(lesson):
                wrong = "" if (time > MOST) == long else "   ← marked wrongly"
                print(f"  {id:10}{time:7.2f} s{'  long' if long else ''}{wrong}")


if __name__ == "__main__":
    main()
