"""What `check` says in the notebook is what is scored: answers of every kind, right and wrong, on both roads.

Answers are drawn with a fixed seed from what is known of each exercise: its right answers, its slips and
those of the shared operators, other choices, and the corpus. One notebook has one answer to each exercise of
both lessons. What a wrong answer is told is tested elsewhere, and left out here: it takes most of the time.
"""

from __future__ import annotations

import ast
import builtins
import math
import os
import random
from collections.abc import Iterator
from functools import cache, partial
from types import FunctionType
from typing import Any

import nbformat
import pytest

from grader import catalogue, notebook
from grader.building.instructor import instructor_notebook
from grader.building.lesson import find_lessons
from grader.demo.any_lesson import wrong_answers
from grader.demo.student import Student, submission
from grader.demonstrations import is_demonstration, needed
from grader.exercise import Exercise, Function, Number
from grader.exercise.solution import BEGIN, END
from grader.judging import judge
from grader.naming.candidates import Source, candidates_of
from grader.repair import heal
from grader.slips.slip import apply
from grader.slips.tree import parse
from grader.uses import uses
from tests.grader import corpus
from tests.grader.two_roads import ENDING, answer, cell, checked, scored

pytestmark = pytest.mark.slow

ROOT = catalogue.EXERCISES.parents[1]
SEED, NOTEBOOKS = 5, 8
LESSONS = {lesson.name: lesson for lesson in find_lessons(ROOT)}
EXERCISES = [exercise for lesson in ("02_attention", "05_cost") for exercise in catalogue.of_lesson(lesson)]
BEFORE = """
import math

import torch
from torch import nn
from torch.nn import functional as F

import course.attention
from grader import numbers
"""
KNOWN = {*dir(builtins), *uses(BEFORE).defines, "__name__", *(exercise.id for exercise in EXERCISES)}
ON_PATCHES = """
expected = patches @ patches.T

def softmax_rows(scores):
    e = (scores - scores.amax(-1, keepdim=True)).exp()
    return e / e.sum(-1, keepdim=True)
"""
OPERATORS = 40  # slips of theirs that are drawn from, for each exercise


# -- answers as the text of a cell ---------------------------------------------------------------------------


def solution(exercise: Exercise) -> str:
    return "\n".join(line for line in exercise.solution.split("\n") if line.strip() not in (BEGIN, END))


def as_text(exercise: Exercise, given: Any) -> str | None:
    """The cell in which a student would have written this; None where it cannot be told, or stands alone."""
    if isinstance(given, (FunctionType, type)):
        try:
            tree = parse(given)
        except (OSError, TypeError, SyntaxError):
            return None
        return named(exercise, tree)
    return None if isinstance(given, float) else f"{exercise.id} = {given!r}"


def named(exercise: Exercise, tree: ast.Module) -> str | None:
    defined = tree.body[0]
    if not isinstance(defined, (ast.FunctionDef, ast.ClassDef)):
        return None
    defined.name = exercise.id
    text = ast.unparse(tree)
    return text if uses(text).needs <= KNOWN else None


def rights(exercise: Exercise) -> Iterator[str | None]:
    yield solution(exercise)
    if isinstance(exercise, Number):
        for factor in (1.0004, 0.9996):  # rounded by hand
            yield f"{solution(exercise)}\n{exercise.id} *= {factor}"
    else:
        for given in exercise.alternatives:
            yield as_text(exercise, given)
        for one in corpus.answers(exercise.id):
            yield as_text(exercise, one.answer) if one.right else None


def wrongs(exercise: Exercise) -> Iterator[str | None]:
    yield from wrong_answers(exercise)
    if isinstance(exercise, Number):
        for factor in (1.002, 2, 0.5, 1e3, -1, math.nan):
            yield f"{solution(exercise)}\n{exercise.id} *= float('{factor}')"
    else:
        for given in (value for _, value in exercise.wrong_answers()):
            yield as_text(exercise, given)
        for one in corpus.answers(exercise.id):
            yield None if one.right else as_text(exercise, one.answer)
    if isinstance(exercise, Function):
        own = [one for one in candidates_of(exercise) if one.form == 0 and one.source is not Source.INHERITED]
        for one in random.Random(SEED).sample(own, min(OPERATORS, len(own))):
            yield named(exercise, apply(parse(exercise.reference), one.slip.edits))


