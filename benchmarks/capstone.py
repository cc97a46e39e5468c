"""The capstone's class of twelve, graded three times: points, processor, and what a regrade costs.

    python -m benchmarks.capstone [--seeds 3] [--write]

Each different answer of the class of `grader demo 14_choose` is asked what the grader asks and judged by its
judge, with another secret each time, and so with other new letters. It runs in this process, and may take
three times the exercise's seconds: on a machine with other work, whose cores share their caches, a second of
processor does less.
Kept in benchmarks/results/capstone.json behind each grading are the points, what is told, and the processor
of the answer and of the judge. A regrade of what is kept (`grader.judging.replies`) costs the judge's alone.
"""

import ast
import time
from pathlib import Path
from statistics import fmean
from typing import Any

import torch

from benchmarks.by_seed import Found, go_on, keep, told
from benchmarks.timing import machine
from grader import catalogue
from grader.asking.respond import read_reply, reply
from grader.demo.choose import CAPSTONE, CLASS
from grader.exercise.solution import BEGIN, END
from grader.judging.examination import examine, request
from grader.judging.judge import judge
from grader.questions.personal import hidden_seed

ROOT = Path(__file__).resolve().parents[1]
KEPT = Path(__file__).resolve().parent / "results" / "capstone.json"
LESSON = ROOT / "solutions" / "14_choose" / "14_choose.py"
STUDENTS = 200
EXERCISE = catalogue.find(CAPSTONE)
PARTS = ("answer", "judge")  # whose seconds are told
PATIENCE = 3  # times the seconds that an answer has: so much slower is a core whose neighbours are all busy
NEVER_READY = "ten times as many steps"  # stopped when its time is over, whatever the letters: graded once


def answers() -> dict[str, str]:
    """What is handed in for the capstone, by what it does; what nobody wrote, or wrote again, is left out."""
    found = {}
    for student in CLASS:
        if not (student.blank or student.damage):
            found[student.story] = student.answers.get(CAPSTONE) or EXERCISE.solution
    return found


def defined(text: str) -> dict[str, Any]:
    """The names that are there behind an answer's cell: the lesson's imports, and its own."""
    cells = LESSON.read_text(encoding="utf-8")
    imports = [node for node in ast.parse(cells).body if isinstance(node, ast.Import | ast.ImportFrom)]
    names: dict[str, Any] = {}
    exec("\n".join(map(ast.unparse, imports)), names)
    exec(text.replace(BEGIN, "").replace(END, ""), names)
    return names


def graded(student: str, secret: str, text: str) -> dict[str, Any]:
    """What one grading gives, and the seconds of processor that it takes."""
    names = defined(text)
    examination = examine(EXERCISE, "", hidden_seed(secret, student, CAPSTONE))
    asked = request(EXERCISE, examination.payloads)
    began = time.process_time()
    answered = reply(asked, names, catalogue.implementations)
    between = time.process_time()
    response = examination.in_place(read_reply(answered, len(examination.payloads)))
    verdict = judge(EXERCISE, examination.questions, response)
    ended = time.process_time()
    summary = next((part.summary for part in verdict.parts if part.summary), "")
    said = verdict.mistake or verdict.message or summary
    seconds = {"answer": round(between - began, 1), "judge": round(ended - between, 1)}
    return {"points": verdict.score, "said": said, **seconds}


def run(found: Found, secrets: int) -> None:
    """Grade what is missing, and keep each grading at once."""
    EXERCISE.seconds *= PATIENCE
    for number in range(secrets):
        for story, text in answers().items():
            gradings = found.setdefault(story, [])
            if len(gradings) <= number and not (story == NEVER_READY and gradings):
                gradings.append(graded(story, f"secret {number}", text))
                keep(found, KEPT)
                print(f"{story}: {gradings[-1]}", flush=True)


def page(found: Found) -> str:
    """The table."""
    lines = [
        "# The capstone, for a class",
        "",
        "`python -m benchmarks.capstone --write`; each answer graded as often as it has points, with another "
        "secret and so other new letters each time, and stopped after "
        f"{EXERCISE.seconds:g} seconds, {PATIENCE} times what it has; seconds of processor, mean ± standard "
        "deviation, which on a machine with other work do less; a regrade costs the judge's. "
        f"{machine(torch.device('cpu'))}",
        "",
        "| answer | points of 10 | the answer, s | the judge, s | is told |",
        "|:--|:--|--:|--:|:--|",
    ]
    for story in filter(found.get, answers()):
        runs = found[story]
        points = " · ".join(f"{one['points']:.3g}" for one in runs)
        seconds = " | ".join(_seconds([one[what] for one in runs]) for what in PARTS)
        lines.append(f"| {story} | {points} | {seconds} | {runs[0]['said']} |")
    answer, again = (fmean(fmean(one[what] for one in runs) for runs in found.values()) for what in PARTS)
    share = STUDENTS / 2 / 60  # minutes of two cores, for a second of each
    lines += [
        "",
        f"{STUDENTS} students with these answers in equal parts: "
        f"{(answer + again) * share:.0f} minutes of two cores; graded anew where the answers are kept, "
        f"{again * share:.0f}.",
    ]
    return "\n".join(lines) + "\n"


def _seconds(runs: list[float]) -> str:
    return told(runs) if len(runs) > 1 else f"{runs[0]:.1f}"


if __name__ == "__main__":
    go_on(__doc__, KEPT, run, page)
