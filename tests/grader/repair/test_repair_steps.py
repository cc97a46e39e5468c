"""Repair at nbgrader's own extension points, without a kernel and without nbgrader's database."""

import random
import shutil

import nbformat
import pytest
from nbgrader.converters import Autograde
from traitlets.config import Config

from benchmarks import repair as damage
from grader.building.lesson import Lesson
from grader.configure import configure
from grader.repair import NotGradable
from grader.repair.report import NOTE, mended_in
from grader.repair.steps import Repair, SubmissionExporter, add_renamed

NAME = "05_cost"


@pytest.fixture
def hand_in(tmp_path, monkeypatch, root):
    """A course with one release, in which a student hands files in; gives the student's folder."""
    monkeypatch.chdir(tmp_path)
    released = Lesson(tmp_path, NAME).released
    released.parent.mkdir(parents=True)
    shutil.copy(Lesson(root, NAME).released, released)

    def hand_in(files):
        folder = tmp_path / "submitted" / "ada" / NAME
        folder.mkdir(parents=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
        return folder

    return hand_in


def sanitise(path):
    exporter = SubmissionExporter(config=configure(Config()))
    exporter.register_preprocessor(Repair, enabled=True)
    said = {"nbgrader": {"student": "ada", "assignment": NAME, "notebook": path.stem}}
    text, resources = exporter.from_filename(str(path), resources=said)
    assert "submission" not in resources
    return nbformat.reads(text, as_version=4)


def test_a_damaged_file_is_healed_with_a_note_at_the_top_and_stays_as_it_is(hand_in):
    rng = random.Random(5)
    handed = damage.submission(rng, NAME)
    expected = damage.healed(handed)
    for way in (damage.merge, damage.not_a_number, damage.byte_order_mark, damage.trailing_garbage):
        way(rng, handed)
    folder = hand_in(handed.files())
    before = (folder / f"{NAME}.ipynb").read_bytes()
    notebook = sanitise(folder / f"{NAME}.ipynb")
    assert notebook.cells[0].id == NOTE
    assert len(mended_in(notebook)) >= 3
    assert damage.what_is_graded(notebook, NAME) == damage.what_is_graded(expected, NAME)
    assert (folder / f"{NAME}.ipynb").read_bytes() == before


def test_a_sound_file_gets_no_note(hand_in):
    folder = hand_in(damage.submission(random.Random(5), NAME).files())
    notebook = sanitise(folder / f"{NAME}.ipynb")
    assert all(cell.id != NOTE for cell in notebook.cells)


def test_a_renamed_file_is_added_to_what_is_graded_and_read_from_where_it_lies(hand_in):
    handed = damage.submission(random.Random(5), NAME)
    handed.file = f"{NAME} (1).ipynb"
    folder = hand_in(handed.files())
    notebooks = [str(folder / handed.file)]
    add_renamed(NAME, "ada", notebooks)
    assert notebooks[1:] == [str(folder / f"{NAME}.ipynb")]
    notebook = sanitise(folder / f"{NAME}.ipynb")
    assert mended_in(notebook) == (f"{handed.file} was graded as {NAME}.ipynb.",)
    assert [path.name for path in folder.iterdir()] == [handed.file]


@pytest.mark.parametrize("data", [b"", b'{"cells": [{"cell_type": "code"', b'{"cells": []}'])
def test_a_renamed_file_that_nobody_can_grade_is_not_added_and_so_gets_no_0(hand_in, data):
    folder = hand_in({"mine.ipynb": data})
    notebooks = [str(folder / "mine.ipynb")]
    add_renamed(NAME, "ada", notebooks)
    assert notebooks == [str(folder / "mine.ipynb")]
    with pytest.raises(NotGradable):
        sanitise(folder / f"{NAME}.ipynb")


def test_without_a_release_the_instructor_is_told_to_build_it(hand_in, tmp_path):
    folder = hand_in(damage.submission(random.Random(5), NAME).files())
    shutil.rmtree(tmp_path / "lessons")
    with pytest.raises(FileNotFoundError, match="grader build"):
        sanitise(folder / f"{NAME}.ipynb")


def test_a_notebook_that_is_no_submission_is_read_as_ever(hand_in):
    folder = hand_in(damage.submission(random.Random(5), NAME).files())
    read, _ = SubmissionExporter().from_filename(str(folder / f"{NAME}.ipynb"), resources={})
    assert nbformat.reads(read, as_version=4) == nbformat.read(folder / f"{NAME}.ipynb", as_version=4)


def test_nbgrader_finds_the_steps_that_are_configured():
    autograde = Autograde(config=configure(Config()))
    assert autograde.exporter_class is SubmissionExporter
    assert autograde.pre_convert_hook is add_renamed
    assert autograde.sanitize_preprocessors[0] == "grader.repair.steps.Repair"
