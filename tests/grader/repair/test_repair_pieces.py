"""Cells of the lesson's own that were split or merged."""

import nbformat
import pytest

from grader.repair.cells import Cell, Release
from grader.repair.pieces import cut_out, put_together


def cell(kind, source, id, **said):
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}[kind]
    return make(source, id=id, metadata={"nbgrader": {"grade_id": id, **said}} if said else {})


STATEMENT = "### Double\n\nWrite double.\n\nOne line is enough."
RELEASE = Release(
    nbformat.v4.new_notebook(
        cells=[
            cell("code", "import torch\nimport math", "imports"),
            cell("markdown", STATEMENT, "statement", locked=True),
            cell("code", "def double(x):\n    # your code here", "double_answer", solution=True),
            cell("code", "check(double)", "double", locked=True, grade=True),
            cell("code", "import torch", "again"),
        ]
    )
)
WHOLE = [Cell(place.cell.cell_type, place.source) for place in RELEASE.places]
ANSWER = "def double(x):\n    return 2 * x"
MINE = "helper = 3"


def code(source, **names):
    return Cell("code", source, **names)


def text(source, **names):
    return Cell("markdown", source, **names)


def lesson_s(*indices):
    """Cells as they are in the lesson, with all their names."""
    return [
        (RELEASE.places[i].cell.cell_type, RELEASE.places[i].source, RELEASE.places[i].name) for i in indices
    ]


def seen(cells):
    return [(cell.kind, cell.source, cell.grade_id or cell.id) for cell in cells]


@pytest.mark.parametrize("parts", [2, 3, 4, 5])
def test_parts_of_a_cell_of_the_lesson_become_that_cell(parts):
    step = len(STATEMENT) // parts + 1
    split = [text(STATEMENT[at : at + step]) for at in range(0, len(STATEMENT), step)]
    cells, names = put_together([code(MINE), *split, code(ANSWER)], RELEASE)
    assert seen(cells) == [("code", MINE, None), *lesson_s(1), ("code", ANSWER, None)]
    assert names == ["statement"]


@pytest.mark.parametrize(
    "cells",
    [
        [text("### Double"), text("Write double.")],  # not all of it
        [text("### Double\n\nWrite double."), code(MINE), text("One line is enough.")],
        [
            code("def double(x):"),
            code("    # your code here"),
        ],  # an answer may have been written in two cells
        [text(STATEMENT), text("### Double\n\nWrite double."), text("One line is enough.")],  # there already
        [text(""), text("")],
    ],
)
def test_what_is_no_missing_cell_in_parts_stays_as_it_is(cells):
    assert put_together(cells, RELEASE) == (cells, [])


def test_a_cell_that_is_there_twice_in_parts_is_put_together_once():
    parts = [text("### Double\n\nWrite double."), text("One line is enough.")]
    cells, names = put_together([*parts, *parts], RELEASE)
    assert [cell.grade_id for cell in cells] == ["statement", None, None]
    assert names == ["statement"]


def test_a_merged_cell_is_cut_where_cells_of_the_lesson_stand_in_it():
    merged = code(f"{STATEMENT}\n\n{ANSWER}\ncheck(double)\n{MINE}", grade_id="statement")
    cells, names = cut_out([merged], RELEASE)
    assert seen(cells) == [*lesson_s(1), ("code", ANSWER, None), *lesson_s(3), ("code", MINE, None)]
    assert names == ["statement", "double"]


def test_the_part_with_the_answer_s_names_keeps_its_mark_wherever_it_stands():
    cells, _ = cut_out([text(f"{STATEMENT}\n{ANSWER}", grade_id="double_answer", id="x")], RELEASE)
    assert seen(cells) == [*lesson_s(1), ("code", ANSWER, "double_answer")]
    assert cells[1].id is None


def test_the_first_part_keeps_the_names_of_an_answer_or_of_one_s_own_but_not_of_a_locked_cell():
    for name, kept in (("double_answer", "double_answer"), ("double", None), ("mine", "mine")):
        cells, _ = cut_out([code(f"no Python\ncheck(double)\n{MINE}", grade_id=name)], RELEASE)
        assert [cell.grade_id for cell in cells] == [kept, "double", None]


def test_code_is_code_and_text_is_text_in_what_is_left():
    cells, _ = cut_out([code(f"check(double)\nin my words\n{STATEMENT}\n{MINE}")], RELEASE)
    assert [cell.kind for cell in cells] == ["code", "markdown", "markdown", "code"]
    cells, _ = cut_out([text(f"{STATEMENT}\nwords\ncheck(double)\n{MINE}")], RELEASE)
    assert [cell.kind for cell in cells] == ["markdown", "markdown", "code", "code"]


def test_the_longer_cell_is_cut_out_where_a_shorter_one_stands_in_it_as_well():
    cells, names = cut_out([code(f"{MINE}\nimport torch\nimport math")], RELEASE)
    assert seen(cells) == [("code", MINE, None), *lesson_s(0)]
    assert names == ["imports"]


def test_what_is_merged_twice_is_cut_out_once():
    cells, names = cut_out([code(f"{MINE}\ncheck(double)"), code(f"{ANSWER}\ncheck(double)")], RELEASE)
    assert seen(cells) == [("code", MINE, None), *lesson_s(3), ("code", f"{ANSWER}\ncheck(double)", None)]
    assert names == ["double"]


def test_a_cell_that_stands_where_it_belongs_cuts_nothing():
    cells = [*WHOLE, code(f"{MINE}\ncheck(double)")]
    assert cut_out(cells, RELEASE) == (cells, [])
    assert put_together(cells, RELEASE) == (cells, [])
