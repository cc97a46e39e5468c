"""Every lesson: nothing leaks into the release, every solution passes, and the release passes nothing."""

import ast
import io
import json
import re
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from grader import catalogue
from grader.building import executed as kept
from grader.building.forked_kernels import ForkedKernel
from grader.building.instructor import instructor_notebook
from grader.building.lesson import Lesson, find_lessons
from grader.exercise.solution import BEGIN, END
from tests.cut_short import SHORTER

ROOT = Path(__file__).resolve().parents[1]
LESSONS = find_lessons(ROOT)
by_name = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)

CELL_METADATA = {"nbgrader", "tags", "deletable", "editable"}
NOT_IN_A_RELEASE = [
    "BEGIN SOLUTION",
    "END SOLUTION",
    "HIDDEN TESTS",
    "widget",
    "jupytext",
    'execution_count": 1',
]


def released(lesson: Lesson) -> nbformat.NotebookNode:
    return nbformat.read(lesson.released, as_version=4)


OPENS = re.compile(r"def forward\(.*\):|\w+ = \{")  # of any module; of a table, whose names are given


def solution_lines(lesson: Lesson) -> list[str]:
    """The lines that stand between the marks in the instructor's notebook."""
    text = "\n".join(cell.source for cell in instructor_notebook(lesson).cells)
    blocks = re.findall(rf"{BEGIN}\n(.*?){END}", text, re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def executed(notebook: nbformat.NotebookNode, allow_errors: bool = False) -> nbformat.NotebookNode:
    """The whole notebook run in a kernel, demonstrations included."""
    notebook.metadata.kernelspec.name = "python3"
    strict = not allow_errors  # also where JupyterLab goes on: at a demonstration that waits for an answer
    client = NotebookClient(
        notebook,
        timeout=1500,
        allow_errors=allow_errors,
        force_raise_errors=strict,
        kernel_manager_class=ForkedKernel,
    )
    client.execute(cwd=str(ROOT))
    return notebook


def cells_of(source: str) -> list[str]:
    """The cells of a lesson's source."""
    return re.split(r"^# %%.*\n", source, flags=re.MULTILINE)


def run_cell(cell: str, names: dict[str, Any]) -> None:
    """Run a cell in a namespace, which holds what it would else wait for."""
    exec(re.sub(r"^needs\(.*\)\n", "", cell, flags=re.MULTILINE), names)


def half_filled(lesson: Lesson, answered: int, without: str = "") -> list[nbformat.NotebookNode]:
    """The errors of the release with its first exercises answered and all run.

    without: the tag of cells that are not run.
    """
    notebook = cut_short(lesson)
    solutions = {cell.id: cell.source for cell in instructor_notebook(lesson).cells}
    asked = catalogue.ids()[lesson.name][:answered]
    notebook.cells = [cell for cell in notebook.cells if without not in cell.metadata.get("tags", ())]
    for cell in notebook.cells:
        if cell.id.removesuffix("-answer").replace("-", "_") in asked:
            cell.source = solutions[cell.id]
    return errors_of(executed(notebook, allow_errors=True))


def cut_short(lesson: Lesson) -> nbformat.NotebookNode:
    """The release, with shorter trainings."""
    notebook = released(lesson)
    (imports,) = (cell for cell in notebook.cells if "from grader import check" in cell.source)
    imports.source += SHORTER.get(lesson.name, "")
    return notebook


def errors_of(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [o for cell in notebook.cells for o in cell.get("outputs", []) if o.output_type == "error"]


def assert_waiting(errors: list[nbformat.NotebookNode]) -> None:
    """What waits for an answer says so in one line; nothing else ends in an error."""
    assert {error.ename for error in errors} == {"NotWrittenYet"}, [error.evalue for error in errors]


def assigned(lesson: Lesson, name: str) -> Any:
    """What the lesson's source gives a name, where that is written out: recorded numbers, say."""
    (value,) = [
        node.value
        for node in ast.walk(ast.parse(lesson.source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name
    ]
    return ast.literal_eval(value)


@cache
def solved(lesson: Lesson) -> nbformat.NotebookNode:
    """The instructor's notebook, run once for all tests that look at it, and for the pages of the site."""
    return kept.executed(lesson)


def judged(notebook: nbformat.NotebookNode) -> dict[str, nbformat.NotebookNode]:
    """The cells that the judge grades, by exercise; a person grades those that hold words."""
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code"
    }


def scores(notebook: nbformat.NotebookNode) -> dict[str, float]:
    """What each judged cell came to: its last result, as nbgrader reads it."""
    found = {}
    for name, cell in judged(notebook).items():
        results = [o for o in cell.outputs if o.output_type == "execute_result"]
        found[name] = float(results[-1].data["text/plain"]) if results else 0.0
    return found


@by_name
def test_the_release_holds_nothing_it_should_not(lesson):
    notebook = released(lesson)
    raw = lesson.released.read_text(encoding="utf-8")
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    for cell in notebook.cells:
        assert set(cell.metadata) <= CELL_METADATA
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
    for text in NOT_IN_A_RELEASE:
        assert text not in raw
    for cell in notebook.cells:
        if cell.cell_type == "code":
            compile(cell.source, cell.id, "exec")  # a stub is a program too


@by_name
def test_no_line_of_a_solution_is_in_the_release(lesson):
    code = "\n".join(cell.source for cell in released(lesson).cells if cell.cell_type == "code")
    telling = [line for line in solution_lines(lesson) if len(line) > 20 and not OPENS.fullmatch(line)]
    assert telling
    assert [line for line in telling if line in code] == []


@by_name
def test_no_graded_cell_says_more_than_check(lesson):
    exercises = {exercise.id: exercise for exercise in catalogue.of_lesson(lesson.name)}
    graded = judged(released(lesson))
    assert graded.keys() == exercises.keys()
    for name, exercise in exercises.items():
        assert graded[name].source == exercise.call
        assert graded[name].metadata.nbgrader.points == exercise.points


@by_name
def test_there_are_eight_exercises_of_three_kinds(lesson):
    exercises = catalogue.of_lesson(lesson.name)
    assert len(exercises) >= (5 if lesson.name.startswith("00") else 8)  # the first one is short
    assert len({exercise.kind for exercise in exercises}) >= 3


@by_name
def test_the_solutions_pass_with_full_marks_and_no_error(lesson):
    notebook = solved(lesson)
    assert scores(notebook) == {e.id: e.points for e in catalogue.of_lesson(lesson.name)}
    assert errors_of(notebook) == []


@by_name
def test_a_lesson_shows_its_figures_with_words_for_who_cannot_see_them(lesson):
    notebook = solved(lesson)
    html = [
        o.data["text/html"]
        for c in notebook.cells
        for o in c.get("outputs", [])
        if "text/html" in o.get("data", {})
    ]
    images = [tag for text in html for tag in re.findall(r"<img[^>]*>", text)]
    assert images
    assert all(re.search(r'alt="[^"]{20,}"', tag) for tag in images)
    assert any("<iframe" in text and "srcdoc" in text for text in html)  # one that can be handled
    assert not re.search(r'(?:src|href)="https?:', " ".join(html))


@by_name
def test_nothing_passes_in_the_release_and_it_ends_without_a_traceback_of_ours(lesson):
    notebook = executed(cut_short(lesson), allow_errors=True)
    assert set(scores(notebook).values()) == {0.0}
    assert_waiting(errors_of(notebook))


def test_the_validate_button_says_what_is_missing(tmp_path):
    """nbgrader's own validator on a release: it fails, and its message is ours."""
    from nbgrader.validator import Validator

    lesson = LESSONS[0]  # the shortest
    target = tmp_path / lesson.released.name
    target.write_bytes(lesson.released.read_bytes())
    validator = Validator()
    validator.stream = io.StringIO()
    with redirect_stdout(io.StringIO()):
        result = validator.validate(str(target))
    graded = [c for c in released(lesson).cells if c.metadata.get("nbgrader", {}).get("grade")]
    assert len(result["failed"]) == len(graded)
    assert "Not written yet" in json.dumps(result, ensure_ascii=False)


A_CHOICE = re.compile(r"\bchoose\b|the path of", re.IGNORECASE)  # not a guess: something to run with


def leaves(node: ast.expr) -> list[ast.expr]:
    """The values of a literal, without the keys of its dictionaries."""
    inside = node.values if isinstance(node, ast.Dict) else getattr(node, "elts", None)
    return [node] if inside is None else [leaf for one in inside for leaf in leaves(one)]


@by_name
def test_nobody_writes_a_guess_but_the_reader(lesson):
    """Cells in which a guess is typed hold None: a number there would be drawn as the reader's own."""
    before, found = "", 0
    for cell in released(lesson).cells:
        if cell.cell_type == "code" and re.match(r"my_\w+ = ", cell.source) and not A_CHOICE.search(before):
            values = [leaf for line in ast.parse(cell.source).body for leaf in leaves(line.value)]
            assert all(getattr(value, "value", 0) is None for value in values), cell.source
            found += 1
        before = cell.source
    assert found >= 3


@by_name
def test_code_fits_its_cell_and_a_demonstration_the_screen(lesson):
    """Nothing scrolls sideways, and what is only shown is short."""
    for cell in released(lesson).cells:
        if cell.cell_type == "code":
            lines = cell.source.split("\n")
            assert max(map(len, lines)) <= 88, cell.source
            written = [line for line in lines if line.strip()]
            assert len(written) <= 15 or "demonstration" not in cell.metadata.get("tags", []), cell.source
