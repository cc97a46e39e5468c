"""The file of people's words."""

import pytest

from grader.appeals import kept
from grader.appeals.word import Word
from grader.catalogue import EXERCISES
from grader.course_folder import CourseError

WORD = Word("It ≠ that.", 2.5, "f" * 16, "2026-03-01")


def test_written_whole_or_not_at_all(tmp_path):
    assert kept.read(tmp_path) == {}
    with kept.changing(tmp_path) as words:
        words["zoë"], words["ada"] = {"softmax_rows": WORD}, {}
    assert kept.read(tmp_path) == {"zoë": {"softmax_rows": WORD}}
    text = (tmp_path / kept.FILE).read_text()
    assert "It ≠ that." in text and "ada" not in text
    with pytest.raises(RuntimeError), kept.changing(tmp_path) as words:
        words.clear()
        raise RuntimeError
    assert (tmp_path / kept.FILE).read_text() == text


def test_a_lesson_has_the_words_on_its_own_exercises(tmp_path):
    with kept.changing(tmp_path) as words:
        words["ada"] = {"softmax_rows": WORD, "overtakes": WORD}
        words["ben"] = {"overtakes": WORD}
    assert kept.of_lesson(tmp_path, "02_attention") == {"ada": {"softmax_rows": WORD}}
    assert kept.of_lesson(tmp_path, "09_none") == {}
    assert kept.EXERCISES == EXERCISES


def test_as_text_changes_with_whatever_is_said():
    said = [kept.as_text({"a": word}) for word in (WORD, Word("It ≠ this.", 2.5, "f" * 16, "2026-03-01"))]
    assert len({*said, kept.as_text({"b": WORD}), kept.as_text({})}) == 4
    assert kept.as_text({}) == "", "what is finished stays finished"


@pytest.mark.parametrize("text", ["", "[]", '{"ada": 3}', '{"ada": {"e": {"because": "x"}}}'])
def test_what_cannot_be_read_is_said(tmp_path, text):
    (tmp_path / kept.FILE).write_text(text)
    with pytest.raises(CourseError, match=r"appeals\.json is not as `grader appeal` writes it"):
        kept.read(tmp_path)
