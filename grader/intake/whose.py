"""Whose file it is, read off its name as Moodle, Canvas or nbgrader writes it.

    Zoë Müller_12345_assignsubmission_file_/x.ipynb    Moodle, a folder for each submission
    Zoë Müller_12345_assignsubmission_file_x.ipynb     Moodle, all files in one folder
    Group A-Zoë Müller_12345_assignsubmission_file_/…  Moodle, where students work in groups
    muellerzoe_LATE_12345_67890_x-2.ipynb              Canvas: student, file; -2 is the third hand-in
    02_attention - Zoë Müller.ipynb                    Google Classroom, in Drive's folder of the assignment
    zoe/02_attention/02_attention.ipynb, zoe/x.ipynb   nbgrader, or anybody's own folders

Moodle's number is the participant's in this one assignment (its grading worksheet calls it "Participant
12345"), Canvas's the student's in all courses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

MOODLE = re.compile(r"(?P<name>.+?)_(?P<lms>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?$", re.S)
CANVAS = re.compile(
    r"(?P<name>[^_/]+)_(?P<late>LATE_)?(?P<lms>\d+)_(?P<upload>\d+)_(?P<file>.+)$", re.S | re.IGNORECASE
)

# A group has a number, or is called so ("Default group", "Standardgruppe"); "Anna-Lena Meier" has a hyphen of
# her own. What else a group may be called, the roster tells (`Owner.without_group`)
GROUP = re.compile(
    r"(?:[^-]*(?:group|gruppe|groupe|grupo|gruppo|groep|grupp|grupa|\bteam)\b[^-]*|[^-]*\d[^-]*)-(?P<name>\S.*)",
    re.S | re.IGNORECASE,
)
# A name of two words at least: "x - Copy.ipynb" is somebody's copy
CLASSROOM = re.compile(r"(?P<file>.+) - (?P<name>[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*)+)\.ipynb$", re.S)


@dataclass(frozen=True)
class Owner:
    """Who handed a file in, as far as its name tells.

    ``upload`` grows with every upload to Canvas, so of two files of one student the larger is the newer.
    """

    name: str
    lms_id: str = ""
    late: bool = False
    upload: int = 0
    system: str = ""  # "moodle", "canvas" or ""

    @property
    def folder(self) -> str:
        """The student's folder where no roster says otherwise. Two people of one name stay two."""
        plain = unicodedata.normalize("NFC", self.name)
        plain = re.sub(r"[^\w.@+-]+", "_", plain).strip("._")
        if self.lms_id:
            plain = f"{plain}_{self.lms_id}" if plain else self.lms_id
        return plain[:100]

    @property
    def without_group(self) -> list[str]:
        """The names that this one may be, if it begins with the name of a group of Moodle's."""
        parts = self.name.split("-") if self.system == "moodle" else [self.name]
        return ["-".join(parts[at:]).strip() for at in range(1, len(parts))]


def owner_of(path: PurePosixPath) -> tuple[Owner, str] | None:
    """The owner of a file, and the file's own name; None where the path tells of nobody.

    ``path`` begins where the students begin: `below_the_students` cuts what stands above.
    """
    first, own = path.parts[0], path.name
    if found := MOODLE.match(first):
        group = GROUP.fullmatch(found["name"])
        owner = Owner(group["name"] if group else found["name"], found["lms"], system="moodle")
        return owner, own if path.parts[1:] else found["file"] or own
    if not path.parts[1:] and (found := CANVAS.match(first)):
        owner = Owner(found["name"], found["lms"], bool(found["late"]), int(found["upload"]), "canvas")
        return owner, found["file"]
    if path.parts[1:]:
        return Owner(first), own
    if found := CLASSROOM.match(first):
        return Owner(found["name"]), f"{found['file']}.ipynb"
    return None


def below_the_students(paths: Sequence[PurePosixPath], lesson: str) -> list[PurePosixPath]:
    """The paths without the folders that a zip may have around everything."""
    moodles = [at for path in paths for at, part in enumerate(path.parts[:-1]) if MOODLE.match(part)]
    above = min(moodles, default=0)
    if above and len({path.parts[:above] for path in paths}) == 1:
        return [PurePosixPath(*path.parts[above:]) for path in paths]
    tops = {path.parts[0] for path in paths}
    if len(tops) != 1 or any(len(path.parts) < 2 for path in paths) or MOODLE.match(next(iter(tops))):
        return list(paths)
    inner = [PurePosixPath(*path.parts[1:]) for path in paths]
    by_name = any(MOODLE.match(path.parts[0]) or CANVAS.match(path.parts[0]) for path in inner)
    classroom = [CLASSROOM.match(str(path)) for path in inner]
    by_name |= any(found["file"] == lesson for found in classroom if found)
    by_name |= len({found and found["name"] for found in classroom}) > 1 and all(classroom)  # own titles
    folders = {path.parts[0] for path in inner if len(path.parts) > 1}
    # one student's own folders would look the same, but for the lesson's name among them
    return inner if by_name or (folders and lesson not in folders) else list(paths)
