"""How fast a class is graded: `grader autograde` beside plain `nbgrader autograde`, and alone with thousands.

    python benchmarks/grading.py                     # the class of twelve, both graders, 1 and 2 workers
    python benchmarks/grading.py --submissions 1000  # ours alone, 1 % hostile and 5 % damaged among them

Both graders get the same submissions to the attention lesson, in a course of their own, in the same run, on
the same processors. Plain nbgrader has its own list of steps, runs every cell, and takes one submission after
the other; with two workers, two of it run side by side, each with half of the class. Its time stands beside
ours, its scores do not: it believes what a notebook says of itself. A generated class holds attacks, and is
graded only where student code can be confined.

Prints for each run: seconds, submissions a second, seconds of computing of all its processes together (which
other work on the machine changes little, where it may double the first), their peak memory, rows that the
gradebook has gained a second, and how many submissions ended in which way. A submission that is in nobody's
count is an error. Seconds of computing are counted by a control group, and so only for root on Linux.
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
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import psutil
from nbformat import NotebookNode

from grader.build import Lesson, find_lessons, release_all
from grader.demo import CLASS, LESSON, Student, _submission
from grader.personal import SECRET_FILE

HOSTILE, DAMAGED = 0.01, 0.05  # of a generated class
SECONDS_BETWEEN_LOOKS = 0.2
COLUMNS = (
    *("grader", "workers", "submissions", "s", "submissions/s", "s of computing", "each"),
    *("peak MiB", "rows/s", "ended as"),
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


def make_course(root: Path, config: str) -> Lesson:
    """A course with the attention lesson released and nobody in it."""
    lesson = next(lesson for lesson in find_lessons(Path.cwd()) if lesson.name == LESSON)
    root.mkdir()
    release_all([lesson], root, root / "gradebook.db")
    (root / "nbgrader_config.py").write_text(config)
    (root / SECRET_FILE).write_text("a benchmark")
    return Lesson(root, LESSON)


def hand_in_demo(lesson: Lesson) -> int:
    """The demonstration's class of twelve; how many they are."""
    for student, notebook in _notebooks(lesson, CLASS):
        _write(lesson, student.name, nbformat.writes(notebook))
    return len(CLASS)


def hand_in_generated(lesson: Lesson, number: int) -> int:
    """Many students: the demonstration's healthy answers in turn, some hostile, some damaged."""
    chance = random.Random(number)
    healthy = [s for s in CLASS if not s.damage and s.name not in ("jun", "kofi")]
    texts = [nbformat.writes(notebook) for _, notebook in _notebooks(lesson, healthy)]
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


def _notebooks(lesson: Lesson, students: list[Student] | tuple[Student, ...]) -> Iterator:
    solved = nbformat.read(lesson.instructor, as_version=4)
    released = nbformat.read(lesson.released, as_version=4)
    for student in students:
        yield student, _submission(student, solved, released)


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
    """Commands run side by side: how long, and the most memory that they and all below them held at once."""

    seconds: float = 0.0
    computing: float = float("nan")
    peak_bytes: int = 0
    said: list[str] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)


class Account:
    """Counts the seconds of computing of whatever joins it, and of all that it starts."""

    def __init__(self) -> None:
        name = f"grading-{os.getpid()}"
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

    def close(self) -> float:
        """The seconds; everything that joined has ended."""
        if not self.folder:
            return float("nan")
        words = self._file.read_text().split()
        seconds = int(words[0]) / 1e9 if len(words) == 1 else int(words[words.index("usage_usec") + 1]) / 1e6
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
            watched.peak_bytes = max(watched.peak_bytes, sum(map(_memory_below, running)))

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
    cells = [
        who,
        f"{workers}",
        f"{number:,}",
        f"{watched.seconds:.1f}",
        f"{number / watched.seconds:.2f}",
        f"{watched.computing:.1f}",
        f"{watched.computing / number:.2f}",
        f"{watched.peak_bytes / 2**20:,.0f}",
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


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--submissions", type=int, help="grade so many generated ones, with ours alone")
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
                lesson = make_course(root, config)
                number = chosen.submissions
                number = hand_in_generated(lesson, number) if number else hand_in_demo(lesson)
                print(run(root, workers, number, bool(chosen.submissions)), flush=True)
                shutil.rmtree(root)


if __name__ == "__main__":
    main()
