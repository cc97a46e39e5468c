"""A class to try the grader on: twelve submissions to one lesson, graded as a real one is.

Right in different ways, wrong in ways that have a name, unfinished, blank, crashing, looping for ever, and
with damaged cells: what a week's hand-in looks like.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from rich.table import Table

from grader.batch.run import Options, autograde
from grader.building.build import BEGIN, END, Lesson, find_lessons, release_all
from grader.course_folder import CONFIGURATION
from grader.marks.export import export
from grader.marks.records import read_lesson
from grader.pages.feedback import generate
from grader.pages.report.page import write_report
from grader.questions.personal import SECRET_FILE
from grader.terminal import console, say

LESSON = "02_attention"
SECRET = "the demonstration class"


class DemoError(Exception):
    """The demonstration cannot run; the message says what to do."""


@dataclass(frozen=True)
class Student:
    """A submission: the solution notebook with some answers replaced, then perhaps damaged."""

    name: str
    story: str
    answers: dict[str, str] = field(default_factory=dict)
    blank: bool = False
    damage: Callable[[NotebookNode], None] | None = None


EINSUM = """
def attention(q, k, v, mask=None):
    scores = torch.einsum("...qd,...kd->...qk", q, k) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = torch.where(mask, scores, torch.tensor(float("-inf")))
    return torch.einsum("...qk,...kd->...qd", scores.softmax(-1), v)
"""
WARNS = """
import sys, warnings

def attention(q, k, v, mask=None):
    warnings.warn("this might be slow")
    print("50 % |#####     |", file=sys.stderr)
    scores = (q.double() @ k.double().transpose(-1, -2)) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return (scores.softmax(-1) @ v.double()).float()
"""
DIVIDES_BY_D = """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-1, -2) / q.shape[-1]
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-1) @ v
"""
OVER_QUERIES = """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-2) @ v
"""
MASK_UPSIDE_DOWN = """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(mask, -math.inf)
    return scores.softmax(-1) @ v
"""
LOOPS = """
def attention(q, k, v, mask=None):
    total = torch.zeros_like(q)
    while True:
        total = total + q
    return total
"""
READY_MADE = """
def attention(q, k, v, mask=None):
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
"""
ENDS_THE_PROCESS = """
import os

def hard_attention(q, k, v):
    os._exit(1)
"""
TRANSPOSE_FORGOTTEN = """
def similarities(x):
    return x @ x
"""
LEAST_SIMILAR = """
def hard_attention(q, k, v):
    return v[(k @ q).argmin()]
