"""What every exercise is: data, the questions it asks, and what tells two answers apart.

A right answer, a wrong one of ours and a student's are all *answers*: each is asked the same questions in the
same way (`grader.asking.ask`), and the judge compares what comes of it.
"""

from __future__ import annotations

import importlib.util
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import torch

from grader.asking.ask import ASK
from grader.asking.attempt import attempt
from grader.asking.outcome import Outcome
from grader.exercise.compare import Difference, difference
from grader.questions.draw import Draw

NEVER_CALL = ("grader.catalogue", "grader.exercises")  # the course's own answers


@dataclass
class Question:
    """One thing that an answer is asked.

    Args:
        part: the property it belongs to.
        payload: what crosses to the answer's process.
        sizes: the sizes of the inputs' axes by name; they stay with the judge.
        rounding: how far float32 is from float64 in the reference's result, once somebody has asked.
        right: what the reference makes of it, once somebody has asked.
    """

    part: str
    payload: dict[str, Any]
    sizes: dict[str, int] = field(default_factory=dict)
    rounding: float | None = None
    right: Outcome | None = None


def _full_name(ban: str) -> str:
    """A forbidden name as PyTorch itself calls it: ``F.softmax`` is ``torch.nn.functional.softmax``.

    Raises:
        ValueError: PyTorch has nothing of that name, so that nothing would be forbidden.
    """
    for short, full in {"F.": "torch.nn.functional.", "nn.": "torch.nn."}.items():
        ban = full + ban.removeprefix(short) if ban.startswith(short) else ban
    found: Any = torch
    for name in ban.split(".")[1:] if ban.startswith("torch.") else ():
        found = getattr(found, name, None)
    if found is None and importlib.util.find_spec(ban) is None:
        raise ValueError(f"`may_not_call` forbids `{ban}`, and PyTorch has nothing of that name.")
    return ban


