"""Collecting: what students handed in, from an LMS's zip or a folder, into nbgrader's ``submitted/``.

Each student's notebook goes to ``submitted/STUDENT/LESSON/LESSON.ipynb``, byte for byte, with a
``timestamp.txt`` where the time is known (nbgrader reads it for late penalties). The dates inside an LMS's
zip are those of the download, so they are never taken for the time of handing in.

Nothing is overwritten: a submission that is there stays, unless an update is asked for and the new one is
newer; then the old one is kept in ``collected/LESSON/replaced/``. ``collected/LESSON/students.csv`` says
what came from where, and keeps the LMS's numbers, which `grader export` needs.
"""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from course.whole_files import replacing
from grader.intake.archive import HostileArchive, Member, inside, members
from grader.intake.arrivals import COLLECTED, Arrival, read_arrivals, write_arrivals
from grader.intake.roster import Person, Roster
from grader.intake.whose import Owner, below_the_students, owner_of

SUBMITTED = "submitted"
NOTEBOOK, PACKED = ".ipynb", ".zip"  # students also hand in a notebook packed in a zip
TIMESTAMP = "timestamp.txt"


@dataclass(frozen=True)
class Summary:
    """What went where: students by what happened to them, and files that nobody could be found for."""

    new: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()  # (student, why the submission that was there stays)
    late: tuple[str, ...] = ()
    unplaced: tuple[tuple[str, str], ...] = ()  # (file, why)

    def lines(self) -> list[str]:
        """For people: a line a kind, and one for everything that needs somebody's attention."""
        said = [
            f"{len(names)} {what}: {_some(names)}"
            for names, what in ((self.new, "new"), (self.updated, "updated"), (self.unchanged, "unchanged"))
            if names
        ]
        if self.late:
            said.append(
                f"{len(self.late)} marked late by Canvas, which does not say when: {_some(self.late)}"
            )
        said += [f"  kept as it was: {student}: {why}" for student, why in self.kept]
        said += [f"  not collected: {file}: {why}" for file, why in self.unplaced]
        return said or ["There is no notebook in it."]


def collect(
    root: Path, lesson: str, source: Path, roster: Roster | None = None, update: bool = False
) -> Summary:
    """Put every student's notebook of ``source`` into ``root/submitted``.

    Raises:
        HostileArchive: with the member that is refused; nothing has been written then.
        FileNotFoundError: there is no such source.
    """
    sorted_out = _sort_out(members(source), lesson, roster)
    unplaced, chosen = sorted_out.unplaced, dict[str, _File]()
    for student, files in sorted_out.handed_in.items():
        best = max(files, key=lambda file: _preference(file, lesson))
        chosen[student] = best
        unplaced += [
            (str(file.member.path), f"{student} handed in several notebooks, and {best.path.name} was taken")
            for file in files
            if file is not best
        ]
    ledger = {arrival.student: arrival for arrival in read_arrivals(root, lesson)}
    contents = {student: file.member.read() for student, file in chosen.items()}  # all, before any is written
    told: dict[str, list] = defaultdict(list)
    for student, file in sorted(chosen.items()):
        time = _time_of(file, sorted_out.times)
        what, why = _place(root, lesson, student, contents[student], file, time, ledger.get(student), update)
        if why:
            told["kept"].append((student, why))
            continue
        told[what].append(student)
        ledger[student] = file.arrival(student)
        if file.owner.late and time is None:
            told["late"].append(student)
    if ledger:
        write_arrivals(root, lesson, ledger.values())
    return Summary(unplaced=tuple(unplaced), **{kind: tuple(names) for kind, names in told.items()})


@dataclass(frozen=True)
class _File:
    member: Member
    path: PurePosixPath
    own_name: str
    owner: Owner
    person: Person

    def arrival(self, student: str) -> Arrival:
        modified = self.member.modified.isoformat(sep=" ") if self.member.modified else ""
        late, upload = "late" if self.owner.late else "", str(self.owner.upload or "")
        lms_id = self.owner.lms_id or self.person.lms_id
        name = self.person.name or self.owner.name
        return Arrival(
            student, name, lms_id, self.owner.system, late, str(self.member.path), modified, upload
        )


