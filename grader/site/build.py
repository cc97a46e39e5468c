"""Writes what Sphinx makes the site of, and has it do so."""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Callable, Collection, Sequence
from copy import deepcopy
from functools import partial
from pathlib import Path

import nbformat
from nbclient.exceptions import CellControlSignal
from nbformat import NotebookNode

from grader.building.lesson import Lesson
from grader.site import calculator, engine, front, gallery, library, sizes
from grader.site.figures import Figures
from grader.site.lesson_page import lesson_page
from grader.site.unchanged import Unchanged

HERE = Path(__file__).parent
FILES = "files"  # the folder of the site for what belongs to a lesson's page
_LINKED = re.compile(r"\[([^]]+)\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)")  # to another file
_RECORD = re.compile(r"`(benchmarks/results/[\w-]+\.md)`")  # what a lesson names as the place of its numbers


class SiteError(Exception):
    """The site cannot be built; the message says what to mend."""


def build(root: Path, out: Path, lessons: Sequence[Lesson], say: Callable[[str], None] = print) -> None:
    """Build the site of these lessons into a folder. What has not changed since the last time is kept.

    Raises:
        SiteError: a cell of a lesson fails, or Sphinx warns of something; which and why is in the message.
    """
    sources, kept = out.with_name(f"{out.name}-sources"), out.with_name(f"{out.name}-kept")
    pages = Sources(sources)
    files, unchanged, made = out / FILES, Unchanged(root, kept / "pages"), {}
    engine.write(files)
    for lesson in lessons:
        say(f"{lesson.name} …")
        own = files / lesson.name
        make = partial(lesson_page, lesson, own, f"../{FILES}/{lesson.name}")
        try:
            made[lesson.name] = unchanged.page(lesson, own, make)
        except CellControlSignal as error:
            raise SiteError(f"{lesson.shown(lesson.source)} does not run to its end.\n{error}") from error
        pages.write(f"lessons/{lesson.name}.ipynb", nbformat.writes(_with_records(made[lesson.name])))
    for other in files.iterdir():
        if other.is_dir() and other.name not in made:
            shutil.rmtree(other)
    say("the gallery, the library …")
    drawn = gallery.page(gallery.contents(root), Figures(files / "gallery", f"{FILES}/gallery"))
    pages.write("gallery.ipynb", nbformat.writes(drawn))
    parts = library.pages(root, sizes.tables(root))
    for place, text in parts.items():
        pages.write(f"library/{place}", text)
    calculator.write(files)
    texts = {"calculator.md": calculator.PAGE, **_documents(root, set().union(*map(_records, made.values())))}
    found = {*texts, *(f"lessons/{name}.ipynb" for name in made), *map("library/{}".format, parts)}
    for place, text in texts.items():
        pages.write(place, _of_the_site(text, Path(place).parent, found))
    pages.write("index.md", front.page(root, made))
    pages.drop_others()
    say("Sphinx …")
    _sphinx(sources, out, kept)


class Sources:
    """The folder that Sphinx reads. What has not changed is not touched, so that it is not read again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.written = folder, set[Path]()

    def write(self, place: str, text: str) -> None:
        file = self._file(place)
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")

    def drop_others(self) -> None:
        """Remove pages of before."""
        for ending in ("*.md", "*.rst", "*.ipynb"):
            for file in self.folder.rglob(ending):
                if file not in self.written:
                    file.unlink()

    def _file(self, place: str) -> Path:
        file = self.folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        self.written.add(file)
        return file


def _words_of(page: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in page.cells if cell.cell_type == "markdown"]


def _records(page: NotebookNode) -> set[str]:
    """The records of measurements that a lesson names, by their places."""
    return {place for cell in _words_of(page) for place in _RECORD.findall(cell.source)}


def _with_records(page: NotebookNode) -> NotebookNode:
    """The page of a lesson on which the place of a record leads to it."""
    linked = deepcopy(page)
    for cell in _words_of(linked):
        cell.source = _RECORD.sub(r"[`\1`](../\1)", cell.source)
    return linked


def _documents(root: Path, named: Collection[str]) -> dict[str, str]:
    """The documents, and those records that they or lessons (``named``) send a reader to: texts by places."""
    waiting, found = [*sorted((root / "docs").glob("*.md")), root / "CHANGELOG.md"], dict[str, str]()
    waiting += map(root.joinpath, sorted(named))
    while waiting:
        document = waiting.pop(0).resolve()
        place = document.relative_to(root).as_posix()
        if place in found or not document.is_file() or document.name == "README.md":
            continue  # the front page stands for the README
        found[place] = document.read_text(encoding="utf-8")
        linked = (target for _, target, _ in _LINKED.findall(found[place]) if target.endswith(".md"))
        waiting += [document.parent / target for target in linked]
    return found


def _of_the_site(text: str, folder: Path, found: Collection[str]) -> str:
    """A document whose links lead to the site's pages; where there is none, the words alone are left.

    Args:
        folder: where the document lies, from the root.
        found: the pages that there are, by their places from the root.
    """

    def link(one: re.Match[str]) -> str:
        words, target, place = one.groups()
        page = _page_of(os.path.normpath(folder / target))
        return f"[{words}]({os.path.relpath(page, folder)}{place or ''})" if page in found else words

    return _LINKED.sub(link, text)


def _page_of(place: str) -> str:
    """What shows a file of ours: a lesson's page, the library's on a part of `course`; or itself."""
    match Path(place).parts:
        case ("lessons", name, file) if file == f"{name}.ipynb":
            return f"lessons/{file}"
        case ("course", part, *_):
            return f"library/{library.BLOCKS if part.endswith('.py') else part}.rst"
    return place


def _sphinx(sources: Path, out: Path, kept: Path) -> None:
    """Run Sphinx, with warnings as errors.

    Raises:
        SiteError: with the warnings.
    """
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.console import nocolor
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    nocolor()
    warnings = io.StringIO()
    try:
        with patch_docutils(HERE), docutils_namespace():
            folders = str(sources), str(HERE), str(out), str(kept)
            app = Sphinx(*folders, "html", status=None, warning=warnings, parallel=2)
            app.build()
    except SphinxError as error:
        warnings.write(str(error))
    if told := warnings.getvalue().strip():
        shutil.rmtree(kept, ignore_errors=True)  # or the next build would not read, and not warn, again
        raise SiteError(told)
