"""Hearing an appeal: a person's word is kept, the one student graded anew, and the case written down."""

from __future__ import annotations

import difflib
import glob
import shlex
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import utils

from grader import catalogue
from grader.appeals import case, kept
from grader.appeals.case import Case
from grader.appeals.word import Word, fingerprint, written
from grader.batch.course import Course, find_students, open_course
from grader.batch.run import Options, autograde
from grader.course_folder import CourseError
from grader.exercise import Exercise, Number
from grader.judging.process import judge_file
from grader.judging.verdict import MIME, Status
from grader.marks.records import read_lesson

SEED, KEY = 1, "a case"  # with which cases are judged, here and in the tests
FIRST = "grade it with `grader autograde {} --student {}`, and look at it."
NOTHING_TO_LIFT = (
    "{}'s answer to {} is not refused as somebody else's work: it has {}. "
    "With `--points N` it has the points that you say."
)
ANOTHER = (
    "{} has handed in another answer to {} since it was graded. The new one is graded now: look at it, and "
    "appeal again if it is refused too."
)


@dataclass(frozen=True)
class Graded:
    """An answer as it was graded: what the judge said of it, and the code that it consists of."""

    verdict: dict[str, Any]
    sources: list[str]

    @property
    def answer(self) -> str:
        return fingerprint(self.sources)

    @property
    def is_right(self) -> bool:
        return bool(self.verdict["status"] == Status.RIGHT)

    @property
    def standing(self) -> str:
        """``4 of 6 points (wrong)``."""
        return "{score:g} of {maximum:g} points ({status})".format(**self.verdict)

    @property
    def finding(self) -> str:
        """What is wrong, in a sentence."""
        parts = (part["summary"] for part in self.verdict["parts"] if part["graded"])
        return next(filter(None, (self.verdict["mistake"], self.verdict["message"], *parts)), "")


@dataclass(frozen=True)
class Answer:
    """One student's answer to one exercise of a course."""

    course: Course
    student: str
    exercise: Exercise

    @property
    def lesson(self) -> str:
        return self.exercise.lesson

    def graded(self) -> Graded | None:
        """As it was graded; None where it has not been, or not by our judge."""
        directory = self.course.directory
        folder = self.course.folder(directory.autograded_directory, self.student, self.lesson)
        if not (notebook := folder / f"{self.lesson}.ipynb").is_file():
            return None
        cells = nbformat.read(notebook, as_version=4).cells
        for place, cell in enumerate(cells):
            if utils.is_grade(cell) and cell.metadata.nbgrader.grade_id == self.exercise.id:
                told = [o.data[MIME] for o in cell.get("outputs", ()) if MIME in o.get("data", {})]
                return Graded(told[-1], written(cells[:place])) if told else None
        return None

    def grade(self) -> Graded:
        """Grade the student's submission anew.

        Raises:
            CourseError: it cannot be graded.
        """
        only = glob.escape(self.student)  # names are patterns there
        summary = autograde(self.course.root, self.lesson, Options(jobs=1, students=(only,), force=True))
        reasons = [result.reason for result in summary.not_gradable]
        graded = None if reasons or summary.is_interrupted else self.graded()
        if graded is None:
            why = reasons[0] if reasons else "it was not finished"
            raise CourseError(f"{self.student}'s work on {self.lesson} could not be graded anew: {why}")
        return graded

    def keep(self, word: Word | None) -> Word | None:
        """Keep a word on this answer, or none; return the one that was there."""
        with kept.changing(self.course.root) as words:
            own = words.setdefault(self.student, {})
            before = own.pop(self.exercise.id, None)
            if word is not None:
                own[self.exercise.id] = word
        return before

    def judge_with(self, word: Word | None) -> tuple[Graded, Word | None]:
        """Keep a word and grade with it; with the grade, the word that was kept before.

        Raises:
            CourseError: that cannot be done, or there is another answer now. What was kept before is kept.
        """
        before = self.keep(word)
        try:
            graded = self.grade()
            if word is not None and graded.answer != word.answer:
                raise CourseError(ANOTHER.format(self.student, self.exercise.id))
        except BaseException:
            self.keep(before)
            raise
        return graded, before

    def by_hand(self) -> float | None:
        """The points that somebody has given in the formgrader, where that is so: they stand."""
        records = {record.student: record for record in read_lesson(self.course.root, self.lesson).records}
        mark = records[self.student].marks.get(self.exercise.id)
        return mark.score if mark is not None and mark.by_hand else None


