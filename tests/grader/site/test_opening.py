"""How to open a lesson: the file lies in the site; a service is linked to only where there is an address."""

import pytest

from grader.building.lesson import Lesson
from grader.site.opening import opening

PROJECT = '[project]\nname = "course"\n'


@pytest.fixture
def lesson(tmp_path):
    made = Lesson(tmp_path, "02_attention")
    made.released.parent.mkdir(parents=True)
    made.released.write_text("{}")
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    return made


def test_the_notebook_lies_among_the_pages_files(lesson):
    text = opening(lesson, lesson.root / "files", "../files/02_attention")
    assert '<a href="../files/02_attention/02_attention.ipynb" download>' in text
    assert (lesson.root / "files" / "02_attention.ipynb").read_text() == "{}"
    script = (lesson.root / "files" / "02_attention.ipynb.js").read_text()
    assert script == 'notebook("02_attention.ipynb", "{}");\n'


def test_without_an_address_it_says_how_to_upload(lesson):
    text = opening(lesson, lesson.root / "files", "files")
    assert "(read and run, not graded): `grader release 02_attention --to 02.zip`" in text
    assert "https://" not in text


def test_with_an_address_it_links_to_a_service(lesson):
    urls = '[project.urls]\nRepository = "https://github.com/somebody/course/"\n'
    (lesson.root / "pyproject.toml").write_text(PROJECT + urls)
    text = opening(lesson, lesson.root / "files", "files")
    place = "somebody/course/HEAD?labpath=lessons/02_attention/02_attention.ipynb"
    assert f"(read and run, not graded): [open it in Binder](https://mybinder.org/v2/gh/{place})" in text
    assert "%pip install git+https://github.com/somebody/course`" in text
