"""Words for the notebook, words for the page."""

import pytest

from grader.building.medium import words_for

GUESS = (
    "How many?\n{{notebook: Put a number in place of `None`,\nthen run.}}{{page: Write it down.}}\n\nNext."
)


def test_each_medium_has_its_own_words():
    assert words_for("notebook", GUESS) == "How many?\nPut a number in place of `None`,\nthen run.\n\nNext."
    assert words_for("page", GUESS) == "How many?\nWrite it down.\n\nNext."


def test_what_is_for_the_other_medium_leaves_nothing_behind():
    assert words_for("page", "{{notebook: Write your name.}}") == ""
    assert words_for("page", "It is so. {{notebook:\n1. Run it.\n2. Look.\n}}") == "It is so."


def test_text_without_a_marker_stays_as_it_is():
    text = "Two lines  \nand $\\frac{{a}}{b}$ and {{points}}.\n"
    assert words_for("page", text) == text


@pytest.mark.parametrize("text", ["{{notbook: Run.}}", "{{notebook: Run it.", "Look. {{page: Here.}"])
def test_a_marker_that_nobody_reads_is_refused(text):
    with pytest.raises(ValueError, match=r"write `\{\{notebook: …\}\}` or `\{\{page: …\}\}`"):
        words_for("notebook", text)
