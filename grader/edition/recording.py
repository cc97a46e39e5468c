"""Writing down what an exercise asks, what is right there, and what known mistakes give there.

What is written is all that `grader.exercise.recorded` needs, as JSON; it holds no reference and no generator
of cases. The letters of a quiz and its pairs are in it: where they are checked, they can be read.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from grader import formula
from grader.asking import wire
from grader.asking.outcome import Outcome
from grader.exercise import (
    Exercise,
    Formula,
    Formulas,
    Function,
    Matching,
    Module,
    Number,
    Question,
    Quiz,
    Spread,
)
from grader.exercise.base import NEVER_CALL
from grader.exercise.recorded import PRACTICE, digest
from grader.naming.candidates import Candidates, Source, candidates_of
from grader.questions.draw import Draw
from grader.questions.personal import PUBLIC_SECRET, student_key

SEED = 20_261_129  # of the questions; hidden cases follow from the course's secret, and never from it
MOST_BYTES = 400_000  # of what the mistakes of one exercise give, beyond the author's
MOST_MISTAKES = 60

Told = dict[str, Any]


def record(exercise: Exercise, keys: Iterable[str] = ()) -> Told:
    """An exercise as JSON; ``keys`` are those of the students who get numbers of their own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what wrong answers of ours are warned of is nobody's business
        return _common(exercise) | _of_its_kind(exercise, keys)


def _common(exercise: Exercise) -> Told:
    return {
        "kind": exercise.kind,
        "text": f"{exercise.title}\n\n{exercise.text}",
        "seconds": exercise.seconds,
        "points": exercise.points,
        "difficulty": exercise.difficulty,
        "minutes": exercise.minutes,
        "hints": list(exercise.hints),
        "may_not_call": [ban for ban in exercise.may_not_call if ban not in NEVER_CALL],
    }


def _of_its_kind(exercise: Exercise, keys: Iterable[str]) -> Told:
    match exercise:
        case Module():
            starts = {name: vars(s) if isinstance(s, Spread) else s for name, s in exercise.starts.items()}
            return _of_code(exercise) | {"starts": starts}
        case Function():
            return _of_code(exercise)
        case Formula():
            return _of_formula(exercise)
        case Formulas():
            entries = {name: _of_formula(one) for name, one in exercise.formulas.items()}
            return {"symbols": exercise.symbols, "entries": entries}
        case Quiz():
            return _of_quiz(exercise)
        case Matching():
            return _of_pairs(exercise)
        case Number():
            return {"values": _of_number(exercise, keys)}
    return {}


def _of_code(exercise: Function) -> Told:
    candidates = candidates_of(exercise)
    questions = exercise.questions(Draw(SEED))
    held = {part: True for part in exercise.parts}
    needed = [part for part in exercise.parts if not exercise.score(held | {part: False})]
    return {
        "nothing_yet": exercise.nothing_yet,
        "parts": exercise.parts,
        "advice": exercise.advice,
        "needed": needed if len(exercise.parts) > 1 else [],
        "questions": [_of_question(exercise, question, candidates) for question in questions],
        "mistakes": _mistakes(candidates, questions),
    }


def _of_question(exercise: Function, question: Question, candidates: Candidates) -> Told:
    return {
        "part": question.part,
        "payload": wire.encode(question.payload),
        "sizes": question.sizes,
        "rounding": exercise.rounding_of(question),
        "right": wire.encode_outcome(exercise.right_outcome(question)),
    }


def _mistakes(candidates: Candidates, questions: list[Question]) -> list[Told]:
    """The author's, and of the others as many of the likeliest as there is room for."""
    found: list[Told] = []
    room = MOST_BYTES
    for candidate in candidates:
        authored = candidate.source is Source.AUTHOR
        if not candidate.sentence or not (authored or (room > 0 and len(found) < MOST_MISTAKES)):
            continue
        outcomes = [candidates.outcome([candidate], question) for question in questions]
        if all(_same(candidates, *pair) for pair in zip(questions, outcomes)):
            continue
        told = [wire.encode_outcome(outcome) for outcome in outcomes]
        room -= 0 if authored else len(str(told))
        found.append({"sentence": candidate.sentence, "source": str(candidate.source), "outcomes": told})
    return found


def _same(candidates: Candidates, question: Question, outcome: Outcome) -> bool:
    return candidates.exercise.holds(question, candidates.exercise.right_outcome(question), outcome)


def _of_formula(exercise: Formula) -> Told:
    return {
        "symbols": exercise.symbols,
        "unit": exercise.unit,
        "right": _values(exercise.reference, exercise.symbols),
        "mistakes": [[said, _values(text, exercise.symbols)] for text, said in exercise.slips.items()],
    }


def _values(text: str, symbols: Mapping[str, str]) -> list[list[str] | None]:
    read = formula.parse(text, symbols)
    with formula.precision():
        found = [formula.values_at(read, at) for at in formula.points(symbols)]
    return [None if values is None else [_as_text(value) for value in values] for values in found]


def _as_text(value: formula.Number) -> str:
    return str(value) if isinstance(value, Fraction) else f"~{value}"


def _of_quiz(exercise: Quiz) -> Told:
    return {
        "question": exercise.question,
        "options": exercise.options,
        "asks": type(exercise.right).__name__,
        "right": sorted(exercise.right) if isinstance(exercise.right, set) else list(exercise.right),
        "why": [[list(key) if isinstance(key, tuple) else key, said] for key, said in exercise.why.items()],
    }


def _of_pairs(exercise: Matching) -> Told:
    sides = {name: getattr(exercise, name) for name in ("question", "left", "right", "pairs")}
    return sides | {"why": [[list(pair), said] for pair, said in exercise.why.items()]}


def _of_number(exercise: Number, keys: Iterable[str]) -> Told:
    everybody = {student_key(PUBLIC_SECRET, PRACTICE), *keys}
    return {digest(key): wire.encode(exercise.values(Draw(0, key))) for key in sorted(everybody)}