def find_answer(root: Path, student: str, exercise: str) -> Answer:
    """What somebody handed in for an exercise.

    Raises:
        UnknownExercise, BrokenExercise: there is no such exercise that could be judged.
        CourseError: this is no course, its lesson is not released, or the student handed nothing in.
    """
    course, found = open_course(root), catalogue.find(exercise)
    directory = course.directory
    released = Path(directory.format_path(directory.release_directory, ".", found.lesson))
    if not released.is_dir():
        raise CourseError(
            f"{exercise} is an exercise of {found.lesson}, which this course has not released: "
            f"there is no {directory.release_directory}/{found.lesson}."
        )
    if student not in (students := find_students(course, found.lesson, [])):
        close = difflib.get_close_matches(student, students, n=3)
        advice = f"; did you mean {' or '.join(close)}?" if close else "."
        raise CourseError(f"{student} has handed in nothing to {found.lesson}{advice}")
    return Answer(course, student, found)


def appeal(root: Path, student: str, exercise: str, because: str, points: float | None) -> list[str]:
    """Keep a person's word on an answer and grade it anew; returns what to say of that.

    Raises:
        UnknownExercise, BrokenExercise, CourseError: there is no such answer, it is not graded, there is
            nothing to lift, or it cannot have these points. Nothing is written then.
    """
    answer = find_answer(root, student, exercise)
    maximum = answer.exercise.points
    if points is not None and not 0 <= points <= maximum:
        raise CourseError(f"{exercise} has from 0 to {maximum:g} points, and not {points:g}.")
    before = answer.graded()
    if before is None:
        raise CourseError(
            f"{student}'s answer to {exercise} is not graded yet: "
            + FIRST.format(answer.lesson, shlex.quote(glob.escape(student)))
        )
    is_accused = before.verdict["status"] == Status.FORBIDDEN
    if points is None and not (is_accused or before.verdict.get("word")):
        raise CourseError(NOTHING_TO_LIFT.format(student, exercise, before.standing))
    because = " ".join(because.split())
    word = Word(because, points, before.answer, date.today().isoformat())
    after, _ = answer.judge_with(word)
    return [
        *_told(answer, before, after),
        f"Your word is in {kept.FILE}. It holds on every regrade, for this answer and no other.",
        *_what_is_wrong(after, points),
        *(_write_case(answer, after, word) or _remove_case(answer, word)),
    ]


def withdraw(root: Path, student: str, exercise: str) -> list[str]:
    """Take a person's word back, and the case that was written of it; returns what to say of that.

    Raises:
        UnknownExercise, BrokenExercise, CourseError: there is no such answer, or no word on it.
    """
    answer = find_answer(root, student, exercise)
    if exercise not in kept.read(answer.course.root).get(student, {}):
        raise CourseError(f"There is no word on {student}'s answer to {exercise} in {kept.FILE}.")
    before = answer.graded()
    after, word = answer.judge_with(None)
    return [*_told(answer, before, after), *(_remove_case(answer, word) if word else [])]


# -- what is said, and written ----------------------------------------------------------------------------


def _told(answer: Answer, before: Graded | None, after: Graded) -> list[str]:
    was = before.standing if before else "not graded"
    told = [f"{answer.student}, {answer.exercise.id}: {was} → {after.standing}"]
    if (points := answer.by_hand()) is not None:
        told.append(
            f"In the gradebook stands {points:g}, given by hand in the formgrader: that is not changed."
        )
    return told


def _what_is_wrong(after: Graded, points: float | None) -> list[str]:
    if points is not None or after.is_right:
        return []
    return [f"Still wrong: {after.finding}", "With `--points N` it has the points that you say."]


def _write_case(answer: Answer, after: Graded, word: Word) -> list[str]:
    """Write the answer down for the author, if it shows the checks to be wrong."""
    if word.points is not None and not after.is_right:
        return []  # a person's kindness is nothing that checks could learn
    exercise = answer.exercise
    if isinstance(exercise, Number):
        return ["No case is written for the author, as the numbers of this exercise are the student's own."]
    file = case.place(answer.course.root, exercise.id, word.answer)
    expected = case.RIGHT if after.is_right else case.OWN_WORK
    file.parent.mkdir(exist_ok=True)
    text = case.as_text(Case(exercise.id, expected, word.because), after.sources)
    file.write_text(text, encoding="utf-8")
    shown = file.relative_to(answer.course.root)
    lines = [f"{shown} is the case for the exercise's author. Look through it, and commit it."]
    alone = judge_file(exercise, file, KEY, SEED)
    if alone.status in (Status.UNFINISHED, Status.FAILED):
        lines.append(f"It does not run on its own yet: `grader judge {exercise.id} {shown}` says why.")
    return lines


def _remove_case(answer: Answer, word: Word) -> list[str]:
    """Remove the case of an answer, unless a word on somebody else's, who wrote the same, stands for it."""
    root, exercise = answer.course.root, answer.exercise.id
    others = [own for student, own in kept.read(root).items() if student != answer.student]
    file = case.place(root, exercise, word.answer)
    if not file.is_file() or any(exercise in own and own[exercise].answer == word.answer for own in others):
        return []
    file.unlink()
    return [f"{file.relative_to(root)} is removed."]
