"""The same submissions to plain nbgrader, with the same exercises and hidden tests as its manual has them.

Plain nbgrader confines nothing, and some of these submissions end every process that they may. So each case
has a container of its own (bubblewrap: no network, its own processes, a read-only machine), in which
``nbgrader autograde`` grades it and a neighbour, who comes after it. What would fill the machine, as nothing
in there limits it either, is not tried.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import secrets
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from hostile.case import ATTACKED, Case, Deserves, Handed, Places
from hostile.ours import LESSON, ROOT, make_course
from hostile.page import what_acts
from nbgrader.api import Base, Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from sqlalchemy import create_engine
from traitlets.config import Config

from grader.sandbox import bubblewrap

HOSTILE, NEIGHBOUR = "a-hostile", "z-neighbour"
SECONDS = 600  # for one container
SECONDS_PER_CELL = 60  # importing torch takes nearly the 30 of nbgrader on a busy machine, and then all is 0
MOST_MEMORY, LARGEST_FILE = 6 * 2**30, 2**30
OWN = "/tmp"  # the container's own, in which everything lies that it sees of ours
COURSE, CANARY, REPORT, HOME = f"{OWN}/course", f"{OWN}/instructor.txt", f"{OWN}/report", f"{OWN}/home"
LISTENING = f"{OWN}/listening"
PORT = 8123
HIDDEN = {
    "hard_attention": """
q, k, v = torch.tensor([1.0, 0.0]), torch.tensor([[0.0, 1.0], [2.0, 0.0]]), torch.tensor([[1.0], [2.0]])
assert torch.allclose(hard_attention(q, k, v), torch.tensor([2.0]))
""",
    ATTACKED: """
q, k, v = torch.randn(2, 3, 4), torch.randn(2, 5, 4), torch.randn(2, 5, 6)
mask = torch.arange(5) < 3
scores = (q @ k.mT / 2).masked_fill(~mask, -math.inf)
assert torch.allclose(attention(q, k, v, mask), scores.softmax(-1) @ v, atol=1e-5)
""",
    "score_scale": 'assert score_scale.replace(" ", "") in ("sqrt(d)", "d**0.5", "d**(1/2)")',
}
# What runs in the container: somebody who listens, nbgrader, and a look at what is left afterwards.
INSIDE = """
import json, os, psutil, socket, subprocess, sys, threading
heard = []
tcp, unix = socket.create_server(("127.0.0.1", {port})), socket.socket(socket.AF_UNIX)
unix.bind("{listening}"); unix.listen()
for listening in (tcp, unix):
    threading.Thread(target=lambda s=listening: heard.append(s.accept()), daemon=True).start()
