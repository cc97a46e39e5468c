"""Who is in the course: a CSV that says which student an LMS means by a name or a number.

Columns, in any order, found by their headings: ``id`` (the student's name in the course: the folder below
``submitted/``, and what `grader key` was given), ``name``, and where known ``lms id``, ``email`` and
``submitted`` (when the work was handed in, as 2026-03-01 12:00 or with a time zone).
"""

from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

HEADINGS = {"id": "id", "name": "name", "lms id": "lms_id", "email": "email", "submitted": "submitted"}


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

    def find(self, name: str, lms_id: str = "") -> Person | None:
        """The one person that the LMS can mean; None where there is none, or more than one."""
        if lms_id in self._by_lms:
            return self._by_lms[lms_id]
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
    separator = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    lines = csv.DictReader(text.splitlines(), delimiter=separator)
    columns = {
        heading: " ".join(heading.replace("_", " ").lower().split()) for heading in lines.fieldnames or ()
    }
    if "id" not in columns.values():
        raise RosterError(f"{file} has no column called id; its columns are to be id, name, lms id.")
    roster = Roster()
    for line in lines:
        given = {
            HEADINGS[columns[h]]: (v or "").strip() for h, v in line.items() if columns.get(h) in HEADINGS
        }
        person = Person(**given)
        if not person.id:
            raise RosterError(f"{file}, line {lines.line_num}: the id is empty.")
        if person.id in roster.people or (person.lms_id and roster.find("", person.lms_id)):
            raise RosterError(f"{file}, line {lines.line_num}: {person.id} or its LMS id is there twice.")
        roster.add(person)
    return roster


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
