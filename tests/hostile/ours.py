"""Hostile submissions on the grader's own road: worker, repair, sandbox, judge, writer, gradebook, feedback.

Two workers grade at the same time: one a case, the other an honest submission. They change places after each
case, so that every honest submission has a hostile one beside it, and one before it in its own worker. Where
there is less time, both grade cases, and honest submissions after every few of them.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import select
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import psutil
import torch
from hostile.case import ATTACKED, Case, Deserves, Handed, Places
from hostile.page import what_acts
from nbgrader.api import Base, Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import GenerateFeedback
from sqlalchemy import create_engine
from traitlets.config import Config

import course
import grader
from grader import catalogue
from grader.batch.course import UnreadableSubmission, open_course, read_submission
from grader.batch.gradebook import read_entries
from grader.batch.hands import TimeUp, Worker, WorkerLost
from grader.batch.ledger import FOLDER, Ledger
from grader.batch.release import take_release
from grader.batch.result import Result, Status, not_gradable
from grader.batch.writer import Writer
from grader.building.instructor import instructor_notebook
from grader.building.lesson import Lesson
from grader.configure import configure
from grader.course_folder import configuration
from grader.exercise.solution import BEGIN, END
from grader.pages.feedback import FeedbackExporter, configure_feedback
from grader.questions.personal import SECRET_FILE

ROOT = Path(__file__).resolve().parents[2]
LESSON = "02_attention"
EXERCISES = ("hard_attention", ATTACKED, "score_scale")
IMPORTS = """
import math

import torch
from torch import nn
from torch.nn import functional as F

