"""From source to release: the same bytes each time, nothing that should not be there, work never lost."""

from pathlib import Path

import nbformat
import pytest

from grader import catalogue
from grader.building.build import (
    BuildError,
    Lesson,
    build_lessons,
    find_lessons,
    instructor_notebook,
    release_all,
)
from grader.exercise import Formula, Quiz

QUIZ = Quiz(
    "colour",
    "A colour",
    points=2,
    difficulty=2,
    minutes=1,
    question="Which colour is the sky?",
    options={"a": "green", "b": "blue"},
    right="b",
    why={"a": "That is the grass."},
    hints=["Look up."],
)
PAIRS = Formula(
    "pairs",
    "Pairs",
    points=1,
    difficulty=1,
    minutes=3,
    reference="L**2",
    symbols={"L": "tokens"},
    hints=["L × L"],
)
SOURCE = """# %% [markdown]
# # A lesson

# %% demonstration=true
print("look")

# %% [markdown] exercise="colour"
# %% exercise="colour"
colour = ""  # one letter
### BEGIN SOLUTION
colour = "b"
### END SOLUTION

# %% [markdown] exercise="pairs"
# How many pairs?

# %% exercise="pairs"
pairs = ""
### BEGIN SOLUTION
pairs = "L * L"
### END SOLUTION
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with one small lesson."""
    monkeypatch.setattr(catalogue, "lessons", lambda: {"01_small": (QUIZ, PAIRS)})
    write(tmp_path, SOURCE)
    return tmp_path


def write(root: Path, source: str) -> None:
    folder = root / "solutions" / "01_small"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "01_small.py").write_text(source, encoding="utf-8")


def released(root: Path) -> Path:
    return root / "lessons" / "01_small" / "01_small.ipynb"


def cells(root: Path) -> list:
    return nbformat.read(released(root), as_version=4).cells


def test_two_builds_give_the_same_bytes_with_and_without_a_gradebook(course, tmp_path_factory):
    list(build_lessons(course))
    scratch = tmp_path_factory.mktemp("elsewhere")
    release_all(find_lessons(course), scratch, None)
    assert released(course).read_bytes() == released(scratch).read_bytes()
    assert not (scratch / "gradebook.db").exists()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A course whose lesson is built, to look at."""
    root = tmp_path_factory.mktemp("built")
    write(root, SOURCE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "lessons", lambda: {"01_small": (QUIZ, PAIRS)})
        list(build_lessons(root))
    return root


def test_what_can_be_derived_is_added(built):
    text = [cell.source for cell in cells(built)]
    assert text[2].startswith("### Exercise 1 · A colour\n\ndifficulty ●●○○○ · 1 minute · 2 points")
    assert "- **(b)** blue" in text[2]
    assert text[3] == 'colour = ""  # one letter\n# your code here'
    assert text[4] == 'check("colour")'
    assert text[5].startswith("### Exercise 2 · Pairs")
    check = cells(built)[4]
    assert check.metadata.nbgrader.points == 2
    assert not check.metadata.editable


def test_the_release_holds_no_solution_and_no_traces_of_tools(built):
    raw = released(built).read_text()
    assert "L * L" not in raw
    assert "SOLUTION" not in raw
    assert set(nbformat.reads(raw, as_version=4).metadata) == {"kernelspec", "language_info"}


def test_check_finds_drift_and_a_build_mends_it(course):
    with pytest.raises(BuildError, match="run `grader build`"):
        list(build_lessons(course, check=True))
    assert not released(course).exists()  # checking writes nothing
    list(build_lessons(course))
    assert list(build_lessons(course, check=True)) == ["1 lessons are what solutions/ builds."]
    write(course, SOURCE + "\n# %% [markdown]\n# One more thing.\n")
    with pytest.raises(BuildError, match="01_small"):
        list(build_lessons(course, check=True))
    assert list(build_lessons(course)) == ["01_small: built"]
    assert cells(course)[-1].source == "One more thing."


def test_a_lesson_that_somebody_has_worked_in_is_left_alone(course):
    list(build_lessons(course))
    write(course, SOURCE + "\n# %% [markdown]\n# One more thing.\n")
    for change in ({"source": 'colour = "my own answer"'}, {"execution_count": 7}):
        notebook = nbformat.read(released(course), as_version=4)
        notebook.cells[3].update(change)
        nbformat.write(notebook, released(course))
        before = released(course).read_bytes()
        (line,) = build_lessons(course)
        assert "somebody has worked in" in line
        assert released(course).read_bytes() == before


def test_the_gradebook_knows_the_assignment(built):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{built / 'gradebook.db'}") as gradebook:
        assert gradebook.find_assignment("01_small").max_score == 3


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (SOURCE.replace('exercise="pairs"', 'exercise="couples"'), "asks the exercise 'couples'"),
        (SOURCE.split('# %% [markdown] exercise="pairs"')[0], "never asks the exercises pairs"),
        (SOURCE + '\n# %% [markdown] exercise="pairs"\n# Again.\n', "states the exercise 'pairs' twice"),
        (SOURCE.replace("### END SOLUTION", "", 1), "needs one '### BEGIN SOLUTION' and one"),
        (SOURCE.replace('# %% [markdown] exercise="colour"\n', ""), "must state the exercise 'colour' once"),
    ],
)
def test_a_wrong_source_is_refused_with_a_sentence(course, source, said):
    write(course, source)
    with pytest.raises(BuildError, match=said):
        instructor_notebook(Lesson(course, "01_small"))


def test_outside_a_course_it_says_so(tmp_path):
    with pytest.raises(BuildError, match="run this in the root of the course"):
        find_lessons(tmp_path)
