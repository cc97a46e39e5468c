"""How much damage to a notebook the grader heals.

Run from the repository's root: ``python -m benchmarks.repair [--write] [--submissions N] [--run N]``. Each
submission is one lesson with answers right, wrong, half written or not begun and some cells of the student's
own. It is damaged in one to four of the ways below, chosen at random, and healed. It counts as *equal* if the
healed notebook holds the same locked cells in the same order as the healed undamaged one, before each graded
cell the same code of answers, and the same code of the student's own cells in the same order.

``--run N`` has ``grader autograde`` grade the first N and all that are different, whole and damaged, and
compares their scores. A file that breaks off is counted apart. Damage to the student's own cells that nobody
could see is not among the ways: a helper turned into Markdown, say.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.batch.run import Options, autograde
from grader.building.build import release_all
from grader.building.instructor import instructor_notebook
from grader.building.lesson import Lesson, find_lessons
from grader.configure import DEMONSTRATION
from grader.demo.attention import CLASS
from grader.exercise.solution import BEGIN, END
from grader.questions.personal import SECRET_FILE
from grader.repair import NotGradable, heal
from grader.repair.folder import find_submission
from grader.repair.text import parses

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks" / "results" / "repair.md"
MOST_DAMAGES = 4
SEED = 0
OWN = "of-mine"  # in the ids of cells that the student added
MOST_OWN = 3
OWN_CELLS = (
    ("code", "def my_{0}(x):\n    # a helper\n    return 2 * x"),
    ("code", "my_notes_{0} = 'attention is a soft look-up'\nprint(my_notes_{0})"),
    ("markdown", "Note {0}: rows are queries, columns are keys."),
)
MINE = {line for _, text in OWN_CELLS for n in range(MOST_OWN) for line in text.format(n).split("\n")}


@dataclass
class Handed:
    """What a student hands in: a notebook as JSON, then how its file is spoilt, and what lies beside it."""

    name: str
    notebook: dict[str, Any]
    spoil: list[Callable[[bytes], bytes]] = field(default_factory=list)
    others: dict[str, bytes] = field(default_factory=dict)
    file: str = ""

    def files(self) -> dict[str, bytes]:
        """The files of the folder, by name."""
        data = json.dumps(self.notebook, indent=1, ensure_ascii=False).encode()
        for spoil in self.spoil:
            data = spoil(data)
        return {**self.others, self.file or f"{self.name}.ipynb": data}


Damage = Callable[[random.Random, Handed], None]


# -- ways to damage a notebook ----------------------------------------------------------------------------


def duplicate(rng: random.Random, handed: Handed) -> None:
    """A cell copied, metadata and all, to the place after it or anywhere after that."""
    cells = handed.notebook["cells"]
    index = _pick(rng, cells)
    place = rng.choice([index + 1, rng.randrange(index + 1, len(cells) + 1)])
    cells.insert(place, {**deepcopy(cells[index]), "id": _id(rng)})


def split(rng: random.Random, handed: Handed) -> None:
    """A cell split after a line, or in the middle of one; one half or both keep the metadata."""
    cells = handed.notebook["cells"]
    long = [i for i, cell in enumerate(cells) if len(_source(cell).strip().split("\n")) > 1]
    index = rng.choice(long)
    text = _source(cells[index])
    ends = [i for i, sign in enumerate(text) if sign == "\n" and text[i:].strip()]
    at = rng.choice(ends) if rng.random() < 0.8 else rng.randrange(1, len(text))
    first, second = deepcopy(cells[index]), deepcopy(cells[index])
    first["source"], second["source"] = text[:at].strip("\n"), text[at:].strip("\n")
    bare = rng.choice([None, first, second])
    second["id"] = _id(rng)
    if bare is not None:
        bare["metadata"], bare["id"] = {}, _id(rng)
    cells[index : index + 1] = [first, second]


def merge(rng: random.Random, handed: Handed) -> None:
    """Two or three neighbours merged into the first; no note of one's own into code: that would be broken."""
    cells, some = handed.notebook["cells"], []
    while not some or (some[0]["cell_type"] == "code" and any(_source(cell) in MINE for cell in some[1:])):
        index = rng.randrange(len(cells) - 2)
        some = cells[index : index + rng.choice([2, 2, 3])]
    cells[index]["source"] = rng.choice(["\n\n", "\n"]).join(_source(cell) for cell in some)
    del cells[index + 1 : index + len(some)]


def reorder(rng: random.Random, handed: Handed) -> None:
    """One to five cells of the lesson moved anywhere."""
    cells = handed.notebook["cells"]
    for _ in range(rng.randrange(1, 6)):
        cell = cells.pop(_pick(rng, cells))
        cells.insert(rng.randrange(len(cells) + 1), cell)


