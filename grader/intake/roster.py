"""Who is in the course: a CSV that says which student an LMS means by a name or a number.

Columns, in any order, found by their headings: ``id`` (the student's name in the course: the folder below
``submitted/``, and what `grader key` was given), ``name``, and where known ``lms id``, ``email``,
``submitted`` (when the work was handed in; `grader.intake.times` says how it is written), ``section`` of a
large class, and ``group`` of students who hand in one notebook together. Canvas's gradebook, and Moodle's
list of participants and grading worksheet, are read by their own headings, in English.

The last roster that was given is kept in ``collected/roster.csv``: exports list whoever is on it.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from course.whole_files import replacing
from grader.intake.arrivals import COLLECTED

Fields = Mapping[
    str, tuple[str, ...]
]  # where a person's fields may stand; the first column that is not empty

OURS: Fields = {
    "id": ("id",),
    "name": ("name",),
    "lms_id": ("lms id",),
    "email": ("email", "e mail"),
    "submitted": ("submitted",),
    "section": ("section",),
    "group": ("group",),
}
CANVAS: Fields = {
    "id": ("sis login id", "sis user id", "id"),
    "name": ("student",),
    "lms_id": ("id",),
    "section": ("section",),
}
MOODLE: Fields = {  # whose numbers are other ones in each assignment: they are no lms id
    "id": ("username", "id number", "email address"),
    "name": ("full name", "full name with link"),
    "email": ("email address",),
}
NOT_PEOPLE = ("points possible", "student, test")  # lines of Canvas's gradebook


class RosterError(Exception):
    """The roster cannot be used; the message says which line to change."""


@dataclass(frozen=True)
class Person:
    """One line of the roster."""

    id: str
    name: str = ""
    lms_id: str = ""
    email: str = ""
    submitted: str = ""
    section: str = ""
    group: str = ""


@dataclass
class Roster:
    """The people, found by their id, their number in the LMS, or their name."""

    people: dict[str, Person] = field(default_factory=dict)
    _by_lms: dict[str, Person] = field(default_factory=dict)
    _by_name: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))

    def add(self, person: Person) -> None:
        self.people[person.id] = person
        if person.lms_id:
            self._by_lms[person.lms_id] = person
        for known in {key for name in (person.id, person.name) for key in _keys(name)}:
            self._by_name[known].append(person)

    def groups(self) -> dict[str, list[Person]]:
        """Who hands in together, by the group's name."""
        found = defaultdict(list)
        for person in self.people.values():
            if person.group:
                found[person.group].append(person)
        return dict(found)

    def find(self, name: str, lms_id: str = "") -> Person | None:
        """The one person that the LMS can mean; None where there is none, or more than one.

        Nor is it anybody where the number is one person's and the name another's: Moodle's numbers of
        another assignment.
        """
        by_number, by_name = self._by_lms.get(lms_id), self._named(name)
        if by_number and by_name and by_number is not by_name:
            return None
        return by_number or by_name

    def _named(self, name: str) -> Person | None:
        if name in self.people:
            return self.people[name]
        found = {person.id: person for key in _keys(name) for person in self._by_name.get(key, ())}
        return next(iter(found.values())) if len(found) == 1 else None


def read_roster(file: Path) -> Roster:
    """The roster in a CSV.

    Raises:
        RosterError: a heading is missing, an id is empty, or two lines have the same id or LMS id.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError:
        raise RosterError(
            f"There is no roster {file}; it is a CSV with the columns id, name, lms id."
        ) from None
    except UnicodeDecodeError:
        raise RosterError(f"{file} is not in UTF-8: save it as “CSV UTF-8”.") from None
    lines = csv.DictReader(text.splitlines(), delimiter=separator(text))
    headings = [" ".join(re.split(r"[\s_-]+", heading.strip().lower())) for heading in lines.fieldnames or ()]
    lines.fieldnames = headings
    fields = _layout(set(headings))
    if fields is None:
        raise RosterError(
            f"{file} has no column called id; its columns are to be id, name, lms id, or those of Canvas's "
            "gradebook or of Moodle's participants."
        )
    roster, ids = Roster(), set[str]()
    for line in lines:
        person = _person(line, fields)
        if person == Person("") or (fields is CANVAS and person.name.casefold() in NOT_PEOPLE):
            continue  # Excel leaves lines of separators; Canvas has some before the students
        if not person.id:
            raise RosterError(f"{file}, line {lines.line_num}: the id is empty.")
        if person.id.casefold() in ids or (person.lms_id and roster.find("", person.lms_id)):
            raise RosterError(f"{file}, line {lines.line_num}: {person.id} or its LMS id is there twice.")
        ids.add(person.id.casefold())  # folders that differ in capitals alone are one on some machines
        roster.add(person)
    return roster


def separator(table: str) -> str:
    """What stands between the columns, by the heading: Excel writes ``;`` where a comma begins decimals."""
    return max(",;\t", key=table.partition("\n")[0].count)


def _layout(headings: set[str]) -> Fields | None:
    if {"student", "id"} <= headings:  # who may not see SIS logins has no column of them
        return CANVAS
    if "email address" in headings and headings & {"full name", "first name", "identifier"}:
        return MOODLE
    return OURS if "id" in headings else None


def _person(line: Mapping[str, str | None], fields: Fields) -> Person:
    filled = {column: text.strip() for column, text in line.items() if isinstance(text, str) and text.strip()}
    found = {
        name: next((filled[column] for column in columns if column in filled), "")
        for name, columns in fields.items()
    }
    if fields is MOODLE:
        parts = (filled.get("first name"), filled.get("last name") or filled.get("surname"))
        found["name"] = found["name"] or " ".join(filter(None, parts))
        found["id"] = re.sub(r"@.*", "", found["id"])  # somebody's address alone
    return Person(**found)


def keep_roster(root: Path, roster: Roster) -> None:
    """Keep who is in the course, for the exports."""
    file = root / COLLECTED / "roster.csv"
    file.parent.mkdir(exist_ok=True)
    with replacing(file) as growing, growing.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines)
        writer.writerow(["id", "name", "lms id", "email", "section", "group"])
        writer.writerows(
            [p.id, p.name, p.lms_id, p.email, p.section, p.group] for p in roster.people.values()
        )


def kept_roster(root: Path) -> Iterable[Person]:
    """Who was on the last roster that was given; nobody where none was."""
    file = root / COLLECTED / "roster.csv"
    return read_roster(file).people.values() if file.is_file() else ()


def partners(root: Path) -> dict[str, list[str]]:
    """Who hands in together with whom, by the last roster that was given."""
    together = defaultdict(list)
    for person in kept_roster(root):
        if person.group:
            together[person.group].append(person.id)
    return {one: [other for other in ids if other != one] for ids in together.values() for one in ids}


def _keys(name: str) -> list[str]:
    """How a name may be written: as it is, "Last, First" turned round, run together as Canvas does."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    words = plain.replace(",", " ").split()
    last, comma, first = plain.partition(",")
    turned = f"{first} {last}".split() if comma else words
    orders = {tuple(words), tuple(turned), tuple(words[-1:] + words[:-1])}
    joined = {" ".join(order) for order in orders} | {_letters("".join(order)) for order in orders}
    return [key for key in joined if key]


def _letters(text: str) -> str:
    """Letters and digits alone, without accents: what is left of a name in Canvas's file names."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in parts if sign.isalnum())
