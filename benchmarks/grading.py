"""How fast a class is graded: `grader autograde` beside plain `nbgrader autograde`, and alone with thousands.

    python -m benchmarks.grading                     # 24 healthy submissions, both graders, 1 and 2 workers
    python -m benchmarks.grading --exercises 1       # the same with a lesson that has hardly anything in it
    python -m benchmarks.grading --submissions 1000  # ours alone, 1 % hostile and 5 % damaged among them

Both graders get the same submissions to the attention lesson, in a course of their own, in the same run, on
the same processors. Plain nbgrader has its own list of steps, runs every cell, and takes one submission after
the other; with two workers, two of it run side by side, each with half of the class. Its time stands beside
ours, its scores do not: it believes what a notebook says of itself. A generated class holds attacks, and is
graded only where student code can be confined.

Prints for each run: seconds, submissions a second, seconds of computing of all its processes together (which
other work on the machine changes little, where it may double the first), rows that the gradebook has gained a
second, and how many submissions ended in which way. A submission that is in nobody's count is an error.
Memory is what all its processes hold at once and nobody else does: the median in the first quarter of the
run, in the last, and the most. Seconds of computing are counted by a control group: only for root on Linux.

Below the table stands what the submissions' own code takes: its cells and the judge's questions, one after
the other in a process in which everything is loaded. What a grader takes beyond that is its overhead.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from statistics import median

import nbformat
import psutil
from nbformat import NotebookNode
from nbgrader.apps import NbGraderAPI

from grader import catalogue
from grader.asking.respond import reply
from grader.building.build import release_all
from grader.building.lesson import Lesson, find_lessons
from grader.configure import DEMONSTRATION
from grader.course_folder import configuration
from grader.demo.attention import CLASS
from grader.demo.student import submission
from grader.judging.examination import examine, request
from grader.questions.personal import SECRET_FILE

LESSON = "02_attention"
HOSTILE, DAMAGED = 0.01, 0.05  # of a generated class
SECONDS_BETWEEN_LOOKS = 1.0
COLUMNS = (
    *("grader", "workers", "submissions", "s", "submissions/s", "s of computing", "each"),
    *("MiB at first", "at last", "at most", "rows/s", "ended as"),
)
TABLES = ("student", "submitted_assignment", "submitted_notebook", "grade", "comment")

PLAIN = """
from grader.configure import configure

c = configure(get_config())
del c.Autograde.autograde_preprocessors  # nbgrader's own, which run every cell, demonstrations too
del c.Execute.skip_cells_with_tag
for ours in ("sanitize_preprocessors", "pre_convert_hook", "exporter_class"):
    if ours in c.Autograde:
        del c.Autograde[ours]
"""

ATTACKS = (  # in the place of an answer: what must cost nobody else anything
    "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "import os\nfor _ in range(50):\n    os.fork()",
    "held = [bytearray(1 << 28) for _ in range(64)]",
    "while True:\n    print('x' * 10000)",
    "import os\nos._exit(0)",
    "open('../../../gradebook.db', 'wb').write(b'mine')",
)


# -- the class --------------------------------------------------------------------------------------------


def make_course(root: Path, config: str, exercises: int | None) -> Lesson:
    """A course with the attention lesson released, or no more than its first exercises, and nobody in it."""
    lesson = next(lesson for lesson in find_lessons(Path.cwd()) if lesson.name == LESSON)
    root.mkdir()
    release_all([lesson], root, root / "gradebook.db")
    (root / "nbgrader_config.py").write_text(config)
    (root / SECRET_FILE).write_text("a benchmark")
    made = Lesson(root, LESSON)
    if exercises:
        _shorten(made, exercises)
    return made


def _shorten(lesson: Lesson, exercises: int) -> None:
    """Release the lesson anew with nothing after its first exercises, and no demonstrations."""
    notebook = nbformat.read(lesson.instructor, as_version=4)
    graded = [at for at, cell in enumerate(notebook.cells) if cell.metadata.get("nbgrader", {}).get("grade")]
    kept = notebook.cells[: graded[exercises - 1] + 1]
    notebook.cells = [cell for cell in kept if DEMONSTRATION not in cell.metadata.get("tags", ())]
    nbformat.write(notebook, lesson.instructor)
    (lesson.root / "gradebook.db").unlink()
    config = configuration(lesson.root)
    done = NbGraderAPI(config=config).generate_assignment(LESSON, force=True)
    assert done["success"], done


def hand_in_healthy(lesson: Lesson, number: int) -> int:
    """The demonstration's healthy answers in turn; how many they are."""
    for position, text in zip(range(number), cycle(_healthy(lesson))):
        _write(lesson, f"s{position:05d}", text)
    return number