def retype(rng: random.Random, handed: Handed) -> None:
    """A cell of the lesson turned into one of another type."""
    cells = handed.notebook["cells"]
    cell = cells[_pick(rng, cells)]
    cell["cell_type"] = rng.choice(
        [kind for kind in ("code", "markdown", "raw") if kind != cell["cell_type"]]
    )
    for key in ("outputs", "execution_count"):
        cell.pop(key, None)
    if cell["cell_type"] == "code":
        cell |= {"outputs": [], "execution_count": None}


def untag_one(rng: random.Random, handed: Handed) -> None:
    """One cell without its metadata and with another id."""
    cell = rng.choice([cell for cell in handed.notebook["cells"] if "nbgrader" in cell["metadata"]] or [{}])
    cell |= {"metadata": {}, "id": _id(rng)}


def untag_all(rng: random.Random, handed: Handed) -> None:
    """All metadata and ids gone, as after a round trip through another tool."""
    for cell in handed.notebook["cells"]:
        cell |= {"metadata": {}, "id": _id(rng)}


def change_ids(rng: random.Random, handed: Handed) -> None:
    """All cell ids other than in the lesson."""
    for cell in handed.notebook["cells"]:
        cell["id"] = _id(rng)


def old_minor(rng: random.Random, handed: Handed) -> None:
    """An older minor version of the format, without cell ids."""
    handed.notebook["nbformat_minor"] = rng.randrange(5)
    for cell in handed.notebook["cells"]:
        cell.pop("id", None)


def alter_marks(rng: random.Random, handed: Handed) -> None:
    """A cell that says something else of its role, its points or its name."""
    marked = [cell for cell in handed.notebook["cells"] if cell["metadata"].get("nbgrader")]
    if marked:
        said = rng.choice(marked)["metadata"]["nbgrader"]
        said |= rng.choice(
            [{"points": 1000}, {"locked": False, "solution": True}, {"grade": False}, {"points": None}]
        )


def delete_locked(rng: random.Random, handed: Handed) -> None:
    """One to three locked cells gone."""
    cells = handed.notebook["cells"]
    for _ in range(rng.randrange(1, 4)):
        if locked := [i for i, cell in enumerate(cells) if _is_locked(cell)]:
            del cells[rng.choice(locked)]