from grader import check, hint, numbers
"""
SECONDS_PER_CELL = 3  # in place of 30: whoever loops for ever loses nothing by being found out sooner
NEIGHBOUR = "neighbour"
LOST = "its worker was lost"
BETWEEN_NEIGHBOURS = 10  # cases
SECONDS_PER_SUBMISSION = 600.0
SECONDS_TO_DISAPPEAR = 60.0
IMPORTED = (course.__file__, grader.__file__, torch.__file__, str(catalogue.file_of(ATTACKED)))
CONFIG = f"""
from grader.configure import configure
config = configure(get_config())
config.Execute.timeout = {SECONDS_PER_CELL}
"""


@dataclass
class Outcome:
    """What came of one case."""

    case: Case
    points: dict[str, float] | None  # of each exercise; None: not gradable
    deserved: dict[str, float] | None
    ended: str = ""  # the status, and the reason
    trouble: list[str] = field(default_factory=list)  # what must not happen, and did

    @property
    def gained(self) -> float:
        """Points that were not deserved."""
        given, due = self.points or {}, self.deserved or {}
        return sum(max(0.0, points - due.get(name, 0.0)) for name, points in given.items())

    @property
    def lost(self) -> float:
        """Points that were deserved and not given."""
        given, due = self.points or {}, self.deserved or {}
        return sum(max(0.0, points - given.get(name, 0.0)) for name, points in due.items())

    @property
    def may_spoil(self) -> bool:
        """Whether it may lose its own right answers, and its score altogether."""
        return self.case.deserves is Deserves.AT_MOST_THE_REST

    @property
    def holds(self) -> bool:
        """Whether it came out as it should."""
        has_score = self.points is not None
        right_kind = self.may_spoil or has_score == (self.deserved is not None)
        return right_kind and not self.gained and not (self.lost and not self.may_spoil) and not self.trouble


class Hostiles:
    """A course in ``folder`` that grades cases, one after the other. Needs a machine that confines."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "course"
        self.canary = f"canary{secrets.token_hex(12)}"
        self.honest = make_course(self.root, self.canary)
        outside = folder / "instructor.txt"
        outside.write_text(self.canary)
        self._closing = ExitStack()
        self._listener = self._closing.enter_context(_listening(folder / "listening"))
        self.places = Places(
            root=str(self.root),
            canary=str(outside),
            home=str(Path.home()),
            port=self._listener.port,
            socket=str(folder / "listening"),
            marker=f"hostile{secrets.randbelow(10**8):08d}",
        )
        self.course = open_course(self.root)
        self.release = take_release(self.course, LESSON)
        self._writer = Writer(self.course, LESSON, Ledger(self.root, LESSON))
        (self.root / FOLDER).mkdir()
        self._closing.callback(self._writer.close)
        self._pool = self._closing.enter_context(ThreadPoolExecutor(2))
        self._workers = list(self._pool.map(Worker, [self.release] * 2))
        self._closing.callback(lambda: [worker.end() for worker in self._workers])
        self.honest.put(self.root / "submitted" / NEIGHBOUR / LESSON)
        self._files = read_submission(self.course, NEIGHBOUR, LESSON)
        first = [self._grade(worker, NEIGHBOUR, self._files) for worker in self._workers]
        if first[0].files != first[1].files or first[0].status is not Status.GRADED:
            raise RuntimeError(f"An honest submission is not graded alike twice: {first[0].reason}")
        self._neighbour = first[0]
        self._page = what_acts(self._enter(first[0]))
        self._stay = {process.pid for process in self._descendants()}

    def __enter__(self) -> Hostiles:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def grade(self, cases: Sequence[Case], quick: bool = False) -> list[Outcome]:
        """Grade the cases and say what came of each.

        Args:
            cases: in this order.
            quick: two cases side by side, and honest submissions in both workers after every few of them.
        """
        size = 2 if quick else 1
        outcomes: list[Outcome] = []
        for first in range(0, len(cases), size):
            outcomes += self._round(list(cases[first : first + size]))
            if quick and first % BETWEEN_NEIGHBOURS == 0:
                outcomes[-1].trouble += self._disturbed(self._round_of_neighbours())
        self._writer.flush()
        entries = read_entries(self.course.db_url, self.course.directory.course_id, LESSON)
        full = entries[NEIGHBOUR].scores[LESSON]
        for outcome in outcomes:
            entry = entries.get(outcome.case.name)
            outcome.points = entry.scores[LESSON] if entry else None
            outcome.deserved = _deserved(outcome.case, full)
        return outcomes

    def _round(self, cases: list[Case]) -> list[Outcome]:
        """One case with an honest submission beside it, or two cases; then the workers change places."""
        folders = [self.root / "submitted" / case.name / LESSON for case in cases]
        for case, folder in zip(cases, folders):
            case.submission(self.honest, self.places).put(folder)
        before = self._fingerprint(cases)
        beside = None
        if len(cases) == 1:
            beside = self._pool.submit(self._grade, self._workers[1], NEIGHBOUR, self._files)
        results = list(self._pool.map(self._hand_over, self._workers, cases))
        shared = self._disturbed([beside.result()]) if beside else []
        shared += self._trouble(cases, before)
        outcomes = []
        for case, result, folder in zip(cases, results, folders):
            ended = f"{result.status}: {result.reason}".removesuffix(": ")
            outcomes.append(Outcome(case, None, None, ended, [*shared, *self._told(result)]))
            if case.page and (acts := what_acts(self._enter(result)) - self._page):
                outcomes[-1].trouble.append(f"its page of feedback acts: {', '.join(sorted(acts))}")
            elif not case.page:
                self._writer.add(result, case.name)
            shutil.rmtree(folder)
        self._writer.flush()
        self._workers.reverse()
        return outcomes

    def _round_of_neighbours(self) -> list[Result]:
        return list(self._pool.map(lambda worker: self._grade(worker, NEIGHBOUR, self._files), self._workers))

    def _hand_over(self, worker: Worker, case: Case) -> Result:
        try:
            files = read_submission(self.course, case.name, LESSON)
        except UnreadableSubmission as error:
            return not_gradable(case.name, str(error))
        return self._grade(worker, case.name, files)

    def _grade(self, worker: Worker, student: str, files: dict[str, bytes]) -> Result:
        try:
            return worker.grade(student, files, {}, {}, SECONDS_PER_SUBMISSION)
        except (WorkerLost, TimeUp) as error:
            self._workers[self._workers.index(worker)] = Worker(self.release)
            return not_gradable(student, f"{LOST} ({type(error).__name__}: {error})")

    def _enter(self, result: Result) -> str:
        """Enter a result in the gradebook; return the page of feedback, if there is a score."""
        self._writer.add(result, result.student)
        self._writer.flush()
        return _page(result, self.course.db_url) if result.has_score else ""

    # -- what must not happen ------------------------------------------------------------------------------

    def _disturbed(self, neighbours: Sequence[Result]) -> list[str]:
        return [
            f"a neighbour was disturbed ({result.status}: {result.reason})"
            for result in neighbours
            if result.files != self._neighbour.files
        ]

    def _told(self, result: Result) -> Iterator[str]:
        if result.reason.startswith(LOST):
            yield result.reason
        told = b"".join(result.files.values()) + result.reason.encode()
        if leaked := told.count(self.canary.encode()):
            yield f"{leaked * len(self.canary)} bytes of the canary came out"

    def _trouble(self, cases: Sequence[Case], before: str) -> Iterator[str]:
        if self._listener.heard():
            yield "it reached the network"
        if self._fingerprint(cases) != before:
            yield "files of the course were changed"
        if places := [str(place) for place in self._writable()]:
            yield f"files were left in {', '.join(places)}"
        marker = self.places.marker.encode()
        if changed := [str(file) for file in IMPORTED if marker in Path(file).read_bytes()]:
            yield f"packages were changed: {', '.join(changed)}"
        if left := self._left_behind():
            yield f"processes were left: {', '.join(left)}"

    def _fingerprint(self, cases: Sequence[Case]) -> str:
        """Of all files of the course that no part of grading these cases has to write."""
        whole, names = hashlib.sha256(), {case.name for case in cases}
        for path in sorted(self.root.rglob("*")):
            if path.is_file() and not names & set(path.parts):
                state = path.stat()
                whole.update(f"{path} {state.st_size} {state.st_mtime_ns} {state.st_mode}".encode())
        return whole.hexdigest()

    def _writable(self) -> list[Path]:
        folders = {
            Path.home(),
            Path.cwd(),
            self.root,
            Path(tempfile.gettempdir()),
            Path("/tmp"),
            Path("/dev/shm"),
        }
        return [folder for folder in folders if (folder / self.places.marker).exists()]

    def _left_behind(self) -> list[str]:
        until = time.monotonic() + SECONDS_TO_DISAPPEAR
        while left := [*self._unexpected()]:
            if time.monotonic() > until:
                return left
            time.sleep(0.02)
        return []

    def _unexpected(self) -> Iterator[str]:
        for process in self._descendants():
            if process.pid not in self._stay:
                yield f"{process.pid}"
        for process in psutil.process_iter(["cmdline"]):
            if any(self.places.marker in word for word in process.info["cmdline"] or ()):
                yield f"{process.pid}"

    def _descendants(self) -> Iterator[psutil.Process]:
        for worker in self._workers:
            with suppress(psutil.NoSuchProcess):
                yield from psutil.Process(worker.process.pid).children(recursive=True)


