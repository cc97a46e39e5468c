"""Collecting: what students handed in, from an LMS's zip or a folder, into nbgrader's ``submitted/``.

Each student's notebook goes to ``submitted/STUDENT/LESSON/LESSON.ipynb``, byte for byte, with a
``timestamp.txt`` once the time is known (nbgrader reads it for late penalties). The dates inside an LMS's zip
are those of the download, so they are never taken for the time of handing in.

Nothing is overwritten: a submission that is there stays, unless an update is asked for and the new one is
newer; then the old one is kept in ``collected/LESSON/replaced/``. ``collected/LESSON/students.csv`` says
what came from where, and keeps the LMS's numbers, which `grader export` needs.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from course.whole_files import replacing
from grader.building.lesson import Lesson
from grader.intake.archive import members
from grader.intake.arrivals import COLLECTED, Arrival, collected_lessons, read_arrivals, write_arrivals
from grader.intake.roster import Roster
from grader.intake.sorting import TIMESTAMP, File, Sorted, choose, sort_out
from grader.intake.times import UnreadableTime, as_nbgrader, read_time, shown
from grader.questions.personal import plain_name

SUBMITTED = "submitted"


@dataclass(frozen=True)
class Summary:
    """What went where: students by what happened to them, and files that nobody could be found for."""

    new: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    timed: tuple[str, ...] = ()  # the same notebook, with a time that was not known
    kept: tuple[tuple[str, str], ...] = ()  # (student, why the submission that was there stays)
    late: tuple[str, ...] = ()
    unplaced: tuple[tuple[str, str], ...] = ()  # (file, why)
    untimed: tuple[tuple[str, str], ...] = ()  # (student, why nobody can tell when)
    beside: tuple[tuple[str, str], ...] = ()  # (student or nobody, other files)
    without: tuple[tuple[str, str], ...] = ()  # (student, files that were asked for)
    shared: tuple[tuple[str, str], ...] = ()  # (who handed in, for whom)
    divided: tuple[tuple[str, str], ...] = ()  # (group, who handed in different notebooks)
    elsewhere: tuple[str, ...] = ()  # new ones, whose name somebody has in another lesson, under another id
    times: tuple[tuple[datetime, str], ...] = ()  # when, as it was understood, and who

    @property
    def is_complete(self) -> bool:
        """Whether something was collected, now or before, and nothing needs somebody's attention."""
        return self._has_notebooks and not (self.kept or self.unplaced or self.untimed or self.divided)

    @property
    def _has_notebooks(self) -> bool:
        return bool(self.new or self.updated or self.timed or self.unchanged)

    def lines(self) -> list[str]:
        """For people: a line a kind, and one for everything that needs somebody's attention."""
        said = [
            f"{len(names)} {what}: {_some(names)}"
            for names, what in (
                (self.new, "new"),
                (self.updated, "updated"),
                (self.timed, "with another time"),
                (self.unchanged, "unchanged"),
            )
            if names
        ]
        if self.times:
            (first, early), (last, late) = min(self.times), max(self.times)
            span = f"from {shown(first)} ({early}) to {shown(last)} ({late})"
            said.append(f"{len(self.times)} with a time of handing in, {span}")
        if self.late:
            said.append(
                f"{len(self.late)} marked late by Canvas, which does not say when: {_some(self.late)}"
            )
        said += [f"  kept as it was: {student}: {why}" for student, why in self.kept]
        said += [f"  not collected: {file}: {why}" for file, why in self.unplaced]
        said += [f"  no time: {student}: {why}" for student, why in self.untimed]
        said += [f"  not handed in, by {student}: {names}" for student, names in self.without]
        said += [f"  {student}'s, for the whole group: {names}" for student, names in self.shared]
        said += [
            f"  group {group} handed in different notebooks, and everybody keeps their own: {names}"
            for group, names in self.divided
        ]
        if self.elsewhere:
            said.append(
                f"  {len(self.elsewhere)} with a name that another lesson knows under another id: "
                f"{_some(self.elsewhere)}. If that is one person, remove this id and collect with --roster."
            )
        for student, names in self.beside:
            whose = f"of {student}'s" if student else "that is no notebook and nobody's"
            said.append(f"  not kept, {whose}: {names}")
        if not (self._has_notebooks or self.kept or self.unplaced):
            said.insert(0, "There is no notebook in it.")
        return said


