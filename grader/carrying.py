"""What a reader takes along from lesson to lesson: answers that have passed, and how far they are.

Both are kept after a check, in the reader's own folder (`grader.student.kept`), and outlive the kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader import catalogue, references
from grader.excerpt import Unfound, excerpt
from grader.exercise import Exercise
from grader.judging.verdict import Verdict
from grader.student import cells, is_graded, kept
from grader.student.mine import Answer, Mine, handed_in, is_handed_in

NOT_PASSED = "`{}`: the course's own answer, as none of yours has passed yet."
OWN = "`{}`: your own answer, kept on {} ({})."
KEPT = "Kept for later lessons{}, as `mine.{}`, in {}."
NOTHING_KEPT = "No answer of yours is kept yet; each is when its check passes."


def _answers(name: str) -> list[Answer]:
    """The answers to an exercise: the reader's own if there is one, then the course's."""
    if is_handed_in():
        return handed_in(name)
    courses = references.answer(name)
    file = kept.file_of(catalogue.find(name).lesson, name)
    if not file.is_file():
        has_answers = not catalogue.is_recording(catalogue.file_of(name))
        return [replace(courses, said=NOT_PASSED.format(name)) if has_answers else courses]
    where = kept.shown(file)
    said = OWN.format(name, kept.day(file), where)
    return [Answer(name, file.read_text(encoding="utf-8"), str(file), said, where), courses]


def _lines() -> list[str]:
    """The answers that are kept, a line each."""
    files = [kept.file_of(lesson, name) for lesson, names in catalogue.ids().items() for name in names]
    there = [file for file in files if file.is_file()]
    return [f"mine.{file.stem}: {kept.day(file)}, {kept.shown(file)}" for file in there] or [NOTHING_KEPT]


mine = Mine(_answers, _lines)


def went_on(exercise: Exercise, verdict: Verdict) -> str:
    """After a check in a reader's notebook: keep what is worth it; what is said, if it is right."""
    if is_graded() or not cells.ran():
        return ""
    try:
        kept.note(exercise.id, verdict.score)
        carried = _keep(exercise) if verdict.is_right and references.goes_on(exercise) else ""
    except OSError as error:
        carried = f"It could not be kept for later lessons ({error.strerror or error})."
    if not verdict.is_right:
        return ""
    far = _far(catalogue.ids().get(exercise.lesson, ()))
    return f"{carried} Lesson {exercise.lesson}: {far}. `progress()` shows all lessons.".strip()


def _keep(exercise: Exercise) -> str:
    """Keep the answer as it was run; what is said of that, if it is another one than before."""
    name = exercise.id
    try:
        text = excerpt(name, cells.ran())
    except Unfound as missing:
        return f"It could not be kept for later lessons: no cell that was run here defines `{missing}`."
    if name in references.ASKED_FOR.findall(text):
        return ""  # it is what has been kept
    replaced = kept.keep(exercise.lesson, name, text)
    if replaced is None:
        return ""
    file = kept.shown(kept.file_of(exercise.lesson, name))
    return KEPT.format(", in place of your older one" if replaced else "", name, file)


def so_far() -> list[tuple[str, str]]:
    """How far a reader is: each lesson with a line about it, and the course as a whole."""
    lessons = catalogue.ids()
    everything = [name for names in lessons.values() for name in names]
    return [*((lesson, _far(names)) for lesson, names in lessons.items()), ("all lessons", _far(everything))]


def _far(names: Sequence[str]) -> str:
    """``7 of 12 exercises · 18 of 31 points``."""
    worth, had = {name: catalogue.points(name) for name in names}, kept.points()
    done = sum(had.get(name, 0.0) >= worth[name] for name in names)
    score = sum(min(had.get(name, 0.0), worth[name]) for name in names)
    whole = sum(points for name, points in worth.items() if not catalogue.is_bonus(name))
    return f"{done} of {len(names)} exercises · {score:g} of {whole:g} points"
