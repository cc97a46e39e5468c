"""With whose numbers an answer is graded, and what is said of them where it is wrong.

    shown by the notebook            graded with
    the student's own, or nothing    the student's own
    proven, another name's           those: a name in an LMS is not known when keys are handed out
    proven, somebody's in the class  the student's own: a neighbour's numbers were answered
    not proven, or others by now     the student's own

Who has not signed in has practice numbers: those of a name, too, with a key that anybody can work out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from grader.asking import given
from grader.exercise import Number
from grader.judging.verdict import Status, Verdict
from grader.questions.draw import Draw
from grader.questions.personal import PUBLIC_SECRET, student_key
from grader.questions.record import Record

LONGEST_NAME = 60  # of a name that a notebook gives, and that is told
WHAT_TO_DO = (
    "Sign in with your own id and key, run your cells again and hand in again, or tell your instructor."
)


@dataclass(frozen=True)
class OwnNumbers:
    """The numbers with which one exercise is graded.

    ``others`` is a sentence about the numbers that the notebook showed, where these are not them.
    """

    key: str
    values: dict[str, Any]
    whose: str
    others: str = ""

    def tell(self, verdict: Verdict) -> Verdict:
        """The verdict; on a wrong number it says with which ones it was graded.

        Where others were answered nothing else is known of the answer: neither a mistake nor its size.
        """
        if verdict.status is not Status.WRONG:
            return verdict
        graded = f"Graded with {self.whose}: {given.in_words(self.values)}."
        if not self.others:
            return replace(verdict, message=graded)
        said = f"{self.others} {graded} {WHAT_TO_DO}"
        parts = tuple(replace(part, finding=said, summary=said) for part in verdict.parts)
        return replace(verdict, mistake=None, how="", slips=(), parts=parts)


def choose(
    exercise: Number,
    records: Iterable[Record],
    student: str,
    secret: str,
    is_neighbour: Callable[[str], bool],
) -> OwnNumbers:
    """The numbers with which a student's answer is graded.

    Args:
        records: of the student's notebook; anybody may have written them.
        student: who handed it in.
        is_neighbour: whether a name is that of somebody else in the class.
    """
    key = student_key(secret, student)
    own = OwnNumbers(key, exercise.values(Draw(0, key)), f"{student}'s numbers")
    accepted, others = None, ""
    for record in records:
        if record.exercise != exercise.id:
            continue
        if record.values == _as_text(exercise, key):
            return own
        holder = _holder(exercise, record, secret)
        if holder is None:
            others = f"Your notebook showed other numbers{_under(record.student)}."
        elif is_neighbour(record.student):
            others = f"Your notebook showed numbers{_under(record.student)}, which is somebody else's here."
        else:
            accepted = OwnNumbers(holder, exercise.values(Draw(0, holder)), _whose(record, holder))
    return accepted or replace(own, others=others)


def _holder(exercise: Number, record: Record, secret: str) -> str | None:
    """The key that made a record, if it still gives the same numbers; None where there is none."""
    for known in (secret, PUBLIC_SECRET):
        key = student_key(known, record.student)
        if record.is_proven(key) and record.values == _as_text(exercise, key):
            return key
    return None


def _as_text(exercise: Number, key: str) -> str:
    return given.as_text({exercise.id: exercise.values(Draw(0, key))})


def _whose(record: Record, key: str) -> str:
    if key == student_key(PUBLIC_SECRET, record.student):
        return "the practice numbers that your notebook showed"
    return f"the numbers that your notebook showed{_under(record.student)}"


def _under(name: str) -> str:
    return f" under the name {name}" if name and len(name) <= LONGEST_NAME else ""
