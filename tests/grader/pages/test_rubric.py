"""What a person looks for: in the formgrader above the answer, and nowhere that a student sees."""

from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.converters import GenerateFeedback
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from traitlets.config import Config

from grader.configure import configure
from grader.pages.feedback import FeedbackExporter
from grader.pages.rubric import SHOWN

LESSON = "01_small"
HEADING = SHOWN.split("**")[1]
LOOKED_FOR = "A point each: ![](attachment:sky.png)\n\n- by $\\lambda^{-4}$\n- the long way"
SOURCE = f"### BEGIN SOLUTION\n{LOOKED_FOR}\n### END SOLUTION"
PICTURE = "YSBwaWN0dXJl"
WORDS, CODE, TESTED = "why_blue", "plot", "double"


def role(id, **roles):
    about = {"grade_id": id, "points": 4, "score": 0.0, "schema_version": 3, "locked": False, "task": False}
    return {"nbgrader": {**about, "grade": False, "solution": False, **roles}}


def notebook(words, plot="", double="def double(x): ..."):
    """A question for a person, one that is answered in code, and one that a test grades."""
    by_hand = {"grade": True, "solution": True}
    return new_notebook(
        cells=[
            new_markdown_cell("### Why blue?"),
            new_markdown_cell(words, metadata=role(WORDS, **by_hand)),
            new_code_cell(plot, metadata=role(CODE, **by_hand)),
            new_code_cell(double, metadata=role(f"{TESTED}_answer", solution=True)),
            new_code_cell("assert double(1) == 2", metadata=role(TESTED, grade=True)),
        ]
    )


@pytest.fixture
def course(tmp_path):
    """One lesson with what is looked for, and a graded submission."""
    drawn = "### BEGIN SOLUTION\nshow(sky)\n### END SOLUTION\n"
    source = notebook(SOURCE, drawn, "def double(x):\n    return x + x")
    source.cells[1].attachments = {"sky.png": {"image/png": PICTURE}}  # dropped in, in JupyterLab
    write(tmp_path / "solutions" / LESSON, source)
    write(tmp_path / "autograded" / "ada" / LESSON, notebook("The sea, <div> and\n\n```\nnever closed", "1"))
    return tmp_path


def write(folder: Path, notebook):
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{LESSON}.ipynb")


def formgraders(course: Path) -> Config:
    """The configuration of a formgrader's server in this course."""
    config = FormgradeExtension().build_extra_config()
    config.merge(configure(Config()))
    config.CourseDirectory.root = str(course)
    return config


def page(course: Path, of: Path | None = None) -> str:
    """What the formgrader shows of a submission."""
    about = {"submission_id": "1a", "assignment_id": LESSON, "notebook_id": LESSON}
    graded = (of or course) / "autograded" / "ada" / LESSON / f"{LESSON}.ipynb"
    exporter = HTMLExporter(config=formgraders(course))
    return exporter.from_filename(str(graded), {**about, "base_url": "", "index": 0, "total": 1})[0]


def test_it_stands_between_question_and_answer(course):
    html = page(course)
    order = ["Why blue?", HEADING, "A point each:", "the long way", f'id="{WORDS}"', "The sea", HEADING]
    at = 0
    for text in order:
        at = html.index(text, at) + 1  # an error where they come in another order
    assert PICTURE in html and 'alt="\\lambda^{-4}"' in html and "SOLUTION" not in html
    assert html.index(f'id="{CODE}"') > html.index(">show<")  # coloured
    assert html.count(HEADING) == 2, "a question that a test grades has none"


def test_a_line_that_has_changed_is_seen_at_once(course):
    assert "the long way" in page(course)
    write(course / "solutions" / LESSON, notebook("All of it is the answer."))
    html = page(course)
    assert "the long way" not in html and "All of it is the answer." in html


@pytest.mark.parametrize("broken", [None, "no notebook"])
def test_where_it_cannot_be_read_the_page_opens_and_says_so(course, broken):
    source = course / "solutions" / LESSON / f"{LESSON}.ipynb"
    source.write_text(broken) if broken else source.unlink()
    html = page(course)
    assert f"<code>solutions/{LESSON}/{LESSON}.ipynb</code>, which cannot be read" in html
    assert "The sea" in html


def test_a_question_that_the_lesson_no_longer_asks_has_none(course):
    write(course / "solutions" / LESSON, new_notebook())
    assert "The sea" in page(course) and HEADING not in page(course)


def test_another_course_that_the_formgrader_is_turned_to_gets_none_of_this_one(course, tmp_path):
    other = tmp_path / "elsewhere"
    write(other / "autograded" / "ada" / LESSON, notebook("The sea"))
    here = tmp_path / "here"
    write(here / "solutions" / LESSON, notebook(SOURCE))
    assert HEADING not in page(here, of=other)


@pytest.mark.parametrize("exporter", [FeedbackExporter, HTMLExporter])
def test_feedback_that_the_formgrader_writes_says_nothing_of_it(course, exporter):
    """Its button runs nbgrader's command beside its own configuration."""
    config = formgraders(course)
    config.HTMLExporter.template_name = "feedback"  # as nbgrader does before it calls
    exporter = exporter(config=GenerateFeedback(config=config).config)
    graded = course / "autograded" / "ada" / LESSON / f"{LESSON}.ipynb"
    sums = {"score": 1.0, "max_score": 2.0, "late_penalty": 0.0}
    about = {"student": "ada", "assignment": LESSON, "notebook": LESSON, **sums}
    html, _ = exporter.from_filename(str(graded), {"nbgrader": about})
    assert "The sea" in html and "(Score: 1.0 / 2.0)" in html  # nbgrader's own template
    assert HEADING not in html and "the long way" not in html
