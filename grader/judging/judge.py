"""The judge: holds references and hidden cases, compares outcomes with them, and writes the verdict.

It never runs student code. `judge` gets the outcomes that the student's process sent for a list of
questions, works out for itself what the right answer and each known mistake make of the same questions,
and says which of them the outcomes equal.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from grader.asking.outcome import MISSING, Failure, Outcome
from grader.asking.respond import Response
from grader.exercise import Exercise, Mistake, Question
from grader.exercise.compare import Difference
from grader.judging.own_work import forbidden_calls, forbidden_uses
from grader.judging.verdict import Part, Status, Verdict
from grader.questions.draw import Draw
from grader.questions.personal import personal_seed


def fresh_questions(exercise: Exercise, key: str, seed: int | None = None) -> list[Question]:
    """Questions from a seed; without one, new each time. ``key``: see `grader.questions.personal`."""
    return exercise.questions(Draw(secrets.randbits(60) if seed is None else seed, key))


def graded_questions(exercise: Exercise, key: str) -> list[Question]:
    """The hidden questions of one student in one exercise: the same on every regrade."""
    return fresh_questions(exercise, key, personal_seed(key, f"hidden cases of {exercise.id}"))


def judge(
    exercise: Exercise, questions: Sequence[Question], response: Response, source: str | None = None
) -> Verdict:
    """The verdict on the outcomes of one answer.

    Args:
        questions: what was asked.
        response: what came back, one outcome a question.
        source: the student's text, where there is any, to see whether it calls what it should be.
    """
    expected = exercise.outcomes(exercise.reference, questions)
    asked = zip(questions, expected, response.outcomes, strict=True)
    wrong = [_find(exercise, question, right, given) for question, right, given in asked]
    parts = tuple(_part(name, questions, wrong) for name in exercise.parts)
    score = round(exercise.score({part.name: part.held for part in parts}), 2)
    said = tuple(response.said)

    calls = [] if source is None else forbidden_calls(source, exercise.id, exercise.may_not_call)
    if source is not None and not calls:
        calls = forbidden_uses(response.used, exercise.may_not_call)
    if calls:
        message = f"It uses `{calls[0].lstrip('.')}`, which is what this exercise asks you to write yourself."
        return _verdict(exercise, 0.0, Status.FORBIDDEN, parts, message=message, said=said)
    if all(part.held for part in parts):
        return _verdict(exercise, exercise.points, Status.RIGHT, parts, said=said)
    if unfinished := _unfinished(exercise, response.outcomes):
        return _verdict(exercise, 0.0, Status.UNFINISHED, message=unfinished, said=said)
    if mistake := name_mistake(exercise, questions, response.outcomes):
        return _verdict(exercise, score, Status.WRONG, parts, mistake=mistake.sentence, said=said)
    stopped = all(outcome.failure and not outcome.failure.is_refusal for outcome in response.outcomes)
    status = Status.FAILED if stopped else Status.WRONG
    return _verdict(exercise, score, status, parts, said=said)


def name_mistake(
    exercise: Exercise, questions: Sequence[Question], given: Sequence[Outcome]
) -> Mistake | None:
    """The known mistake whose outcomes are the given ones on every question, if there is one."""
    if all(outcome.failure for outcome in given):
        return None  # an error names itself
    return next((m for m in exercise.mistakes if behaves_as(exercise, m.answer, questions, given)), None)


def behaves_as(
    exercise: Exercise, answer: Any, questions: Sequence[Question], given: Sequence[Outcome]
) -> bool:
    """Whether an answer of ours gives the same: equal values, errors of the same kind in the same places."""
    return all(
        _alike(exercise, exercise.outcome(answer, question), outcome)
        for question, outcome in zip(questions, given, strict=True)
    )


def _alike(exercise: Exercise, one: Outcome, other: Outcome) -> bool:
    if one.failure or other.failure:
        return bool(one.failure and other.failure and one.failure.kind == other.failure.kind)
    return exercise.same(one.value, other.value)


def _find(exercise: Exercise, question: Question, expected: Outcome, given: Outcome) -> Difference | None:
    if expected.failure is not None:
        raise RuntimeError(f"The reference of {exercise.id} fails on its own cases: {expected.failure}")
    if given.failure is not None:
        circumstances = "" if given.failure.is_sentence else exercise.circumstances(question)
        return Difference(f"{given.failure} {circumstances}".strip(), given.failure.summary)
    return exercise.difference(expected.value, given.value)


def _part(name: str, questions: Sequence[Question], wrong: Sequence[Difference | None]) -> Part:
    found = [w for question, w in zip(questions, wrong, strict=True) if question.part == name and w]
    return Part(name, not found, found[0].sentence, found[0].summary) if found else Part(name, True)


def _unfinished(exercise: Exercise, outcomes: Sequence[Outcome]) -> str:
    """Why nothing can be said yet, where nothing has been written."""
    first = outcomes[0]
    if first.failure is not None and first.failure.kind == MISSING:
        return first.failure.message
    if all(o.failure and _is_stub(o.failure) for o in outcomes):
        return exercise.nothing_yet
    if all(o.failure is None and _empty(o.value) for o in outcomes):
        return exercise.nothing_yet
    return ""


def _is_stub(failure: Failure) -> bool:
    """Raised on purpose, by us or by the student; PyTorch raises it too, for what it cannot compute."""
    on_purpose = failure.line is None or failure.source.startswith("raise")
    return failure.kind == "NotImplementedError" and on_purpose


def _empty(value: object) -> bool:
    return value is None or (isinstance(value, (str, list)) and not value)


def _verdict(
    exercise: Exercise,
    score: float,
    status: Status,
    parts: tuple[Part, ...] = (),
    mistake: str | None = None,
    message: str = "",
    said: tuple[str, ...] = (),
) -> Verdict:
    return Verdict(exercise.id, exercise.title, score, exercise.points, status, parts, mistake, message, said)
