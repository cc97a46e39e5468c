"""What a page judges by is what the judge says."""

import json
import re

import pytest

from grader import catalogue
from grader.building.lesson import Lesson
from grader.exercise import Matching, Quiz
from grader.formula import points, value_of
from grader.naming.formula import explain
from grader.site.answers import Answers, sentence_of, verdict_on


@pytest.fixture
def answers(tmp_path):
    return Answers(Lesson(tmp_path, "00_small"))


@pytest.mark.parametrize("right", ["b", {"a", "c"}, ["c", "a", "b"]])
def test_every_choice_has_the_judges_sentence(make, answers, right):
    quiz = make.quiz(right)
    assert answers.add(quiz)
    told = answers.told[quiz.id]
    assert told["right"] == ",".join(quiz.read(right)) and told["right"] not in told["said"]
    for _, wrong in quiz.wrong_answers():
        place = told["said"][",".join(quiz.read(wrong))]
        assert told["sentences"][place] == sentence_of(verdict_on(quiz, wrong))
    assert len(told["sentences"]) == len({*told["sentences"]})


def test_code_with_tensors_is_for_the_notebook(make, answers):
    assert not any(map(answers.add, [make.function(), make.module(), make.property_test()]))
    assert answers.told == {}


def test_a_formula_comes_with_its_slips_and_what_is_near_it(make, answers):
    formula = make.formula(slips={"4*L": "The width is missing."})
    assert answers.add(formula)
    told = answers.told[formula.id]
    assert told["right"] == "4*L*d" and told["slips"] == [
        ["4*L", told["sentences"].index("The width is missing.")]
    ]
    assert len(told["where"]) == len([*points(formula.symbols)])
    for value, place, text in told["near"]:
        assert explain(formula, text).sentence == told["sentences"][place]
        at = dict(zip(sorted(formula.symbols), told["where"][0]))
        assert value == value_of(text, **at)


def test_a_number_has_values_for_several_readers(make, answers):
    number = make.number()
    assert answers.add(number)
    told = answers.told[number.id]
    assert len({reader["given"] for reader in told["readers"]}) == len(told["readers"]) == 3
    for reader in told["readers"]:
        L, d = map(int, re.findall(r"= (\d+)", reader["given"]))
        assert reader["right"] == 2 * L * d * d / 1e9
        (slip,) = [guess for guess in reader["guesses"] if guess[3]]
        assert slip[0] == 2 * L * d * d and told["sentences"][slip[2]] == "These are FLOPs."


def test_the_script_holds_what_was_asked(make, answers, tmp_path):
    answers.add(make.quiz("b"))
    answers.write(tmp_path)
    text = (tmp_path / "answers.js").read_text(encoding="utf-8")
    told = json.loads(text.removeprefix("answers(").removesuffix(");\n"))
    assert told["lesson"] == "00_small" and told["exercises"].keys() == {"pick"}


def test_no_quiz_of_the_course_is_too_large_to_ask_in_full():
    quizzes = [e for e in catalogue.every_exercise() if isinstance(e, (Quiz, Matching))]
    assert len(quizzes) > 30
    assert all(len(list(quiz.wrong_answers())) < 1000 for quiz in quizzes)
