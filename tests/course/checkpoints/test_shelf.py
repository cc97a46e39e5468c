"""Which checkpoint is taken, and what is said where there is none."""

import json

import pytest

from course.checkpoints import load, shelf
from course.checkpoints.making import begin, make
from course.checkpoints.shelf import card, files, found, own


@pytest.fixture
def there(tiny, tmp_path):
    make("tiny", tiny, *begin("tiny", tiny, tmp_path / "run"), own())
    return files("tiny", own())


def test_a_readers_own_comes_before_the_courses(there, tmp_path, monkeypatch):
    package = tmp_path / "package"
    package.mkdir()
    for path in there:
        (package / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(shelf, "PACKAGE", package)
    assert found("tiny") == there
    there[1].unlink()  # weights without a card are nobody's
    assert found("tiny") == files("tiny", package)
    assert load("tiny").card == card("tiny")


def test_one_that_has_not_been_made(tiny):
    assert found("tiny") is None
    for asked in (load, card):
        with pytest.raises(
            FileNotFoundError, match=r"tiny has not been made: `course checkpoints make tiny` makes"
        ):
            asked("tiny")


def test_a_name_that_there_is_not():
    for asked in (load, card, found):
        with pytest.raises(
            ValueError, match=r"there is no checkpoint 'mae'; there are translate-numbers, .*mae-shap"
        ):
            asked("mae")


def test_weights_that_the_card_is_not_about(there):
    _, about = there
    about.write_text(json.dumps({**json.loads(about.read_text()), "sha256": "0" * 64}))
    with pytest.raises(
        ValueError, match="is not what its card is about, or is damaged: `course checkpoints make"
    ):
        load("tiny")
