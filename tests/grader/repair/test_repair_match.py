"""Which cell of a small lesson each cell is, whatever it has lost of its names and its text."""

import nbformat
import pytest

from grader.repair.cells import Cell, Release, Role
from grader.repair.match import in_order, match

WORTH = "two points for you if it is right"
LONG = " ".join(f"word{number}" for number in range(250))


def cell(kind, source, id, **said):
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}[kind]
    return make(source, id=id, metadata={"nbgrader": {"grade_id": id, **said}} if said else {})


RELEASE = Release(
    nbformat.v4.new_notebook(
        cells=[
            cell("markdown", "# A lesson", "title"),  # 0
            cell("markdown", f"{LONG} first", "first"),  # 1
            cell("code", "import torch", "imports"),  # 2
            cell("markdown", "Write double.", "statement", locked=True),  # 3
            cell("code", "def double(x):\n    # your code here", "double_answer", solution=True),  # 4
            cell("code", f"check(double)  # {WORTH}", "double", locked=True, grade=True),  # 5
            cell("markdown", f"{LONG} second", "second"),  # 6
            cell("markdown", "Your answer here", "why_answer", solution=True, grade=True),  # 7
            cell("code", f"check(triple)  # {WORTH}", "triple", locked=True, grade=True),  # 8
        ]
    )
)
WHOLE = [Cell(place.cell.cell_type, place.source) for place in RELEASE.places]


def matched(*cells):
    return [place and place.index for place in match(cells, RELEASE)]


def without(index, *instead):
    """The lesson without any names, and other cells in the place of one."""
    return [*WHOLE[:index], *instead, *WHOLE[index + 1 :]]


def test_roles_are_the_release_s():
    assert [place.role for place in RELEASE.places[2:6]] == [
        Role.PLAIN,
        Role.LOCKED,
        Role.ANSWER,
        Role.LOCKED,
    ]
    assert RELEASE.places[7].role is Role.ANSWER
    assert RELEASE.places[4].own_names == {"double"}


def test_a_task_is_an_answer_and_a_name_that_two_cells_give_a_value_tells_nothing():
    cells = [
        cell("markdown", "Draw.", "draw", task=True),
        *(cell("code", "x = 1", i, solution=True) for i in "ab"),
    ]
    release = Release(nbformat.v4.new_notebook(cells=cells))
    assert [place.role for place in release.places] == [Role.ANSWER] * 3
    assert release.places[1].own_names == frozenset()


def test_a_grade_id_says_more_than_a_cell_id_and_that_more_than_the_text():
    assert matched(Cell("code", "import torch", id="title", grade_id="double_answer")) == [4]
    assert matched(Cell("code", "import torch", id="title")) == [0]
    assert matched(Cell("code", "import torch", id="no", grade_id="such")) == [2]


def counted(*texts):
    """A lesson of plain cells whose ids count them, as a build gives them."""
    kinds = ("code" if "=" in text else "markdown" for text in texts)
    return [cell(kind, text, f"cell-{number}") for number, (kind, text) in enumerate(zip(kinds, texts), 1)]


def test_where_an_exercise_has_gone_the_cells_behind_it_are_known_by_their_texts():
    before = [
        "# A lesson",
        "left = 1",
        "Left out",
        "Guess:",
        "my_guess = None  # a share",
        "seen = 3",
        "So it is.",
    ]
    after = [text for text in before if "eft" not in text]
    handed_in = [Cell(one.cell_type, one.source, id=one.id) for one in counted(*before)]
    handed_in[4] = Cell("code", "my_guess = 0.7  # a share", id="cell-5")
    release = Release(nbformat.v4.new_notebook(cells=counted(*after)))
    found = [place and place.index for place in match(handed_in, release)]
    assert found == [0, None, None, 1, 2, 3, 4]
    back = [
        place and place.index
        for place in match(
            [handed_in[i] for i in (0, 3, 4, 5, 6)], Release(nbformat.v4.new_notebook(cells=counted(*before)))
        )
    ]
    assert back == [0, 3, 4, 5, 6]


def test_without_names_every_cell_is_known_by_its_text():
    assert matched(*reversed(WHOLE)) == [8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert matched(*WHOLE, WHOLE[2]) == [*range(9), None]


def test_an_answer_is_known_by_what_only_it_names_and_code_goes_before_text():
    rewritten = Cell("code", "double = lambda number: number + number")
    assert matched(rewritten, *without(4)) == [4, 0, 1, 2, 3, 5, 6, 7, 8]
    text = Cell("markdown", "def double(x):\n    # your code is here")
    assert matched(text, *without(4), rewritten) == [None, 0, 1, 2, 3, 5, 6, 7, 8, 4]


def test_an_edited_cell_is_known_by_its_words_and_each_place_is_taken_once():
    near, nearer = (
        Cell("code", "check(double)  # two points if right"),
        Cell("code", f"check(double) # {WORTH}!"),
    )
    assert matched(*without(5, near, nearer)) == [0, 1, 2, 3, 4, None, 5, 6, 7, 8]


def test_of_cells_that_are_equally_alike_the_one_at_the_place_is_taken():
    edited = Cell("code", f"check(double)  # {WORTH}!")
    assert matched(edited, *without(5, edited)) == [None, 0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert matched(*without(5, edited), edited)[5:] == [5, 6, 7, 8, None]


def test_half_of_the_words_changed_is_still_the_cell():
    edited = Cell("code", "check(double)  # two points for you, I hope so")
    assert matched(edited, *without(5)) == [5, 0, 1, 2, 3, 4, 6, 7, 8]


def test_what_is_next_to_nothing_like_a_cell_is_one_s_own():
    assert matched(*without(5, Cell("code", "plot(double, triple)")))[5] is None


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("check(double", 5),
        ("check(d", None),  # too short to tell
        ("check(double)", None),  # Python, and so perhaps one's own
        ("check(quadruple", None),
        ("def double(x):", None),
    ],
)
def test_the_beginning_of_a_locked_cell_is_known_where_it_can_be_no_other(source, place):
    assert matched(*without(5, Cell("code", source)))[5] == place


def test_the_beginning_of_two_missing_cells_is_neither():
    release = Release(
        nbformat.v4.new_notebook(
            cells=[cell("code", f"check(a_long_name_{i})", f"n{i}", locked=True, grade=True) for i in "ab"]
        )
    )
    assert match([Cell("code", "check(a_long_name_")], release) == [None]


def test_an_answer_of_which_nothing_is_left_is_what_stands_in_its_place_code_first():
    own, note = Cell("code", "7"), Cell("markdown", "I gave up.")
    assert matched(*without(4, note, own))[4:6] == [None, 4]
    assert matched(*without(4, note))[4] == 4
    assert matched(own, *without(4))[0] is None


def test_nothing_but_an_answer_is_known_by_its_place_alone():
    assert matched(*without(3, Cell("code", "7")))[3] is None


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([0, 1, 2], [0, 1, 2]),
        ([2, 0, 1], [1, 2]),
        ([0, None, 8, 1, 2], [0, 3, 4]),
        ([1, 1], [0, 1]),  # a copy is in order
        ([None], []),
        ([], []),
    ],
)
def test_the_most_cells_in_order_are_those_that_nobody_moved(held, expected):
    places = [None if index is None else RELEASE.places[index] for index in held]
    assert in_order(places) == expected
