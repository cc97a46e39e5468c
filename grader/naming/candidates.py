"""The wrong answers that can be made of an exercise's right ones, and what they give.

A candidate is a slip that can be switched on: one that the author wrote, one that an exercise it builds on
brings along, or one that the shared operators find in the tree. Any two of them can be switched on together.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

import torch
from torch import nn

from grader import catalogue
from grader.asking.attempt import attempt
from grader.asking.module import build, run
from grader.asking.outcome import Outcome
from grader.exercise import Function, Module, Question
from grader.naming.words import renamed
from grader.questions.draw import Draw
from grader.slips.context import Context
from grader.slips.operators import every_slip
from grader.slips.patch import PatchError, patch
from grader.slips.slip import Slip, compatible
from grader.slips.switches import Board
from grader.slips.tree import parse

K = TypeVar("K")
V = TypeVar("V")
FORMS = 2  # that operators look at: the reference, and the first right answer that is written differently
LATER = 8  # by how much a slip of another form is said later
INHERITED_LATER = 2
EXERCISES = "grader.exercises."  # where the modules of exercises are


class Source(StrEnum):
    """Where a slip comes from."""

    AUTHOR = "authored"
    INHERITED = "inherited"
    OPERATOR = "operator"


@dataclass(frozen=True, eq=False)
class Candidate:
    """A slip, the board that has its switch, and the number of the form in which it shows."""

    sentence: str
    slip: Slip
    board: Board
    form: int
    source: Source
    rank: int

    @cached_property
    def number(self) -> int:
        """The number of its switch."""
        return self.board.numbers[self.slip]

    @property
    def edits(self) -> int:
        """How many places it changes."""
        return len(self.slip.edits)

    def goes_with(self, other: Candidate) -> bool:
        """Whether both can be switched on at once."""
        if self.form != other.form:
            return False
        return self.board is not other.board or compatible(self.slip.edits, other.slip.edits)


@cache
def candidates_of(exercise: Function) -> Candidates:
    """The exercise's candidates, made once in a process, or those that were recorded with it."""
    return exercise.candidates or Candidates(exercise)