def _deserved(case: Case, full: dict[str, float]) -> dict[str, float] | None:
    if case.deserves is Deserves.NOT_GRADABLE:
        return None
    loses = case.deserves is not Deserves.ALL
    return {name: 0.0 if loses and name == ATTACKED else most for name, most in full.items()}


def _page(result: Result, db_url: str) -> str:
    """The page of feedback, as ``grader feedback`` makes it."""
    converter = GenerateFeedback(config=configure_feedback(configure(Config())))
    exporter = FeedbackExporter(config=converter.config)
    for step in converter.preprocessors:
        exporter.register_preprocessor(step, enabled=True)
    notebook = nbformat.reads(result.files[f"{LESSON}.ipynb"].decode(), as_version=4)
    place = {"student": result.student, "assignment": LESSON, "notebook": LESSON, "db_url": db_url}
    return str(exporter.from_notebook_node(notebook, {"nbgrader": place})[0])


# -- the course -------------------------------------------------------------------------------------------


def make_course(root: Path, canary: str) -> Handed:
    """A course with one small lesson and secrets all over; returns an honest submission to it."""
    source = root / "solutions" / LESSON
    source.mkdir(parents=True)
    solved = instructor_notebook(Lesson(ROOT, LESSON))
    solved.cells = [cell for cell in solved.cells if _name(cell).removesuffix("_answer") in EXERCISES]
    solved.cells.insert(0, nbformat.v4.new_code_cell(IMPORTS.strip(), id="imports"))
    for cell in solved.cells:
        cell.source = cell.source.replace(
            END, f"    # {canary}\n    {END}" if "    " + END in cell.source else END
        )
    nbformat.write(solved, source / f"{LESSON}.ipynb")
    (root / "nbgrader_config.py").write_text(CONFIG)
    (root / SECRET_FILE).write_text(canary)
    config = configuration(root)
    config.CourseDirectory.db_url = db_url = f"sqlite:///{root / 'gradebook.db'}"
    engine = create_engine(db_url)
    Base.metadata.create_all(engine)  # otherwise nbgrader would start alembic, which takes seconds
    engine.dispose()
    done = NbGraderAPI(config=config).generate_assignment(LESSON)
    if not done["success"]:
        raise RuntimeError(f"nbgrader cannot release the lesson: {done}")
    with Gradebook(db_url, "attention") as gradebook:
        gradebook.update_or_create_student(NEIGHBOUR, last_name=canary)
    other = root / "submitted" / "other" / LESSON
    other.mkdir(parents=True)
    (other / f"{LESSON}.ipynb").write_text(json.dumps({"cells": [], "metadata": {"canary": canary}}))
    handed = nbformat.read(root / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    answers = {_name(cell): cell.source for cell in instructor_notebook(Lesson(ROOT, LESSON)).cells}
    for cell in handed.cells:
        if _name(cell).endswith("_answer"):
            lines = answers[_name(cell)].split("\n")
            cell.source = "\n".join(line for line in lines if line.strip() not in (BEGIN, END))
    return Handed(handed, f"{LESSON}.ipynb")


def _name(cell: nbformat.NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


# -- the network ------------------------------------------------------------------------------------------


class _Listener:
    """Somebody who listens on this machine, and counts who comes."""

    def __init__(self, path: Path) -> None:
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self._unix = socket.socket(socket.AF_UNIX)
        self._unix.bind(str(path))
        self._unix.listen()
        path.chmod(0o777)
        self.port: int = self._tcp.getsockname()[1]

    def heard(self) -> bool:
        """Whether somebody has come since this was last asked."""
        came = select.select([self._tcp, self._unix], [], [], 0)[0]
        for listening in came:
            listening.accept()[0].close()
        return bool(came)

    def close(self) -> None:
        self._tcp.close()
        self._unix.close()


@contextmanager
def _listening(path: Path) -> Iterator[_Listener]:
    listener = _Listener(path)
    try:
        yield listener
    finally:
        listener.close()