@cache
def pool(exercise: Exercise) -> tuple[list[str], list[str]]:
    """The right answers and the wrong ones."""
    right, wrong = rights(exercise), wrongs(exercise)
    return sorted({text for text in right if text}), sorted({text for text in wrong if text})


def drawn(draw: random.Random) -> dict[str, str]:
    """An answer to each exercise, two right ones of five."""
    return {one.id: draw.choice(pool(one)[0 if draw.random() < 0.4 else 1]) for one in EXERCISES}


# -- both roads ----------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch, nobody):
    """Advice is asked with the same numbers each time, no mistake is named, and a loop ends soon."""

    def ends(*_: Any) -> None:
        raise SystemExit  # in the notebook's process it would end the tests

    monkeypatch.setattr(notebook, "examine", partial(notebook.examine, seed=SEED))
    monkeypatch.setattr(judge, "name", lambda *_: None)
    monkeypatch.setattr(os, "_exit", ends)
    for exercise in EXERCISES:
        if exercise.seconds == Exercise.seconds:
            monkeypatch.setattr(exercise, "seconds", 6.0)


def disagreements(cells: list[nbformat.NotebookNode], graded: list[nbformat.NotebookNode]) -> list[str]:
    said, (scores, _) = checked(cells), scored(graded)
    assert said.keys() == scores.keys()
    full = {name: one["score"] == one["maximum"] for name, one in scores.items()}
    sources = {one.metadata.get("nbgrader", {}).get("grade_id"): one.source for one in cells}
    return [
        f"{name}: check {said[name].status}, scored {scores[name]}\n{sources[f'{name}_answer']}"
        for name in said
        if said[name].is_right != full[name]
    ]


@pytest.mark.parametrize("number", range(NOTEBOOKS))
def test_drawn_answers_are_scored_as_check_says(quick, number):
    answers = drawn(random.Random(f"{SEED} {number}"))
    cells = [cell(BEFORE), *(one for name, code in answers.items() for one in answer(name, code))]
    assert not disagreements(cells, cells)


def test_what_is_drawn_is_many_answers_of_every_kind():
    answers = [
        item for number in range(NOTEBOOKS) for item in drawn(random.Random(f"{SEED} {number}")).items()
    ]
    right = [code in pool(catalogue.find(name))[0] for name, code in answers]
    assert len(answers) >= 200 and len(set(answers)) > 170
    assert 0.3 < sum(right) / len(right) < 0.5
    assert all(right and wrong for right, wrong in map(pool, EXERCISES))


@pytest.mark.parametrize("student", ENDING, ids=lambda student: student.name)
def test_the_demonstration_s_class_is_scored_as_check_says(quick, student: Student):
    lesson = LESSONS["02_attention"]
    released = nbformat.read(lesson.released, as_version=4)
    handed = submission(student, instructor_notebook(lesson), released)
    healed = heal(handed, released).notebook.cells
    assert not disagreements(without_what_is_only_shown(handed.cells), healed)


def test_an_answer_may_use_what_a_demonstration_of_the_lesson_defines(quick):
    lesson = LESSONS["02_attention"]
    released = nbformat.read(lesson.released, as_version=4)
    fay = Student("fay", "tries her answer on the lesson's patches", {"softmax_rows": ON_PATCHES})
    handed = submission(fay, instructor_notebook(lesson), released)
    healed = heal(handed, released).notebook.cells
    assert not disagreements(without_what_is_only_shown(handed.cells), healed)
    scores, _ = scored(healed)
    assert {name: one for name, one in scores.items() if one["score"] != one["maximum"]} == {}


def without_what_is_only_shown(cells: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """A notebook's cells without demonstrations that no answer uses: to run them takes seconds."""
    used = needed(cells)
    return [one for index, one in enumerate(cells) if index in used or not is_demonstration(one)]
