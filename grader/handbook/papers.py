"""docs/papers.md: from a paper to the file that implements it, the lessons and the exercises.

Which files cite a paper is read off their docstrings ("Vaswani et al. 2017"), which lessons off their
references and off the exercises; the rest, which nothing in the course says, stands in docs/papers.toml.
"""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from grader import catalogue
from grader.building.lesson import Lesson, find_lessons

DECLARED = Path("docs") / "papers.toml"
_NAME = r"(?:van |de )?[A-ZÀ-Þ][\w’'-]*[a-zà-ÿ][\w’'-]*"
CITED = re.compile(rf"\b({_NAME}(?:(?:, {_NAME})*,? and {_NAME}| et al\.)?),? \(?((?:19|20)\d\d[a-z]?)\b")
NO_PAPERS = re.compile(r"ImageNet \d|VOC \d|WMT \d")
ABOUT = (
    "course/show/",
    "course/checkpoints/",
    "course/fewlabels/few_images.py",
)  # use a method of another file
HEAD = """# From the paper to the code, and to the lesson

Each file of [`course/`](../README.md#what-there-is) follows one paper, or says in its docstring which part of
which it takes: equation, what people usually get wrong, how many parameters there are, what the paper
reports. *You write* lists exercises that build, or question, a part of it.

| paper | file | lesson | you write |
|:--|:--|:--|:--|
"""


class Undeclared(Exception):
    """docs/papers.toml does not fit the course; the message says where."""


@dataclass(frozen=True)
class Paper:
    """A paper, as docs/papers.toml declares it."""

    title: str
    where: str
    cited: str = ""
    authors: str = ""  # where no file of course/ cites them, or not all
    files: tuple[str, ...] = ()
    exercises: tuple[str, ...] = ()


def page(root: Path) -> str:
    """The whole page.

    Raises:
        Undeclared: a citation has no entry, or an entry leads nowhere.
    """
    papers = declared(root)
    cites = citations(root)
    if missing := sorted(cites.keys() - {paper.cited for paper in papers}):
        raise Undeclared(f"{DECLARED} has no paper for what course/ cites: {', '.join(missing)}.")
    lessons = find_lessons(root)
    texts = {lesson.name: references(lesson) for lesson in lessons}
    return HEAD + "".join(_row(paper, cites, texts) for paper in papers)


def declared(root: Path) -> list[Paper]:
    """The papers of docs/papers.toml, by title."""
    told = tomllib.loads((root / DECLARED).read_text(encoding="utf-8"))
    papers = [
        Paper(
            title,
            entry["where"],
            entry.get("cited", ""),
            entry.get("authors", ""),
            tuple(entry.get("files", ())),
            tuple(entry.get("exercises", ())),
        )
        for title, entry in told.items()
    ]
    return sorted(papers, key=lambda paper: paper.title.lower().removeprefix("the ").removeprefix("a "))


def citations(root: Path) -> dict[str, list[str]]:
    """Who is cited in docstrings of the library's files, and in which."""
    found: dict[str, list[str]] = {}
    for path in sorted((root / "course").rglob("*.py")):
        said = " ".join((ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split())
        for who, year in dict.fromkeys(CITED.findall(NO_PAPERS.sub("", said))):
            found.setdefault(f"{who} {year}", []).append(str(path.relative_to(root)))
    return found


def references(lesson: Lesson) -> str:
    """The references of a lesson, on one line."""
    text = lesson.source.read_text(encoding="utf-8").rpartition("## References")[2].partition("\n# %%")[0]
    return " ".join(line.removeprefix("#").strip() for line in text.splitlines())


def _row(paper: Paper, cites: dict[str, list[str]], texts: dict[str, str]) -> str:
    files = paper.files or tuple(cites.get(paper.cited, ()))
    if strange := set(paper.files) - set(cites.get(paper.cited, ())):
        raise Undeclared(f"{DECLARED}: {', '.join(sorted(strange))} does not cite {paper.cited}.")
    if paper.cited and not files:
        raise Undeclared(f"{DECLARED}: no file of course/ cites {paper.cited} ({paper.title}).")
    exercises = [catalogue.find(id) for id in paper.exercises]
    said_in = {name for name, text in texts.items() if f"*{paper.title}".lower() in text.lower()}
    lessons = sorted(said_in | {exercise.lesson for exercise in exercises})
    if not (files or lessons):
        raise Undeclared(f"{DECLARED}: no file and no lesson has to do with {paper.title!r}.")
    authors = paper.authors or paper.cited.rpartition(" ")[0]
    by = f"{authors}, " if authors else ""
    methods = [path for path in files if not path.startswith(ABOUT)] or files
    cells = (
        f"*{paper.title}*, {by}{paper.where}",
        ", ".join(f"[`{path.removeprefix('course/')}`](../{path})" for path in methods),
        ", ".join(f"[{name[:2]}](../lessons/{name}/{name}.ipynb)" for name in lessons),
        ", ".join(f"`{exercise.id}`" for exercise in exercises),
    )
    return f"| {' | '.join(cells)} |\n"
