"""Exercises whose answer is one number, computed from values that are the student's own."""

from __future__ import annotations

import ast
import inspect
import math
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import torch

from grader.exercise.base import Exercise, Question
from grader.exercise.compare import Difference
from grader.exercise.formula import Formula
from grader.exercise.solution import BEGIN, END
from grader.questions.draw import Draw
from grader.slips.patch import ARROW, patch
from grader.slips.slip import apply
from grader.slips.tree import parse

VALUE = "the number"
MATHEMATICS = {
    name: getattr(math, name) for name in ("sqrt", "exp", "log", "log2", "ceil", "floor", "pi", "prod")
}
BUILT_IN = {
    "abs": abs,
    "max": max,
    "min": min,
    "round": round,
    "sum": sum,
    "len": len,
    "range": range,
    "zip": zip,
}
NAMES: Mapping[str, Any] = {**MATHEMATICS, **BUILT_IN, "math": math}  # what a calculation may use
Calculation = Callable[..., Any]


class Number(Exercise):
    """The student computes a number from the values that ``numbers(id)`` gives them.

    Numbers agree within 0.1 %, so that three to four digits typed by hand are enough.

    Args:
        given: draws the values, by name: numbers, or lists of numbers.
        value: the right number as text in these names, ``"(L + d) / 1e9"``, or a function of them.
        unit: what the number counts: ``"GFLOPs"``.
        terms_of: the formula exercise whose terms explain a wrong number, or that one's id.
        slips: wrong calculations as text in the given names, or patches ``old -> new`` of the right one, each
            with its sentence.
        also_right: the right calculation in other forms, as text or as functions.
        words: what to call expressions and steps of the calculation.
        solution: the lines of the solution, where they are others than the right calculation's.
    """

    kind = "number"
    tolerance = 1e-3

    def __init__(
        self,
        *,
        given: Callable[[Draw], dict[str, Any]],
        value: str | Calculation,
        unit: str = "",
        terms_of: Formula | str | None = None,
        slips: Mapping[str, str] | None = None,
        also_right: Sequence[str | Calculation] = (),
        words: Mapping[str, str] | None = None,
        solution: str = "",
        **common: Any,
    ) -> None:
        self.given, self.value, self.unit, self.terms_of = given, value, unit, terms_of
        self.words, self._solution = dict(words or {}), solution
        reference = self.calculation(value)
        others = [self.calculation(other) for other in also_right]
        super().__init__(
            reference=reference, slips=slips, also_right=(*others, *_held_as(reference)), **common
        )
        self.wrong = {sentence: self._slip(text) for text, sentence in self.slips.items()}

    # -- calculations ---------------------------------------------------------------------------------

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the given values."""
        return tuple(self.given(Draw(0)))

    @cached_property
    def tree(self) -> ast.Module:
        """The right calculation as a function's syntax tree."""
        return parse(self.value) if callable(self.value) else self._tree_of(self.value)

    def calculation(self, how: str | Calculation) -> Calculation:
        """A function of the given values from text in their names.

        Raises:
            ValueError: the text is no expression, or has a name in it that stands for nothing.
        """
        return how if callable(how) else self._compiled(self._tree_of(how))

    def _slip(self, text: str) -> Calculation:
        return (
            self._compiled(apply(self.tree, patch(self.tree, text)))
            if ARROW in text
            else self.calculation(text)
        )

    def _tree_of(self, text: str) -> ast.Module:
        try:
            tree = ast.parse(f"def value({', '.join(self.names)}):\n    return ({text})")
        except SyntaxError as error:
            raise ValueError(f"{text!r} is not an expression: {error.msg}.") from None
        known = {*self.names, *NAMES}
        used = {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        own = {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        if unknown := sorted(used - own - known):
            raise ValueError(f"{text!r}: `{unknown[0]}` is neither a given value nor a function known here.")
        return tree

    def _compiled(self, tree: ast.Module) -> Calculation:
        space = {**getattr(self.value, "__globals__", {}), **NAMES}
        exec(compile(tree, "<calculation>", "exec"), space)
        (function,) = (node.name for node in tree.body if isinstance(node, ast.FunctionDef))
        return space[function]

    # -- asking and telling apart ---------------------------------------------------------------------

    @property
    def parts(self) -> tuple[str, ...]:
        return (VALUE,)

    def values(self, draw: Draw) -> dict[str, Any]:
        """The values of the student whose key ``draw`` carries."""
        return self.given(draw.personal(self.id))

    def own(self, key: str, student: str) -> tuple[str, str, dict[str, Any]]:
        """Whose numbers are shown to who has this key and name: key, name and values."""
        return key, student, self.values(Draw(0, key))

    def questions(self, draw: Draw) -> list[Question]:
        return [Question(VALUE, {"given": self.values(draw)})]

    def difference(self, question: Question, expected: Any, given: Any) -> Difference | None:
        if given is None:
            return Difference.plain("There is no number yet.")
        if isinstance(given, float) and math.isclose(given, expected, rel_tol=self.tolerance, abs_tol=1e-12):
            return None
        if not isinstance(given, float) or not math.isfinite(given):
            return Difference.plain("It is not a finite number.")
        size = "too large" if given > expected else "too small"
        return Difference(f"{given:.6g} {self.unit} is {size}.".replace("  ", " "), f"The number is {size}.")

    # -- in the lesson --------------------------------------------------------------------------------

    @property
    def solution(self) -> str:
        comment = f"a number, in {self.unit}" if self.unit else "a number"
        lines = self._solution or self._as_in_the_lesson()
        answer = f"{self.id} = None  # {comment}\n{BEGIN}\n{lines}\n{END}"
        return f'given = numbers("{self.id}")\n\n{answer}'

    def _as_in_the_lesson(self) -> str:
        """The right calculation with ``given.L`` for ``L``, and the answer's name for ``return``."""
        body = _body(self.value) if callable(self.value) else f"return {self.value}"
        text = re.sub(rf"(?<![\w.])({'|'.join(self.names)})\b", r"given.\1", body)
        text = re.sub(rf"(?<![\w.])({'|'.join(MATHEMATICS)})\b", r"math.\1", text)
        return re.sub(r"\breturn\b", f"{self.id} =", text)


def _body(function: Calculation) -> str:
    """The lines of a function's body, without its docstring."""
    source = textwrap.dedent(inspect.getsource(function))
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.FunctionDef)
    begin = node.body[1 if ast.get_docstring(node) is not None else 0].lineno - 1
    return textwrap.dedent("\n".join(source.rstrip().split("\n")[begin:]))


def _held_as(reference: Calculation) -> Iterator[Calculation]:
    """The number in every form a student may hold it in, and rounded to four digits."""

    def as_(form: Callable[[float], Any]) -> Calculation:
        return lambda **given: form(reference(**given))

    for form in (float, np.float64, np.float32, torch.tensor, lambda x: float(f"{x:.4g}")):
        yield as_(form)
