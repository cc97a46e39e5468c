"""The catalogue of exercises: the course's own, and how one is found in it."""

import json

import pytest

from grader import catalogue
from grader.asking import wire
from grader.catalogue import UnknownExercise, find
from grader.questions.draw import Draw

EVERY = catalogue.every_exercise()
each = pytest.mark.parametrize("exercise", EVERY, ids=lambda exercise: exercise.id)


def test_ids_are_unique_names():
    ids = [exercise.id for exercise in EVERY]
    assert len(set(ids)) == len(ids) > 0
    assert all(id.isidentifier() for id in ids)


def test_every_exercise_is_in_a_lesson():
    lessons = catalogue.lessons()
    assert list(lessons) == sorted(lessons)
    assert [exercise for exercises in lessons.values() for exercise in exercises] == list(EVERY)
    assert all(exercises for exercises in lessons.values())


@each
def test_declaration(exercise):
    assert exercise.points > 0
    assert 1 <= exercise.minutes <= 60
    assert 2 <= len(exercise.hints) <= 4
    assert len(set(exercise.hints)) == len(exercise.hints)
    assert exercise.title and not exercise.title.endswith(".")
    assert len(set(exercise.parts)) == len(exercise.parts) > 0


@each
def test_sentences_are_sentences(exercise):
    for sentence in (*(mistake.sentence for mistake in exercise.mistakes), *exercise.hints):
        assert sentence == sentence.strip() and sentence.endswith((".", "?")), sentence


@each
def test_questions_cross_the_wire_and_cover_every_part(exercise):
    questions = exercise.questions(Draw(1, "a key"))
    assert {question.part for question in questions} == set(exercise.parts)
    for question in questions:
        crossed = json.dumps(wire.encode(question.payload))
        assert '"foreign"' not in crossed
        assert str(wire.decode(json.loads(crossed))) == str(question.payload)


@each
def test_what_right_answers_give_crosses_the_wire(exercise):
    for question in exercise.questions(Draw(2, "a key")):
        outcome = exercise.outcome(exercise.reference, question)
        crossed = wire.decode_outcome(json.loads(json.dumps(wire.encode_outcome(outcome))))
        assert exercise.difference(outcome.value, crossed.value) is None


def test_find():
    assert find(EVERY[0].id) is EVERY[0]


def test_find_by_a_name_that_comes_close(catalogued):
    with pytest.raises(UnknownExercise, match=r"did you mean weights\?"):
        find("wieghts")
    with pytest.raises(UnknownExercise, match="`grader exercises` lists them all"):
        find("zzzzzz")


def test_two_exercises_of_one_name(monkeypatch, make):
    modules = {
        "grader.exercises.one": type("One", (), {"LESSON": "01", "a": make.formula()}),
        "grader.exercises.two": type("Two", (), {"LESSON": "02", "b": make.formula()}),
    }
    infos = [type("Info", (), {"name": name}) for name in modules]
    monkeypatch.setattr(catalogue.pkgutil, "iter_modules", lambda *_: infos)
    monkeypatch.setattr(catalogue.importlib, "import_module", modules.get)
    with pytest.raises(
        ValueError, match=r"Two exercises are called 'layer_flops': in grader\.exercises\.one and"
    ):
        catalogue.lessons.__wrapped__()


@pytest.mark.parametrize(
    ("slip", "message"),
    [
        ({"id": "not a name"}, "is the Python name the student defines"),
        ({"difficulty": 6}, "difficulty is 1 to 5"),
        ({"hints": []}, "at least one hint"),
    ],
)
def test_authors_slips(make, slip, message):
    with pytest.raises(ValueError, match=message):
        make.formula(**slip)
