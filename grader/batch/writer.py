"""The one writer: stores graded folders, enters them in the gradebook, and records what is finished.

For a batch: graded folders are put in place, the gradebook's transaction is committed, and only then the
records are written. Wherever it is killed, no record says more than is true, and what has no record is graded
again with the same result.
"""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

from nbgrader.converters import Autograde
from nbgrader.utils import parse_utc
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from grader.batch.course import Course
from grader.batch.gradebook import Entry, PatientGradebook
from grader.batch.ledger import Ledger, Record
from grader.batch.result import Result, not_gradable
from grader.course_folder import CourseError

SUBMISSIONS_PER_BATCH = 64
SECONDS_PER_BATCH = 2.0  # what a kill may cost at most, beside what is being graded


class Writer:
    """Writes results to a course. What was added is permanent after `flush`, and for each batch."""

    def __init__(self, course: Course, lesson: str, ledger: Ledger) -> None:
        self.course, self.lesson, self.ledger = course, lesson, ledger
        directory = course.directory
        self.gradebook = PatientGradebook(course.db_url, directory.course_id, course.config, lesson)
        self._converter = Autograde(coursedir=directory, config=course.config)
        self._waiting: list[tuple[Result, str]] = []
        self._since = time.monotonic()

    def add(self, result: Result, inputs: str) -> list[Result]:
        """Take a result in; return those that are now permanent, which may be none, without their files."""
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append((result, inputs))
        return self.flush() if len(self._waiting) >= SUBMISSIONS_PER_BATCH else self.flush_if_due()

    def flush_if_due(self) -> list[Result]:
        """Write what has waited for long enough."""
        return self.flush() if time.monotonic() - self._since >= SECONDS_PER_BATCH else []

    def flush(self) -> list[Result]:
        """Write what waits.

        Raises:
            CourseError: the gradebook or the disk cannot be written. What was finished before stays finished.
        """
        batch, self._waiting = self._waiting, []
        if not batch:
            return []
        try:
            written = [self._write(result, inputs) for result, inputs in batch]
            self.gradebook.commit_batch()
            self.ledger.add(record for _, record in written)
        except (SQLAlchemyError, OSError) as error:
            cause = getattr(error, "orig", None) or error
            raise CourseError(
                f"Grades could not be written ({type(cause).__name__}: {cause}). Nothing that was finished "
                "is lost: mend that, and run the same command again."
            ) from None
        return [result for result, _ in written]

    def close(self) -> None:
        self.gradebook.close()

    def _write(self, result: Result, inputs: str) -> tuple[Result, Record]:
        entry = Entry({})
        if result.has_score:
            notebooks = {
                name.removesuffix(".ipynb"): content
                for name, content in result.files.items()
                if name.endswith(".ipynb") and "/" not in name
            }
            stamp = result.files.get("timestamp.txt", b"").decode(errors="replace").strip()
            try:
                timestamp = parse_utc(stamp) if stamp else None
                entry = self.gradebook.enter(result.student, notebooks, timestamp)
            except OperationalError:  # it is the gradebook, and not this submission
                raise
            except Exception as error:
                result = not_gradable(result.student, f"the gradebook refused it: {error}", result.seconds)
        if result.has_score:
            self._store(result)
        sizes = {name: len(content) for name, content in result.files.items()}
        return replace(result, files={}, replies={}), Record(
            student=result.student,
            inputs=inputs,
            status=result.status,
            reason=result.reason,
            seconds=result.seconds,
            files=sizes,
            scores=entry.scores,
            extension=entry.extension,
            counted=entry.counted,
            replies=result.replies,
        )

    def _store(self, result: Result) -> None:
        """Put the graded folder where nbgrader has it, in place of an earlier one, whole or not at all."""
        directory = self.course.directory
        place = self.course.folder(directory.autograded_directory, result.student, self.lesson)
        coming, going = (place.with_name(f".{place.name}.{which}") for which in ("coming", "going"))
        for left_over in (coming, going):
            shutil.rmtree(left_over, ignore_errors=True)
        for name, content in result.files.items():
            _write_file(coming / name, content)
        coming.mkdir(parents=True, exist_ok=True)
        if place.exists():
            os.replace(place, going)
        os.replace(coming, place)
        shutil.rmtree(going, ignore_errors=True)
        self._converter.set_permissions(self.lesson, result.student)


def _write_file(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