def edit_locked(rng: random.Random, handed: Handed) -> None:
    """The text of a locked cell changed, replaced, cut short or emptied."""
    locked = [cell for cell in handed.notebook["cells"] if _is_locked(cell)]
    if locked:
        cell = rng.choice(locked)
        text = _source(cell)
        cell["source"] = rng.choice(
            [
                f"{text}  # ?",
                "assert True  # it works on my machine",
                text[: len(text) // 2],
                "",
                f"Done!\n{text}",
            ]
        )


def wrong_kernel(rng: random.Random, handed: Handed) -> None:
    """A kernel that the grader does not have, or none."""
    spec = {"name": "julia-1.9", "display_name": "Julia", "language": "julia"}
    handed.notebook["metadata"] = rng.choice([{"kernelspec": spec}, {}])


def not_a_number(rng: random.Random, handed: Handed) -> None:
    """NaN or Infinity, which JSON does not have."""
    cell = rng.choice(handed.notebook["cells"])
    cell["metadata"] = {**cell["metadata"], "score": rng.choice([float("nan"), float("inf")])}


def null_outputs(rng: random.Random, handed: Handed) -> None:
    """Code cells with null where outputs belong, or nothing."""
    for cell in handed.notebook["cells"]:
        if cell["cell_type"] == "code" and rng.random() < 0.3:
            cell["outputs"] = None
            cell.pop("execution_count", None)


def byte_order_mark(rng: random.Random, handed: Handed) -> None:
    """A mark of the byte order at the start, or a text in two bytes a sign."""
    encoding = rng.choice(["utf-8-sig", "utf-16"])
    handed.spoil.append(lambda data: data.decode("utf-8").encode(encoding))


def windows_lines(rng: random.Random, handed: Handed) -> None:
    """Windows' line ends, in the file and in the cells."""
    for cell in handed.notebook["cells"]:
        cell["source"] = _source(cell).replace("\n", "\r\n")
    handed.spoil.insert(0, lambda data: data.replace(b"\n", b"\r\n"))


def trailing_garbage(rng: random.Random, handed: Handed) -> None:
    """Something after the end of the notebook."""
    rest = rng.choice([b"\n}\n", b"\n\n{}", b"<html>", b"\0" * 64])
    handed.spoil.insert(0, lambda data: data + rest)


def truncate(rng: random.Random, handed: Handed) -> None:
    """A file that breaks off anywhere, more often near its end."""
    share = 1 - rng.random() ** 3
    handed.spoil.insert(0, lambda data: data[: max(1, int(len(data) * share))])


def rename(rng: random.Random, handed: Handed) -> None:
    """Another name for the file."""
    name = handed.name
    handed.file = rng.choice([f"{name} (1).ipynb", f"{name}-Copy1.ipynb", "final version ü.ipynb"])


def extra_notebook(rng: random.Random, handed: Handed) -> None:
    """A second notebook beside it: a scratch one, another lesson's, or this one as released."""
    scratch = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    other = next(lesson for lesson in lessons() if lesson != handed.name)
    handed.others |= rng.choice(
        [
            {"scratch.ipynb": nbformat.writes(scratch).encode()},
            {f"{other}.ipynb": nbformat.writes(released(other)).encode()},
            {f"{handed.name} (2).ipynb": nbformat.writes(released(handed.name)).encode()},
        ]
    )


DAMAGES: tuple[Damage, ...] = (
    delete_locked,
    edit_locked,
    duplicate,
    split,
    merge,
    reorder,
    retype,
    untag_one,
    untag_all,
    change_ids,
    old_minor,
    alter_marks,
    wrong_kernel,
    not_a_number,
    null_outputs,
    byte_order_mark,
    windows_lines,
    trailing_garbage,
    rename,
    extra_notebook,
)


def _pick(rng: random.Random, cells: list[dict[str, Any]]) -> int:
    """A cell of the lesson."""
    return rng.choice([i for i, cell in enumerate(cells) if OWN not in cell.get("id", "")])


def _id(rng: random.Random) -> str:
    return f"{rng.getrandbits(32):08x}"


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def _is_locked(cell: dict[str, Any]) -> bool:
    said = cell["metadata"].get("nbgrader", {})
    return bool(said.get("locked"))


# -- submissions ------------------------------------------------------------------------------------------


@cache
def lessons() -> tuple[str, ...]:
    """The names of the lessons."""
    return tuple(lesson.name for lesson in find_lessons(ROOT))


@cache
def released(name: str) -> NotebookNode:
    """A lesson as it is handed out."""
    return nbformat.read(Lesson(ROOT, name).released, as_version=4)


@cache
def _solutions(name: str) -> dict[str, str]:
    """The right answers of a lesson, by grade id."""
    solved = {}
    for cell in instructor_notebook(Lesson(ROOT, name)).cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            lines = [line for line in cell.source.split("\n") if line.strip() not in (BEGIN, END)]
            solved[cell.metadata.nbgrader.grade_id] = "\n".join(lines)
    return solved


def submission(rng: random.Random, name: str) -> Handed:
    """A lesson worked in: answers right, wrong, half written or not begun, up to three cells of one's own."""
    notebook = json.loads(nbformat.writes(released(name)))
    wrong = {f"{id}_answer": text.strip() for student in CLASS for id, text in student.answers.items()}
    for cell in notebook["cells"]:
        id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = _source(cell)
        if solution := _solutions(name).get(id):
            half = f"{solution}\nand here I do not know"
            options = [solution, wrong.get(id, solution), cell["source"], half]
            [cell["source"]] = rng.choices(options, weights=[70, 15, 10, 5])
    for number in range(rng.randrange(MOST_OWN + 1)):
        kind, text = rng.choice(OWN_CELLS)
        own: dict[str, Any] = {
            "cell_type": kind,
            "id": f"{OWN}-{number}",
            "metadata": {},
            "source": text.format(number),
        }
        own |= {"outputs": [], "execution_count": None} if kind == "code" else {}
        notebook["cells"].insert(rng.randrange(1, len(notebook["cells"])), own)
    return Handed(name, notebook)


def damaged(rng: random.Random, whole: Handed, breaks_off: bool = False) -> tuple[Handed, list[Damage]]:
    """A damaged copy of a submission, and how it was damaged."""
    handed = deepcopy(whole)
    damages = rng.sample(DAMAGES, rng.randrange(1, MOST_DAMAGES + 1))
    damages.sort(key=DAMAGES.index)  # locked cells before answers are merged into them, then file and name
    for damage in [*damages, *([truncate] if breaks_off else [])]:
        damage(rng, handed)
    return handed, damages


def pairs(number: int, breaks_off: bool = False) -> Iterator[tuple[Handed, Handed, list[Damage]]]:
    """Submissions whole and damaged, and how; always the same."""
    for index in range(number):
        rng = random.Random(f"{SEED}/{index}")
        whole = submission(rng, rng.choice(lessons()))
        yield whole, *damaged(rng, whole, breaks_off)


# -- healing and comparing --------------------------------------------------------------------------------


def healed(handed: Handed) -> NotebookNode:
    """What the grader makes of a student's files.

    Raises:
        NotGradable: it says that it can make nothing of them.
    """
    with tempfile.TemporaryDirectory() as place:
        for name, data in handed.files().items():
            (Path(place) / name).write_bytes(data)
        found = find_submission(Path(place), handed.name, released(handed.name))
    return heal(found.data, released(handed.name)).notebook


def what_is_graded(notebook: NotebookNode, name: str) -> list[tuple[Any, ...]]:
    """The locked cells in order, the code of answers before each that has points; last the added code.

    A cell's code is its lines, or all of them together if they are no Python: such a cell runs as a whole or
    not at all. Lines of the lesson and copies of answers are left out where they run in a cell that was
    added: run once more, they change nothing.
    """
    plain = (cell for cell in released(name).cells if "nbgrader" not in cell.metadata)
    known = {line for cell in plain for line in cell.source.split("\n")}
    answered = {cell.source for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")}
    graded: list[tuple[Any, ...]] = []
    code: list[Any] = []
    own: list[Any] = []
    for cell in notebook.cells:
        said = cell.metadata.get("nbgrader", {})
        if said.get("locked"):
            graded.append(
                (dict(cell.metadata), cell.cell_type, cell.source, tuple(code) if said["grade"] else ())
            )
            code = [] if said["grade"] else code
        elif said.get("solution") or (_runs(cell) and cell.source not in answered):
            lines = [line for line in cell.source.split("\n") if line.strip()]
            left_out = MINE if said.get("solution") else MINE | known
            code += _as_it_runs([line for line in lines if line not in left_out])
            own += _as_it_runs([line for line in lines if line in MINE])
    return [*graded, tuple(own)]


def _as_it_runs(lines: list[str]) -> list[Any]:
    return lines if parses("\n".join(lines)) else [tuple(lines)]


def _runs(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and DEMONSTRATION not in cell.metadata.get("tags", ())


def answers(notebook: NotebookNode) -> dict[str, list[str]]:
    """The lines of each answer's own cell."""
    return {
        cell.metadata.nbgrader.grade_id: [line for line in cell.source.split("\n") if line.strip()]
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


RESULTS = ("equal", "different", "not gradable", "crashed")


@dataclass
class Outcome:
    """What became of one damaged submission: equal, different, not gradable or crashed."""

    damages: list[str]
    result: str
    reason: str = ""
    is_strictly_equal: bool = False
    seconds: float = 0.0


def measure(whole: Handed, handed: Handed, damages: list[Damage]) -> Outcome:
    """Heal both and compare."""
    outcome = Outcome([damage.__name__ for damage in damages], "equal")
    expected = healed(whole)
    started = time.perf_counter()
    try:
        found = healed(handed)
    except NotGradable as reason:
        outcome.result, outcome.reason = "not gradable", str(reason)
    except Exception as error:  # a crash is a result here
        outcome.result, outcome.reason = "crashed", f"{type(error).__name__}: {error}"
    else:
        outcome.is_strictly_equal = answers(found) == answers(expected)
        if what_is_graded(found, whole.name) != what_is_graded(expected, whole.name):
            outcome.result = "different"
    outcome.seconds = time.perf_counter() - started
    return outcome


# -- real grades ------------------------------------------------------------------------------------------


KINDS = ("whole", "damaged")
Scores = tuple[int, float | None, float | None]  # number, score whole, score damaged


def grade(sample: dict[int, tuple[Handed, Handed]], folder: Path) -> list[Scores]:
    """Grade each submission whole and damaged with `grader autograde`; None for one that is not gradable."""
    release_all(find_lessons(ROOT), folder, folder / "gradebook.db")
    (folder / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text())
    (folder / SECRET_FILE).write_text("a benchmark")
    for index, both in sample.items():
        for kind, handed in zip(KINDS, both):
            place = folder / "submitted" / f"{kind}-{index:04d}" / handed.name
            place.mkdir(parents=True)
            for name, data in handed.files().items():
                (place / name).write_bytes(data)
    for name in sorted({whole.name for whole, _ in sample.values()}):
        autograde(folder, name, Options(jobs=os.cpu_count() or 1))
    with contextlib.closing(sqlite3.connect(folder / "gradebook.db")) as book:
        whole, hurt = ([_score(book, f"{kind}-{index:04d}") for index in sample] for kind in KINDS)
    return list(zip(sample, whole, hurt))


def _score(book: sqlite3.Connection, student: str) -> float | None:
    [score] = book.execute(
        "select sum(coalesce(grade.auto_score, 0)) from grade "
        "join submitted_notebook on grade.notebook_id = submitted_notebook.id "
        "join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id "
        "where submitted_assignment.student_id = ?",
        (student,),
    ).fetchone()
    return score


# -- the report -------------------------------------------------------------------------------------------


def report(outcomes: list[Outcome], broken: list[Outcome], scores: list[Scores]) -> str:
    """The result as Markdown."""
    total = len(outcomes)
    seconds = sorted(outcome.seconds for outcome in outcomes)
    strictly = sum(outcome.is_strictly_equal for outcome in outcomes)
    lines = [
        "# Repair: what damage the grader heals",
        "",
        f"`python -m benchmarks.repair --write`, {date.today()}. {total:,} submissions, each damaged in one",
        f"to {MOST_DAMAGES} of {len(DAMAGES)} ways at random. A file that breaks off as well has lost work",
        "that nobody can put back: it is *not gradable* if an answer is gone, and has a column of its own.",
        "",
        f"| result | {total:,} damaged | {len(broken):,} that break off as well |",
        "|---|---|---|",
    ]
    for result in RESULTS:
        number = sum(outcome.result == result for outcome in outcomes)
        apart = sum(outcome.result == result for outcome in broken)
        lines.append(f"| {result} | {number} ({number / total:.1%}) | {apart} |")
    lines += [
        "",
        f"In {strictly} every line of an answer is in that answer's own cell as well; in the others some run",
        "in a cell before it. Finding and healing one takes "
        f"{seconds[total // 2] * 1000:.0f} ms (median), {seconds[-1] * 1000:.0f} ms at most.",
        "",
        "| damage | submissions | equal | different | not gradable |",
        "|---|---|---|---|---|",
    ]
    for damage in DAMAGES:
        those = Counter(o.result for o in outcomes if damage.__name__ in o.damages)
        shares = " | ".join(str(those[result]) for result in RESULTS[:3])
        lines.append(f"| {damage.__name__} | {those.total()} | {shares} |")
    unhealed = (o for o in [*outcomes, *broken] if o.result in ("not gradable", "crashed"))
    reasons = Counter(re.sub(r"\d+", "…", outcome.reason) for outcome in unhealed)
    lines += ["", "Not gradable, and why:", ""]
    lines += [f"- {number} × {reason}" for reason, number in reasons.most_common()]
    return "\n".join([*lines, *_graded(scores)]) + "\n"


def _graded(scores: list[Scores]) -> list[str]:
    if not scores:
        return []
    same = sum(whole == hurt for _, whole, hurt in scores)
    refused = sum(hurt is None for _, _, hurt in scores)
    return [
        "",
        f"Graded by `grader autograde`, whole and damaged: {len(scores)}; {same} with the same score, "
        f"{refused} damaged ones not gradable.",
        *(
            f"\n- number {number}: {whole} whole, {'not gradable' if hurt is None else hurt} damaged"
            for number, whole, hurt in scores
            if whole != hurt
        ),
    ]


def measured(number: int, breaks_off: bool) -> list[Outcome]:
    """Heal so many submissions, and print what was different."""
    outcomes = []
    for index, (whole, handed, damages) in enumerate(pairs(number, breaks_off)):
        outcome = measure(whole, handed, damages)
        outcomes.append(outcome)
        if outcome.result in ("different", "crashed"):
            print(f"number {index}: {outcome.result} {outcome.damages} {outcome.reason}", flush=True)
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(description="How much damage to a notebook the grader heals.")
    parser.add_argument("--submissions", type=int, default=1000)
    parser.add_argument(
        "--run",
        type=int,
        default=0,
        metavar="N",
        help="have `grader autograde` grade the first N and the different ones",
    )
    parser.add_argument("--write", action="store_true", help=f"keep the result in {RESULT.relative_to(ROOT)}")
    given = parser.parse_args()
    outcomes = measured(given.submissions, breaks_off=False)
    broken = measured(given.submissions // 10, breaks_off=True)
    scores = []
    if given.run:
        chosen = {*range(given.run), *(i for i, o in enumerate(outcomes) if o.result == "different")}
        made = enumerate(pairs(given.submissions))
        sample = {index: (whole, handed) for index, (whole, handed, _) in made if index in chosen}
        with tempfile.TemporaryDirectory() as folder:
            scores = grade(sample, Path(folder))
    text = report(outcomes, broken, scores)
    print(text)
    if given.write:
        RESULT.write_text(text)


if __name__ == "__main__":
    main()
