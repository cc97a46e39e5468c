"""The report as one page: no network, no kernel, safe to open whatever students are called or wrote.

Everything that is told is in the page without its script, which only sorts and filters the tables. Jinja
escapes all that is put in, and a content security policy allows this one script, by its hash, and no
request to anywhere.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import mean, median
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from course.whole_files import replacing
from grader.judging import panel
from grader.marks.export import refuse_to_replace
from grader.marks.records import Standing
from grader.pages.report.alike import Group, find_alike, groups_of
from grader.pages.report.classroom import Answer, Classroom, Exercise, Kind, Member, read_classroom

HERE = Path(__file__).parent
BANDS = 10
MISTAKES_SHOWN = 12  # the others are folded away
GROUPS_SHOWN = 30
STUCK_SHOWN = 40


def write_report(root: Path, lesson: str, out: Path, force: bool = False, section: str | None = None) -> Path:
    """Write the report on a lesson to ``out``, on everybody or on one section.

    Raises:
        CourseError: there is no gradebook, or the lesson is not in it.
        ExportError: the file is there and may not be replaced.
    """
    refuse_to_replace(out, force)
    page = as_page(read_classroom(root, lesson, section), _feedback_links(root, lesson, out))
    with replacing(out) as growing:
        growing.write_text(page, encoding="utf-8")
    return out


def as_page(room: Classroom, links: dict[str, str] | None = None, now: datetime | None = None) -> str:
    """The HTML of the report. ``links`` leads from a student to their page of feedback."""
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(points=_points, rich=lambda text: Markup(panel.rich(text)))
    script = (HERE / "report.js").read_text(encoding="utf-8")
    groups = alike_groups(room)
    return environment.get_template("report.html").render(
        room=room,
        now=now or datetime.now(),
        style=Markup((HERE / "report.css").read_text(encoding="utf-8")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        kinds=list(Kind),
        figures=figures(room),
        bands=bands(room),
        exercises=[exercise_row(room, exercise) for exercise in room.exercises],
        mistakes=common_mistakes(room),
        mistakes_shown=MISTAKES_SHOWN,
        stuck=stuck(room),
        stuck_shown=STUCK_SHOWN,
        stopped=having(room, Kind.STOPPED),
        forbidden=having(room, Kind.FORBIDDEN),
        heard=heard(room),
        not_gradable=standing(room, Standing.NOT_GRADABLE),
        not_graded=standing(room, Standing.NOT_GRADED),
        waiting=standing(room, Standing.REVIEW),
        groups=[_with_code(room, group) for group in groups[:GROUPS_SHOWN]],
        more_groups=max(0, len(groups) - GROUPS_SHOWN),
        links=links or {},
    )


def _feedback_links(root: Path, lesson: str, out: Path) -> dict[str, str]:
    found = {}
    for page in (root / "feedback").glob(f"*/{lesson}/{lesson}.html"):
        way = os.path.relpath(page.resolve(), out.resolve().parent)
        found[page.parent.parent.name] = Path(way).as_posix()
    return found


# -- what the page says -----------------------------------------------------------------------------------


def figures(room: Classroom) -> list[tuple[str, str]]:
    """The numbers at the top: (what, how many)."""
    scores = [m.record.score for m in room.graded if m.record.score is not None]
    late = sum(m.record.late > 0 for m in room.members)
    found = [
        ("students", f"{len(room.members):,}"),
        ("graded", f"{len(scores):,}"),
        ("not gradable", f"{len(standing(room, Standing.NOT_GRADABLE)):,}"),
        ("not graded yet", f"{len(standing(room, Standing.NOT_GRADED)):,}"),
        ("not handed in", f"{len(standing(room, Standing.NOTHING)):,}"),
        ("late", f"{late:,}"),
    ]
    if scores:
        found.append((f"median of {_points(room.maximum)} points", _points(median(scores))))
        full = sum(score >= room.maximum for score in scores)
        found.append(("with full marks", f"{full:,}"))
    return found


@dataclass(frozen=True)
class Band:
    """A part of the scale of points and how many students are in it."""

    label: str
    count: int
    height: float  # of the highest band, 0 to 100


def bands(room: Classroom) -> list[Band]:
    """The distribution of the scores in ten bands; full marks belong to the last."""
    counts = [0] * BANDS
    for member in room.graded:
        share = (member.record.score or 0.0) / room.maximum if room.maximum else 0.0
        counts[min(BANDS - 1, int(share * BANDS))] += 1
    most = max(counts) or 1
    edges = [_points(round(room.maximum * i / BANDS, 1)) for i in range(BANDS + 1)]
    return [Band(f"{edges[i]}–{edges[i + 1]}", n, 100 * n / most) for i, n in enumerate(counts)]


@dataclass(frozen=True)
class ExerciseRow:
    """How the class did in one exercise."""

    exercise: Exercise
    counts: dict[Kind, int]
    answered: int
    mean: float
    top: str  # the most common named mistake
    top_count: int

    @property
    def right_share(self) -> float:
        return 100 * self.counts.get(Kind.RIGHT, 0) / self.answered if self.answered else 0.0

    @property
    def told(self) -> str:
        """The bar in words."""
        return ", ".join(f"{self.counts[kind]} {kind.word}" for kind in Kind if self.counts.get(kind))


def exercise_row(room: Classroom, exercise: Exercise) -> ExerciseRow:
    answers = [m.answers[exercise.id] for m in room.members if exercise.id in m.answers]
    mistakes = Counter(slip for answer in answers for slip in answer.slips)
    top, top_count = mistakes.most_common(1)[0] if mistakes else ("", 0)
    scores = [answer.score for answer in answers if answer.score is not None]
    counts = Counter(answer.kind for answer in answers)
    return ExerciseRow(exercise, dict(counts), len(answers), mean(scores) if scores else 0.0, top, top_count)


@dataclass(frozen=True)
class CommonMistake:
    """A named mistake and everybody who made it."""

    exercise: Exercise
    sentence: str
    students: tuple[str, ...]
    share: float  # of those who were graded, in percent


def common_mistakes(room: Classroom) -> list[CommonMistake]:
    """The named mistakes, the most common first."""
    made: dict[tuple[str, str], list[str]] = defaultdict(list)
    for member in room.members:
        for id, answer in member.answers.items():
            for slip in answer.slips:
                made[id, slip].append(member.name)
    by_id = {exercise.id: exercise for exercise in room.exercises}
    size = len(room.graded) or 1
    found = [
        CommonMistake(by_id[id], sentence, tuple(students), 100 * len(students) / size)
        for (id, sentence), students in made.items()
    ]
    return sorted(found, key=lambda m: (-len(m.students), m.exercise.number, m.sentence))


def stuck(room: Classroom) -> list[tuple[Member, Exercise, int, Answer]]:
    """Who has a long run of exercises without a point: where it begins, how long it is, and what is there."""
    by_id = {exercise.id: exercise for exercise in room.exercises}
    found = [(m, at) for m in room.graded if (at := m.stuck_at())]
    found.sort(key=lambda pair: (-pair[1][1], pair[0].name.casefold()))
    return [(m, by_id[id], length, m.answers[id]) for m, (id, length) in found]


def standing(room: Classroom, wanted: Standing) -> list[Member]:
    """Everybody who stands so."""
    return [member for member in room.members if member.record.standing is wanted]


def having(room: Classroom, kind: Kind) -> list[tuple[Exercise, list[tuple[str, str]]]]:
    """The exercises in which somebody's answer is of a kind, with (student, finding)."""
    found = []
    for exercise in room.exercises:
        of = ((m.name, m.answers.get(exercise.id)) for m in room.members)
        students = [(name, answer.finding) for name, answer in of if answer and answer.kind is kind]
        if students:
            found.append((exercise, students))
    return found


