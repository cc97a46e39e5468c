"""From source to release: the same bytes each time, nothing that should not be there, work never lost."""

import re
import shutil
from pathlib import Path

import jupytext.magics
import nbformat
import pytest
from nbgrader.utils import determine_grade

from grader import catalogue
from grader.building.build import build_lessons, release_all
from grader.building.by_hand import HAND_IN
from grader.building.instructor import instructor_notebook
from grader.building.lesson import BuildError, Lesson, find_lessons
from grader.configure import STUB_OF_WORDS

EXERCISES = {
    "colour": '''"""A colour"""

from grader.exercise import Quiz

exercise = Quiz(
    question="Which colour is the sky?",
    options={"a": "green", "b": "blue"},
    right="b",
    why={"a": "That is the grass."},
    points=2,
    difficulty=2,
    minutes=1,
    hints=["Look up.", "Not down."],
)
''',
    "pairs": '''"""Pairs

How many pairs?
"""

from grader.exercise import Formula

exercise = Formula(
    reference="L * L", symbols={"L": "tokens"}, points=1, difficulty=1, minutes=3, hints=["L × L"]
)
''',
    "double": '''"""Twice as much

Double every number.
"""

from grader.exercise import Function


def double(x):
    """x: (..., L) -> (..., L)"""
    return 2 * x


exercise = Function(double, inputs="x: (*, L)", points=3, difficulty=1, minutes=3, hints=["Multiply."])
''',
}
SOURCE = """# %% [markdown]
# # A lesson

# %% demonstration=true
print("look")

# %% exercise="colour"

# %% [markdown] exercise="pairs"
# You have seen the table.

# %% exercise="pairs"

# %% exercise="double"
"""
GIVEN = """
# %% exercise="double"
print("five numbers")

def double(x):
    "Twice as much."
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION
"""
OWN_CODE = SOURCE.replace('\n# %% exercise="double"\n', GIVEN)


def make_course(root: Path) -> None:
    write(root, SOURCE)
    folder = root / "grader" / "exercises" / "01_small"
    folder.mkdir(parents=True)
    for id, text in EXERCISES.items():
        (folder / f"{id}.py").write_text(text, encoding="utf-8")


