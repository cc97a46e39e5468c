"""Turning a copy of the course into a student edition: answers out, recordings in.

Gone are the exercises' files, with references and generators of cases, and the demonstration classes, whose
answers are partly right. What stays is `course` itself, which the lessons use: it has attention and all that
is built of it, and an answer may not call it where it is to be written.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from grader import catalogue
from grader.catalogue import RECORDED
from grader.edition.recording import record

REMOVED = ("exercises", "demo")  # of the package `grader`


def make_student_edition(copy: Path, keys: Iterable[str] = ()) -> None:
    """Change the copy of the package ``grader`` in a folder; ``keys`` as in `record`.

    Raises:
        BrokenExercise: with the exercise that cannot be recorded.
    """
    known = tuple(keys)
    for name in REMOVED:
        shutil.rmtree(copy / "grader" / name)
    (copy / "grader" / "exercises").mkdir()
    (copy / "grader" / "exercises" / "__init__.py").write_text("")
    for exercise in catalogue.every_exercise():
        place = copy / "grader" / "exercises" / exercise.lesson / f"{exercise.id}{RECORDED}"
        place.parent.mkdir(exist_ok=True)
        told = json.dumps(record(exercise, known), separators=(",", ":"), ensure_ascii=False)
        place.write_bytes(gzip.compress(told.encode(), mtime=0))
