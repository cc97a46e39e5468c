"""Which of a student's files is the submission."""

import json
import os
import random

import nbformat
import pytest

from benchmarks import repair as damage
from grader.repair import NotGradable, heal
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


def test_an_empty_notebook_never_gets_its_0_in_the_place_of_a_broken_one(find):
    done = find(**{f"{NAME}.ipynb": WORK[: len(WORK) // 3], f"{NAME} (2).ipynb": BLANK})
    assert done.path.name == f"{NAME}.ipynb"
    with pytest.raises(NotGradable, match="breaks off"):
        heal(done.data, damage.released(NAME))


@pytest.mark.parametrize("broken", [WORK[:200], b"", b"PK\x03\x04"], ids=["breaks off", "empty", "a zip"])
def test_a_broken_file_under_another_name_is_not_passed_over_either(find, broken):
    assert find(**{f"{NAME}.ipynb": BLANK, "mine.ipynb": broken}).data == broken


def test_an_empty_notebook_beside_files_of_another_kind_is_graded(find):
    assert find(**{f"{NAME}.ipynb": BLANK, "data.json": b"[1, 2]"}).data == BLANK


def test_a_whole_notebook_is_taken_before_one_that_breaks_off(find):
    done = find(**{f"{NAME}.ipynb": WORK[: len(WORK) * 9 // 10], "mine.ipynb": WORK})
    assert done.data == WORK


def test_another_lesson_s_notebook_alone_under_this_name_is_for_healing_to_refuse(find):
    assert find(**{f"{NAME}.ipynb": OTHER, "more.ipynb": OTHER}).path.name == f"{NAME}.ipynb"


def test_long_and_odd_names_are_shown_short(find):
    done = find(**{f"\u202e{'x' * 80}.ipynb": WORK})
    assert done.mended[0].startswith("?xxx") and "…" in done.mended[0] and len(done.mended[0]) < 100


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