"""


def _damage(notebook: NotebookNode) -> None:
    """Deletes one graded cell, edits another, and takes the metadata off an empty cell of its own."""
    cells = notebook.cells
    cells[:] = [cell for cell in cells if _grade_id(cell) != "causal_mask"]
    for cell in cells:
        if _grade_id(cell) == "attention":
            cell.source = "assert True  # it works on my machine"
        if _grade_id(cell) == "look_up_statement":
            cell.source = "I deleted the question."
    cells.insert(3, nbformat.v4.new_code_cell("my_notes = 'attention is a soft look-up'"))


CLASS = (
    Student("ada", "everything right"),
    Student(
        "ben", "right, written with einsum", {"attention": EINSUM, "score_scale": 'score_scale = "d**0.5"'}
    ),
    Student("carla", "right, with warnings and a progress bar", {"attention": WARNS}),
    Student("dev", "divides by d", {"attention": DIVIDES_BY_D, "score_scale": 'score_scale = "d"'}),
    Student("eli", "softmax over the queries", {"attention": OVER_QUERIES}),
    Student("fatima", "mask upside down", {"attention": MASK_UPSIDE_DOWN}),
    Student("gil", "calls the ready-made answer", {"attention": READY_MADE, "hard_attention": LEAST_SIMILAR}),
    Student(
        "hana",
        "an error in her code",
        {"similarities": TRANSPOSE_FORGOTTEN, "hard_gradient": 'hard_gradient = "c"'},
    ),
    Student("ivo", "handed in blank", blank=True),
    Student("jun", "ends the kernel", {"hard_attention": ENDS_THE_PROCESS}),
    Student("kofi", "loops for ever", {"attention": LOOPS}),
    Student("lena", "everything right, cells damaged", damage=_damage),
)


def run(folder: Path) -> None:
    """Make the class in ``folder``; grade it; write feedback, a report and grades.csv; print the gradebook.

    Raises:
        DemoError: the folder holds something that is not an earlier demonstration.
        CourseError: it cannot be graded here; the message says what to do.
    """
    started = time.monotonic()
    lesson = next((lesson for lesson in find_lessons(Path.cwd()) if lesson.name == LESSON), None)
    if lesson is None:
        raise DemoError(f"The demonstration grades {LESSON}, which is not in {Path.cwd() / 'solutions'}.")
    folder = folder.resolve()
    _make_room(folder)
    say(f"Making a class of {len(CLASS)} in {folder}")
    release_all([lesson], folder, folder / "gradebook.db")
    (folder / CONFIGURATION).write_text((Path.cwd() / CONFIGURATION).read_text())
    (folder / SECRET_FILE).write_text(SECRET)
    _hand_in(folder)
    say("Grading it, two students at a time")
    with utils.setenv(COURSE_SECRET=""):  # the class has its own
        summary = autograde(folder, LESSON, Options(jobs=2))
    for line in summary.lines():
        say(line)
    say("Writing feedback, a report and grades.csv")
    generate(folder, LESSON)
    report = write_report(folder, LESSON, folder / "report.html")
    export(read_lesson(folder, LESSON), "csv", folder / "grades.csv", force=False)
    _print_gradebook(folder)
    say(f"{len(CLASS)} submissions graded in {time.monotonic() - started:.0f} s. Where to look:")
    say(f"  {folder / 'grades.csv'}")
    say(f"  {report}   what the class got wrong, and who is stuck")
    say(f"  {folder / 'feedback' / 'dev' / LESSON / f'{LESSON}.html'}   what dev gets to read")
    say(f"  cd {folder} && jupyter lab   then Nbgrader → Formgrader")


def _make_room(folder: Path) -> None:
    """Start afresh where an earlier demonstration stands; touch nothing else."""
    if folder.exists() and any(folder.iterdir()):
        secret = folder / SECRET_FILE
        if not (secret.is_file() and secret.read_text() == SECRET):
            raise DemoError(f"{folder} holds something else: give another folder with --folder.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


# -- handing in -------------------------------------------------------------------------------------------


def _hand_in(folder: Path) -> None:
    lesson = Lesson(folder, LESSON)
    solved = nbformat.read(lesson.instructor, as_version=4)
    released = nbformat.read(lesson.released, as_version=4)
    for student in CLASS:
        target = folder / "submitted" / student.name / LESSON / lesson.released.name
        target.parent.mkdir(parents=True)
        nbformat.write(_submission(student, solved, released), target)


def _submission(student: Student, solved: NotebookNode, released: NotebookNode) -> NotebookNode:
    """The released notebook, as the student hands it in."""
    notebook = deepcopy(released)
    if not student.blank:
        sources = {_grade_id(cell): cell.source for cell in solved.cells}
        for cell in notebook.cells:
            name = _grade_id(cell)
            if name.endswith("_answer"):
                own = student.answers.get(name.removesuffix("_answer"))
                cell.source = own.strip() if own else _without_markers(sources[name])
    if student.damage:
        student.damage(notebook)
    return notebook


def _without_markers(source: str) -> str:
    return "\n".join(line for line in source.split("\n") if line.strip() not in (BEGIN, END))


def _grade_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


# -- the gradebook ----------------------------------------------------------------------------------------


def _print_gradebook(folder: Path) -> None:
    from nbgrader.api import Gradebook

    table = Table(box=None, pad_edge=False)
    for heading in ("student", "story", "score", "first thing the feedback says"):
        table.add_column(heading, no_wrap=heading != "first thing the feedback says")
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        for student in CLASS:
            submission = gradebook.find_submission(LESSON, student.name)
            score = f"{submission.score:g} of {submission.max_score:g}"
            table.add_row(student.name, student.story, score, _first_complaint(folder, student.name))
    console.print(table)


def _first_complaint(folder: Path, name: str) -> str:
    """The first exercise without full marks, and what was said about it."""
    graded = nbformat.read(folder / "autograded" / name / LESSON / f"{LESSON}.ipynb", as_version=4)
    for cell in graded.cells:
        for output in cell.get("outputs", []):
            said = output.get("data", {}).get("text/plain", "")
            if cell.metadata.get("nbgrader", {}).get("grade") and said[:1] in ("✗", "○", "?"):
                heading, *rest = said.splitlines()
                return f"{_grade_id(cell)}: {next((line.strip() for line in rest), heading)}"
    return "full marks"
