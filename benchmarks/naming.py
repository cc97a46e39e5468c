"""How well the grader names mistakes that its slips were not written for.

Run from the repository's root: ``python -m benchmarks.naming [--write] [--exercise ID]``. Every answer in
`benchmarks.unseen` goes through the judge as a student's `check` would, three times with fresh questions.
Whether a sentence is true of the answer is for a human to say: `unseen/judgements.json` holds, for each
answer, the sentences that were read beside it. A sentence that is not there is listed as not yet read.

An answer is *named* if every run gives it the sentence of a known mistake. Answers that were told
something definite without the catalogue (an error in their own code, a rule of the question broken, a
`return` missing) are counted beside, not as named.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import json
import linecache
import math
import os
import pkgutil
import subprocess
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

import benchmarks.unseen
from benchmarks.unseen import Answer
from grader import catalogue
from grader.asking.respond import Response, read_reply, reply
from grader.exercise import Exercise, Number, Question
from grader.judging.examination import request
from grader.judging.judge import judge
from grader.judging.verdict import Status, Verdict
from grader.questions.draw import Draw
from tests.grader import corpus
from tests.grader.corpus import record

SEEDS = (1, 2, 3)
HERE = Path(__file__).parent
JUDGEMENTS = HERE / "unseen" / "judgements.json"
RESULT = HERE / "results" / "naming.md"
CODE = ("function", "module", "property test")
TOLD = (Status.FAILED, Status.FORBIDDEN, Status.UNFINISHED)


@dataclass
class Judged:
    """One answer with its verdicts, one for each seed."""

    answer: Answer
    verdicts: list[Verdict]
    erred: bool  # whatever was wrong in any run was an error of its own code, or a rule broken
    judgements: dict[str, bool] = field(default_factory=dict)  # by sentence: is it true of the answer?

    @property
    def rejected(self) -> bool:
        return not any(v.is_right for v in self.verdicts)

    @property
    def told(self) -> bool:
        return self.rejected and (self.erred or all(v.status in TOLD for v in self.verdicts))

    @property
    def sentences(self) -> list[str]:
        return list(dict.fromkeys(v.mistake for v in self.verdicts if v.mistake))

    @property
    def named(self) -> bool:
        return all(v.mistake for v in self.verdicts)

    @property
    def misnamed(self) -> bool:
        return any(self.judgements.get(sentence) is False for sentence in self.sentences)

    @property
    def unread(self) -> bool:
        return any(sentence not in self.judgements for sentence in self.sentences)


def run(exercise: Exercise, answer: Answer) -> Judged:
    """Put one answer before the judge, once for each seed."""
    verdicts, erred = [], []
    for seed in SEEDS:
        key = f"student {seed}"
        questions = exercise.questions(Draw(seed, key))
        payloads = [question.payload for question in questions]
        names = _namespace(exercise, answer, key)
        with contextlib.redirect_stdout(io.StringIO()):
            answered = reply(request(exercise, payloads), names, catalogue.implementations)
        response = read_reply(answered, len(payloads))
        verdicts.append(judge(exercise, questions, replace(response, used=[])))
        erred.append(_only_errors(exercise, questions, response))
    return Judged(answer, verdicts, all(erred))


def _namespace(exercise: Exercise, answer: Answer, key: str) -> dict[str, Any]:
    """The names of a notebook in which the answer's cell has been run."""
    if exercise.kind == "formula":
        return {exercise.id: answer.source}
    names: dict[str, Any] = {"math": math, "torch": torch, "nn": nn, "F": F}
    names |= {"attention": _attention}  # the student's own, for exercises that build on it
    names |= {"softmax_rows": lambda scores: scores.softmax(dim=-1)}
    names |= {"causal_mask": lambda L: torch.ones(L, L, dtype=torch.bool).tril()}
    if isinstance(exercise, Number):
        names["given"] = SimpleNamespace(**exercise.values(Draw(0, key)))
    names = {name: value for name, value in names.items() if name != exercise.id}
    file = f"<{exercise.id}>"
    linecache.cache[file] = len(answer.source), None, answer.source.splitlines(keepends=True), file
    exec(compile(answer.source, file, "exec"), names)
    return names


def _attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (..., Lq, Lk)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(dim=-1) @ v  # (..., Lq, dv)


def _only_errors(exercise: Exercise, questions: list[Question], response: Response) -> bool:
    """Whether every value that came back is right, so that the errors are all there is to say."""
    expected = exercise.expected(questions)
    return all(
        given.failure or not exercise.difference(question, right.value, given.value)
        for question, right, given in zip(questions, expected, response.outcomes, strict=True)
    )


