"""What a page judges by: for each answer that needs no PyTorch, what the judge says of it, asked beforehand.

Of a choice or an order every answer is put to the judge. For a number there are a few readers' values, with
all that the grader would look a typed number up in: the page does the looking up (`static/answers.js`). What
formulas and plain functions are judged by goes to the page's engine (`grader.site.engine`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path
from typing import Any

from grader.asking.given import in_words
from grader.asking.respond import Response
from grader.building.lesson import Lesson
from grader.configure import STUB
from grader.exercise import Exercise, Formula, Formulas, Function, Matching, Number, Quiz
from grader.exercise.base import Question
from grader.exercise.solution import BEGIN, END
from grader.judging.judge import judge
from grader.judging.panel import HEADINGS, rich
from grader.judging.verdict import Status, Verdict
from grader.naming.calculations import Guess, rounded
from grader.naming.guesses import Guesses
from grader.naming.number import ALL_OR_NOTHING, ELSEWHERE, Evidence, alike, ratio
from grader.questions.draw import Draw
from grader.questions.personal import PUBLIC_SECRET, student_key
from grader.site import formulas, functions

READERS = 3  # sets of values for a number; a browser keeps to one
BETWEEN = re.compile(rf"^([ ]*){BEGIN}\n(.*?)^[ ]*{END}\n?", re.DOTALL | re.MULTILINE)
KINDS = {str: "choice", set: "several", list: "order"}  # of a quiz, by the type of what is right


class Answers:
    """The answers of one lesson that its page checks."""

    FILE = "answers.js"

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.told: dict[str, Any] = {}

    def add(self, exercise: Exercise) -> bool:
        """Ask the judge about an exercise; whether the page can check its answer."""
        told = self._told(exercise)
        if told:
            common = {"title": rich(exercise.title), "points": exercise.points, "empty": exercise.nothing_yet}
            self.told[exercise.id] = common | told
        return bool(told)

    def write(self, folder: Path) -> None:
        """Write the script that tells the page."""
        folder.mkdir(parents=True, exist_ok=True)
        headings = {"right": HEADINGS[Status.RIGHT], "wrong": HEADINGS[Status.WRONG]}
        told = {"lesson": self.lesson.name, "headings": headings, "exercises": self.told}
        text = f"answers({json.dumps(told, ensure_ascii=False)});\n"
        (folder / self.FILE).write_text(text, encoding="utf-8")

    def _told(self, exercise: Exercise) -> dict[str, Any]:
        match exercise:
            case Quiz():
                return _of_quiz(exercise)
            case Matching():
                return _of_pairs(exercise)
            case Number():
                return _of_number(exercise)
            case Formula():
                return {"kind": "formula", **_of_formula(exercise), "symbols_told": exercise.symbols}
            case Formulas():
                entries = [(name, _of_formula(one)) for name, one in exercise.formulas.items()]
                return {"kind": "formulas", "entries": entries, "symbols_told": exercise.symbols}
            case Function() if functions.is_plain(exercise):
                return _of_code(exercise)
        return {}


class Sentences:
    """Sentences, each kept once; what refers to one is its place. They are HTML, or as `written` has them."""

    def __init__(self, written: Callable[[str], str] = rich) -> None:
        self.all: list[str] = []
        self._written = written

    def place(self, sentence: str | None) -> int:
        """The place of a sentence; -1 of none."""
        if not sentence:
            return -1
        written = self._written(sentence)
        if written not in self.all:
            self.all.append(written)
        return self.all.index(written)


def verdict_on(exercise: Exercise, answer: Any, questions: list[Question] | None = None) -> Verdict:
    """What the judge says of an answer of ours."""
    asked = exercise.questions(Draw(0)) if questions is None else questions
    return judge(exercise, asked, Response(outcomes=exercise.outcomes(answer, asked)))


def sentence_of(verdict: Verdict) -> str:
    """The one sentence that a reader is told about a wrong answer."""
    found = next((part.finding for part in verdict.graded_parts if not part.held), "")
    return verdict.mistake or verdict.message or found


# -- a choice, several, an order ----------------------------------------------------------------------------


def _of_quiz(exercise: Quiz) -> dict[str, Any]:
    """Every answer there is by its letters, with the place of the sentence said of it."""
    sentences = Sentences()
    said = {
        ",".join(exercise.read(answer)): sentences.place(sentence_of(verdict_on(exercise, answer)))
        for _, answer in exercise.wrong_answers()
    }
    return {
        "kind": KINDS[type(exercise.right)],
        "letters": [*exercise.options],
        "right": ",".join(exercise.read(exercise.right)),
        "said": said,
        "sentences": sentences.all,
    }


# -- pairs --------------------------------------------------------------------------------------------------


def _of_pairs(exercise: Matching) -> dict[str, Any]:
    """The right pairs, and the author's sentences for wrong ones; how many are right the page counts."""
    why = {f"{letter},{number}": rich(text) for (letter, number), text in exercise.why.items()}
    return {
        "kind": "pairs",
        "letters": [*exercise.left],
        "numbers": [*exercise.right],
        "right": exercise.pairs,
        "why": why,
    }