def heard(room: Classroom) -> list[tuple[Exercise, str, str]]:
    """The answers on which a person's word stands, by exercise: (exercise, student, word)."""
    answers = [(e, m.name, m.answers.get(e.id)) for e in room.exercises for m in room.members]
    return [(exercise, name, answer.word) for exercise, name, answer in answers if answer and answer.word]


def alike_groups(room: Classroom) -> list[Group]:
    """Groups with answers that are alike in what is rare, over all exercises, the weightiest first.

    Of students who hand in together one stands for all.
    """
    groups: list[Group] = []
    apart = {member.record.group or f"\n{member.name}": member for member in room.members}.values()
    for exercise in room.exercises:
        codes = {m.name: m.answers[exercise.id].code for m in apart if exercise.id in m.answers}
        groups += groups_of(find_alike(exercise.id, codes, exercise.given))
    return sorted(groups, key=lambda group: (-group.best.weight, group.students))


def _with_code(room: Classroom, group: Group) -> dict[str, Any]:
    """A group with two of its codes, line by line: (text, whether it lies in what is shared)."""
    answers = {m.name: m.answers for m in room.members}
    codes = [answers[student][group.exercise].code.split("\n") for student in group.best.students]
    sides = [
        (student, [(line, number in shared) for number, line in enumerate(code, start=1)])
        for student, code, shared in zip(group.best.students, codes, group.best.lines, strict=True)
    ]
    exercise = next(e for e in room.exercises if e.id == group.exercise)
    return {"group": group, "exercise": exercise, "sides": sides, "identical": codes[0] == codes[1]}


def _points(score: float | None) -> str:
    return "–" if score is None else f"{score:.2f}".rstrip("0").rstrip(".")
