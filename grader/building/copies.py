"""A reader's own copies of the lessons, in ``work/``, which git ignores: a newer course never touches them.

Whoever works in ``lessons/`` itself meets a conflict at the next ``git pull``. So a lesson is copied once; a
newer release of it is laid beside the copy, under a name that is not taken, and replaces only a copy that is
still as it was handed out.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from grader.building.lesson import BuildError
from grader.configure import RELEASES

COPIES = "work"
RECORD = ".handed_out.json"  # lesson -> the release that its reader has been given last, by its hash


def hand_out(root: Path) -> Iterator[str]:
    """Give the reader a copy of every lesson that is new or newer; a line about each that is.

    Raises:
        BuildError: there is no lesson, so this is not the root of a course.
    """
    releases = sorted((root / RELEASES).glob("[0-9]*/*.ipynb"))
    releases = [release for release in releases if release.stem == release.parent.name]
    if not releases:
        raise BuildError(f"There are no lessons in {root / RELEASES}: run this in the root of the course.")
    record = root / COPIES / RECORD
    known = _read(record)
    for release in releases:
        own = root / COPIES / release.stem / release.name
        given, now = known.get(release.stem), _hash(release)
        if own.exists() and given == now:
            continue
        said = ""
        if not own.exists() or _hash(own) == given:
            said = "a newer one, as yours was untouched" if own.exists() else "your copy"
            _copy(release, own)
        elif _hash(own) != now:
            beside = _free(own)
            said = f"stays as you left it; there is a newer one beside it, {beside.name}"
            _copy(release, beside)
        known[release.stem] = now
        record.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        if said:
            yield f"{own.relative_to(root).as_posix()}: {said}"


def _read(record: Path) -> dict[str, str]:
    try:
        return dict(json.loads(record.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}  # then every copy counts as worked in


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _copy(release: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(release, target)


def _free(own: Path) -> Path:
    """The first of ``02_attention_2.ipynb``, ``02_attention_3.ipynb`` … that does not exist."""
    number = 2
    while (free := own.with_stem(f"{own.stem}_{number}")).exists():
        number += 1
    return free