words = [sys.executable, "-m", "nbgrader"]
quiet = dict(stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
said = [subprocess.run([*words, command, "{lesson}"], **quiet).returncode
        for command in {commands}]
left = sum(1 for p in psutil.process_iter() if p.pid not in (1, os.getpid()))
marked = [p for p in ("{home}", "/tmp", "/dev/shm", "{course}") if os.path.exists(p + "/{marker}")]
with open("{report}/report.json", "w") as file:
    json.dump({{"said": said, "left": left, "heard": len(heard), "marked": marked}}, file)
"""


class Plain:
    """Grades cases with plain nbgrader; ``grade`` says in a few words what came of each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.canary = f"canary{secrets.token_hex(12)}"
        self.template = folder / "template"
        self.honest = _make(folder, self.template, self.canary)
        self.places = Places(
            root=COURSE,
            canary=CANARY,
            home=HOME,
            port=PORT,
            socket=LISTENING,
            marker=f"hostile{secrets.randbelow(10**8):08d}",
        )
        honest = Case("honest", "", "", lambda handed: None, Deserves.ALL, page=True)
        self._acts = what_acts(self._run(honest)[1])
        self.full = self._points(self._place(honest), HOSTILE)
        if not self.full or not all(self.full.values()):
            raise RuntimeError(f"Plain nbgrader does not give an honest submission its points: {self.full}")

    def grade(self, cases: list[Case], jobs: int = 2) -> dict[str, str]:
        """What came of each case, by its name."""
        with ThreadPoolExecutor(jobs) as pool:
            return dict(zip([case.name for case in cases], pool.map(self._one, cases), strict=True))

    def _one(self, case: Case) -> str:
        if case.not_for_plain:
            return f"not tried: {case.not_for_plain}"
        report, page = self._run(case)
        root = self._place(case)
        found = list(self._found(case, root, report, page))
        shutil.rmtree(root.parent, ignore_errors=True)
        return "; ".join(found) or "holds"

    def _found(self, case: Case, root: Path, report: dict, page: str):
        points, neighbour = self._points(root, HOSTILE), self._points(root, NEIGHBOUR)
        zero = () if case.deserves is Deserves.ALL else (ATTACKED,)
        due = {name: 0.0 if name in zero else most for name, most in (self.full or {}).items()}
        if points is not None and case.deserves is Deserves.NOT_GRADABLE:
            yield f"is given a score of {sum(points.values()):g}"
        elif points is not None:
            gained = sum(max(0.0, got - due.get(name, 0.0)) for name, got in points.items())
            lost = sum(max(0.0, most - points.get(name, 0.0)) for name, most in due.items())
            if gained:
                yield f"{gained:g} points gained"
            if lost and case.deserves is not Deserves.AT_MOST_THE_REST:
                yield f"{lost:g} honest points lost"
        elif case.deserves is not Deserves.NOT_GRADABLE:
            yield "no score at all"
        if not report:
            yield "ends the whole run"
        if neighbour != self.full:
            yield "a neighbour is disturbed"
        leaked = sum(
            path.read_bytes().count(self.canary.encode())
            for path in _files(root, ("autograded", "feedback"), HOSTILE)
        )
        if leaked:
            yield f"{leaked * len(self.canary)} bytes of the canary out"
        if _state(root) != _state(self.template):
            yield "files of the course are changed"
        if report.get("marked"):
            yield "files are left"
        if report.get("left"):
            yield "processes are left"
        if report.get("heard"):
            yield "reaches the network"
        if case.page and what_acts(page) - self._acts:
            yield "acts in the page of feedback"

    def _place(self, case: Case) -> Path:
        return self.folder / case.name / "course"

    def _run(self, case: Case) -> tuple[dict, str]:
        """Grade one case in its container; return what was seen there, and the page of feedback."""
        root = self._place(case)
        shutil.copytree(self.template, root)
        case.submission(self.honest, self.places).put(root / "submitted" / HOSTILE / LESSON)
        self.honest.put(root / "submitted" / NEIGHBOUR / LESSON)
        report = root.parent / "report"
        report.mkdir()
        canary = root.parent / "instructor.txt"
        canary.write_text(self.canary)
        inside = INSIDE.format(
            commands=("autograde", "generate_feedback") if case.page else ("autograde",),
            port=PORT,
            listening=LISTENING,
            lesson=LESSON,
            home=HOME,
            course=COURSE,
            report=REPORT,
            marker=self.places.marker,
        )
        words = [str(bubblewrap.program()), "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
        words += ["--tmpfs", OWN, "--bind", str(root), COURSE, "--bind", str(report), REPORT]
        words += ["--ro-bind", str(canary), CANARY, "--dir", HOME, "--unshare-all", "--die-with-parent"]
        words += ["--new-session", "--chdir", COURSE, "--clearenv"]
        environment = {
            "HOME": HOME,
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "OMP_NUM_THREADS": "1",
        }
        environment |= {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        for name, value in environment.items():
            words += ["--setenv", name, value]
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(
                [*words, sys.executable, "-c", inside],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                preexec_fn=_limit,
            )
        told = report / "report.json"
        page = root / "feedback" / HOSTILE / LESSON / f"{LESSON}.html"
        seen = json.loads(told.read_text()) if told.is_file() else {}
        return seen, page.read_text() if page.is_file() else ""

    def _points(self, root: Path, student: str) -> dict[str, float] | None:
        try:
            with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
                notebook = gradebook.find_submission_notebook(LESSON, LESSON, student)
                return {grade.name: grade.score for grade in notebook.grades}
        except MissingEntry:
            return None
        except Exception:  # whatever was made of the gradebook
            return None


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))


def _make(folder: Path, root: Path, canary: str) -> Handed:
    """The course of our own harness, with hidden tests in place of our graded cells."""
    made = folder / "ours"
    honest = make_course(made, canary)
    source = nbformat.read(made / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    for cell in source.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in HIDDEN:
            cell.source = f"### BEGIN HIDDEN TESTS\n{HIDDEN[name].strip()}\n### END HIDDEN TESTS"
    (root / "source" / LESSON).mkdir(parents=True)
    nbformat.write(source, root / "source" / LESSON / f"{LESSON}.ipynb")
    (root / ".course_secret").write_text(canary)
    (root / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.course_id = 'plain'\nc.Execute.timeout = {SECONDS_PER_CELL}\n"
    )
    shutil.copytree(made / "submitted" / "other", root / "elsewhere")
    engine = create_engine(f"sqlite:///{root / 'gradebook.db'}")
    Base.metadata.create_all(engine)
    engine.dispose()
    config = Config()
    config.CourseDirectory.root, config.CourseDirectory.course_id = str(root), "plain"
    before = Path.cwd()
    try:
        os.chdir(root)
        done = NbGraderAPI(config=config).generate_assignment(LESSON)
    finally:
        os.chdir(before)
    if not done["success"]:
        raise RuntimeError(f"nbgrader cannot release the lesson: {done}")
    released = nbformat.read(root / "release" / LESSON / f"{LESSON}.ipynb", as_version=4)
    answers = {
        c.metadata.nbgrader.grade_id: c.source for c in honest.notebook.cells if "nbgrader" in c.metadata
    }
    for cell in released.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name.endswith("_answer"):
            cell.source = answers[name]
    return Handed(released, f"{LESSON}.ipynb")


def _files(root: Path, steps: tuple[str, ...], student: str) -> list[Path]:
    return [
        path
        for step in steps
        for path in (root / step / student).rglob("*")
        if path.is_file() and not path.is_symlink()
    ]


def _state(root: Path) -> list[tuple[str, bytes]]:
    """The files that grading does not write."""
    kept = [root / name for name in ("nbgrader_config.py", ".course_secret")]
    kept += [path for path in (root / "source").rglob("*")]
    return [(str(path.relative_to(root)), path.read_bytes()) for path in sorted(kept) if path.is_file()]
