"""Which file of a folder is the submission: the one with the lesson's name, as a rule.

Browsers, mail and learning platforms rename what they carry (``02_attention (1).ipynb``, ``….ipynb.txt``),
and students hand in two notebooks, of which the one with the lesson's name may be the empty one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from grader.repair.heal import Overlap, overlap
from grader.repair.reading import MAX_BYTES, NotGradable

ENDINGS = (".ipynb", ".ipynb.txt", ".ipynb.json", ".json")
ENOUGH = 0.5  # of the lesson's own cells; a notebook with fewer is taken for another lesson's
MOST_FILES = 20  # that are looked into


@dataclass(frozen=True)
class Submission:
    """The file that is graded, and a sentence for each thing that was unusual about it."""

    path: Path
    data: bytes
    mended: tuple[str, ...] = ()


def find_submission(folder: Path, name: str, release: NotebookNode) -> Submission:
    """Find a lesson's notebook among the files that a student handed in. Nothing is changed or moved.

    Args:
        folder: what the student handed in.
        name: the lesson's notebook, without ``.ipynb``.
        release: that notebook as it was released.

    Raises:
        NotGradable: there is none, or the only one cannot be read.
    """
    expected = folder / f"{name}.ipynb"
    files = [path for path in sorted(folder.iterdir()) if path.name.lower().endswith(ENDINGS)]
    others = [path for path in files if path != expected and path.is_file() and not path.is_symlink()]
    if expected.is_symlink():
        raise NotGradable(f"{expected.name} is a link to another file: hand in the notebook itself.")
    if expected.is_file() and not others:
        return Submission(expected, _bytes(expected))
    looked_into = [*([expected] if expected.is_file() else []), *others[:MOST_FILES]]
    overlaps = {path: _overlap(path, release) for path in looked_into}
    found = [path for path in looked_into if overlaps[path].exercises >= ENOUGH]
    if found and not any(overlaps[path].answered for path in found):
        # Rather the broken file, which may have held the answers, than an empty one that would get 0.
        broken = [path for path in looked_into if not overlaps[path].whole and ".ipynb" in path.name.lower()]
        found = broken or found
    if not found and (expected.is_file() or len(looked_into) == 1):
        found = looked_into[:1]  # healing will say what is wrong with it
    if not found:
        raise NotGradable(f"There is no notebook of this lesson: hand in the file {name}.ipynb.")
    ranks = {
        path: (overlaps[path].answered > 0, overlaps[path].whole, path == expected, overlaps[path].answered)
        for path in found
    }
    best = max(found, key=ranks.__getitem__)
    mended = _set_aside(best, [path for path in looked_into if path != best])
    if best != expected:
        mended = (f"{_shown(best)} was graded as {expected.name}.", *mended)
    return Submission(best, _bytes(best), mended)


def _overlap(path: Path, release: NotebookNode) -> Overlap:
    try:
        return overlap(_bytes(path), release)
    except NotGradable:
        return Overlap(0.0, 0, whole=False)


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)  # one more than is accepted, so that it is refused


def _set_aside(graded: Path, others: list[Path]) -> tuple[str, ...]:
    if not others:
        return ()
    names = ", ".join(_shown(path) for path in others[:3]) + (" and more" if len(others) > 3 else "")
    return (f"Beside {_shown(graded)} there were other files that were not graded: {names}.",)


def _shown(path: Path) -> str:
    name = "".join(sign if sign.isprintable() else "?" for sign in path.name)
    return name if len(name) <= 60 else f"{name[:57]}…"
