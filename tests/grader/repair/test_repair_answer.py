"""The text of an answer from the cells that it was left in."""

import nbformat
import pytest

from grader.repair.answer import Answer, gather, join, torn_answers, torn_off
from grader.repair.cells import Cell, Release

STUB = 'def double(x):\n    """Twice x."""\n    # your code here'
MARKS = {"grade_id": "double_answer", "solution": True}
RELEASE = Release(
    nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(STUB, id="double_answer", metadata={"nbgrader": MARKS}),
            nbformat.v4.new_markdown_cell("Why?", id="why", metadata={"nbgrader": MARKS}),
        ]
    )
)
PLACE, TEXT = RELEASE.places


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (["x = 1"], Answer("x = 1")),
        (["x = ("], Answer("x = (")),
        (["x = 1", "x = 2"], Answer("x = 1\nx = 2")),
        (["x = (", "x = 2"], Answer("x = 2", before=("x = (",))),
        (["x = 1", "y = 2", "x  =  1"], Answer("y = 2\nx  =  1", copies=1)),
        (["x = 1", STUB, ""], Answer("x = 1", copies=2)),
        ([STUB, f"{STUB}\n"], Answer(f"{STUB}\n", copies=1)),
        (["", STUB], Answer(STUB, copies=1)),
    ],
)
def test_pieces_of_an_answer_run_in_their_order_and_copies_are_left_out(pieces, expected):
    assert gather(PLACE, pieces) == expected


def test_paragraphs_of_a_text_stay_paragraphs():
    assert gather(TEXT, ["So that", "it is", "So that"]) == Answer("it is\n\nSo that", copies=1)


@pytest.mark.parametrize(
    ("pieces", "own", "expected"),
    [
        (["x = 1", "y = 2"], [], "x = 1\ny = 2"),
        (["x = 'a", "b'"], [], "x = 'ab'"),
        (["total = 1", "0"], ["total = 10"], "total = 10"),
        (["total = 1", "0"], [], "total = 1\n0"),
        (["def f(x", ", y):\n    return x"], [], "def f(x\n, y):\n    return x"),
        (["x = 1", "%%time\ny = 2"], [], None),
        (["%%time\nif x:", "    y = 2"], [], "%%time\nif x:\n    y = 2"),
        (["x = (", "y = 2"], [], None),
    ],
)
def test_pieces_are_joined_where_they_are_python_together(pieces, own, expected):
    assert join(pieces, frozenset(own)) == expected


@pytest.mark.parametrize(
    ("text", "neighbours", "is_after", "number"),
    [
        ("def f(x):", ["    return x"], True, 1),
        ("def f(x):", ["    y = (x", "+ 1)", "print(f(1))"], True, 2),
        ("    return x", ["def f(x):"], False, 1),
        ("+ 1)", ["    y = (x", "def f(x):"], False, 2),
        ("x = 1", ["y = 2"], True, 0),  # Python as they are
        ("x = (1", ["y = 2"], True, 0),  # nor together
        ("x = (1", [",", ",", ",", ",", ",", "2)"], True, 0),
        ("x = (1", [], True, 0),
    ],
)
def test_what_is_torn_off_is_python_only_with_the_rest(text, neighbours, is_after, number):
    assert torn_off(text, neighbours, is_after=is_after) == number


def test_a_line_of_the_lesson_s_that_is_torn_is_put_together_even_where_both_halves_are_python():
    assert torn_off("total = 1", ["0"], frozenset(["total = 10"])) == 1


@pytest.mark.parametrize(
    ("cells", "held", "expected"),
    [
        ([("code", "def double(x):"), ("code", "    return 2 * x")], 0, [1]),
        ([("code", "def double(x):"), ("code", "    return 2 * x")], 1, [0]),
        ([("code", "def double(x):"), ("markdown", "    return 2 * x")], 0, None),
        ([("code", "def double(x):"), ("markdown", "!"), ("code", "    return 2 * x")], 0, None),
        ([("code", "def double(x):\n    return 2 * x"), ("code", "x = (")], 0, None),
    ],
)
def test_an_answer_is_torn_to_the_code_right_beside_it(cells, held, expected):
    given = [Cell(kind, source) for kind, source in cells]
    places = [PLACE if index == held else None for index in range(len(cells))]
    assert torn_answers(RELEASE, given, places, {0: [held]}).get(0) == expected