def hand_in_generated(lesson: Lesson, number: int) -> int:
    """Many students: the demonstration's healthy answers in turn, some hostile, some damaged."""
    chance, texts = random.Random(number), _healthy(lesson)
    kinds = ["hostile"] * round(HOSTILE * number) + ["damaged"] * round(DAMAGED * number)
    kinds += ["healthy"] * (number - len(kinds))
    chance.shuffle(kinds)
    for position, kind in enumerate(kinds):
        text = texts[position % len(texts)]
        if kind == "hostile":
            text = _attack(text, ATTACKS[position % len(ATTACKS)])
        elif kind == "damaged":
            text = _damage(text, chance)
        _write(lesson, f"s{position:05d}-{kind}", text)
    return number


def _healthy(lesson: Lesson) -> list[str]:
    """The notebooks of the demonstration's class that neither break nor break off."""
    solved = nbformat.read(lesson.instructor, as_version=4)
    released = nbformat.read(lesson.released, as_version=4)
    healthy = [student for student in CLASS if not student.damage and student.name not in ("jun", "kofi")]
    return [nbformat.writes(submission(student, solved, released)) for student in healthy]


def _attack(text: str, code: str) -> str:
    notebook = nbformat.reads(text, as_version=4)
    _answers(notebook)[0].source = code
    return nbformat.writes(notebook)


def _damage(text: str, chance: random.Random) -> str:
    """One of the ways in which a file or a notebook breaks."""
    notebook = nbformat.reads(text, as_version=4)
    cells = notebook.cells
    match chance.randrange(6):
        case 0:
            return text[: len(text) // 2]
        case 1:
            return ""
        case 2:
            del cells[chance.randrange(len(cells))]
        case 3:
            cells.insert(0, cells[chance.randrange(len(cells))])
        case 4:
            chance.shuffle(cells)
        case _:
            for cell in cells:
                cell.metadata.pop("nbgrader", None)
    return nbformat.writes(notebook)


def _answers(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]


def _write(lesson: Lesson, student: str, text: str) -> None:
    folder = lesson.root / "submitted" / student / LESSON
    folder.mkdir(parents=True)
    (folder / f"{LESSON}.ipynb").write_text(text)


# -- the measurement --------------------------------------------------------------------------------------


@dataclass
class Watched:
    """Commands run side by side: how long, and what they and all below them held of memory, look by look."""

    seconds: float = 0.0
    computing: float = float("nan")
    held: list[int] = field(default_factory=list)  # bytes
    said: list[str] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)


