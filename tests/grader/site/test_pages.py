"""What pages are made of: lessons without unearned verdicts, all of the library, headings in steps."""

import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from grader import catalogue
from grader.building.instructor import instructor_notebook
from grader.building.lesson import Lesson, find_lessons
from grader.building.medium import words_for
from grader.handbook.plan import time_of
from grader.site import build, front, lesson_page, library
from grader.site.rung import rungs_of

ROOT = Path(__file__).resolve().parents[3]
LESSON = Lesson(ROOT, "02_attention")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A lesson's page as if each cell had printed and drawn: running it is not what is tested here."""
    stream = nbformat.v4.new_output("stream", name="stdout", text="printed")
    panel = nbformat.v4.new_output("display_data", data={"text/html": "<p>✓ Right</p>", "text/plain": "✓"})
    noise = nbformat.v4.new_output("stream", name="stderr", text="a warning")
    secret = nbformat.v4.new_output(
        "display_data", data={"application/vnd.attention-course.numbers+json": {}}
    )

    def executed(lesson, medium):
        notebook = instructor_notebook(lesson, medium)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = [stream, noise, secret] if "nbgrader" not in cell.metadata else [panel]
        return notebook

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lesson_page, "executed", executed)
        return lesson_page.lesson_page(LESSON, tmp_path_factory.mktemp("files"), "../files")


def test_no_verdict_stands_on_a_page_before_anything_was_answered(page):
    outputs = [output for cell in page.cells for output in cell.get("outputs", [])]
    assert outputs and {output.output_type for output in outputs} == {"stream"}
    assert {output.text for output in outputs} == {"printed"}
    assert not [cell for cell in page.cells if cell.cell_type == "code" and cell.source.startswith("check(")]


def test_a_page_says_how_it_is_read_before_anything_else(page):
    title, _, rest = page.cells[0].source.partition("\n\n")
    assert title.startswith("# 02 · ") and rest.startswith("*On this page every cell has been run")


def test_nobody_is_asked_to_sign_in_on_a_page(page):
    assert not [cell for cell in page.cells if re.search(r"sign_in\(|the id and the key", cell.source)]


def test_numbers_of_ones_own_have_the_names_that_the_page_gives_them(page):
    (statement,) = (cell.source for cell in page.cells if cell.id == "patch-weight-statement")
    assert "`query`, `key_a` and `key_b` are three patches" in statement


@pytest.mark.parametrize("lesson", find_lessons(ROOT), ids=lambda lesson: lesson.name)
def test_no_page_speaks_of_running_a_cell(lesson):
    """Nor of what is typed into a new one: there is none."""
    text = words_for("page", re.sub(r"^# ?", "", lesson.source.read_text("utf-8"), flags=re.MULTILINE))
    run_it = r"\b[Rr]un\s(both|the|this)(\s(next|first|same))?\scells?\b|[Ii]n a new\scell"
    assert not re.search(run_it + r"|in\splace\sof\s`None`", text)


def test_each_exercise_is_answered_here_or_said_to_be_for_the_notebook(page):
    text = "\n".join(cell.source for cell in page.cells if cell.cell_type == "markdown")
    here = set(re.findall(r'data-exercise="(\w+)"', text))
    elsewhere = re.findall(r'<p class="elsewhere">.*?check\((?:&quot;)?(\w+)', text)
    exercises = catalogue.of_lesson(LESSON.name)
    kinds = {exercise.id: exercise.kind for exercise in exercises}
    rungs = {rung.id for rung in rungs_of(LESSON.name)}
    assert rungs and rungs <= here
    here -= rungs
    assert {kinds[name] for name in here} == {"quiz", "number", "formula"}
    assert here | set(elsewhere) == kinds.keys() and here.isdisjoint(elsewhere)
    assert text.count('<details class="hint">') == len(exercises) + len(rungs)
    assert text.count("<summary>The model answer</summary>") >= len(exercises)


