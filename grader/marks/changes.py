"""Who changed which mark by hand, and when: a line for each, written down where the formgrader's server runs.

nbgrader's gradebook holds a mark, not how it came about. So `watch`, which the configuration calls in
that server, follows what is about to be written to the gradebook, and keeps it in ``.grading/changes.csv``.
"""

from __future__ import annotations

import csv
import getpass
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import filelock

from course.whole_files import replacing
from grader.batch.ledger import FOLDER

FILE = f"{FOLDER}/changes.csv"
WATCHED = ("points by hand", "extra points")  # nbgrader's manual_score and extra_credit


@dataclass(frozen=True)
class Change:
    """One mark that a person changed; nothing in ``before`` or ``after`` means none."""

    when: str  # ISO, UTC
    who: str
    lesson: str
    student: str
    exercise: str
    what: str
    before: str
    after: str


_course: dict[
    str, Callable[[], Path]
] = {}  # of this process; a server reads its configuration again and again


def watch(root: Callable[[], Path]) -> None:
    """From now on, write down each change that this process makes to a mark by hand.

    ``root`` says where the course is; it is asked when there is something to write.
    """
    from sqlalchemy import event
    from sqlalchemy.orm import Session

    _course["root"] = root
    if not event.contains(Session, "before_flush", _about_to_write):
        event.listen(Session, "before_flush", _about_to_write)


def _about_to_write(session: Any, *_: Any) -> None:
    if found := [change for row in session.dirty for change in _changes(session, row)]:
        root = _course["root"]()
        with _locked(root):
            _write(root, [*read(root), *found])


def read(root: Path) -> list[Change]:
    """All changes that were written down, the oldest first."""
    file = root / FILE
    if not file.is_file():
        return []
    names = [field.name for field in fields(Change)]
    with file.open(newline="", encoding="utf-8") as lines:
        return [Change(**{name: line.get(name) or "" for name in names}) for line in csv.DictReader(lines)]


def forget(root: Path, student: str) -> None:
    """Leave out a student who has left."""
    if (root / FILE).is_file():
        with _locked(root):
            _write(root, [change for change in read(root) if change.student != student])


def _changes(session: Any, row: Any) -> list[Change]:
    """What a row that is about to be written changes of what stands in the gradebook."""
    from nbgrader.api import Grade
    from sqlalchemy import select

    if not isinstance(row, Grade):
        return []
    columns: tuple[Any, ...] = (Grade.manual_score, Grade.extra_credit)
    stood = session.execute(select(*columns).where(Grade.id == row.id)).one()
    when = datetime.now(UTC).isoformat(sep=" ", timespec="seconds")
    whose = (row.assignment.name, row.student.id, row.name)
    return [
        Change(when, _who(), *whose, what, _points(before), _points(after))
        for what, before, after in zip(WATCHED, stood, map(_number, (row.manual_score, row.extra_credit)))
        if before != after
    ]


def _number(score: Any) -> float | None:
    """The formgrader's page sends what is typed there as text; the gradebook makes a number of it later."""
    return None if score is None else float(score)


def _who() -> str:
    """Who is signed in: at JupyterHub, or else on this computer."""
    return os.environ.get("JUPYTERHUB_USER") or getpass.getuser()


def _points(score: float | None) -> str:
    return "" if score is None else f"{score:g}"


def _locked(root: Path) -> filelock.BaseFileLock:
    (root / FOLDER).mkdir(exist_ok=True)
    return filelock.FileLock(root / f"{FILE}.lock")


def _write(root: Path, changes: list[Change]) -> None:
    with replacing(root / FILE) as growing, growing.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, [field.name for field in fields(Change)])
        writer.writeheader()
        writer.writerows(asdict(change) for change in changes)
