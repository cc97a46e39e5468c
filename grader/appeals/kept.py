"""Where people's words are kept: ``appeals.json`` in the root of the course, for people to read as well.

It names students, and so belongs where the gradebook is, and not into a repository.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import filelock

from course.whole_files import replacing
from grader.appeals.word import Word, Words
from grader.batch.ledger import FOLDER
from grader.course_folder import CourseError

FILE = "appeals.json"
EXERCISES = Path(__file__).parents[1] / "exercises"  # as in the catalogue, which would load PyTorch


def read(root: Path) -> dict[str, dict[str, Word]]:
    """All words in the course, by student and exercise.

    Raises:
        CourseError: the file cannot be read. It is not passed over, as somebody would lose points by that.
    """
    file = root / FILE
    if not file.is_file():
        return {}
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return {
            student: {exercise: Word(**word) for exercise, word in words.items()}
            for student, words in told.items()
        }
    except (ValueError, TypeError, AttributeError) as error:
        raise CourseError(f"{FILE} is not as `grader appeal` writes it ({error}): mend it by hand.") from None


def of_lesson(root: Path, lesson: str) -> dict[str, dict[str, Word]]:
    """The words on answers to a lesson's exercises."""
    asked = {file.stem for file in (EXERCISES / lesson).glob("*.py")}
    told = {
        student: {id: word for id, word in on.items() if id in asked} for student, on in read(root).items()
    }
    return {student: on for student, on in told.items() if on}


@contextmanager
def changing(root: Path) -> Iterator[dict[str, dict[str, Word]]]:
    """The words, to be changed while this lasts; then they are written, if nothing went wrong."""
    lock = root / FOLDER / "appeals.lock"
    lock.parent.mkdir(exist_ok=True)
    with filelock.FileLock(lock):
        words = read(root)
        yield words
        told = {
            student: {exercise: asdict(word) for exercise, word in sorted(on.items())}
            for student, on in sorted(words.items())
            if on
        }
        with replacing(root / FILE) as growing:
            growing.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def as_text(words: Words) -> str:
    """Changes with a student's words; nothing where there are none."""
    return json.dumps({id: asdict(word) for id, word in sorted(words.items())}) if words else ""