@dataclass(frozen=True)
class _Sorted:
    """What a source holds: notebooks by student, times by folder, and (file, why) for what is nobody's."""

    handed_in: dict[str, list[_File]]
    times: dict[PurePosixPath, Member]
    unplaced: list[tuple[str, str]]


def _sort_out(everything: list[Member], lesson: str, roster: Roster | None) -> _Sorted:
    """Whose each file is, and what is in the zips among them."""
    found = [m for m in everything if _kind(m.path) in (NOTEBOOK, PACKED) or m.path.name == TIMESTAMP]
    cut = below_the_students([member.path for member in found], lesson) if found else []
    sorted_out = _Sorted(defaultdict(list), {}, [])
    for member, path in zip(found, cut, strict=True):
        if path.name == TIMESTAMP:
            sorted_out.times[path.parent] = member
            continue
        try:
            owner, own_name, person = _whose(path, roster)
            notebooks = _notebooks(_File(member, path, own_name, owner, person))
        except (LookupError, HostileArchive) as error:  # one student's: the others do not wait for it
            sorted_out.unplaced.append((str(member.path), str(error.args[0])))
        else:
            sorted_out.handed_in[person.id] += notebooks
    above = len(found[0].path.parts) - len(cut[0].parts) if found else 0
    sorted_out.unplaced.extend(_something_else(everything, above, cut))
    return sorted_out


def _whose(path: PurePosixPath, roster: Roster | None) -> tuple[Owner, str, Person]:
    """Whose a file is, its own name, and who that is in the course.

    Raises:
        LookupError: nobody's; the message says why.
    """
    whose = owner_of(path)
    if whose is None and roster and (known := roster.find(path.stem)):
        whose = Owner(known.id), path.name
    if whose is None:
        raise LookupError("its name does not say whose it is")
    owner, own_name = whose
    person = roster.find(owner.name, owner.lms_id) if roster else Person(owner.folder, owner.name)
    if person is None or not person.id:
        raise LookupError(f"{owner.name or 'nobody'} is not on the roster, or is there twice")
    if not _is_folder_name(person.id):
        raise LookupError(f"{person.id!r} cannot be the name of a folder: change the id")
    return owner, own_name, person


def _notebooks(file: _File) -> list[_File]:
    """The file itself, or the notebooks in it if it is a zip.

    Raises:
        HostileArchive: the zip could do harm, or cannot be read to its end.
        LookupError: there is none in it.
    """
    if _kind(file.path) != PACKED:
        return [file]
    found = [member for member in inside(file.member) if _kind(member.path) == NOTEBOOK]
    if not found:
        raise LookupError("there is no notebook in this zip")
    for member in found:
        member.read()  # what cannot be unpacked is found out now
    return [_unpacked(file, member.path, member.modified) for member in found]


def _unpacked(file: _File, path: PurePosixPath, modified: datetime | None) -> _File:
    """A notebook in a zip, opened anew to read it: the zips of a whole class may not fit in memory."""

    def read() -> bytes:
        return next(member for member in inside(file.member) if member.path == path).read()

    member = Member(path, modified, read)
    return replace(file, member=member, path=file.path.with_name(path.name), own_name=path.name)


def _something_else(
    everything: list[Member], above: int, cut: list[PurePosixPath]
) -> Iterator[tuple[str, str]]:
    """A file of each student whose name an LMS wrote and who handed in no notebook and no zip."""
    known = {whose[0].lms_id for path in cut if (whose := owner_of(path))}
    for member in everything:
        below = member.path.parts[above:]
        whose = owner_of(PurePosixPath(*below)) if below else None
        if whose and whose[0].system and whose[0].lms_id not in known:
            known.add(whose[0].lms_id)
            yield str(member.path), f"{whose[0].name} handed in no notebook"


