"""Whose each file of a source is, which of several notebooks of one student counts, and what is left over.

A notebook is known by its suffix, or by what is in it where a browser or a mail program has added ``.txt`` or
``.json``. Of several, one that is the lesson just as it was released never wins over one that was worked in.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePosixPath

from grader.building.handout import GUARD
from grader.intake.archive import HostileArchive, Member, inside
from grader.intake.roster import Person, Roster
from grader.intake.whose import Owner, below_the_students, owner_of

NOTEBOOK, PACKED = ".ipynb", ".zip"  # students also hand in a notebook packed in a zip
RENAMED = (".ipynb.txt", ".ipynb.json", ".json")  # what saving a download makes of a notebook
TIMESTAMP = "timestamp.txt"
# why one of two notebooks is taken, in the order of `_preference`
BECAUSE = (
    "this one is the lesson just as it was released",
    "that one has the lesson's name",
    "that one was uploaded later",
    "that one has the lesson's name with nothing added",
    "that one was written later",
    "nothing tells which is newer",
)


@dataclass(frozen=True)
class File:
    """A notebook, and whose it is; ``path`` begins with the student, ``own_name`` is the student's for it."""

    member: Member
    path: PurePosixPath
    own_name: str
    owner: Owner
    person: Person
    cells: list[str] | None = None  # of one in a zip, which is not opened again for them


@dataclass
class Sorted:
    """What a source holds: notebooks by student, times by folder, and what is nobody's or no notebook."""

    handed_in: dict[str, list[File]] = field(default_factory=lambda: defaultdict(list))
    times: dict[PurePosixPath, Member] = field(default_factory=dict)
    unplaced: list[tuple[str, str]] = field(default_factory=list)  # (file, why)
    beside: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # other files, by student
    asked: dict[str, dict[str, Member]] = field(
        default_factory=lambda: defaultdict(dict)
    )  # and those asked for


def sort_out(
    everything: list[Member], lesson: str, roster: Roster | None, asked: Sequence[str] = ()
) -> Sorted:
    """Whose each file is, and what is in the zips among them."""
    notebooks = [m for m in everything if kind(m) or m.path.name == TIMESTAMP]
    cut = below_the_students([member.path for member in notebooks], lesson) if notebooks else []
    out = Sorted()
    for member, path in zip(notebooks, cut, strict=True):
        if path.name == TIMESTAMP:
            out.times[path.parent] = member
            continue
        try:
            owner, own_name, person = _whose(path, roster)
            found = _notebooks(File(member, path, own_name, owner, person))
        except (LookupError, HostileArchive) as error:  # one student's: the others do not wait for it
            out.unplaced.append((str(member.path), str(error.args[0])))
        else:
            out.handed_in[person.id] += found
    above = len(notebooks[0].path.parts) - len(cut[0].parts) if notebooks else 0
    came = {whose[0].folder for path in cut if path.name != TIMESTAMP and (whose := owner_of(path))}
    known = {member.path for member in notebooks}
    for member in everything:
        if member.path not in known:
            _note_other(out, member, above, roster, came, asked)
    return out


def kind(member: Member) -> str:
    """`NOTEBOOK` or `PACKED`, or nothing for any other file."""
    name = member.path.name.lower()
    if name.endswith((NOTEBOOK, PACKED)):
        return name[name.rindex(".") :]
    return NOTEBOOK if name.endswith(RENAMED) and _cells(_read(member)) is not None else ""


def _read(member: Member) -> bytes:
    try:
        return member.read()
    except HostileArchive:  # one student's file that cannot be unpacked is no notebook
        return b""


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
    person = _on(roster, owner) if roster else Person(owner.folder, owner.name)
    if person is None or not person.id:
        raise LookupError(
            f"{owner.name or 'nobody'} is not on the roster, is there twice, or has the number of another"
        )
    if not _is_folder_name(person.id):
        raise LookupError(f"{person.id!r} cannot be the name of a folder: change the id")
    return owner, own_name, person


def _on(roster: Roster, owner: Owner) -> Person | None:
    """Who that is on the roster; where nobody is, without the group's name that Moodle puts before."""
    name = next((name for name in (owner.name, *owner.without_group) if roster.find(name)), owner.name)
    return roster.find(name, owner.lms_id)


