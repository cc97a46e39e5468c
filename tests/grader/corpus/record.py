"""Judges every answer of the corpus, and writes down what each is told.

    python -m tests.grader.corpus.record            all: writes naming.txt, prints a table
    python -m tests.grader.corpus.record ID …       only these exercises
    python -m tests.grader.corpus.record --review   writes review.txt, with what naming.txt says

An answer takes the road of a student's: it is asked, and the judge says what came of it. A line of naming.txt
is an exercise, an answer's name, how it was told, and what: a change of any sentence shows in a diff.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import torch

from grader import catalogue
from grader.asking.chance import begin_with
from grader.asking.respond import read_reply, reply
from grader.exercise import Exercise, Question
from grader.judging.examination import request
from grader.judging.judge import judge
from grader.judging.verdict import Verdict
from grader.questions.draw import Draw
from tests.grader import corpus
from tests.grader.corpus import Answer, review

NAMING = Path(__file__).parent.parent / "naming.txt"
SEED, KEY = 1, "a student"
CAUSES = ("authored", "slip", "pair", "term", "wrapper", "trivial", "rule")
ERRORS = ("error", "finding")


@dataclass(frozen=True)
class Told:
    """What an answer was told, and how many seconds of processor the judge took for it."""

    answer: Answer
    verdict: Verdict
    seconds: float

    @property
    def how(self) -> str:
        if self.verdict.is_right:
            return "accepted"
        return self.verdict.how or "nothing"

    @property
    def sentence(self) -> str:
        return self.verdict.mistake or ""

    @property
    def line(self) -> str:
        words = (self.answer.exercise, self.answer.name, self.how, self.sentence)
        return "\t".join(" ".join(word.split()) for word in words).rstrip()


def asked(id: str) -> Exercise:
    """The exercise that answers are to, or the entry of a table, as an exercise of its own."""
    if id not in corpus.ENTRIES:
        return catalogue.find(id)
    entry = catalogue.find("cost_table").formulas[corpus.ENTRIES[id]]
    entry.place(id, "05_cost", corpus.ENTRIES[id])
    return entry


@cache
def questions_of(id: str, seed: int) -> list[Question]:
    """What all answers to an exercise are asked: how far right ones may be apart is found out once."""
    return asked(id).questions(Draw(seed, KEY))


def tell(answer: Answer, seed: int = SEED, questions: Sequence[Question] | None = None) -> Told:
    """Ask an answer the questions of a seed, or those given, and judge it."""
    exercise = asked(answer.exercise)
    questions = exercise.questions(Draw(seed, KEY)) if questions is None else questions
    begin_with(seed)
    payloads = [question.payload for question in questions]
    defined = {exercise.id: answer.answer}
    answered = reply(request(exercise, payloads), defined, catalogue.implementations)
    response = read_reply(answered, len(payloads))
    start = time.process_time()
    verdict = judge(exercise, questions, replace(response, used=[]))  # made from the reference, they call it
    return Told(answer, verdict, time.process_time() - start)


def in_order(exercise: str) -> list[Answer]:
    """The answers to an exercise by their names."""
    return sorted(corpus.answers(exercise), key=lambda answer: answer.name)


def told(exercise: str) -> list[Told]:
    """What each answer to an exercise is told."""
    return [tell(answer, SEED, questions_of(exercise, SEED)) for answer in in_order(exercise)]


def recorded(exercise: str) -> list[str]:
    """The lines of naming.txt about an exercise."""
    lines = NAMING.read_text().splitlines() if NAMING.is_file() else []
    return [line for line in lines if line.partition("\t")[0] == exercise]


def write(told: Mapping[str, list[Told]]) -> None:
    """Write the lines of some exercises anew, and keep those of the others."""
    lines: list[str] = []
    for exercise in corpus.exercises():
        lines += [one.line for one in told[exercise]] if exercise in told else recorded(exercise)
    NAMING.write_text("".join(f"{line}\n" for line in lines))


# --- the table ---

VERDICTS = ("wrong", "rejected", "cause", "symptom", "error", "nothing")
MILLISECONDS = ("mean", "median", "p95")  # that the judge took for a wrong answer
COUNTED = (*VERDICTS, *MILLISECONDS, "right", "accepted")
HEAD = f"{'':<24}" + "".join(f"  {name}" for name in COUNTED)


def row(title: str, some: Sequence[Told]) -> str:
    """Counts of a set of answers, and milliseconds that the judge took for a wrong one."""
    wrong = [one for one in some if not one.answer.right]
    right = [one for one in some if one.answer.right]
    how = [one.how for one in wrong]
    milliseconds = sorted(1000 * one.seconds for one in wrong) or [0.0]
    counts = (
        len(wrong),
        len(how) - how.count("accepted"),
        sum(map(how.count, CAUSES)),
        how.count("symptom"),
        sum(map(how.count, ERRORS)),
        how.count("nothing"),
        round(statistics.mean(milliseconds)),
        round(statistics.median(milliseconds)),
        round(milliseconds[int(0.95 * (len(milliseconds) - 1))]),
        len(right),
        sum(one.how == "accepted" for one in right),
    )
    cells = (f"{count:>{len(name) + 2}}" for name, count in zip(COUNTED, counts, strict=True))
    return f"{title:<24}" + "".join(cells)


def main(arguments: Sequence[str]) -> None:
    if "--review" in arguments:
        review.write(NAMING.read_text().splitlines())
        return
    torch.set_num_threads(1)
    exercises = list(arguments) or corpus.exercises()
    by_exercise: dict[str, list[Told]] = {}
    print(HEAD)
    for exercise in exercises:
        tell(corpus.answers(exercise)[0])  # what the judge works out once only is not an answer's time
        by_exercise[exercise] = [
            tell(answer) for answer in in_order(exercise)
        ]  # each as a student's is asked
        listed = [one for one in by_exercise[exercise] if not one.answer.unseen]
        print(row(exercise, listed), flush=True)
    every = [one for some in by_exercise.values() for one in some]
    print(row("all", [one for one in every if not one.answer.unseen]))
    print(row("unseen", [one for one in every if one.answer.unseen]))
    write(by_exercise)


if __name__ == "__main__":
    main(sys.argv[1:])
