"""Who the student is, the numbers that are theirs alone, and what follows from the secret and from no key.

    key of a student     = HMAC(course secret, student)
    seed of their number = HMAC(key of the student, exercise)
    seed of hidden cases = HMAC(HMAC(course secret, "hidden cases"), student and exercise)

The instructor keeps the course secret and hands each student their key (`grader key STUDENT`), so a
student can see their own numbers and nobody else's, and every regrade finds the same ones again. A key opens
numbers and nothing else: hidden cases follow from the secret on another way, which no key leads back to.
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
from pathlib import Path

PUBLIC_SECRET = "self-study"
SECRET_FILE = ".course_secret"


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
    """The key that an instructor hands to ``student``: 16 hexadecimal digits."""
    return _hmac(secret, student)[:16]


def personal_seed(key: str, exercise: str) -> int:
    """The seed of one student's numbers in one exercise."""
    return _seed(_hmac(key, exercise))


def hidden_seed(secret: str, student: str, exercise: str) -> int:
    """The seed of one student's hidden cases in one exercise; a new one each time without a secret."""
    if secret == PUBLIC_SECRET:
        return secrets.randbits(60)
    return _seed(_hmac(_hmac(secret, "hidden cases"), json.dumps([student, exercise])))


def _seed(digest: str) -> int:
    return int(digest[:15], 16)


def own_key() -> str:
    """The key of whoever runs this notebook.

    ``COURSE_KEY`` if the instructor has given one (grading sets it); otherwise the public key of
    ``COURSE_STUDENT``, of the JupyterHub user, or of the person logged in.
    """
    if key := os.environ.get("COURSE_KEY"):
        return key
    student = os.environ.get("COURSE_STUDENT") or os.environ.get("JUPYTERHUB_USER") or _login()
    return student_key(PUBLIC_SECRET, student)


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # in a container, nobody may be logged in
        return "student"