def _is_folder_name(id: str) -> bool:
    return not (
        id.startswith(".") or set(id) & set("/\\*?[]") or not id.isprintable() or len(id.encode()) > 200
    )


def _notebooks(file: File) -> list[File]:
    """The file itself, or the notebooks in it if it is a zip.

    Raises:
        HostileArchive: the zip could do harm, or cannot be read to its end.
        LookupError: there is none in it.
    """
    if not file.path.name.lower().endswith(PACKED):
        return [file]
    found = [member for member in inside(file.member) if kind(member) == NOTEBOOK]
    if not found:
        raise LookupError("there is no notebook in this zip")
    # each is read: what cannot be unpacked is found out now
    return [_unpacked(file, member.path, member.modified, _cells(member.read())) for member in found]


def _unpacked(file: File, path: PurePosixPath, modified: datetime | None, cells: list[str] | None) -> File:
    """A notebook in a zip, opened anew to read it: the zips of a whole class may not fit in memory."""

    def read() -> bytes:
        return next(member for member in inside(file.member) if member.path == path).read()

    member = Member(path, modified, read)
    beside = file.path.with_name(path.name)
    return replace(file, member=member, path=beside, own_name=path.name, cells=cells)


def _note_other(
    out: Sorted, member: Member, above: int, roster: Roster | None, came: set[str], asked: Sequence[str]
) -> None:
    """A file that is no notebook: asked for, beside a student's notebook, all that came, or nobody's."""
    path = PurePosixPath(*(member.path.parts[above:] or member.path.parts))
    try:
        owner, own_name, person = _whose(path, roster)
    except LookupError:
        out.beside[""].append(str(member.path))
        return
    if owner.folder in came:
        if name := _asked_for(own_name, asked):
            out.asked[person.id][name] = member
        else:
            out.beside[person.id].append(own_name)
    else:
        came.add(owner.folder)  # said once
        out.unplaced.append((str(member.path), f"{person.name or person.id} handed in no notebook"))


def _asked_for(own_name: str, asked: Sequence[str]) -> str:
    """Which of the files that were asked for this is; Canvas adds a number to one that is uploaded again."""
    plain = re.sub(r"-\d+(?=\.\w+$)", "", own_name).casefold()
    return next((name for name in asked if name.casefold() in (plain, own_name.casefold())), "")


# -- which of several ---------------------------------------------------------------------------------------


def choose(files: Sequence[File], lesson: str, released: bytes) -> tuple[File, list[tuple[str, str]]]:
    """The notebook of a student that counts; the others, each with why it does not."""
    if len(files) == 1:
        return files[0], []
    cells = _cells(released)
    ranked = [(_preference(file, lesson, cells), file) for file in files]
    first, best = max(ranked, key=lambda pair: pair[0])
    others = []
    for rank, file in ranked:
        if file is not best:
            because = next((why for why, a, b in zip(BECAUSE, rank, first) if a != b), BECAUSE[-1])
            taken = f"{file.person.id} handed in several notebooks, and {best.member.path} was taken"
            others.append((str(file.member.path), f"{taken}: {because}"))
    return best, others


def _preference(
    file: File, lesson: str, released: list[str] | None
) -> tuple[bool, bool, int, bool, datetime]:
    stem = re.sub(r"(\.ipynb)?(\.txt|\.json)?$", "", file.own_name, flags=re.IGNORECASE)
    again = re.sub(r"(-\d+|\s*\(\d+\)|[-_ ]copy\d*)+$", "", stem, flags=re.IGNORECASE)
    worked_in = released is None or (file.cells or _cells(file.member.read())) != released
    return worked_in, again == lesson, file.owner.upload, stem == lesson, file.member.modified or datetime.min


def _cells(content: bytes) -> list[str] | None:
    """What stands in a notebook's cells, without a hand-out's first one; None for what is no notebook."""
    try:
        found = json.loads(content)
        cells = ["".join(cell["source"]) for cell in found["cells"]] if "nbformat" in found else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return cells[1:] if cells and cells[0] == GUARD else cells
