"""Exercises whose answer is a test: the student says what must hold; right and wrong code is held to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.asking.outcome import Outcome
from grader.asking.property_test import Report
from grader.exercise.base import Exercise, Question, some
from grader.exercise.compare import Difference
from grader.exercise.solution import of_code
from grader.questions.draw import Draw
from grader.slips.patch import patch
from grader.slips.slip import apply
from grader.slips.switches import USUAL
from grader.slips.tree import parse

ACCEPTS = "accepts code that is right"
FEWEST_RUNS, MOST_RUNS = 3, 5  # on each implementation: where a test's inputs are random, one run may be luck
Code = str | Callable[..., Any]  # a patch of the base, or a function
Entry = Code | tuple[Code, str]


@dataclass(frozen=True)
class Implementation:
    """Code that a test is run on.

    Args:
        does: what it does, read after "code that …".
        call: the function.
        sentence: what is said of a test that is wrong about this one (`PropertyTest`).
    """

    does: str
    call: Callable[..., Any]
    sentence: str = ""


class PropertyTest(Exercise):
    """The student writes a test that takes an implementation and asserts what must hold of it.

    Rejecting counts only for a test that accepts what is right.

    Args:
        reference: a right test. Its source is the solution.
        base: the plainest right implementation, from which others are made.
        right: others that must be accepted, by what they do. Each is a function, or a patch of the base
            (``"old -> new"``, as in a slip). A sentence that stands beside some of them is said of a test
            that rejects all of these.
        wrong: groups of what must be rejected, by what they do. The sentence of a group is said of a test
            that accepts all of it; the one beside a single one, where that is all that the test accepts.
    """

    kind = "property test"
    asked_apart = True
    nothing_yet = "The test never calls the function that it is handed: is something left to write?"

    def __init__(
        self,
        reference: Callable[..., Any],
        *,
        base: Callable[..., Any],
        right: Mapping[str, Entry],
        wrong: Mapping[str, Mapping[str, Entry]],
        **common: Any,
    ) -> None:
        super().__init__(reference=reference, **common)
        self.right = (Implementation("is written as usual", base), *_implementations(base, right))
        self.groups = tuple(
            (sentence, _implementations(base, group)) for sentence, group in dict(wrong).items()
        )
        self.wrong = tuple(one for _, group in self.groups for one in group)
        if len({one.does for one in self.wrong}) < len(self.wrong):
            raise ValueError("two wrong implementations do the same.")

    def place(self, id: str, lesson: str = "", text: str = "") -> None:
        super().place(id, lesson, text)
        if self.reference.__name__ != id:
            raise ValueError(f"{id}: the reference is called {self.reference.__name__}; it must be {id}.")

    @property
    def implementations(self) -> list[Callable[..., Any]]:
        """What the test is run on, the right ones first; a question knows one by its place here."""
        return [one.call for one in (*self.right, *self.wrong)]

    def implementation(self, question: Question) -> Implementation:
        """The implementation that a question is about."""
        return (*self.right, *self.wrong)[question.payload["index"]]

    def is_right(self, question: Question) -> bool:
        """Whether a question's implementation must be accepted."""
        return bool(question.payload["index"] < len(self.right))

    @property
    def parts(self) -> tuple[str, ...]:
        return (ACCEPTS, *(_rejects(one) for one in self.wrong))

    def questions(self, draw: Draw) -> list[Question]:
        parts = [ACCEPTS] * len(self.right) + [_rejects(one) for one in self.wrong]
        order = draw.shuffled(range(len(parts)))  # the place in the order tells the test nothing
        return [
            Question(
                parts[i],
                {
                    "exercise": self.id,
                    "index": i,
                    "seed": draw.integer(0, 2**31),
                    "runs": draw.integer(FEWEST_RUNS, MOST_RUNS),
                },
            )
            for i in order
        ]

    def again(self, questions: Sequence[Question], draw: Draw) -> list[Question]:
        return some(questions, draw)

    def outcome(self, answer: Any, question: Question) -> Outcome:
        payload = {**question.payload, "implementation": self.implementation(question).call}
        return super().outcome(answer, Question(question.part, payload))

    def expected(self, questions: Iterable[Question]) -> list[Outcome]:
        """Whether each implementation must be accepted: nothing needs to be run for that."""
        return [Outcome(value=self.is_right(question)) for question in questions]

    def difference(self, question: Question, expected: Any, given: Any) -> Difference | None:
        report = Report.read(given)
        if report is None:
            return Difference.plain("It is not a test function.")
        if not self.is_right(question):
            return Difference.plain("Your test accepts it.") if report.accepts else None
        if report.accepts:
            return None
        rejects = f"Your test rejects it{' in some runs' if report.sometimes else ''}."
        stopped = "" if report.error and not report.sometimes else rejects
        because = (str(report.because), report.because.summary) if report.because else ("", "")
        return Difference(*(f"{stopped} {told}".strip() for told in because))

    def same(self, question: Question, one: Any, other: Any) -> bool:
        ours, theirs = Report.read(one), Report.read(other)
        return ours is not None and theirs is not None and ours.accepts == theirs.accepts

    def score(self, held: Mapping[str, bool]) -> float:
        rejected = [held[part] for part in self.parts if part != ACCEPTS]
        return self.points * sum(rejected) / len(rejected) if held[ACCEPTS] else 0.0

    @property
    def call(self) -> str:
        return f"check({self.id})"

    @property
    def solution(self) -> str:
        return of_code(self.reference)


def _rejects(wrong: Implementation) -> str:
    return f"rejects code that {wrong.does}"


def _implementations(base: Callable[..., Any], entries: Mapping[str, Entry]) -> tuple[Implementation, ...]:
    with_sentences = (
        (does, entry if isinstance(entry, tuple) else (entry, "")) for does, entry in entries.items()
    )
    return tuple(
        Implementation(does, _patched(base, code) if isinstance(code, str) else code, sentence)
        for does, (code, sentence) in with_sentences
    )


def _patched(base: Callable[..., Any], text: str) -> Callable[..., Any]:
    """The base with a patch made in it."""
    tree = parse(base)
    space: dict[str, Any] = {**USUAL, **base.__globals__}
    exec(compile(apply(tree, patch(tree, text)), f"<{base.__name__}>", "exec"), space)
    return space[base.__name__]
