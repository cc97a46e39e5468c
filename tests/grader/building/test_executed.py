"""A solved lesson is run once, and again only where something that it depends on has changed."""

import pytest
from nbclient.exceptions import CellExecutionError

from grader.building import executed as module
from grader.building.executed import executed
from grader.building.lesson import Lesson

SOURCE = """# %% [markdown]
# # 01 · A lesson

# %%
from pathlib import Path

word = Path("course/word.txt").read_text()

# %%
print(word)
"""


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    made = Lesson(root, "01_small")
    for file, text in {made.source: SOURCE, root / "course" / "word.txt": "once"}.items():
        file.parent.mkdir(parents=True)
        file.write_text(text)
    return made


@pytest.fixture
def runs(monkeypatch):
    """How often a notebook was really run."""
    counted = []
    run = module._run
    monkeypatch.setattr(module, "_run", lambda *given: counted.append(1) or run(*given))
    return counted


def printed(lesson):
    return executed(lesson).cells[-1].outputs[0].text.strip()


def test_it_is_run_again_only_where_something_has_changed(lesson, runs):
    word = lesson.root / "course" / "word.txt"
    assert printed(lesson) == printed(lesson) == "once" and len(runs) == 1

    lesson.source.write_text(SOURCE.replace("A lesson", "Another title"))  # a sentence runs nothing
    assert executed(lesson).cells[0].source == "# 01 · Another title" and len(runs) == 1

    word.write_text("twice")  # what a cell has read
    assert printed(lesson) == "twice" and len(runs) == 2

    (word.parent / "unread.txt").write_text("nobody reads this")
    lesson.source.write_text(SOURCE.replace("print(word)", "print(2 * word)"))
    assert printed(lesson) == "twicetwice" and len(runs) == 3


def test_a_run_that_fails_is_not_kept(lesson):
    lesson.source.write_text(SOURCE.replace("print(word)", "print(wrd)"))
    for _ in range(2):
        with pytest.raises(CellExecutionError, match="wrd"):
            executed(lesson)


def test_a_run_knows_which_files_of_ours_it_read(lesson):
    run = module._run(lesson.root, ['open("course/word.txt").close()'], longest=60)
    assert set(run["files"]) == {"course/word.txt"}