def collect(
    root: Path,
    lesson: str,
    source: Path,
    roster: Roster | None = None,
    update: bool = False,
    zone: str = "UTC",
) -> Summary:
    """Put every student's notebook of ``source`` into ``root/submitted``; ``zone`` is that of bare times.

    Raises:
        HostileArchive: with the member that is refused; nothing has been written then.
        FileNotFoundError: there is no such source.
    """
    asked = Lesson(root, lesson).asked_for
    out = sort_out(members(source), lesson, roster, asked)
    release = root / "lessons" / lesson / f"{lesson}.ipynb"
    released = release.read_bytes() if release.is_file() else b""
    chosen = dict[str, File]()
    for student, files in out.handed_in.items():
        chosen[student], others = choose(files, lesson, released)
        out.unplaced += others
    told: dict[str, list] = defaultdict(list)
    handed_on, told["divided"] = _hand_on(chosen, roster) if roster else ({}, [])
    told["shared"] = [(by, student) for student, by in handed_on.items()]
    ledger = {arrival.student: arrival for arrival in read_arrivals(root, lesson)}
    contents = {student: file.member.read() for student, file in chosen.items()}  # all, before any is written
    for student, file in sorted(chosen.items()):
        try:
            time = _time_of(file, out, zone)
        except UnreadableTime as error:
            time = None
            told["untimed"].append((student, str(error)))
        if time:
            told["times"].append((time, student))
        before = ledger.get(student)
        others_of = out.asked[handed_on.get(student, student)]
        beside = {name: member.read() for name, member in others_of.items()}
        if missing := [name for name in asked if name not in beside]:
            told["without"].append((student, ", ".join(missing)))
        what, why = _place(root, lesson, student, contents[student], beside, file, time, before, update)
        if why:
            told["kept"].append((student, why))
            continue
        told[what].append(student)
        ledger[student] = _arrival(student, file)
        if file.owner.late and time is None:
            told["late"].append(student)
    if roster is None:
        known = _ids_elsewhere(root, lesson)
        told["elsewhere"] = [
            s for s in told["new"] if known[plain_name(chosen[s].owner.name).casefold()] - {s}
        ]
    if ledger:
        write_arrivals(root, lesson, ledger.values())
    left = tuple((student, _some(tuple(names))) for student, names in sorted(out.beside.items()))
    kinds = {kind: tuple(names) for kind, names in told.items()}
    return Summary(unplaced=tuple(out.unplaced), beside=left, **kinds)


def _ids_elsewhere(root: Path, lesson: str) -> dict[str, set[str]]:
    """By name, who handed in other lessons: Moodle numbers people anew in each assignment."""
    ids = defaultdict[str, set[str]](set)
    for other in collected_lessons(root):
        for arrival in read_arrivals(root, other):
            if other != lesson and arrival.name:
                ids[plain_name(arrival.name).casefold()].add(arrival.student)
    return ids


