"""Rungs: where they stand, and what is said of an answer. (Under MicroPython: in tests/browser.)"""

import re
from pathlib import Path

import pytest

from grader import catalogue
from grader.site import rung as rungs
from grader.site.answers import Answers
from grader.site.engine import functions
from tests.grader import corpus

ROOT = Path(__file__).resolve().parents[3]
LESSONS = [folder.name for folder in sorted((ROOT / "solutions").glob("[0-9]*"))]


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_lesson_has_some_and_each_stands_before_an_exercise_of_it(lesson):
    found = rungs.rungs_of(lesson)
    assert 2 <= len(found) <= 5
    assert {rung.before for rung in found} <= {*catalogue.ids()[lesson]}


def test_no_rung_is_called_as_an_exercise_or_another_rung_is():
    names = [rung.id for lesson in LESSONS for rung in rungs.rungs_of(lesson)]
    exercises = {name for names in catalogue.ids().values() for name in names}
    assert len(names) == len({*names}) and exercises.isdisjoint(names)


@pytest.fixture
def mean(tmp_path, monkeypatch):
    """The rung of the page for authors."""
    page = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```python grader/site/rungs/\S+\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    file = tmp_path / "99_example" / "mean_by_hand.py"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    monkeypatch.setattr(rungs, "RUNGS", tmp_path)
    (rung,) = rungs.rungs_of.__wrapped__("99_example")
    return rung


def test_what_is_said_of_an_answer(mean):
    answers = Answers(None)
    assert answers.add(mean)
    told = answers.told["mean_by_hand"]
    assert told["stub"].endswith('-> their mean"""\n    # your code here\n')

    def said(body):
        return functions.judge(told, f"def mean_by_hand(numbers):\n    {body}\n")

    assert said("return sum(numbers) / len(numbers)")["right"]
    assert said("total = 0\n    for n in numbers: total += n\n    return total / len(numbers)")["right"]
    assert said("return sum(numbers)")["sentence"] == "This is the sum."
    assert said("return sum(numbers) / (len(numbers) - 1)")["sentence"] == "Divided by one too few."
    assert said("pass")["sentence"] == functions.NOTHING_YET
    assert said("return numbers")["sentence"] == "It gives back its first input as it came."
    assert said("return 3")["sentence"] == "It gives `3` whatever it is given."
    assert said("return -sum(numbers) / len(numbers)")["sentence"] == "Only the sign is wrong."
    assert said("return 6 * sum(numbers) / len(numbers)")["sentence"].startswith("It is 6.0 times")
    assert said("return str(numbers)")["sentence"] == "It returns a text; a number is expected."
    assert said("numbers.append(0)")["sentence"].startswith("It changes what it is given.")
    wrong = said("x = numbers[0]\n    return x / 0")
    assert wrong["sentence"].startswith("Line 3, `return x / 0`: ZeroDivisionError: ")
    assert wrong["example"].startswith("`mean_by_hand([")
    assert said("raise SystemExit")["sentence"] == "Line 2, `raise SystemExit`: SystemExit."
    assert "Line 2" in said("return (1")["sentence"] and "SyntaxError" in said("return (1")["sentence"]
    assert "no function `mean_by_hand`" in functions.judge(told, "def other(): pass")["sentence"]


@pytest.mark.parametrize(
    ("right", "given", "alike"),
    [
        ([1, 2.0], (1, 2.0001), True),
        ([1, 2.0], [1, 2.001], False),
        ([[1], [2]], [[1], [3]], False),
        (3, 3.0, True),
        (3, 3.001, False),
        (True, 1, False),
        (1.0, float("nan"), False),
        (float("inf"), float("inf"), True),
        ("a", "a", True),
        ([1, 2], [1], False),
        (1, None, False),
    ],
)
def test_values_are_compared_as_the_judge_does(right, given, alike):
    assert functions.same(right, given) is alike


OF_A_LIBRARY = ("count_with_tensor", "count_with_numpy")  # which no page has


def test_the_corpus_of_a_plain_function_is_judged_as_the_grader_does(monkeypatch):
    exercise = catalogue.find("count_matmul")
    answers = Answers(None)
    assert answers.add(exercise)
    told = answers.told[exercise.id]
    named = 0
    for answer in corpus.answers(exercise.id):
        monkeypatch.setattr(functions, "_defined", lambda name, source, answer=answer: answer.answer)
        verdict = functions.judge(told, "")
        assert verdict["right"] == answer.right or answer.name in OF_A_LIBRARY, answer.name
        named += verdict["sentence"] in told["sentences"]
    assert named >= 15  # of two mistakes at once a page knows nothing