# -- a number -----------------------------------------------------------------------------------------------


def _of_number(exercise: Number) -> dict[str, Any]:
    """For each reader the values, the right number, and wrong ones that have a name."""
    sentences = Sentences()
    singles, evidence = Guesses(exercise).singles, Evidence(exercise)
    twins = _twins(singles, exercise)
    said = [guess.sentence() for guess in singles]
    readers = []
    for reader in range(READERS):
        (question,) = exercise.questions(Draw(0, student_key(PUBLIC_SECRET, f"reader {reader}")))
        given = question.payload["given"]
        right = float(exercise.reference(**given))
        values = [guess.at(given) for guess in singles]
        readers.append(
            {
                "given": rich(in_words(given)),
                "right": right,
                "thick": evidence.is_thick(list(zip(singles, values)), right),
                "rounded": _placed(_rounded(right), sentences),
                "guesses": [
                    [value, twin, sentences.place(sentence), guess.how == "authored"]
                    for guess, value, twin, sentence in zip(singles, values, twins, said)
                    if math.isfinite(value)
                ],
                "ratios": _placed(_ratios(right), sentences),
            }
        )
    return {
        "kind": "number",
        "unit": exercise.unit,
        "tolerance": exercise.tolerance,
        "whole": sentences.place(ALL_OR_NOTHING),
        "readers": readers,
        "sentences": sentences.all,
    }


def _twins(singles: list[Guess], exercise: Number) -> list[int]:
    """For each calculation the place of the first one that gives the same at other draws, too."""
    elsewhere = [exercise.given(Draw(seed)) for seed in range(ELSEWHERE)]
    values = [[guess.at(given) for given in elsewhere] for guess in singles]
    return [next(n for n, one in enumerate(values) if all(map(alike, one, other))) for other in values]


def _rounded(right: float) -> Iterable[tuple[float, str | None]]:
    """The right number with too few digits, in each way that the grader knows."""
    few = {float(f"{right:.{digits}g}") for digits in (1, 2, 3)}
    few |= {float(round(right, places)) for places in (0, 1, 2)} | {float(math.floor(right))}
    return ((value, rounded(value, right)) for value in sorted(few))


def _ratios(right: float) -> Iterable[tuple[float, str | None]]:
    """Simple fractions of the right number."""
    values = sorted({right * above / below for above, below in product(range(1, 13), repeat=2)})
    named = ((value, ratio(value, right)) for value in values)
    return ((value, said.sentence) for value, said in named if said)


def _placed(named: Iterable[tuple[float, str | None]], sentences: Sentences) -> list[list[float]]:
    return [[value, sentences.place(sentence)] for value, sentence in named]


# -- what the engine judges ---------------------------------------------------------------------------------


def _of_formula(exercise: Formula) -> dict[str, Any]:
    """A formula, with the wrong ones that have a name."""
    sentences = Sentences(str)
    return formulas.recorded(exercise, sentences.place) | {"sentences": sentences.all}


def _of_code(exercise: Function) -> dict[str, Any]:
    """A function of numbers, lists and text, with the cell to begin with."""
    sentences = Sentences(str)
    recorded = functions.recorded(exercise, sentences.place)
    stub = functions.imports(exercise) + BETWEEN.sub(rf"\1{STUB}\n", exercise.solution + "\n")
    return {"kind": "code", **recorded, "sentences": sentences.all, "stub": stub.rstrip() + "\n"}
