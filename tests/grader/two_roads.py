"""The two roads to a verdict on an answer in a notebook: `check`, and the judge that gives the score."""

from collections.abc import Iterable, Sequence
from copy import deepcopy

from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

from grader.demo.attention import CLASS, LOOPS
from grader.judging.verdict import MIME, Verdict
from grader.plugins import Judge
from grader.sandbox.limits import Limits

# of the demonstration's class; an endless answer takes 30 s, and is asked elsewhere
ENDING = [student for student in CLASS if LOOPS not in student.answers.values()]
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
ANSWER = "_answer"


def answer(exercise: str, code: str) -> list[NotebookNode]:
    """The cell with an answer, and the graded cell."""
    role = {"grade": False, "solution": True, "locked": False, "points": 0, "grade_id": f"{exercise}{ANSWER}"}
    graded = {"grade": True, "solution": False, "locked": True, "points": 1, "grade_id": exercise}
    return [
        new_code_cell(code, metadata={"nbgrader": role}),
        new_code_cell(f'check("{exercise}")', metadata={"nbgrader": graded}),
    ]


def cell(code: str, *tags: str) -> NotebookNode:
    return new_code_cell(code, metadata={"tags": list(tags)} if tags else {})


def checked(cells: Sequence[NotebookNode]) -> dict[str, Verdict]:
    """What `check` says of each answer, called after its cell; all code cells are run, in their order."""
    shell = InteractiveShell(config=Config(HistoryManager={"hist_file": ":memory:", "enabled": False}))
    said = {}
    try:
        shell.run_cell("from grader import check, numbers", store_history=True)
        for one in cells:
            name = one.metadata.get("nbgrader", {}).get("grade_id", "")
            if one.cell_type == "code" and (not name or name.endswith(ANSWER)):
                shell.run_cell(one.source, store_history=True)
            if name.endswith(ANSWER):
                exercise = name.removesuffix(ANSWER)
                said[exercise] = shell.run_cell(f'check("{exercise}")', store_history=True).result.verdict
    finally:
        shell.restore_sys_module_state()  # it takes the place of `__main__`
    return said


def scored(cells: Iterable[NotebookNode], student: str = "ada") -> tuple[dict[str, dict], NotebookNode]:
    """What the judge says of each graded cell, and the notebook as it leaves it."""
    notebook = new_notebook(cells=deepcopy(list(cells)), metadata={"kernelspec": KERNEL})
    judge = Judge(skip_cells_with_tag="demonstration", record_timing=False)  # as a class is graded
    judge.limits = Limits()
    judge.preprocess(notebook, {"nbgrader": {"student": student}, "metadata": {"path": None}})
    graded = [  # a person grades what is no code
        one
        for one in notebook.cells
        if one.cell_type == "code" and one.metadata.get("nbgrader", {}).get("grade")
    ]
    return {one.metadata.nbgrader.grade_id: one.outputs[0].data[MIME] for one in graded}, notebook