def write(root: Path, source: str) -> None:
    folder = root / "solutions" / "01_small"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "01_small.py").write_text(source, encoding="utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A course whose lesson is built, to look at."""
    root = tmp_path_factory.mktemp("built")
    make_course(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "EXERCISES", root / "grader" / "exercises")
        list(build_lessons(root))
    return root


@pytest.fixture
def course(tmp_path, monkeypatch, built):
    """A course with one small lesson, not built; and a gradebook, as to make one takes seconds."""
    make_course(tmp_path)
    shutil.copy(built / "gradebook.db", tmp_path)
    monkeypatch.setattr(catalogue, "EXERCISES", tmp_path / "grader" / "exercises")
    return tmp_path


def released(root: Path) -> Path:
    return root / "lessons" / "01_small" / "01_small.ipynb"


def cells(root: Path) -> list:
    return nbformat.read(released(root), as_version=4).cells


def with_solutions(root: Path, source: str) -> list[str]:
    """The cells of the instructor's notebook for another source."""
    write(root, source)
    return [cell.source for cell in instructor_notebook(Lesson(root, "01_small")).cells]


# -- what is written ----------------------------------------------------------------------------------------


def test_two_builds_give_the_same_bytes_with_and_without_a_gradebook(course, tmp_path_factory):
    list(build_lessons(course))
    scratch = tmp_path_factory.mktemp("elsewhere")
    release_all(find_lessons(course), scratch, None)
    assert released(course).read_bytes() == released(scratch).read_bytes()
    assert not (scratch / "gradebook.db").exists()


def test_a_marker_becomes_statement_answer_and_graded_cell(built):
    text = [cell.source for cell in cells(built)]
    assert text[2].startswith("### Exercise 1 · A colour\n\ndifficulty ●●○○○ · 1 minute · 2 points")
    assert "- **(b)** blue" in text[2] and "checked" not in text[2]
    assert text[3].startswith('colour = ""  # ') and text[3].endswith("\n# your code here")
    assert text[4] == 'check("colour")'
    assert [cell.id for cell in cells(built)[2:5]] == ["colour-statement", "colour-answer", "colour-check"]
    check = cells(built)[4]
    assert check.metadata.nbgrader.points == 2
    assert not check.metadata.editable


def test_the_lessons_own_text_comes_before_the_statement(built):
    heading, _, own, statement = cells(built)[5].source.split("\n\n")
    assert heading == "### Exercise 2 · Pairs"
    assert (own, statement) == ("You have seen the table.", "How many pairs?")


def test_code_says_what_is_checked(built):
    statement, answer = (cell.source for cell in cells(built)[8:10])
    checked = statement.split("\n\n")[-1]
    assert checked.startswith("*What is checked:* one example · ")
    assert "a batch" in checked and checked.endswith("the gradient reaches every input.")
    assert answer == 'def double(x):\n    """x: (..., L) -> (..., L)"""\n    # your code here'


def test_the_release_holds_no_solution_and_no_traces_of_tools(built):
    raw = released(built).read_text()
    assert "L * L" not in raw and "2 * x" not in raw
    assert "SOLUTION" not in raw
    assert set(nbformat.reads(raw, as_version=4).metadata) == {"kernelspec", "language_info"}


def test_code_of_the_lesson_takes_the_place_of_the_exercises_own(course):
    answer = with_solutions(course, OWN_CODE)[-2]
    assert answer.startswith('print("five numbers")') and "return x + x" in answer


@pytest.mark.parametrize(
    ("marker", "tags"),
    [
        ("demonstration=true", ["demonstration", "raises-exception"]),
        ('demonstration="long"', ["demonstration", "long", "raises-exception"]),
        ("", None),
    ],
)
def test_a_demonstration_is_tagged_and_a_long_one_as_long(course, marker, tags):
    write(course, SOURCE.replace("demonstration=true", marker))
    shown = instructor_notebook(Lesson(course, "01_small")).cells[1]
    assert shown.source == 'print("look")' and shown.metadata.get("tags") == tags


NOTE = """# %% [markdown] author=true
# %% [markdown] author=true
# What a reader ought to be able to answer: why is the sky blue?

# %% author=true
print("a measurement for authors")

"""


def test_an_authors_note_is_in_no_notebook(course):
    before = with_solutions(course, SOURCE)
    assert with_solutions(course, NOTE + SOURCE + "\n" + NOTE) == before
    list(build_lessons(course))
    for notebook in (released(course), Lesson(course, "01_small").instructor):
        raw = notebook.read_text()
        assert "Twice" in raw and "ought to be able" not in raw and "for authors" not in raw


TWO_MEDIA = """
# %% [markdown]
# {{notebook: Run the cell.}}

# %% [markdown]
# {{notebook: Put it}}{{page: Write it down}}, of {{points}}.

# %%
3 # fmt: skip
"""


def test_what_only_a_notebook_can_say_is_on_no_page_and_comments_for_tools_are_in_neither(course):
    write(course, SOURCE + TWO_MEDIA)
    lesson = Lesson(course, "01_small")
    *_, run, put, code = instructor_notebook(lesson).cells
    assert (run.source, put.source, code.source) == ("Run the cell.", "Put it, of 6.", "3")
    *_, before, written, again = instructor_notebook(lesson, "page").cells
    assert (before.id, written.source, again) == ("double-check", "Write it down, of 6.", code)


BY_HAND = """
# %% [markdown] by_hand="why_blue" points=4 difficulty=2 minutes=5
# Why blue?
#
# In two sentences.
#
# ### BEGIN SOLUTION
# Short waves are scattered more.
# ### END SOLUTION
"""


def test_what_a_person_grades_is_a_statement_and_a_cell_for_words(course):
    write(course, SOURCE + BY_HAND)
    list(build_lessons(course))
    statement, words = cells(course)[-2:]
    assert statement.source == (
        "### Exercise 4 · Why blue?\n\ndifficulty ●●○○○ · 5 minutes · 4 points\n\nIn two sentences."
    )
    assert words.cell_type == "markdown" and words.source == STUB_OF_WORDS
    assert determine_grade(words) == (0, 4)  # as nbgrader gives it: nothing was written
    words.source = "It is the sea."
    assert determine_grade(words) == (None, 4)  # for a person to say
    assert "Short waves" in Lesson(course, "01_small").instructor.read_text()
    assert "Short waves" not in released(course).read_text()


def test_a_file_that_is_handed_in_is_said_in_the_statement(course):
    asks = BY_HAND.replace("points=4", 'file="sky.pdf" points=4')
    write(course, SOURCE + asks)
    list(build_lessons(course))
    statement, _ = cells(course)[-2:]
    assert statement.source.endswith("In two sentences.\n\n" + HAND_IN.format("sky.pdf"))
    assert Lesson(course, "01_small").asked_for == ("sky.pdf",)


def test_an_introduction_says_what_all_is_worth(course):
    said = "{{exercises}} exercises, {{points}} points ({{by_hand}} by hand), {{minutes}} minutes"
    text = f"# %% [markdown]\n# {said}\n\n"
    assert (
        with_solutions(course, text + SOURCE + BY_HAND)[0] == "4 exercises, 10 points (4 by hand), 12 minutes"
    )
    assert with_solutions(course, text + SOURCE)[0] == "3 exercises, 6 points (0 by hand), 7 minutes"


def test_a_picture_of_the_text_travels_in_the_notebook(course):
    (course / "map.png").write_bytes(b"a picture")
    text = "# %% [markdown]\n# Look: ![where it\n# looked](../../map.png), ![](https://example.org/a.png)\n\n"
    write(course, text + SOURCE)
    list(build_lessons(course))
    first, *others = cells(course)
    said = "Look: ![where it\nlooked](attachment:map.png), ![](https://example.org/a.png)"
    assert first.source == said and not any("attachments" in cell for cell in others)
    assert first.attachments == {"map.png": {"image/png": "YSBwaWN0dXJl"}}


def test_a_picture_of_what_is_looked_for_is_not_released(course):
    (course / "sky.png").write_bytes(b"a picture")
    write(course, SOURCE + BY_HAND.replace("more.", "more: ![so](../../sky.png)"))
    list(build_lessons(course))
    solved = Lesson(course, "01_small").instructor.read_text()
    assert "more: ![so](data:image/png;base64,YSBwaWN0dXJl)" in solved
    words = cells(course)[-1]
    assert words.source == STUB_OF_WORDS and "attachments" not in words


def test_the_gradebook_knows_the_assignment(built):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{built / 'gradebook.db'}") as gradebook:
        assert gradebook.find_assignment("01_small").max_score == 6


WORDS = re.search(r"\(([a-z|]+)\)\(\$", jupytext.magics._PYTHON_MAGIC_CMD.pattern)[1].split("|")
COMMENTS = [
    *(f"# {word} the weights" for word in WORDS),
    *(f"#{word} -r" for word in WORDS),
    *("# !look here", "# ? why", "# why?", "# %time is money", "# %%timeit", "# x = !ls", "# x = %who"),
    *("# ! ls", "    # copy this row", "# %bash  # escape", "# # copy that", "# @x", "# %matplotlib inline"),
]


def test_every_comment_stays_a_comment(course):
    """jupytext takes these for magic commands that were commented out, and would bring them to life."""
    assert {"copy", "ls", "rm"} <= set(WORDS)
    code = "\n".join(["if True:", "    pass", *COMMENTS])
    found = with_solutions(course, f"{SOURCE}\n# %%\n{code}\n")[-1]
    assert found == code
    compile(found, "cell", "exec")


# -- what is said -------------------------------------------------------------------------------------------


def test_check_finds_drift_and_a_build_mends_it(course):
    with pytest.raises(BuildError, match="run `grader build`"):
        list(build_lessons(course, check=True))
    assert not released(course).exists()  # checking writes nothing
    (line,) = build_lessons(course)
    assert line == (
        "01_small: built → lessons/01_small/01_small.ipynb (11 cells, 3 exercises); "
        "with solutions: solutions/01_small/01_small.ipynb"
    )
    assert list(build_lessons(course, check=True)) == ["1 lessons are what solutions/ builds."]
    (line,) = build_lessons(course)
    assert line.startswith("01_small: up to date, lessons/01_small/01_small.ipynb (11 cells, 3 exercises)")
    write(course, SOURCE + "\n# %% [markdown]\n# One more thing.\n")
    with pytest.raises(BuildError, match="01_small"):
        list(build_lessons(course, check=True))
    (line,) = build_lessons(course)
    assert "built" in line and "12 cells" in line
    assert cells(course)[-1].source == "One more thing."


def test_pictures_and_data_beside_a_source_travel_with_the_lesson(course):
    (course / "solutions" / "01_small" / "table.csv").write_text("1,2")
    list(build_lessons(course))
    travelled = released(course).with_name("table.csv")
    assert travelled.read_text() == "1,2"
    assert {file.suffix for file in released(course).parent.iterdir()} == {".ipynb", ".csv"}
    travelled.write_text("3")
    with pytest.raises(BuildError, match="01_small"):
        list(build_lessons(course, check=True))


@pytest.mark.parametrize("name", ["02_a (copy)", "02_a[1]", "02_a+b"])
def test_a_name_that_nbgrader_cannot_take_is_refused(course, name):
    shutil.copytree(course / "solutions" / "01_small", course / "solutions" / name)
    (course / "solutions" / name / "01_small.py").rename(course / "solutions" / name / f"{name}.py")
    with pytest.raises(BuildError, match="cannot be a lesson's name: take letters"):
        list(build_lessons(course))


def test_a_lesson_that_somebody_has_worked_in_is_left_alone(course):
    list(build_lessons(course))
    write(course, SOURCE + "\n# %% [markdown]\n# One more thing.\n")
    for change in ({"source": 'colour = "my own answer"'}, {"execution_count": 7}):
        notebook = nbformat.read(released(course), as_version=4)
        notebook.cells[3].update(change)
        nbformat.write(notebook, released(course))
        before = released(course).read_bytes()
        (line,) = build_lessons(course)
        assert "somebody has worked in lessons/01_small/01_small.ipynb" in line
        assert released(course).read_bytes() == before


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            SOURCE.replace('exercise="double"', 'exercise="treble"'),
            "asks the exercise 'treble', and there is no",
        ),
        (SOURCE.replace('# %% exercise="double"', ""), "never asks double: each needs a cell"),
        (SOURCE.replace('# %% exercise="pairs"', ""), "never asks pairs"),
        (SOURCE + '\n# %% exercise="pairs"\n', "asks the exercise 'pairs' twice"),
        (SOURCE + '\n# %% [markdown] exercise="pairs"\n# Again.\n', "states the exercise 'pairs' twice"),
        (
            SOURCE.replace("demonstration=true", "demonstration=long"),
            'marks a cell with `demonstration=long`: write `demonstration=true`, or `demonstration="long"`',
        ),
        (SOURCE.replace("=true", '="short"'), "marks a cell with `demonstration=short`: write"),
        (NOTE.replace("=true", "=yes", 1) + SOURCE, "marks a cell with `author=yes`: write `author=true`"),
        (NOTE.replace("true", '"true"', 1) + SOURCE, "marks a cell with `author`: write `author=true`"),
        (NOTE.replace("author=", "autor=", 1) + SOURCE, "marks a cell with `autor`, and there is no such"),
        (NOTE.replace("author=true", "author", 1) + SOURCE, "marks a cell with `title`, and there is no"),
        (SOURCE + BY_HAND + BY_HAND, "asks 'why_blue' twice"),
        (SOURCE + BY_HAND.replace("why_blue", "pairs"), "asks 'pairs' twice"),
        (SOURCE + BY_HAND.replace('"why_blue"', "2"), "marks a cell with `by_hand=2`: write a name"),
        (SOURCE + BY_HAND.replace("points=4", 'file="x.zip" points=4'), "`file=x.zip` is to be one name"),
        (SOURCE + BY_HAND.replace("points=4", "points=0"), "`why_blue`: say what it is worth"),
        (SOURCE + BY_HAND.replace("# ### END SOLUTION", ""), "`why_blue`: write a Markdown cell with"),
        (
            SOURCE + BY_HAND.replace("In two", "{{marks}}: in two"),
            "writes `{{marks}}`; there are {{exercises}}, {{p",
        ),
        (SOURCE + "\n# %% [markdown]\n# {{notbook: Run it.}}\n", "has `{{notbook: Run it.}}`: write `{{note"),
        (SOURCE + "\n# %% [markdown]\n# ![](none.png)\n", "shows the picture none.png, and there is no such"),
        (OWN_CODE.replace("### END SOLUTION", ""), "needs the lines '### BEGIN SOLUTION' and"),
        (OWN_CODE.replace("### BEGIN SOLUTION", "").replace("### END SOLUTION", ""), "needs the lines"),
        (OWN_CODE.replace('    "Twice as much."\n', ""), "'double' is not Python .*needs a docstring"),
    ],
)
def test_a_wrong_source_is_refused_with_a_sentence(course, source, said):
    with pytest.raises(BuildError, match=said):
        with_solutions(course, source)


def test_a_broken_exercise_is_refused_with_its_own_sentence(course):
    (course / "grader/exercises/01_small/double.py").write_text("1 / 0")
    with pytest.raises(BuildError, match=r"01_small/double\.py, line 1: ZeroDivisionError"):
        with_solutions(course, SOURCE)


def test_outside_a_course_it_says_so(tmp_path):
    with pytest.raises(BuildError, match="run this in the root of the course"):
        find_lessons(tmp_path)