class Account:
    """Counts the seconds of computing of whatever joins it, and of all that it starts."""

    def __init__(self, whose: str = "") -> None:
        name = f"grading-{os.getpid()}{whose and f'-{whose}'}"
        places = {Path("/sys/fs/cgroup/cpuacct"): "cpuacct.usage", Path("/sys/fs/cgroup"): "cpu.stat"}
        self.folder: Path | None = None
        for place, file in places.items():
            if (place / "cgroup.procs").exists() and os.access(place, os.W_OK):
                self.folder, self._file = place / name, place / name / file
                self.folder.mkdir()
                break

    def join(self) -> None:
        """What calls this is counted from now on."""
        if self.folder:
            (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def seconds(self) -> float:
        """Those that were counted so far."""
        if not self.folder:
            return float("nan")
        words = self._file.read_text().split()
        return int(words[0]) / 1e9 if len(words) == 1 else int(words[words.index("usage_usec") + 1]) / 1e6

    def close(self) -> float:
        """The seconds; everything that joined has ended."""
        seconds = self.seconds()
        if not self.folder:
            return seconds
        for _ in range(100):  # the last process may not have been buried yet
            with contextlib.suppress(OSError):
                self.folder.rmdir()
                break
            time.sleep(0.1)
        return seconds


def watch(commands: list[list[str]], root: Path) -> Watched:
    """Run commands side by side in the course."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    environment.pop("COURSE_SECRET", None)
    watched, over, account = Watched(), threading.Event(), Account()
    started = time.perf_counter()
    logs = [tempfile.TemporaryFile("w+") for _ in commands]  # noqa: SIM115 (closed below)
    running = [
        subprocess.Popen(
            command,
            cwd=root,
            env=environment,
            stdout=log,
            stderr=subprocess.DEVNULL,
            preexec_fn=account.join,
        )
        for command, log in zip(commands, logs)
    ]

    def look() -> None:
        while not over.wait(SECONDS_BETWEEN_LOOKS):
            watched.held.append(sum(map(_memory_below, running)))

    looking = threading.Thread(target=look)
    looking.start()
    watched.codes = [process.wait() for process in running]
    watched.seconds = time.perf_counter() - started
    over.set()
    looking.join()
    watched.computing = account.close()
    for log in logs:
        log.seek(0)
        watched.said.append(log.read())
        log.close()
    return watched


def _memory_below(process: subprocess.Popen) -> int:
    """Memory of a process and all below it that nobody else holds: pages shared by a fork count once."""
    total = 0
    try:
        family = [psutil.Process(process.pid)]
        family += family[0].children(recursive=True)
    except psutil.NoSuchProcess:
        return 0
    for member in family:
        try:
            total += member.memory_full_info().uss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total


def rows_in(root: Path) -> int:
    import sqlite3

    with sqlite3.connect(root / "gradebook.db") as database:
        return sum(database.execute(f"select count(*) from {table}").fetchone()[0] for table in TABLES)


def line(who: str, workers: int, number: int, watched: Watched, rows: int, ends: Counter[str]) -> str:
    told = ", ".join(f"{count} {how}" for how, count in ends.items())
    quarter = -(-len(watched.held) // 4)
    memory = (median(watched.held[:quarter]), median(watched.held[-quarter:]), max(watched.held))
    cells = [
        who,
        f"{workers}",
        f"{number:,}",
        f"{watched.seconds:.1f}",
        f"{number / watched.seconds:.2f}",
        f"{watched.computing:.1f}",
        f"{watched.computing / number:.2f}",
        *(f"{held / 2**20:,.0f}" for held in memory),
        f"{rows / watched.seconds:.0f}",
        told,
    ]
    return f"| {' | '.join(cells)} |"


def run_ours(root: Path, workers: int, number: int, generated: bool) -> str:
    before = rows_in(root)
    command = [sys.executable, "-m", "grader.cli", "autograde", LESSON, f"--jobs={workers}", "--json"]
    command += ["--require-sandbox"] if generated else []
    watched = watch([command], root)
    text = watched.said[0]
    summary = json.loads(text[text.index("{\n") :])
    ends = Counter(row["status"] for row in summary["submissions"])
    assert len({row["student"] for row in summary["submissions"]}) == number, "somebody was lost"
    return line("grader autograde", workers, number, watched, rows_in(root) - before, ends)


def run_theirs(root: Path, workers: int, number: int, _: bool) -> str:
    before = rows_in(root)
    names = sorted(path.name for path in (root / "submitted").iterdir())
    command = [sys.executable, "-m", "nbgrader", "autograde", LESSON]
    parts = [names[part::workers] for part in range(workers)]
    commands = [
        [*command, f"--CourseDirectory.student_id_exclude={','.join(set(names) - set(part))}"]
        for part in parts
    ]
    watched = watch(commands, root)
    done = sum((root / "autograded" / name / LESSON / f"{LESSON}.ipynb").exists() for name in names)
    ends = Counter({"graded": done, "not graded": number - done})
    return line("nbgrader autograde", workers, number, watched, rows_in(root) - before, ends)


def alone(root: Path, number: int) -> float:
    """Seconds of computing a submission when nothing is done but to run its code and ask its answers."""
    lesson = Lesson(root, LESSON)
    exercises = {exercise.id: exercise for exercise in catalogue.of_lesson(LESSON)}
    places = sorted((root / "submitted").iterdir())[:number]
    texts = [(place / LESSON / lesson.released.name).read_text() for place in places]
    for text in (texts[0], *texts):  # the first one only loads what the others need
        if text is texts[0]:
            began = time.process_time()
        namespace: dict[str, object] = {}
        for cell in nbformat.reads(text, as_version=4).cells:
            if cell.cell_type != "code" or DEMONSTRATION in cell.metadata.get("tags", ()):
                continue
            exercise = exercises.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
            with contextlib.suppress(Exception), contextlib.redirect_stdout(None):
                if exercise is None:
                    exec(cell.source, namespace)
                else:
                    asked = examine(exercise, "a student's", 0).payloads
                    reply(request(exercise, asked), namespace, catalogue.implementations)
    return (time.process_time() - began) / len(texts)


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--healthy", type=int, default=24, help="so many submissions to both graders")
    words.add_argument("--submissions", type=int, help="grade so many generated ones, with ours alone")
    words.add_argument("--exercises", type=int, help="no more of the lesson than its first so many exercises")
    words.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    chosen = words.parse_args()
    ours = (Path.cwd() / "nbgrader_config.py").read_text()
    print(f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start\n")
    print(f"| {' | '.join(COLUMNS)} |")
    print(f"|---|{'--:|' * (len(COLUMNS) - 2)}---|")
    contestants = [("ours", ours, run_ours)]
    if not chosen.submissions:
        contestants.append(("theirs", PLAIN, run_theirs))
    with tempfile.TemporaryDirectory() as scratch:
        for workers in chosen.workers:
            for name, config, run in contestants:
                root = Path(scratch, f"{name}-{workers}")
                lesson = make_course(root, config, chosen.exercises)
                if chosen.submissions:
                    number = hand_in_generated(lesson, chosen.submissions)
                else:
                    number = hand_in_healthy(lesson, chosen.healthy)
                print(run(root, workers, number, bool(chosen.submissions)), flush=True)
                if not chosen.submissions and (name, workers) == ("ours", chosen.workers[0]):
                    own = alone(root, number)
                shutil.rmtree(root)
    if not chosen.submissions:
        print(f"\nThe submissions' own code: {own:.2f} s of computing each.")


if __name__ == "__main__":
    main()
