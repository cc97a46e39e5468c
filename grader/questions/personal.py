"""Who the student is, the numbers that are theirs alone, and what follows from the secret and from no key.

    key of a student     = HMAC(course secret, student), and four digits that check id and key
    seed of their number = HMAC(key of the student, exercise)
    seed of hidden cases = HMAC(HMAC(course secret, "hidden cases"), student and exercise)

The instructor keeps the course secret and hands each student their key (`grader keys`), so a student can see
their own numbers and nobody else's, and every regrade finds the same ones again. A key opens numbers and
nothing else: hidden cases follow from the secret on another way, which no key leads back to. The last four
digits open nothing: by them a notebook, which has no secret, tells a key from one that was mistyped.
Without a secret, a public one stands in for numbers, which still differ from student to student, and hidden
cases are drawn by chance, anew each time.
"""

from __future__ import annotations

import getpass
import hashlib
import hmac
import json
import os
import secrets
import unicodedata
from pathlib import Path

PUBLIC_SECRET = "self-study"
SECRET_FILE = ".course_secret"
OPENING, CHECKING = 16, 4  # hexadecimal digits of a key: those that open numbers, and those after them


def _hmac(key: str, message: str) -> str:
    return hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()


def course_secret(folder: Path | None = None) -> str:
    """The course's secret: ``COURSE_SECRET``, else the file ``.course_secret`` in ``folder`` or above."""
    if secret := os.environ.get("COURSE_SECRET"):
        return secret
    start = (folder or Path.cwd()).resolve()
    for place in (start, *start.parents):
        file = place / SECRET_FILE
        if file.is_file() and (secret := file.read_text(encoding="utf-8").strip()):
            return secret
    return PUBLIC_SECRET


def student_key(secret: str, student: str) -> str:
    """The key that an instructor hands to ``student``: 20 hexadecimal digits."""
    name = plain_name(student)
    opening = _hmac(secret, name)[:OPENING]
    return opening + _checking(name, opening)


def belongs(key: str, student: str) -> bool:
    """Whether a key is complete and this student's, as far as can be told without the secret."""
    opening, checking = key[:OPENING], key[OPENING:]
    return checking == _checking(plain_name(student), opening)


def _checking(name: str, opening: str) -> str:
    return hashlib.sha256(f"{name} {opening}".encode()).hexdigest()[:CHECKING]


def plain_name(student: str) -> str:
    """A name in the one form that keys know: an accent may be typed in two ways, a space be copied along."""
    return " ".join(unicodedata.normalize("NFC", student).split())


def plain_key(text: str) -> str:
    """A key as it may be typed, without hyphens, spaces and capitals."""
    return "".join(text.split()).replace("-", "").lower()


def readable(key: str) -> str:
    """A key to hand out, in groups of four: so no spreadsheet takes it for a number."""
    return "-".join(key[i : i + 4] for i in range(0, len(key), 4))


def personal_seed(key: str, exercise: str) -> int:
    """The seed of one student's numbers in one exercise."""
    return _seed(_hmac(key[:OPENING], exercise))


def proof(key: str, text: str) -> str:
    """What only who has the key can add to a text."""
    return _hmac(key[:OPENING], text)


def hidden_seed(secret: str, student: str, exercise: str) -> int:
    """The seed of one student's hidden cases in one exercise; a new one each time without a secret."""
    if secret == PUBLIC_SECRET:
        return secrets.randbits(60)
    return _seed(_hmac(_hmac(secret, "hidden cases"), json.dumps([student, exercise])))


def _seed(digest: str) -> int:
    return int(digest[:15], 16)


def own_key() -> str:
    """The key of whoever runs this notebook.

    ``COURSE_KEY`` if the instructor has given one (`sign_in` sets it); otherwise the public key of
    ``COURSE_STUDENT``, of the JupyterHub user, or of the person logged in.
    """
    if key := os.environ.get("COURSE_KEY"):
        return plain_key(key)
    return student_key(PUBLIC_SECRET, own_name())


def own_name() -> str:
    """The name of whoever runs this notebook, as far as anybody has said."""
    return os.environ.get("COURSE_STUDENT") or os.environ.get("JUPYTERHUB_USER") or _login()


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # in a container, nobody may be logged in
        return "student"
