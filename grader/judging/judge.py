"""The judge: holds references and hidden cases, compares outcomes with them, and writes the verdict.

It never runs student code. `judge` gets the outcomes that the student's process sent for a list of
questions, works out for itself what the right answer makes of the same questions, and has what differs
named (`grader.naming`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.asking.outcome import Failure, Outcome
from grader.asking.respond import Response
from grader.asking.rules import MISSING
from grader.exercise import Exercise, Question
from grader.exercise.compare import Difference
from grader.judging.own_work import borrowed, forbidden_use, unseen
from grader.judging.verdict import Part, Status, Verdict
from grader.naming.case import STOPS, Case
from grader.naming.name import name


class BrokenReference(RuntimeError):
    """A reference fails on questions of its own: the author's error, in a sentence."""


def judge(
    exercise: Exercise, questions: Sequence[Question], response: Response, *, accuse: bool = True
) -> Verdict:
    """The verdict on the outcomes of one answer.

    Args:
        questions: what was asked.
        response: what came back, one outcome a question.
        accuse: whether to see if it calls what it should be; not where a person says that it is own work.
    """
    expected = exercise.expected(questions)
    given = [exercise.received(question, o) for question, o in zip(questions, response.outcomes, strict=True)]
    asked = zip(questions, expected, given, strict=True)
    found = [_find(exercise, question, right, outcome) for question, right, outcome in asked]
    graded = set(exercise.parts)
    counted = exercise.counted(questions, found)
    parts = [_part(name, name in graded, questions, counted) for name in (*exercise.parts, *exercise.advice)]
    held = {part.name: part.held for part in parts}
    verdict = Verdict(
        exercise.id,
        exercise.title,
        score=round(exercise.earned(questions, given, held), 2),
        maximum=exercise.points,
        status=Status.WRONG,
        parts=tuple(parts),
        said=tuple(response.said),
    )
    if accuse and (because := unseen(response.used)):
        return replace(verdict, score=0.0, parts=(), message=because)
    used = response.used
    if accuse and (
        forbidden := forbidden_use(used, exercise.may_not_call) or borrowed(used, exercise.lesson)
    ):
        return replace(verdict, score=0.0, status=Status.FORBIDDEN, message=forbidden)
    if all(part.held for part in parts if part.is_graded):
        return replace(verdict, score=exercise.points, status=Status.RIGHT)
    if unfinished := _unfinished(exercise, given):
        return replace(verdict, score=0.0, status=Status.UNFINISHED, parts=(), message=unfinished)
    cases = [
        Case(question, right, outcome, difference is not None)
        for question, right, outcome, difference in zip(questions, expected, given, found)
        if question.part in graded
    ]
    if named := name(exercise, cases):
        verdict = replace(verdict, mistake=named.sentence, how=named.how, slips=named.slips)
    if verdict.how == STOPS:  # what seems to hold, holds by the error
        parts = [part for part in parts if not part.held]
        return replace(verdict, status=Status.FAILED, parts=tuple(parts), how="error")
    return replace(verdict, status=Status.FAILED) if _stops(cases) else verdict


def _stops(cases: Sequence[Case]) -> bool:
    """Whether the first question, and all else that is wrong, ends with an error."""
    wrong = [case.given.failure for case in cases if case.wrong]
    return cases[0].wrong and all(failure and not failure.is_refusal for failure in wrong)


def _find(exercise: Exercise, question: Question, expected: Outcome, given: Outcome) -> Difference | None:
    if expected.failure is not None:
        raise BrokenReference(
            f"The reference of {exercise.id} fails in “{question.part}”: {expected.failure} "
            "Do its `inputs=` and `cases=` give what it takes?"
        )
    if given.failure is not None:
        circumstances = "" if given.failure.rule else exercise.circumstances(question)
        return Difference(f"{given.failure} {circumstances}".strip(), given.failure.summary)
    return exercise.difference(question, expected.value, given.value)


def _part(
    name: str, is_graded: bool, questions: Sequence[Question], found: Sequence[Difference | None]
) -> Part:
    wrong = [what for question, what in zip(questions, found, strict=True) if question.part == name and what]
    if not wrong:
        return Part(name, True, is_graded=is_graded)
    return Part(name, False, wrong[0].sentence, wrong[0].summary, is_graded, wrong[0].example)


def _unfinished(exercise: Exercise, outcomes: Sequence[Outcome]) -> str:
    """Why nothing can be said yet, where nothing has been written."""
    first = outcomes[0]
    if first.failure is not None and first.failure.rule == MISSING:
        return str(first.failure)
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
    if isinstance(value, dict) and value.keys() == {"value", "gradient"}:
        value = value["value"]
    return value is None or (isinstance(value, (str, list)) and not value)
