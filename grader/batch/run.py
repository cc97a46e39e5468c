"""The run: what is to be graded, by whom, and what comes of it, submission by submission.

Only a few submissions a worker are on their way at a time, so that memory does not grow with the class.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

import filelock

from grader.appeals import kept
from grader.appeals.word import Words
from grader.batch import hands, steps
from grader.batch.cluster import join
from grader.batch.course import (
    Course,
    UnreadableSubmission,
    digest,
    find_students,
    open_course,
    read_submission,
)
from grader.batch.crew import HERE, Crew, announce, here
from grader.batch.gradebook import Entry, read_entries
from grader.batch.ledger import Ledger, Record
from grader.batch.progress import Progress, Summary
from grader.batch.release import Release, take_release
from grader.batch.result import Result, Status, not_gradable
from grader.batch.writer import Writer
from grader.course_folder import CONFIGURATION, CourseError
from grader.judging.replies import Replies
from grader.questions.personal import PUBLIC_SECRET, SECRET_FILE
from grader.sandbox.confinement import NOT_ENFORCED, Confinement
from grader.terminal import errors

SECONDS_PER_NOTEBOOK = 1500.0  # from outside; the limits for cells, exercises and kernels are below that
AHEAD = 2  # submissions on their way for each worker: one is graded, one waits
NO_SECRET = (
    "This course has no secret: hidden cases are new in every run, and anyone can work out others' numbers. "
    f"Put one in {SECRET_FILE} beside {CONFIGURATION}, and keep it."
)
LOOK_UP = 0.25  # seconds between two looks at what is due


@dataclass(frozen=True)
class Options:
    """What one may ask of a run. ``students`` are patterns as in a shell; none means all."""

    jobs: int
    students: tuple[str, ...] = ()
    db_url: str | None = None
    scheduler: str | None = None
    force: bool = False
    seconds: float = SECONDS_PER_NOTEBOOK
    require_sandbox: bool = False


def autograde(root: Path, lesson: str, options: Options) -> Summary:
    """Grade a lesson's submissions.

    Raises:
        CourseError: there is nothing to grade, or no way to; the message says what to do.
    """
    course = open_course(root, options.db_url)
    students = find_students(course, lesson, list(options.students))
    ledger = Ledger(course.root, lesson)
    ledger.path.parent.mkdir(exist_ok=True)
    with ExitStack() as stack:
        try:
            stack.enter_context(filelock.FileLock(ledger.lock, timeout=0))
        except filelock.Timeout:
            raise CourseError(f"{lesson} is being graded already: one run at a time writes grades.") from None
        release = take_release(course, lesson)
        ledger.compact()
        finished = {} if options.force else _finished(course, lesson, ledger)
        known = {} if options.force else {who: found.replies for who, found in ledger.read().items()}
        words = kept.of_lesson(course.root, lesson)
        inputs = {student: fingerprint(course, release, student, words) for student in students}
        summary = Summary(kept=[student for student in students if finished.get(student) == inputs[student]])
        left = [student for student in students if student not in set(summary.kept)]
        if left:
            crew = stack.enter_context(join(options.scheduler) if options.scheduler else here(options.jobs))
            _say_what_confines(release, crew, options.require_sandbox)
            if release.secret == PUBLIC_SECRET:
                errors.print(NO_SECRET)
            writer = Writer(course, lesson, ledger)
            stack.callback(writer.close)
            stop = stack.enter_context(_asked_to_stop())
            submit = partial(_submit, crew.executor, course, release, words, known, options.seconds)
            _work(left, submit, crew.size, writer, summary, stop)
        return summary


def fingerprint(course: Course, release: Release, student: str, words: Mapping[str, Words]) -> str:
    """Changes with whatever one student's scores depend on. ``words`` are people's, by student."""
    try:
        return _inputs(release, read_submission(course, student, release.lesson), words.get(student, {}))
    except UnreadableSubmission as error:
        return str(error)


def _inputs(release: Release, files: dict[str, bytes], words: Words) -> str:
    return digest(files, release.fingerprint + kept.as_text(words))


def _finished(course: Course, lesson: str, ledger: Ledger) -> dict[str, str]:
    """The inputs of what is graded, stored and in the gradebook as it was recorded."""
    entries = read_entries(course.db_url, course.directory.course_id, lesson)
    return {
        student: record.inputs
        for student, record in ledger.read().items()
        if record.status != Status.NOT_GRADABLE
        and entries.get(student) == Entry(record.scores, record.extension, record.counted)
        and _is_stored(course, lesson, record)
    }


def _is_stored(course: Course, lesson: str, record: Record) -> bool:
    folder = course.folder(course.directory.autograded_directory, record.student, lesson)
    return all(
        (folder / name).is_file() and (folder / name).stat().st_size == size
        for name, size in record.files.items()
    )


def _say_what_confines(release: Release, crew: Crew, required: bool) -> None:
    """Say what student code is held to, or refuse; a machine that joins a cluster later does on its own."""
    release.config.Confined.required = required
    if steps.confine(release.config):
        announce(crew.confinement(), required)
        return
    because = f"{CONFIGURATION} does not have {steps.JUDGE}.Judge among Autograde.autograde_preprocessors."
    announce({HERE: Confinement(False, because, NOT_ENFORCED)}, required)


# -- the work ---------------------------------------------------------------------------------------------


def _submit(
    executor: Executor,
    course: Course,
    release: Release,
    words: Mapping[str, Words],
    known: Mapping[str, Replies],
    seconds: float,
    student: str,
) -> tuple[Future[Result], str]:
    """Send a submission off; with it, what it is graded from."""
    try:
        files = read_submission(course, student, release.lesson)
    except UnreadableSubmission as error:
        ready: Future[Result] = Future()
        ready.set_result(not_gradable(student, str(error)))
        return ready, str(error)
    own = words.get(student, {})
    before = known.get(student, {})
    graded = executor.submit(hands.grade_one, release, student, files, own, before, seconds)
    return graded, _inputs(release, files, own)


def _work(
    students: list[str],
    submit: Callable[[str], tuple[Future[Result], str]],
    size: Callable[[], int],
    writer: Writer,
    summary: Summary,
    stop: threading.Event,
) -> None:
    """Grade and write until all are done, or until asked to stop; what is done by then is written."""
    progress, began = Progress(len(students)), time.monotonic()
    waiting, under_way = iter(students), dict[Future[Result], tuple[str, str]]()
    try:
        while not stop.is_set():
            while len(under_way) < AHEAD * size() and (student := next(waiting, None)) is not None:
                future, inputs = submit(student)
                under_way[future] = (student, inputs)
            if not under_way:
                break
            ended, _ = wait(under_way, timeout=LOOK_UP, return_when=FIRST_COMPLETED)
            for future in ended:
                student, inputs = under_way.pop(future)
                result = _result(future, student)
                progress.step(result)
                summary.results += writer.add(result, inputs)
            summary.results += writer.flush_if_due()
        summary.is_interrupted = stop.is_set()
        summary.results += writer.flush()
    finally:
        progress.close()
        summary.seconds = time.monotonic() - began


def _result(future: Future[Result], student: str) -> Result:
    try:
        return future.result()
    except Exception as error:  # a cluster gives up on what has cost it several workers
        return not_gradable(student, f"nobody could grade it ({type(error).__name__}: {error})")


@contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    """Set by Ctrl-C or a polite kill, which then interrupt nothing; a second one ends the process."""
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    is_main = threading.current_thread() is threading.main_thread()
    for number in before if is_main else ():
        signal.signal(number, ask)
    try:
        yield stop
    finally:
        for number, handler in before.items() if is_main else ():
            signal.signal(number, handler)
