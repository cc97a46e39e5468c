"""A table of formulas: each entry is compared and explained by itself, and one check tells of all of them."""

import pytest

from grader.asking import wire
from grader.exercise import Entry, Formulas
from grader.naming import formulas as naming
from grader.naming.case import Case
from grader.questions.draw import Draw

ENTRIES = {
    "weights": Entry("2*d*n", "parameters", {"W1": "d*n", "W2": "n*d"}, {"2*L*d*n": "Tokens share weights."}),
    "shape": Entry("(L, d)", slips={"(L, n)": "It is not yet over."}, also_right=["(1*L, d)"]),
}
RIGHT = {"weights": "2*d*n", "shape": "(L, d)"}
COMMON = {"points": 4, "difficulty": 1, "minutes": 2, "hints": ["Draw rectangles."]}
SYMBOLS = {"L": "tokens", "d": "width", "n": "units"}


def table(**entries):
    exercise = Formulas(symbols=SYMBOLS, entries=entries or ENTRIES, **COMMON)
    exercise.place("prices", "00_small", "Prices")
    return exercise


def told(answer):
    """The points of an answer that crosses as a student's does, what is found, and what it is named."""
    exercise, cases, found = table(), [], {}
    for question in exercise.questions(Draw(0)):
        expected, given = exercise.outcome(exercise.reference, question), exercise.outcome(answer, question)
        given = wire.decode_outcome(wire.encode_outcome(given))
        wrong = given.failure or exercise.difference(question, expected.value, given.value)
        found[question.part] = str(given.failure) if given.failure else wrong and wrong.sentence
        cases.append(Case(question, expected, given, bool(wrong)))
    points = exercise.score({case.part: not case.wrong for case in cases})
    return points, found, naming.name(exercise, cases)


@pytest.mark.parametrize("answer", [RIGHT, {"shape": "[L,d]", "weights": "d*n + n*d"}, RIGHT | {"more": "1"}])
def test_every_equal_form_is_right(answer):
    assert told(answer) == (4, {"weights": None, "shape": None}, None)


def test_what_is_empty_waits_and_is_no_mistake():
    points, found, named = told({"weights": "n*(2*d)", "shape": ""})
    assert (points, found["shape"], named) == (2, "There is no formula yet.", None)
    assert told({"weights": "2*d*n"})[:2] == (points, found)


def test_each_wrong_entry_is_explained_in_its_own_words():
    points, _, named = told({"weights": "2*L*d*n", "shape": "(L, n)"})
    assert points == 0
    assert named.sentence == "weights: Tokens share weights. shape: It is not yet over."
    assert named.slips == ("weights: Tokens share weights.", "shape: It is not yet over.")
    _, _, named = told(RIGHT | {"weights": "d*n"})
    assert named.sentence == "weights: One of W1 and W2 is missing."
    _, _, named = told(RIGHT | {"shape": "(d, n)"})
    assert named.sentence == "shape: It is not equal to the right formula."


def test_what_cannot_be_read_is_said():
    _, found, named = told(RIGHT | {"weights": "2dn"})
    assert found["weights"].startswith("A multiplication sign is missing")
    assert named.sentence.startswith("weights: A multiplication sign is missing")
    points, found, named = told("2*d*n")
    assert (points, named) == (0, None)
    assert found["weights"].startswith("It is a str, not a table: keep the braces")


def test_the_cell_is_the_table():
    assert table().solution == (
        'prices = {\n    "weights": "",\n    "shape": "",\n}  # formulas in L, d and n, each in its quotes\n'
        '### BEGIN SOLUTION\nprices = {\n    "weights": "2*d*n",\n    "shape": "(L, d)",\n}\n### END SOLUTION'
    )


def test_one_symbol_is_named_alone():
    exercise = Formulas(symbols={"n": "units"}, entries={"pairs": Entry("n**2")}, **COMMON)
    exercise.place("pairs", "00_small", "Pairs")
    assert "}  # formulas in n, each in its quotes\n" in exercise.solution


def test_what_is_proven():
    exercise = table()
    assert exercise.alternatives == ({"weights": "2*d*n", "shape": "(1*L, d)"},)
    assert exercise.wrong["weights: Tokens share weights."] == RIGHT | {"weights": "2*L*d*n"}
    assert dict(exercise.wrong_answers()) == {"shape ↔ weights": {"weights": "(L, d)", "shape": "2*d*n"}}


def test_an_authors_slip_shows_when_the_file_is_loaded():
    with pytest.raises(ValueError, match=r"^weights: 'd\*2\*n' is listed as a slip, and it is right"):
        table(weights=Entry("2*d*n", slips={"d*2*n": "Wrong."}))
