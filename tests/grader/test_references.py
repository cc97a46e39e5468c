"""The course's own answers as text."""

import inspect

import pytest
import torch

from grader import catalogue
from grader.asking.attempt import failure_of
from grader.asking.outcome import COURSES
from grader.exercise import Function, Module, PropertyTest, TrainingOutcome
from grader.judging.own_work import borrowed
from grader.questions.draw import Draw
from grader.references import MOST, answer, goes_on, handed_on, text
from grader.student.mine import Mine, NotMine

CODE = [exercise for exercise in catalogue.every_exercise() if goes_on(exercise)]


@pytest.fixture
def mine():
    return Mine(lambda name: [answer(name)], list)


def test_what_goes_on_is_code():
    assert all(isinstance(one, Function | Module | PropertyTest | TrainingOutcome) for one in CODE)
    assert len(CODE) >= 10


@pytest.mark.parametrize("exercise", CODE, ids=lambda exercise: exercise.id)
def test_it_stands_alone_and_gives_what_the_reference_gives(mine, exercise):
    own = getattr(mine, exercise.id)
    assert own is not exercise.reference and own.__doc__ == exercise.reference.__doc__
    questions = exercise.questions(Draw(1))
    for question, right in zip(questions, exercise.expected(questions)):
        assert exercise.holds(question, right, exercise.outcome(own, question)), question.part
    assert "grader" not in text(exercise.id) and "SOLUTION" not in text(exercise.id)


def test_its_source_can_be_read_as_the_exercises_can(mine):
    assert inspect.getsource(mine.hard_attention).startswith("def hard_attention")


def test_an_error_in_it_is_not_at_a_line_of_the_students(mine):
    with pytest.raises(RuntimeError) as error:
        mine.attention(torch.ones(2, 3), torch.ones(2, 4), torch.ones(2, 4))
    assert failure_of(error.value).function == "test_an_error_in_it_is_not_at_a_line_of_the_students"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("atention", "There is no exercise called 'atention'; did you mean attention"),
        ("leak", "`leak` is a quiz; later lessons get functions and classes."),
    ],
)
def test_what_is_no_such_answer(mine, name, said):
    with pytest.raises(NotMine) as error:
        getattr(mine, name)
    assert str(error.value).startswith(said) and error.value._render_traceback_() == [str(error.value)]
    assert not hasattr(mine, name)


# -- in grading ----------------------------------------------------------------------------------------


def cells(*sources):
    return [{"cell_type": "code", "source": source} for source in sources]


def test_a_graded_notebook_is_handed_what_it_asks_of_lessons_before_its_own():
    asks = cells(
        "mine.attention(q, k, v)\nmine.count_matmul", "mine.leak; mine.atention; mine.SelfAttention(4)"
    )
    cost, first = catalogue.of_lesson("05_cost"), catalogue.of_lesson("02_attention")
    handed = handed_on([*asks, {"cell_type": "markdown", "source": "mine.look_up"}], cost)
    assert handed == {name: ("02_attention", text(name)) for name in ("attention", "SelfAttention")}
    assert handed_on(asks, first) == {}, "its own answers are what it is graded for"
    assert handed_on(asks, []) == {}


def test_no_more_than_a_kernel_can_be_handed():
    every = cells(" ".join(f"mine.{exercise.id}" for exercise in CODE))
    handed = handed_on(every, catalogue.of_lesson("05_cost"))
    assert handed and sum(len(text) for _, text in handed.values()) <= MOST


def test_the_courses_own_answer_is_not_ones_own_work_in_its_lesson_and_before(judged, mine):
    attention = mine.attention

    def own_attention(q, k, v, mask=None):
        return attention(q, k, v, mask)

    verdict = judged(catalogue.find("attention"), {"attention": own_attention})
    assert (verdict.score, verdict.message) == (
        0,
        "It uses `mine.attention`, the course's own answer. Later lessons may.",
    )
    used = {"grader.mine.02_attention.attention.attention"}
    assert borrowed(used, "01_vision") and borrowed(used, "02_attention") and not borrowed(used, "03_heads")
    assert attention.__code__.co_filename.startswith(COURSES)
