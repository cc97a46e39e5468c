"""What a page judges a function by: questions, what is right, and what known mistakes give, recorded.

For functions of numbers, lists and text only. Values are written as Python writes them, for MicroPython to
read (`grader.site.engine.functions`).
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Sequence
from typing import Any

from grader.exercise import Function, Module
from grader.exercise.base import Question
from grader.naming.candidates import Candidates, Source, candidates_of
from grader.questions.draw import Draw
from grader.slips.tree import parse

SEED = 20_261_130
MOST_MISTAKES = 60  # beyond the author's
LIBRARY = ("math", "itertools")  # of Python, what the page has as well
NOT_PLAIN = object()


def is_plain(exercise: Function) -> bool:
    """Whether it is written in nothing but plain Python, which goes in and comes out."""
    if isinstance(exercise, Module) or exercise.arguments or exercise.gives:
        return False
    if any(getattr(value, "__name__", "") not in LIBRARY for value in _used(exercise).values()):
        return False
    questions = exercise.questions(Draw(SEED))
    values = [exercise.outcome(exercise.reference, question).value for question in questions]
    return all(map(_is_plain, values)) and all(_is_plain([*q.payload["inputs"].values()]) for q in questions)


def _is_plain(value: Any, deepest: int = 5) -> bool:
    """Whether it is numbers, text, or lists of such; a list may stand in itself, and is none."""
    if isinstance(value, (list, tuple)):
        return deepest > 0 and all(_is_plain(one, deepest - 1) for one in value)
    return isinstance(value, (int, float, str))


def _used(exercise: Function) -> dict[str, Any]:
    """What the right answer uses of its file, by name."""
    space = vars(sys.modules[exercise.reference.__module__])
    names = {node.id for node in ast.walk(parse(exercise.reference)) if isinstance(node, ast.Name)}
    return {name: space[name] for name in sorted(names & space.keys())}


def imports(exercise: Function) -> str:
    """The lines that bring in what the right answer uses of Python's library."""
    lines = "".join(f"import {name}\n" for name in _used(exercise))
    return f"{lines}\n\n" if lines else ""


def recorded(exercise: Function, place: Any) -> dict[str, Any]:
    """A plain function's questions and mistakes; ``place`` keeps a sentence and gives its number."""
    questions = exercise.questions(Draw(SEED))
    candidates = candidates_of(exercise)
    parts = [*exercise.parts]
    asked = [
        (parts.index(q.part), repr([*q.payload["inputs"].values()]), exercise.right_outcome(q).value)
        for q in questions
    ]
    return {
        "name": exercise.id,
        "parts": parts,
        "asked": [part for part, _, _ in asked],
        "questions": repr(asked),
        "mistakes": repr(_mistakes(candidates, questions, place)),
    }


Mistake = tuple[int, bool, list[tuple[str, Any]]]


def _mistakes(candidates: Candidates, questions: Sequence[Question], place: Any) -> list[Mistake]:
    """The author's, and of the others the likeliest; of several that give the same, the first."""
    found: dict[str, Mistake] = {}
    steps = _steps(candidates.exercise)
    for candidate in candidates:
        authored = candidate.source is Source.AUTHOR
        if not authored and (len(found) >= MOST_MISTAKES or _names(candidate.sentence, steps)):
            continue
        outcomes = [_given(candidates, candidate, question) for question in questions]
        if any(value is NOT_PLAIN for _, value in outcomes) or not _tells(candidates, questions, outcomes):
            continue
        if repr(outcomes) not in found:
            found[repr(outcomes)] = place(candidate.sentence), authored, outcomes
    return [*found.values()]


def _steps(exercise: Function) -> set[str]:
    """The names that the right answer gives to its own steps: a reader has never seen them."""
    tree = parse(exercise.reference)
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _names(sentence: str, steps: set[str]) -> bool:
    """Whether a sentence, or the lack of one, tells a reader nothing."""
    return not sentence or not steps.isdisjoint(re.findall(r"\w+", sentence))


def _tells(
    candidates: Candidates, questions: Sequence[Question], outcomes: Sequence[tuple[str, Any]]
) -> bool:
    """Whether some wrong value comes of it: an error tells for itself."""
    exercise = candidates.exercise
    return any(
        how == "value"
        and exercise.difference(question, exercise.right_outcome(question).value, value) is not None
        for question, (how, value) in zip(questions, outcomes)
    )


def _given(candidates: Candidates, candidate: Any, question: Question) -> tuple[str, Any]:
    outcome = candidates.outcome([candidate], question)
    if outcome.failure:
        return "error", ""
    return "value", outcome.value if _is_plain(outcome.value) else NOT_PLAIN
