"""A sample of wrong answers, and whether what is said of each is true: review.txt, judged by hand.

A block is an answer: its name, its code (text and choices are their own names), what was said of it by hand,
and the sentences said since, each with the verdict on it: ``true``, ``false``, or ``?`` for not yet. The last
one is today's. How many were false is known from the first look only: once they are mended, draw another
sample (another `SEED`, and no file). What leaves the corpus leaves the sample, and all else stays in it. What
was found false stays at the end of the file, so that nothing says it again.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.grader import corpus
from tests.grader.corpus import Answer

REVIEW = Path(__file__).parent / "review.txt"
SIZE, SEED = 120, 14
FEWEST = 100  # that a sample may shrink to
VERDICTS = ("?", "true", "false")
BY_HAND = "said by hand"
EXPLAINED = """\
# Wrong answers drawn at random (seed {seed}), and whether what is said of each is true: put `true` or `false`
# in place of `?`. `python -m tests.grader.corpus.record --review` adds what has changed since.
"""


@dataclass
class Reviewed:
    """One answer of the sample, and the sentences said of it with the verdict on each."""

    exercise: str
    name: str
    said: dict[str, str] = field(default_factory=dict)  # sentence -> verdict
    is_drawn: bool = False  # or kept for what was found false

    @property
    def key(self) -> tuple[str, str]:
        return self.exercise, self.name

    @property
    def false(self) -> list[str]:
        return [sentence for sentence, verdict in self.said.items() if verdict == "false"]


def sample() -> list[Answer]:
    """Wrong answers drawn at random: those of the file that are still in the corpus, or new ones."""
    wrong = {
        (answer.exercise, answer.name): answer
        for exercise in corpus.exercises()
        for answer in corpus.answers(exercise)
        if not answer.right
    }
    drawn = [wrong[key] for block in read() if block.is_drawn and (key := block.key) in wrong]
    return drawn or random.Random(SEED).sample([*wrong.values()], SIZE)


def read() -> list[Reviewed]:
    """The blocks of review.txt."""
    if not REVIEW.is_file():
        return []
    blocks = []
    for line in REVIEW.read_text().splitlines():
        if line and not line.startswith((" ", "#")):
            exercise, _, name = line.partition(" / ")
            blocks.append(Reviewed(exercise, name))
        verdict, _, sentence = line.strip().partition(": ")
        if line.startswith(f"    {BY_HAND}: "):
            blocks[-1].is_drawn = True
        if line.startswith("    ") and verdict in VERDICTS:
            blocks[-1].said[sentence] = verdict
    return blocks


def write(naming: Iterable[str]) -> None:
    """Write the sample with what the lines of naming.txt say of it today; verdicts given before are kept."""
    today = dict(map(_said, naming))
    before, chosen = {block.key: block for block in read()}, sample()
    text = EXPLAINED.format(seed=SEED)
    for answer in chosen:
        key = answer.exercise, answer.name
        said = before.pop(key, Reviewed(*key)).said
        sentence = today.get(key, "")
        if sentence:
            said[sentence] = said.pop(sentence, "?")  # today's is the last
        by_hand = f"    {BY_HAND}: {answer.said_before}\n"
        text += _block(answer.exercise, answer.name, _code(answer.answer) + by_hand, said)
    for block in before.values():
        if block.false:
            text += _block(block.exercise, block.name, "", dict.fromkeys(block.false, "false"))
    REVIEW.write_text(text)


def _block(exercise: str, name: str, about: str, said: dict[str, str]) -> str:
    verdicts = "".join(f"    {verdict}: {sentence}\n" for sentence, verdict in said.items())
    return f"\n{exercise} / {name}\n{about}{verdicts}"


def _said(line: str) -> tuple[tuple[str, str], str]:
    exercise, name, _, *sentence = line.split("\t")
    return (exercise, name), "".join(sentence)


def _code(answer: Any) -> str:
    """The text of a function or class that has one, indented; the name of any other answer is its text."""
    code = getattr(getattr(answer, "forward", answer), "__code__", None)
    if code is None or answer.__name__ == "<lambda>":
        return ""
    for node in ast.walk(ast.parse(Path(code.co_filename).read_text())):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == answer.__name__:
            node.decorator_list = []
            return "".join(f"        {line}\n" for line in ast.unparse(node).splitlines())
    return ""
