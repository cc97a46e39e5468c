"""The file system that student code sees, as bubblewrap's arguments.

Read-only: the system's programs and libraries, this Python and its packages, the library of the course, and
of the grader the few files that answer the judge's questions. Nothing else is there: no home folder, no
solutions, no exercises with their references, no gradebook, no submissions, no ``/tmp`` of the machine.

In place of `grader.notebook` and `grader.catalogue`, which load exercises, stand the files of
``grader/sandbox/inside``.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import sys
from functools import cache
from pathlib import Path

import course
import grader
from grader.student import CONFINED

OURS = Path(grader.__file__).resolve().parent
OPEN = (  # of the grader, what runs beside student code
    *("__init__.py", "forking.py", "formula.py", "asking", "student"),
    *(f"sandbox/{name}.py" for name in ("__init__", "limits", "namespaces", "keeper")),
    *(f"sandbox/{name}.py" for name in ("loaded", "zygote", "pieces", "one_answer", "alone")),
)
STAND_INS = ("notebook.py", "catalogue.py")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/sys/devices/system/cpu")
SETTINGS = ("alternatives", "fonts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types")
FOLDERS = ("/kernel", "/run", "/tmp")


def arguments() -> list[str]:
    """What bubblewrap is told to show."""
    words: list[str] = []
    for path in SYSTEM:
        words += ["--symlink", os.readlink(path), path] if os.path.islink(path) else show(path)
    for name in SETTINGS:
        words += show(f"/etc/{name}")
    for path in (*_python(), str(Path(course.__file__).resolve().parent)):
        words += show(path)
    words += [*_folders_above(str(OURS / "file")), "--tmpfs", str(OURS)]  # hides what is there otherwise
    for name in OPEN:
        words += show(str(OURS / name))
    for name in STAND_INS:
        words += show(str(OURS / "sandbox" / "inside" / name), str(OURS / name))
    words += ["--remount-ro", str(OURS), "--dev", "/dev"]
    for folder in FOLDERS:
        words += ["--dir", folder]
    return [*words, "--perms", "0777", "--tmpfs", "/scratch"]


def environment() -> dict[str, str]:
    """The variables that student code finds, and no others."""
    return {
        CONFINED: "1",
        "HOME": "/scratch/home",
        "LANG": "C.UTF-8",
        "MPLCONFIGDIR": "/scratch/home",
        "OMP_NUM_THREADS": "1",  # one core for each kernel; and a pool of threads would not survive a fork
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(OURS.parent),
    }


@cache
def fingerprint() -> str:
    """Changes with what student code sees: with the files that are ours, and the versions of the rest."""
    whole = hashlib.sha256(sys.version.encode())
    for installed in sorted((each.name, each.version) for each in importlib.metadata.distributions()):
        whole.update(repr(installed).encode())
    shown = [OURS / name for name in OPEN] + [OURS / "sandbox" / "inside" / name for name in STAND_INS]
    for place in [Path(course.__file__).resolve().parent, *shown]:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and path.suffix != ".pyc":
                name, content = path.relative_to(place.parent), hashlib.sha256(path.read_bytes())
                whole.update(repr((str(name), content.hexdigest())).encode())
    return whole.hexdigest()


def show(path: str, seen_at: str | None = None) -> list[str]:
    """A file or folder of the machine, read-only, at its own path or another."""
    seen_at = seen_at or path
    return [*_folders_above(seen_at), "--ro-bind-try", path, seen_at]


def _folders_above(path: str) -> list[str]:
    """bubblewrap makes missing folders for itself alone; these are for everyone to pass through."""
    above = [str(folder) for folder in reversed(Path(path).parents) if folder != Path("/")]
    return [word for folder in above for word in ("--dir", folder)]


def _python() -> list[str]:
    """The folders of this Python and its packages that are not the system's."""
    packages = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    folders: list[str] = []
    for path in (sys.base_prefix, sys.prefix, *packages):
        if not any(Path(path).is_relative_to(known) for known in ("/usr", *folders)):
            folders.append(path)
    return folders