def test_what_is_to_be_written_is_only_in_the_folded_answer(page):
    code = "\n".join(cell.source for cell in page.cells if cell.cell_type == "code")
    (line,) = re.findall(r"^    return (.*)$", catalogue.find("similarities").solution, re.MULTILINE)
    folded = [cell.source for cell in page.cells if line in cell.source]
    assert line not in code and len(folded) >= 1
    assert all("</details>" in text[text.index(line) :] for text in folded)
    assert "BEGIN SOLUTION" not in "\n".join(cell.source for cell in page.cells)


def test_every_module_of_the_library_has_its_place():
    told = "\n".join(library.pages(ROOT, {"vision.vit": ".. list-table::"}).values())
    on_pages = set(re.findall(r"automodule:: (course[\w.]*)$", told, re.MULTILINE))
    files = [file for file in (ROOT / "course").rglob("*.py") if not file.name.startswith("_")]
    names = {".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files}
    missing = {
        name for name in names - on_pages if not name.startswith(("course.commands", "course.gallery"))
    }
    assert missing == set() and len(on_pages) > 100
    assert ".. automodule:: course.vision.vit\n\n   .. list-table::\n" in told  # behind its docstring


def test_the_front_page_has_a_row_for_each_lesson_and_a_figure(page):
    page.cells.append(
        nbformat.v4.new_code_cell(
            "",
            outputs=[
                nbformat.v4.new_output(
                    "display_data",
                    data={
                        "text/html": '<div><iframe data-figure="../files/02/x.js" title="t"></iframe></div>'
                    },
                )
            ],
        )
    )
    text = front.page(ROOT, {LESSON.name: page})
    assert '<iframe data-figure="files/02/x.js"' in text
    listed = r"^- \*\*\[02 · Attention: .*\]\(lessons/02_attention.ipynb\)\*\* · (.*) <span"
    (row,) = re.findall(listed, text, re.MULTILINE)
    assert row == "16 exercises, three to three and a half hours", "as the lesson itself says"
    assert "{{" not in text


@pytest.mark.parametrize("lesson", find_lessons(ROOT), ids=lambda lesson: lesson.name)
def test_the_list_says_how_long_a_lesson_takes(lesson):
    source = lesson.source.read_text(encoding="utf-8")
    assert re.fullmatch(r"(about )?(\w+ )*(hours|minutes)( and a half)?", time_of(source))


def test_the_place_of_a_record_leads_to_it():
    said = "Recorded (`benchmarks/results/few-labels.md`, three seeds), by `benchmarks/few_labels.py`."
    code = nbformat.v4.new_code_cell('rows = "`benchmarks/results/few-labels.md`"')
    lesson = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(said), code])
    assert build._records(lesson) == {"benchmarks/results/few-labels.md"}
    words, same = build._with_records(lesson).cells
    assert "([`benchmarks/results/few-labels.md`](../benchmarks/results/few-labels.md), three" in words.source
    assert "`benchmarks/few_labels.py`" in words.source and same.source == code.source
    assert "benchmarks/results/few-labels.md" in build._documents(ROOT, build._records(lesson))


@pytest.mark.parametrize("lesson", find_lessons(ROOT), ids=lambda lesson: lesson.name)
def test_every_record_that_a_lesson_names_is_there(lesson):
    for place in build._records(nbformat.read(lesson.released, as_version=4)):
        assert (ROOT / place).is_file(), place


@pytest.mark.parametrize("lesson", find_lessons(ROOT), ids=lambda lesson: lesson.name)
def test_no_heading_of_a_lesson_leaves_a_level_out(lesson):
    """Sphinx would warn, and a warning is an error; who walks by headings would wonder what was missed."""
    cells = nbformat.read(lesson.released, as_version=4).cells
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    levels = [len(found) for found in re.findall(r"^(#+) ", text, re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("lesson", find_lessons(ROOT), ids=lambda lesson: lesson.name)
def test_no_question_that_folds_out_is_written_in_markdown(lesson):
    """What stands in `<summary>` is HTML, in a notebook and in a page: stars would be shown."""
    text = lesson.source.read_text(encoding="utf-8")
    asked = re.findall(r"<summary>(.*?)</summary>", text)
    assert not [question for question in asked if re.search(r"[*`$]", question)]