class Exercise(ABC):
    """An exercise. Its id is the name that the student defines, unique over the course.

    Id, lesson, title and statement come from the file in which it is declared: `place` sets them.

    Args:
        points: what full marks are worth.
        difficulty: 1 (a minute's thought) to 5 (a whole method).
        minutes: how long a student may need.
        reference: the right answer.
        hints: rising: a nudge first, nearly the answer last.
        may_not_call: dotted names that the student is to write, not to call.
        slips: wrong answers, each with the sentence that names it; how they are written depends on the kind.
        also_right: right answers, written differently.
    """

    kind: ClassVar[str]
    nothing_yet: ClassVar[str] = "There is no answer yet."  # said of a stub
    rounds: ClassVar[int] = 3  # how often each part is drawn anew for one verdict
    checked_here: ClassVar[bool] = True  # else there is nothing to compare an answer with
    asked_apart: ClassVar[bool] = False  # each question in a request of its own: one says nothing of the next
    is_kept: ClassVar[bool] = False  # what came of an answer serves a regrade, too: it takes long to come by
    seconds: float = 10.0  # time for all questions together
    id: str = ""
    lesson: str = ""
    title: str = ""
    text: str = ""

    def __init__(
        self,
        *,
        points: float,
        difficulty: int,
        minutes: int,
        reference: Any,
        hints: Sequence[str],
        may_not_call: Sequence[str] = (),
        slips: Mapping[str, str] | None = None,
        also_right: Sequence[Any] = (),
    ) -> None:
        if not 1 <= difficulty <= 5:
            raise ValueError(f"difficulty is 1 to 5, not {difficulty}.")
        if not hints:
            raise ValueError("an exercise needs at least one hint.")
        self.points, self.difficulty, self.minutes = float(points), difficulty, minutes
        self.reference = reference
        self.hints = tuple(hints)
        self.may_not_call = (*map(_full_name, may_not_call), *NEVER_CALL)
        self.slips = dict(slips or {})
        self.also_right = tuple(also_right)

    def place(self, id: str, lesson: str = "", text: str = "") -> None:
        """Say where the exercise stands: its name, its lesson, and its title with the statement below it.

        Raises:
            ValueError: the name is no Python name, or there is no title.
        """
        if not id.isidentifier():
            raise ValueError(f"An exercise's id is the Python name the student defines; {id!r} is not one.")
        title, _, rest = text.strip().partition("\n")
        if not title:
            raise ValueError(f"{id}: the docstring of the file begins with the exercise's title.")
        self.id, self.lesson, self.title, self.text = id, lesson, title.strip(), rest.strip()

    @property
    def watches_operators(self) -> bool:
        """Whether what PyTorch computes is recorded: something of PyTorch's is to be written, not called."""
        return any(ban.startswith((".", "torch.")) for ban in self.may_not_call)

    # -- asking and telling apart ---------------------------------------------------------------------

    @property
    @abstractmethod
    def parts(self) -> tuple[str, ...]:
        """The properties that must hold, in the student's words."""

    @property
    def advice(self) -> tuple[str, ...]:
        """Properties that are told and cost no points."""
        return ()

    @abstractmethod
    def questions(self, draw: Draw) -> list[Question]:
        """Fresh questions, every part and every advice at least once."""

    def again(self, questions: Sequence[Question], draw: Draw) -> list[Question]:
        """Those of the questions that are asked once more; none where one answer is like the other."""
        return []

    def outcome(self, answer: Any, question: Question) -> Outcome:
        """What an answer of ours makes of a question, in this process."""
        return attempt(lambda: ASK[self.kind](answer, question.payload))

    def right_outcome(self, question: Question) -> Outcome:
        """What the reference makes of a question, worked out once: all that is wrong is compared with it."""
        if question.right is None:
            question.right = self.outcome(self.reference, question)
        return question.right

    def expected(self, questions: Iterable[Question]) -> list[Outcome]:
        """What is right, for each question."""
        return [self.right_outcome(question) for question in questions]

    def outcomes(self, answer: Any, questions: Iterable[Question]) -> list[Outcome]:
        """What an answer of ours makes of each question."""
        return [self.outcome(answer, question) for question in questions]

    def received(self, question: Question, outcome: Outcome) -> Outcome:
        """An outcome from the student's process, refused if no answer of this kind gives such a one."""
        return outcome

    def difference(self, question: Question, expected: Any, given: Any) -> Difference | None:
        """How a value differs from the expected one."""
        return difference(expected, given)

    def holds(self, question: Question, expected: Outcome, given: Outcome) -> bool:
        """Whether an outcome is right."""
        return given.failure is None and self.difference(question, expected.value, given.value) is None

    def counted(
        self, questions: Sequence[Question], found: Sequence[Difference | None]
    ) -> Sequence[Difference | None]:
        """What counts against the parts, of what was found at each question: all of it, mostly."""
        return found

    def circumstances(self, question: Question) -> str:
        """What a student needs to know of a question at which their code stopped with an error."""
        return ""

    def same(self, question: Question, one: Any, other: Any) -> bool:
        """Whether two wrong answers gave the same value: what a slip is recognised by."""
        return self.difference(question, one, other) is None

    def score(self, held: Mapping[str, bool]) -> float:
        """Points for the parts that hold: each part is worth the same."""
        return self.points * sum(held[part] for part in self.parts) / len(self.parts)

    def earned(
        self, questions: Sequence[Question], given: Sequence[Outcome], held: Mapping[str, bool]
    ) -> float:
        """Points for an answer: by the parts that hold, where nothing else is said."""
        return self.score(held)

    # -- in the lesson --------------------------------------------------------------------------------

    @property
    def call(self) -> str:
        """The graded cell of the lesson."""
        return f'check("{self.id}")'

    @property
    def statement(self) -> str:
        """What the lesson shows under the heading of the exercise, in Markdown."""
        return self.text

    @property
    @abstractmethod
    def solution(self) -> str:
        """The answer's cell in the instructor's notebook: what the student gets, and the marked solution."""

    @property
    def alternatives(self) -> tuple[Any, ...]:
        """Right answers other than the reference."""
        return self.also_right

    def wrong_answers(self) -> Iterable[tuple[str, Any]]:
        """Wrong answers that can be listed in full (a quiz's other choices)."""
        return ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"


def some(questions: Sequence[Question], draw: Draw) -> list[Question]:
    """Up to a quarter of the questions, one or two of a few."""
    return draw.shuffled(questions)[: draw.integer(1, max(2, len(questions) // 4))]
