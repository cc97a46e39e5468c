"""Which of a student's files is the submission."""

import json
import os
import random

import nbformat
import pytest

from benchmarks import repair as damage
from grader.repair import NotGradable
from grader.repair.folder import find_submission

NAME = "05_cost"
WORK = json.dumps(damage.submission(random.Random(1), NAME).notebook).encode()
BLANK = nbformat.writes(damage.released(NAME)).encode()
OTHER = nbformat.writes(damage.released("02_attention")).encode()


@pytest.fixture
def find(tmp_path):
    def found(**files):
        for name, data in files.items():
            (tmp_path / name.replace("__", ".")).write_bytes(data)
        return find_submission(tmp_path, NAME, damage.released(NAME))

    return found


def test_the_lesson_s_name_is_taken_unread(find):
    done = find(**{f"{NAME}.ipynb": b"anything", "notes.txt": b""})
    assert (done.path.name, done.data, done.mended) == (f"{NAME}.ipynb", b"anything", ())


@pytest.mark.parametrize("name", [f"{NAME} (1).ipynb", "ü.IPYNB", f"{NAME}.ipynb.txt", f"{NAME}.ipynb.json"])
def test_a_renamed_notebook_is_found(find, name):
    done = find(**{name: WORK})
    assert done.data == WORK
    assert done.mended == (f"{name} was graded as {NAME}.ipynb.",)


def test_the_one_with_answers_is_taken_even_under_another_name(find):
    done = find(**{f"{NAME}.ipynb": BLANK, "mine.ipynb": WORK, "other.ipynb": OTHER})
    assert done.data == WORK
    assert f"{NAME}.ipynb, other.ipynb" in done.mended[1]


def test_of_two_with_answers_the_lesson_s_name_is_taken(find):
    assert find(**{f"{NAME}.ipynb": WORK, "mine.ipynb": WORK}).path.name == f"{NAME}.ipynb"


def test_another_lesson_s_is_never_taken_for_this_one(find):
    with pytest.raises(NotGradable, match=f"hand in the file {NAME}.ipynb"):
        find(**{"a.ipynb": OTHER, "b.ipynb": b"{}"})


def test_an_empty_folder_is_not_gradable(find):
    with pytest.raises(NotGradable, match="no notebook of this lesson"):
        find()


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
def test_links_are_not_followed(find, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "ada.ipynb").write_bytes(WORK)
    (tmp_path / "copy.ipynb").symlink_to(tmp_path / "elsewhere" / "ada.ipynb")
    with pytest.raises(NotGradable, match="no notebook"):
        find()
    (tmp_path / f"{NAME}.ipynb").symlink_to(tmp_path / "elsewhere" / "ada.ipynb")
    with pytest.raises(NotGradable, match="is a link"):
        find()