def measure(only: str | None = None) -> dict[str, list[Judged]]:
    """All answers, judged, by exercise."""
    read = json.loads(JUDGEMENTS.read_text()) if JUDGEMENTS.exists() else {}
    found: dict[str, list[Judged]] = {}
    asked = [*(exercise.id for exercise in catalogue.every_exercise()), *corpus.ENTRIES]
    for exercise in map(record.asked, asked):
        if exercise.id in _unseen() and only in (None, exercise.id):
            answers = importlib.import_module(f"benchmarks.unseen.{exercise.id}").ANSWERS
            found[exercise.id] = [run(exercise, answer) for answer in answers]
            for judged in found[exercise.id]:
                judged.judgements = read.get(exercise.id, {}).get(judged.answer.description, {})
    return found


def _unseen() -> set[str]:
    return {module.name for module in pkgutil.iter_modules(benchmarks.unseen.__path__)}


COLUMNS = ("wrong", "rejected", "told", "named", "misnamed", "unread", "unnamed", "right", "right rejected")


def count(judged: list[Judged]) -> dict[str, int]:
    """The figures of a list of answers."""
    wrong = [j for j in judged if not j.answer.right]
    right = [j for j in judged if j.answer.right]
    return {
        "wrong": len(wrong),
        "rejected": sum(j.rejected for j in wrong),
        "told": sum(j.told and not j.named for j in wrong),
        "named": sum(j.named for j in wrong),
        "misnamed": sum(j.named and j.misnamed for j in wrong),
        "unread": sum(j.unread for j in wrong),
        "unnamed": sum(j.rejected and not j.named and not j.told for j in wrong),
        "right": len(right),
        "right rejected": sum(not all(v.is_right for v in j.verdicts) for j in right),
    }


def report(found: dict[str, list[Judged]]) -> str:
    """The result as Markdown."""
    rows = {name: count(judged) for name, judged in found.items()}
    total = {column: sum(row[column] for row in rows.values()) for column in COLUMNS}
    nameable = total["named"] + total["unnamed"]
    lines = [
        "# Naming mistakes that the grader has never seen",
        "",
        f"{date.today()} · commit {_commit()} · {os.cpu_count()} CPU cores · PyTorch {torch.__version__} · "
        f"{len(SEEDS)} seeds an answer · `python -m benchmarks.naming --write`",
        "",
        "| what | measured | to reach |",
        "|---|---|---|",
        f"| wrong answers rejected | {_share(total['rejected'], total['wrong'])} | 100 % |",
        f"| named, of those with more than an error to name | {_share(total['named'], nameable)} | ≥ 90 % |",
        f"| named, of all wrong answers | {_share(total['named'], total['wrong'])} | |",
        f"| named wrongly, of those named | {_share(total['misnamed'], total['named'])} | ≤ 1 % |",
        f"| correct answers rejected | {_share(total['right rejected'], total['right'])} | 0 |",
        "",
        "*Told*: no known mistake, but an error in the answer's own code, a broken rule or a missing",
        "`return`, each with its own sentence. *Unread*: named by a sentence that nobody has held against",
        "the answer yet.",
        "",
        f"| exercise | {' | '.join(COLUMNS)} |",
        f"|---|{'---:|' * len(COLUMNS)}",
        *(f"| {name} | {' | '.join(str(row[c]) for c in COLUMNS)} |" for name, row in rows.items()),
        f"| **all** | {' | '.join(f'**{total[c]}**' for c in COLUMNS)} |",
    ]
    for name, judged in found.items():
        lines += ["", f"## {name}", ""]
        lines += [f"- {_line(j)}" for j in judged if not j.answer.right or not _accepted(j)]
    return "\n".join(lines) + "\n"


def _accepted(judged: Judged) -> bool:
    return all(v.is_right for v in judged.verdicts)


def _line(judged: Judged) -> str:
    answer = judged.answer
    what = f"{answer.description}" + (f" `{answer.source}`" if "\n" not in answer.source else "")
    if answer.right:
        return f"{what} → **right, and rejected**: {_finding(judged)}"
    if not judged.rejected:
        return f"{what} → **not rejected**"
    if judged.sentences:
        mark = " **(wrongly)**" if judged.misnamed else " (unread)" if judged.unread else ""
        some = "" if judged.named else " in some runs only"
        return f"{what} → named{some}{mark}: {' / '.join(judged.sentences)}"
    return f"{what} → {'told' if judged.told else '**unnamed**'}: {_finding(judged)}"


def _finding(judged: Judged) -> str:
    verdict = next(v for v in judged.verdicts if not v.is_right)
    return verdict.message or next((part.finding for part in verdict.parts if not part.held), "")


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}, {100 * part / max(whole, 1):.1f} %"


def _commit() -> str:
    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=HERE, capture_output=True, text=True).stdout.strip()

    changed = " with changes" if git("status", "--porcelain", "--", "../grader", "../course") else ""
    return f"{git('rev-parse', '--short', 'HEAD')}{changed}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", action="store_true", help=f"write {RESULT.relative_to(HERE.parent)}")
    parser.add_argument("--exercise", help="only this one")
    options = parser.parse_args()
    text = report(measure(options.exercise))
    print(text)
    if options.write:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(text)


if __name__ == "__main__":
    main()