def _hand_on(chosen: dict[str, File], roster: Roster) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Give what one of a group handed in to all of it: who got whose, and groups that are not of one mind.

    A notebook that differs from a partner's is nobody's but its owner's: what counts is not guessed.
    """
    got, divided = {}, []
    for group, people in roster.groups().items():
        came = [person.id for person in people if person.id in chosen]
        absent = [person for person in people if person.id not in chosen]
        if len({chosen[student].member.read() for student in came}) > 1:
            divided.append((group, ", ".join(came)))
        elif came and absent:
            file = chosen[came[0]]
            for person in absent:
                owner = replace(file.owner, name=person.name or person.id, lms_id=person.lms_id)
                chosen[person.id] = replace(
                    file, owner=owner, person=replace(person, submitted=file.person.submitted)
                )
                got[person.id] = came[0]
    return got, divided


def _arrival(student: str, file: File) -> Arrival:
    modified = file.member.modified.isoformat(sep=" ") if file.member.modified else ""
    owner, person = file.owner, file.person
    late, upload = "late" if owner.late else "", str(owner.upload or "")
    known = (person.name or owner.name, owner.lms_id or person.lms_id, owner.system)
    return Arrival(student, *known, late, str(file.member.path), modified, upload)


# -- one submission ---------------------------------------------------------------------------------------


def _time_of(file: File, out: Sorted, zone: str) -> datetime | None:
    """When it was handed in: from the timestamp beside it, or else from the roster.

    Raises:
        UnreadableTime: there is one, and it does not mean one moment.
    """
    beside = out.times.get(file.path.parent)
    text = beside.read().decode(errors="replace").strip() if beside else file.person.submitted
    return read_time(text, zone) if text else None


def _place(
    root: Path,
    lesson: str,
    student: str,
    content: bytes,
    beside: dict[str, bytes],
    file: File,
    time: datetime | None,
    before: Arrival | None,
    update: bool,
) -> tuple[str, str]:
    """Write a submission, if nothing is lost by it: (what happened, why nothing did)."""
    target = root / SUBMITTED / student / lesson / f"{lesson}.ipynb"
    if not any(target.parent.glob("*.ipynb")):
        _write(target.parent, target.name, content, beside, time)
        return "new", ""
    same = all(_holds(target.with_name(name), content) for name, content in beside.items())
    if target.is_file() and target.read_bytes() == content and same:
        if time is None or time == _stamped(target.parent):
            return "unchanged", ""
        _stamp(target.parent, time)
        return "timed", ""
    if not update:
        return "", "there is another submission already; --update takes the newer one"
    if reason := _not_newer(target, file, time, before):
        return "", reason
    aside = (
        root / COLLECTED / lesson / "replaced" / student / datetime.now(UTC).strftime("%Y-%m-%d_%H-%M-%S-%f")
    )
    aside.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(target.parent, aside, symlinks=True)
    _write(target.parent, target.name, content, beside, time)
    return "updated", ""


def _not_newer(target: Path, file: File, time: datetime | None, before: Arrival | None) -> str:
    """Why the new file does not count as newer than what is there; empty if it does."""
    there = _stamped(target.parent)
    if time and there:
        return "" if time > there else f"it is not newer than the one handed in at {shown(there)}"
    if before and before.upload and file.owner.upload:
        newer = file.owner.upload > int(before.upload)
        return "" if newer else "Canvas had this upload before the one that is there"
    known = before.modified if before and before.modified else ""
    if not known and target.is_file():
        known = datetime.fromtimestamp(target.stat().st_mtime).isoformat(sep=" ")
    if file.member.modified and file.member.modified > datetime.fromisoformat(known or "0001-01-01"):
        return ""
    return "nothing shows that this one is newer; move that one away to take this one"


def _holds(file: Path, content: bytes) -> bool:
    return file.is_file() and file.read_bytes() == content


def _write(folder: Path, name: str, content: bytes, beside: dict[str, bytes], time: datetime | None) -> None:
    """The notebook in one step, and last, so that a run that is cut off leaves no half of one."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TIMESTAMP).unlink(missing_ok=True)  # of an earlier submission
    if time:
        _stamp(folder, time)
    for file, text in {**beside, name: content}.items():
        with replacing(folder / file) as growing:
            growing.write_bytes(text)


def _stamp(folder: Path, time: datetime) -> None:
    with replacing(folder / TIMESTAMP) as growing:
        growing.write_text(as_nbgrader(time), encoding="utf-8")


def _stamped(folder: Path) -> datetime | None:
    """When the submission that is there was handed in, as far as that is known."""
    try:
        return read_time((folder / TIMESTAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _some(names: tuple[str, ...], most: int = 8) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
