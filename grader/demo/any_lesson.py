"""A class for any lesson, made from its exercises: the wrong answers are slips that their authors know."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import partial

from grader.demo.student import Student, damage
from grader.exercise import (
    Exercise,
    Formula,
    Formulas,
    Function,
    Matching,
    Number,
    PropertyTest,
    Quiz,
)
from grader.slips.patch import ARROW, PatchError, patch
from grader.slips.slip import apply
from grader.slips.tree import parse

STUMBLING = ("ben", "carla", "dev", "eli")  # each with another wrong answer, where there is one
ENDS_THE_PROCESS = "import os\n\nos._exit(1)"
LOOPS = "def {}(*inputs):\n    while True:\n        pass"
RAISES = "def {}(*inputs):\n    return resutl"


def make_class(exercises: Sequence[Exercise]) -> tuple[Student, ...]:
    """What a week's hand-in looks like, for a lesson with these exercises.

    Raises:
        ValueError: there are none.
    """
    if not exercises:
        raise ValueError("There are no exercises to hand in.")
    wrong = {exercise.id: wrong_answers(exercise) for exercise in exercises}
    ids = [exercise.id for exercise in exercises]
    half = len(ids) // 2
    code = [exercise.id for exercise in exercises if isinstance(exercise, Function)]
    last, middle = ids[-1], ids[half]
    hurt = partial(damage, deleted=middle, edited=ids[0], statement=last)
    return (
        Student("ada", "everything right"),
        *(_stumbling(name, place, wrong) for place, name in enumerate(STUMBLING)),
        Student("fatima", "got half-way", unanswered=frozenset(ids[half:])),
        Student("gil", "nothing but mistakes", {id: found[-1] for id, found in wrong.items() if found}),
        *([Student("hana", "an error in her code", {code[0]: RAISES.format(code[0])})] if code else []),
        Student("ivo", "handed in blank", blank=True),
        Student("jun", "ends the kernel", {middle: ENDS_THE_PROCESS}),
        *([Student("kofi", "loops for ever", {code[-1]: LOOPS.format(code[-1])})] if code else []),
        Student("lena", "everything right, cells damaged", damage=hurt),
    )


def _stumbling(name: str, place: int, wrong: dict[str, list[str]]) -> Student:
    """Wrong in every third exercise, in a way that authors know."""
    chosen = [(id, found) for id, found in wrong.items() if found][place % 3 :: 3]
    return Student(name, "some known mistakes", {id: found[place % len(found)] for id, found in chosen})


def wrong_answers(exercise: Exercise) -> list[str]:
    """Cells with wrong answers to an exercise, where they can be written down: slips, or other choices."""
    if isinstance(exercise, Quiz):
        return [f"{exercise.id} = {choice!r}" for _, choice in exercise.wrong_answers()]
    if isinstance(exercise, Matching):
        return [f"{exercise.id} = {exercise.pairs | {letter: number}!r}" for letter, number in exercise.why]
    if isinstance(exercise, Formula):
        return [f'{exercise.id} = "{formula}"' for formula in exercise.slips]
    if isinstance(exercise, Formulas):
        return [f"{exercise.id} = {table!r}" for table in exercise.wrong.values()]
    if isinstance(exercise, Number):
        return [_calculated(exercise, text) for text in exercise.slips if ARROW not in text]
    if isinstance(exercise, PropertyTest):
        return [_without_asserting(exercise)]
    if isinstance(exercise, Function):
        return [code for slip in exercise.slips if (code := _with_slip(exercise, slip))]
    return []


def _calculated(exercise: Number, text: str) -> str:
    """A calculation in the student's own numbers."""
    return (
        f'import math\n\ngiven = numbers("{exercise.id}")\n'
        f"{exercise.id} = eval({text!r}, globals() | vars(math) | vars(given))"
    )


def _without_asserting(exercise: PropertyTest) -> str:
    """The test without what it asserts: it accepts whatever does not stop."""
    return ast.unparse(_NoAsserts().visit(parse(exercise.reference)))


class _NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node: ast.Assert) -> ast.Expr:
        return ast.copy_location(ast.Expr(node.test), node)


def _with_slip(exercise: Function, slip: str) -> str | None:
    """The reference with one of its slips made; None for a slip of another right answer."""
    tree = parse(exercise.reference)
    try:
        return ast.unparse(apply(tree, patch(tree, slip)))
    except PatchError:
        return None