class Candidates:
    """All candidates of one exercise, the likeliest first."""

    def __init__(self, exercise: Function) -> None:
        self.exercise = exercise
        self._trees = [parse(form) for form in exercise.forms]
        self._used = list(self._exercises_used())
        own = [self._own_slips(number) for number in range(len(self._trees))]
        self._boards = [self._board(number, slips) for number, slips in enumerate(own)]
        found = [one for number, slips in enumerate(own) for one in self._candidates(number, slips)]
        self.all = sorted([*found, *self._inherited()], key=lambda candidate: candidate.rank)
        self._modules = Memory[tuple[int, int], nn.Module]()

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self.all)

    # -- making them ----------------------------------------------------------------------------------

    @property
    def _namespace(self) -> dict[str, Any]:
        return vars(sys.modules[self.exercise.reference.__module__])

    def _exercises_used(self) -> Iterator[Candidates]:
        """The candidates of the exercises whose references this reference calls."""
        names = {node.id for node in ast.walk(self._trees[0]) if isinstance(node, ast.Name)}
        for name in sorted(names & self._namespace.keys()):
            module = getattr(self._namespace[name], "__module__", None) or ""
            if module.startswith(EXERCISES) and module != self.exercise.reference.__module__:
                used = catalogue.find(name)
                if isinstance(used, Function):
                    yield candidates_of(used)

    def _own_slips(self, number: int) -> list[tuple[Source, Slip]]:
        """The author's slips that fit this form and none before it, then what the operators find."""
        authored = [
            (Source.AUTHOR, Slip(sentence, edits, rank=0))
            for text, sentence in self.exercise.slips.items()
            if (edits := self._edits(text, number))
        ]
        found = every_slip(self._context(self._trees[number])) if number < FORMS else []
        return authored + [(Source.OPERATOR, slip) for slip in found]

    def _edits(self, text: str, number: int) -> Any:
        fitting = [i for i, tree in enumerate(self._trees) if _fits(tree, text)]
        return patch(self._trees[number], text) if fitting and fitting[0] == number else None

    def _context(self, tree: ast.Module) -> Context:
        exercise = self.exercise
        kinds: dict[str, list[str]] = {"float": [], "bool": [], "int": []}
        for argument in exercise.arguments:
            kinds[argument.kind].append(argument.name)
        known = {argument.name for argument in exercise.arguments}
        others = [name for name in exercise.signature.parameters if name not in known]
        return Context(
            tree,
            kinds["float"],
            kinds["bool"],
            kinds["int"] + others,
            {argument.name: argument.sizes for argument in exercise.arguments},
            self._layers,
            exercise.words,
        )

    @cached_property
    def _layers(self) -> tuple[str, ...]:
        if not isinstance(self.exercise, Module):
            return ()
        init = self.exercise.questions(Draw(0))[0].payload["init"]
        return tuple(name for name, _ in self.exercise.reference(**init).named_children())

    def _board(self, number: int, slips: Sequence[tuple[Source, Slip]]) -> Board:
        space = {**self._namespace, **{used.exercise.id: used._boards[0].form for used in self._used}}
        name = self.exercise.forms[number].__name__
        return Board(self._trees[number], name, space, [slip for _, slip in slips])

    def _candidates(self, number: int, slips: Sequence[tuple[Source, Slip]]) -> Iterator[Candidate]:
        for source, slip in slips:
            later = 0 if source is Source.AUTHOR else 1 + LATER * number
            yield Candidate(slip.sentence, slip, self._boards[number], number, source, slip.rank + later)

    def _inherited(self) -> Iterator[Candidate]:
        for used in self._used:
            for theirs in used.all:
                if theirs.form == 0:
                    sentence = renamed(theirs.sentence, self.exercise.words)
                    rank = theirs.rank + INHERITED_LATER
                    yield Candidate(sentence, theirs.slip, theirs.board, 0, Source.INHERITED, rank)

    # -- what they give -------------------------------------------------------------------------------

    def outcome(self, chosen: Sequence[Candidate], question: Question) -> Outcome:
        """What the right answer gives with these slips in it."""
        form = self._form(chosen, question)
        with self._on(chosen):
            if isinstance(self.exercise, Module) and "starts" not in question.payload:
                return attempt(lambda: run(form, question.payload))
            return self.exercise.outcome(form, question)

    def value(self, chosen: Sequence[Candidate], question: Question) -> Any:
        """The same in a hurry, without what a student's answer needs: for a first look.

        Raises:
            Exception: what the wrong answer raises.
        """
        form = self._form(chosen, question)
        with self._on(chosen), torch.no_grad():
            return form(**question.payload["inputs"])

    def _form(self, chosen: Sequence[Candidate], question: Question) -> Any:
        """The function, or the module: built once a question and with no slip on, for slips are in what it
        computes, not in what it holds."""
        number = chosen[0].form
        form = self._boards[number].form
        if not isinstance(self.exercise, Module) or "starts" in question.payload:
            return form
        return self._modules.get((number, id(question)), question, lambda: build(form, question.payload))

    def _on(self, chosen: Sequence[Candidate]) -> _On:
        for board in (*self._boards, *(board for used in self._used for board in used._boards)):
            board.steps = 0
        return _On(chosen)


class Memory(Generic[K, V]):
    """What was worked out for the questions of the last verdicts."""

    SIZE = 100

    def __init__(self) -> None:
        self._known: dict[K, tuple[Question, V]] = {}  # the question is kept, so that its id stays its own

    def get(self, key: K, question: Question, work_out: Callable[[], V]) -> V:
        """What is known under the key, which has the question's id in it."""
        if key not in self._known:
            if len(self._known) >= self.SIZE:
                self._known.clear()
            self._known[key] = question, work_out()
        return self._known[key][1]


class _On:
    """The switches of some candidates, on within the block. (A generator would take as long as the form.)"""

    def __init__(self, chosen: Sequence[Candidate]) -> None:
        self._chosen = chosen

    def __enter__(self) -> None:
        for candidate in self._chosen:
            candidate.board.switches.add(candidate.number)

    def __exit__(self, *error: Any) -> None:
        for candidate in self._chosen:
            candidate.board.switches.discard(candidate.number)


def _fits(tree: ast.Module, text: str) -> bool:
    try:
        return bool(patch(tree, text))
    except PatchError:
        return False
