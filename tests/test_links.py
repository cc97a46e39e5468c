"""What is written leads to something that is there: links in documents and lessons, lessons by number."""

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parent.parent
LESSONS = {path.name for path in (ROOT / "solutions").iterdir() if path.is_dir()}
ABROAD = ("http:", "https:", "mailto:", "attachment:", "data:")
MADE_UP = {"01_small", "02_other", "99_example"}  # lessons of tests, and of the guide to writing one


@cache
def published(*endings: str) -> list[Path]:
    """Files under version control, or about to be, outside the tests and the records of benchmarks."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / line for line in listed.splitlines() if line.endswith(endings)]
    apart = (ROOT / "tests", ROOT / "benchmarks" / "results")
    return [path for path in paths if path.is_file() and not any(map(path.is_relative_to, apart))]


def texts(path: Path) -> list[str]:
    """The Markdown of a file: itself, a notebook's cells, or the text cells of a lesson's source."""
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(content)["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    if path.suffix == ".py":
        cells = re.split(r"^# %%", content, flags=re.MULTILINE)
        return [re.sub(r"^# ?", "", cell, flags=re.MULTILINE) for cell in cells if "[markdown]" in cell[:40]]
    return [content]


def anchors(text: str) -> set[str]:
    """What a document's headings can be linked to as, the way GitHub writes them; and marks of its own."""
    titles = re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    return slugs | set(re.findall(r"\b(?:id|name)=[\"']([^\"']+)", text))


def dead(path: Path, text: str) -> list[str]:
    """The links of a text that lead to no file, or to no heading of it."""
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    found = re.findall(r"\]\(<?([^)\s>]+)", prose) + re.findall(r"(?:href|src)=[\"']([^\"'{]+)[\"']", prose)
    found += re.findall(r"^\[[^\]]+\]:\s+(\S+)", prose, re.MULTILINE)
    wrong = []
    for link in found:
        name, _, anchor = unquote(link).partition("#")
        target = path.parent / name if name else path
        if link.startswith(ABROAD):
            continue
        there = target.exists() and target.resolve().is_relative_to(ROOT)
        if there and anchor and target.suffix in (".md", ".ipynb"):
            there = anchor in anchors("\n".join(texts(target)))
        if not there:
            wrong.append(link)
    return wrong


RECORDS = sorted((ROOT / "benchmarks" / "results").glob("*.md"))
WRITTEN = (
    RECORDS + published(".md", ".ipynb") + [path for path in published(".py") if "solutions" in path.parts]
)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    assert [link for text in texts(path) for link in dead(path, text)] == []


def test_a_dead_link_is_found():
    text = "[a](docs/none.md) [b](README.md#nowhere) [c](https://example.org) ![](none.png)\n[d]: gone.md"
    text += ' `[e](code)` <a href="lessons/09_none">f</a> [g](README.md#grade-a-class) [h](/etc/hosts)'
    wrong = {"docs/none.md", "README.md#nowhere", "none.png", "gone.md", "lessons/09_none", "/etc/hosts"}
    assert set(dead(ROOT / "README.md", text)) == wrong


def unwritten(text: str) -> list[str]:
    """Lessons that a text names, by number or by folder, and that are not there."""
    numbers = {name[:2] for name in LESSONS}
    named = re.findall(r"\b(?:solutions|lessons)/(\d\d_\w+)", text)
    said = re.findall(r"\blessons?\s+(?:#\s*)?(\d\d)\b", text, re.IGNORECASE)
    return [name for name in named if name not in LESSONS | MADE_UP] + [n for n in said if n not in numbers]


def test_no_text_sends_a_reader_to_a_lesson_that_does_not_exist():
    paths = published(".md", ".ipynb", ".py", ".html", ".js", "Makefile")
    found = {str(path.relative_to(ROOT)): unwritten(path.read_text(encoding="utf-8")) for path in paths}
    assert {path: names for path, names in found.items() if names} == {}


def test_a_lesson_that_does_not_exist_is_found():
    assert unwritten("see lesson 77, lessons/77_none/77_none.ipynb and lesson\n# 78") == [
        "77_none",
        "77",
        "78",
    ]
    assert unwritten("lesson 02, `lessons/02_attention/02_attention.ipynb`, solutions/99_example/") == []


def test_the_table_of_the_library_names_what_there_is():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition("| in `course/` | is |\n|---|---|\n")[2].partition("\n\n")[0]
    named = [name for row in table.splitlines() for name in re.findall(r"`([^`]+)`", row.split("|")[1])]
    for name in named:
        path = ROOT / "course" / name
        assert path.is_dir() if name.endswith("/") else path.with_suffix(".py").is_file(), f"course/{name}"
    folders = {f"{path.parent.name}/" for path in (ROOT / "course").glob("*/__init__.py")}
    assert folders - set(named) <= {"commands/", "gallery/"}  # they are what one types
