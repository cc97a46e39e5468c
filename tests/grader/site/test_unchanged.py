"""A page is made again where its lesson, its run or what makes pages has changed; else it is kept."""

import nbformat
import pytest

from grader.building.lesson import Lesson
from grader.site.unchanged import Unchanged


@pytest.fixture
def lesson(tmp_path):
    made = Lesson(tmp_path / "root", "01_small")
    for file in (made.source, made.released, made.root / "grader" / "judge.py"):
        file.parent.mkdir(parents=True)
        file.write_text("once")
    return made


@pytest.fixture
def page(lesson, tmp_path):
    """Ask for the page, as a build does; and how often it was made."""
    made = []

    def make():
        made.append(1)
        (tmp_path / "files").mkdir()
        return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"{len(made)}", id="one")])

    def ask():
        return (
            Unchanged(lesson.root, tmp_path / "kept").page(lesson, tmp_path / "files", make).cells[0].source
        )

    return ask


def test_it_is_made_once(page):
    assert page() == page() == "1"


@pytest.mark.parametrize("place", ["source", "released", "judge", "run"])
def test_it_is_made_again_where_something_has_changed(lesson, page, place):
    run = lesson.root / "build" / "executed" / "01_small.json"
    run.parent.mkdir(parents=True)
    places = {"judge": lesson.root / "grader" / "judge.py", "run": run}
    assert page() == "1"
    (places.get(place) or getattr(lesson, place)).write_text("twice")
    assert page() == page() == "2"


def test_it_is_made_again_where_its_files_are_gone(page, tmp_path):
    assert page() == "1"
    (tmp_path / "files").rmdir()
    assert page() == "2"
