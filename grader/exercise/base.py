"""What every exercise is: data, the questions it asks, and what tells two answers apart.

A right answer, a known mistake and a student's answer are all *answers*: each is asked the same
questions in the same way (`grader.asking.ask`), and the judge compares what comes of it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from grader.asking.ask import ASK
from grader.asking.outcome import Outcome, attempt
from grader.exercise.compare import Difference, difference
from grader.judging.mutants import Mutant
from grader.questions.draw import Draw

NEVER_CALL = ("grader.catalogue", "grader.exercises")  # the course's own answers


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people give, and the sentence that names it to the student."""

    sentence: str
    answer: Any

    @property
    def name(self) -> str:
        return getattr(self.answer, "__name__", str(self.answer))


@dataclass(frozen=True)
class Question:
    """One thing that an answer is asked. ``part`` is the property it belongs to."""

    part: str
    payload: dict[str, Any]


class Exercise(ABC):
    """An exercise. Its id is the name that the student defines, unique over the course.

    Args:
        id: a Python name, such as ``"attention"``.
        title: the heading in the lesson.
        points: what full marks are worth.
        difficulty: 1 (a minute's thought) to 5 (a whole method).
        minutes: how long a student may need.
        reference: the right answer.
        hints: rising: a nudge first, nearly the answer last.
        may_not_call: dotted names that the student is to write, not to call.
    """

    kind: ClassVar[str]
    nothing_yet: ClassVar[str] = "There is no answer yet."  # said of a stub
    rounds: ClassVar[int] = 3  # how often each part is drawn anew for one verdict
    seconds: ClassVar[float] = 10.0  # time for all questions together

    def __init__(
        self,
        id: str,
        title: str,
        *,
        points: float,
        difficulty: int,
        minutes: int,
        reference: Any,
        hints: Sequence[str],
        may_not_call: Sequence[str] = (),
    ) -> None:
        if not id.isidentifier():
            raise ValueError(f"An exercise's id is the Python name the student defines; {id!r} is not one.")
        if not 1 <= difficulty <= 5:
            raise ValueError(f"{id}: difficulty is 1 to 5, not {difficulty}.")
        if not hints:
            raise ValueError(f"{id}: an exercise needs at least one hint.")
        self.id, self.title = id, title
        self.points, self.difficulty, self.minutes = float(points), difficulty, minutes
        self.reference = reference
        self.hints = tuple(hints)
        self.may_not_call = (*may_not_call, *NEVER_CALL)
        self._mistakes: list[Mistake] = []
        self._also_right: list[Any] = []

    # -- the catalogue ------------------------------------------------------------------------------

    def mistake(self, sentence: str, *answers: Any) -> Callable[[Any], Any]:
        """Add known mistakes: as a decorator, or with the wrong answers themselves."""
        self._mistakes.extend(Mistake(sentence, answer) for answer in answers)

        def add(answer: Any) -> Any:
            self._mistakes.append(Mistake(sentence, answer))
            return answer

        return add

    def also_right(self, *answers: Any) -> Any:
        """Add correct answers written differently: as a decorator, or the answers themselves."""
        self._also_right.extend(answers)
        return answers[0] if answers else None

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        return tuple(self._mistakes)

    @property
    def alternatives(self) -> tuple[Any, ...]:
        """Correct answers other than the reference."""
        return tuple(self._also_right)

    # -- asking and telling apart ---------------------------------------------------------------------

    @property
    @abstractmethod
    def parts(self) -> tuple[str, ...]:
        """The properties that must hold, in the student's words."""

    @abstractmethod
    def questions(self, draw: Draw) -> list[Question]:
        """Fresh questions, every part at least once."""

    def outcome(self, answer: Any, question: Question) -> Outcome:
        """What an answer of ours makes of a question, in this process."""
        return attempt(lambda: ASK[self.kind](answer, question.payload))

    def outcomes(self, answer: Any, questions: Iterable[Question]) -> list[Outcome]:
        """What an answer of ours makes of each question."""
        return [self.outcome(answer, question) for question in questions]

    def difference(self, expected: Any, given: Any) -> Difference | None:
        """How a value differs from the expected one."""
        return difference(expected, given)

    def circumstances(self, question: Question) -> str:
        """What a student needs to know of a question at which their code stopped with an error."""
        return ""

    def same(self, one: Any, other: Any) -> bool:
        """Whether two wrong answers gave the same value: what a mistake is recognised by."""
        return self.difference(one, other) is None

    def score(self, held: dict[str, bool]) -> float:
        """Points for the parts that hold: each part is worth the same."""
        return self.points * sum(held.values()) / len(held)

    # -- in the notebook ------------------------------------------------------------------------------

    @property
    def call(self) -> str:
        """The graded cell of the lesson."""
        return f'check("{self.id}")'

    def statement(self) -> str:
        """Text that the lesson shows under the heading of the exercise, in Markdown."""
        return ""

    def mutants(self) -> Iterable[Mutant]:
        """Small changes to the reference, for `grader prove`; none where there is nothing to change."""
        return ()

    def wrong_answers(self) -> Iterable[tuple[str, Any]]:
        """Further wrong answers that can be listed in full (a quiz's other choices)."""
        return ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"
