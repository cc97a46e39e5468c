"""Recordings judge as the exercises do, and hold no answer."""

import json

import pytest

from grader import catalogue
from grader.asking.respond import Response
from grader.edition.recording import record
from grader.exercise import Function, Number
from grader.exercise import recorded as recordings
from grader.judging.judge import judge
from grader.judging.verdict import Status
from grader.naming.candidates import Source, candidates_of
from grader.questions.draw import Draw

CODE = (
    "centre_rows",
    "softmax_rows",
    "attention",
    "SelfAttention",
    "linear_attention",
    "hard_loss",
    "Places",
)
TYPED = ("overtakes", "cost_table", "vit_parameters", "attention_entries")
CHOSEN = ("four_tokens", "which_shape", "never_read", "memory_order")


def recorded(id, keys=()):
    """The exercise and its recording, which has been text on the way."""
    exercise = catalogue.find(id)
    told = json.loads(json.dumps(record(exercise, keys)))
    made = recordings.read(told)
    made.place(id, exercise.lesson, told["text"])
    made.points = exercise.points
    return exercise, made


def verdict(exercise, outcomes):
    questions = exercise.questions(Draw(0))
    return judge(exercise, questions, Response(outcomes(questions)))


def given(exercise, answer):
    return lambda questions: [exercise.outcome(answer, question) for question in questions]


@pytest.mark.parametrize("id", CODE)
def test_code_is_judged_and_named_as_ever(id):
    exercise, made = recorded(id)
    assert (made.parts, made.advice, made.call) == (exercise.parts, exercise.advice, exercise.call)
    assert made.hints == exercise.hints and made.title == exercise.title
    assert set(made.may_not_call) == set(exercise.may_not_call)
    for right in (exercise.reference, *exercise.alternatives):
        assert verdict(made, given(exercise, right)).status is Status.RIGHT
    candidates = candidates_of(exercise)
    for slip in [c for c in candidates if c.source is Source.AUTHOR]:
        found = verdict(made, lambda questions, s=slip: [candidates.outcome([s], q) for q in questions])
        assert (found.mistake, found.how) == (slip.sentence, "authored")


@pytest.mark.parametrize("id", TYPED)
def test_formulas_are_judged_and_named_as_ever(id):
    exercise, made = recorded(id)
    for right in (exercise.reference, *exercise.alternatives):
        assert verdict(made, given(exercise, right)).is_right, right
    if hasattr(exercise, "wrong"):
        wrong = list(exercise.wrong.items())
    else:
        wrong = [(said, text) for text, said in exercise.slips.items()]
    assert wrong
    for said, text in wrong:
        found = verdict(made, given(exercise, text))
        assert not found.is_right and found.mistake == said


@pytest.mark.parametrize("id", CHOSEN)
def test_choices_are_judged_and_named_as_ever(id):
    exercise, made = recorded(id)
    for right in (exercise.reference, *exercise.alternatives):
        assert verdict(made, given(exercise, right)).is_right, right
    for _, wrong in exercise.wrong_answers():
        before, after = (verdict(one, given(exercise, wrong)) for one in (exercise, made))
        assert (after.status, after.mistake, after.score) == (before.status, before.mistake, before.score)


def test_what_was_not_recorded_is_still_found_wrong():
    exercise, made = recorded("softmax_rows")
    found = verdict(made, given(exercise, lambda scores: scores.sigmoid() + 3))
    assert found.status is Status.WRONG and found.score < found.maximum


def test_a_number_is_shown_to_whom_it_belongs_and_not_checked():
    exercise, made = recorded("own_table", ["0123456789abcdef0000"])
    key, student, values = made.own("0123456789abcdef0000", "ada")
    assert (key, student) == ("0123456789abcdef0000", "ada")
    assert values == exercise.values(Draw(0, "0123456789abcdef"))
    key, student, values = made.own("another key", "ben")
    assert student == recordings.PRACTICE and values == exercise.own(key, student)[2]
    assert isinstance(made, Number) and not made.checked_here


def test_a_test_of_ones_own_is_not_checked():
    exercise, made = recorded("test_centre_rows")
    assert not made.checked_here and made.kind == exercise.kind and made.call == exercise.call


def test_no_recording_is_large():
    """A wheel that is downloaded by a class: the largest of all code exercises of two lessons."""
    for exercise in catalogue.of_lesson("02_attention") + catalogue.of_lesson("05_cost"):
        if isinstance(exercise, Function):
            assert len(json.dumps(record(exercise))) < 1_500_000