def _kind(path: PurePosixPath) -> str:
    return path.suffix.lower()


def _preference(file: _File, lesson: str) -> tuple[bool, int, bool, datetime]:
    """Of several notebooks of one student: the one with the lesson's name, then the latest upload."""
    stem = PurePosixPath(file.own_name).stem
    again = re.sub(r"(-\d+|\s*\(\d+\)|[-_ ]copy\d*)+$", "", stem, flags=re.IGNORECASE)
    return again == lesson, file.owner.upload, stem == lesson, file.member.modified or datetime.min


def _is_folder_name(id: str) -> bool:
    return not (
        id.startswith(".") or set(id) & set("/\\*?[]") or not id.isprintable() or len(id.encode()) > 200
    )


# -- one submission ---------------------------------------------------------------------------------------


def _time_of(file: _File, times: dict[PurePosixPath, Member]) -> datetime | None:
    """When it was handed in, in UTC: from the timestamp beside it, or else from the roster."""
    from nbgrader.utils import parse_utc  # nbgrader is slow to load

    beside = times.get(file.path.parent)
    text = beside.read().decode(errors="replace").strip() if beside else file.person.submitted
    try:
        return parse_utc(text) if text else None
    except (ValueError, OverflowError):
        return None


def _place(
    root: Path,
    lesson: str,
    student: str,
    content: bytes,
    file: _File,
    time: datetime | None,
    before: Arrival | None,
    update: bool,
) -> tuple[str, str]:
    """Write a submission, if nothing is lost by it: (what happened, why nothing did)."""
    target = root / SUBMITTED / student / lesson / f"{lesson}.ipynb"
    if not any(target.parent.glob("*.ipynb")):
        _write(target.parent, target.name, content, time)
        return "new", ""
    if target.is_file() and target.read_bytes() == content:
        return "unchanged", ""
    if not update:
        return "", "there is another submission already; --update takes the newer one"
    if reason := _not_newer(target, file, time, before):
        return "", reason
    aside = (
        root / COLLECTED / lesson / "replaced" / student / datetime.now(UTC).strftime("%Y-%m-%d_%H-%M-%S-%f")
    )
    aside.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(target.parent, aside, symlinks=True)
    _write(target.parent, target.name, content, time)
    return "updated", ""


def _not_newer(target: Path, file: _File, time: datetime | None, before: Arrival | None) -> str:
    """Why the new file does not count as newer than what is there; empty if it does."""
    from nbgrader.utils import parse_utc

    stamp = target.parent / TIMESTAMP
    if time and stamp.is_file():
        there = parse_utc(stamp.read_text(encoding="utf-8").strip())
        return "" if time > there else f"it is not newer than the one handed in at {there:%Y-%m-%d %H:%M} UTC"
    if before and before.upload and file.owner.upload:
        newer = file.owner.upload > int(before.upload)
        return "" if newer else "Canvas had this upload before the one that is there"
    known = before.modified if before and before.modified else ""
    if not known and target.is_file():
        known = datetime.fromtimestamp(target.stat().st_mtime).isoformat(sep=" ")
    if file.member.modified and file.member.modified > datetime.fromisoformat(known or "0001-01-01"):
        return ""
    return "nothing shows that this one is newer; move that one away to take this one"


def _write(folder: Path, name: str, content: bytes, time: datetime | None) -> None:
    """The notebook in one step, so that a run that is cut off leaves no half of one."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TIMESTAMP).unlink(missing_ok=True)  # of an earlier submission
    if time:
        (folder / TIMESTAMP).write_text(f"{time:%Y-%m-%d %H:%M:%S.%f} UTC", encoding="utf-8")
    with replacing(folder / name) as growing:
        growing.write_bytes(content)


def _some(names: tuple[str, ...], most: int = 8) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
