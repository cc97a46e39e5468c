"""The engine of the pages, in Chromium: MicroPython from file://, judging as the grader does."""

import ast
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from grader import catalogue
from grader.building.lesson import Lesson
from grader.exercise import Exercise, Formula, Formulas, Function
from grader.site import engine
from grader.site.answers import Answers
from grader.site.functions import imports, is_plain
from grader.site.rung import RUNGS, Rung, rungs_of
from grader.slips.patch import PatchError, patch
from grader.slips.slip import apply
from grader.slips.tree import parse

pytestmark = pytest.mark.browser

LESSONS = ("02_attention", "05_cost", "10_two_views")  # with roots, shapes, logarithms and powers of e
STATIC = Path(engine.__file__).parents[1] / "static"
PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>Answers</title>
<link rel="stylesheet" href="../_static/site.css">
<script src="../_static/answers.js"></script>{places}<script defer src="answers.js"></script>"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out as the site is, with the engine in it."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "_static").mkdir()
    for name in ("answers.js", "site.css"):
        (folder / "_static" / name).write_bytes((STATIC / name).read_bytes())
    engine.write(folder / "files")
    return folder


@pytest.fixture
def page(chromium_browser: Browser) -> Iterator[Page]:
    """A page without a network, in which nothing goes wrong."""
    context = chromium_browser.new_context()
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


def opened(page: Page, pages: Path, *exercises: Exercise) -> dict[str, dict]:
    """A page that asks these exercises; gives what it knows of them."""
    answers = Answers(Lesson(pages, "00_small"))
    assert all(map(answers.add, exercises))
    folder = pages / "page"
    answers.write(folder)
    places = "".join(f'<div class="answer" data-exercise="{exercise.id}"></div>' for exercise in exercises)
    (folder / "page.html").write_text(PAGE.format(places=places), encoding="utf-8")
    page.goto((folder / "page.html").as_uri())
    return answers.told


JUDGE = """async (asked) => {
  const said = [];
  for (const [told, given] of asked) said.push(await answers.judge(told, given, {}));
  return said;
}"""


def plain(text: str) -> str:
    """What a sentence says, without the marks of HTML or of Markdown."""
    for mark in ("<code>", "</code>", "<b>", "</b>", "<i>", "</i>", "`", "*"):
        text = text.replace(mark, "")
    return unescape(text)


# -- formulas -----------------------------------------------------------------------------------------------


def single(exercises: list[Exercise]) -> Iterator[Formula]:
    """Every formula that is asked for, those of tables too."""
    for exercise in exercises:
        if isinstance(exercise, Formula):
            yield exercise
        elif isinstance(exercise, Formulas):
            yield from exercise.formulas.values()


def test_formulas_are_judged_as_the_grader_does(page, pages):
    """Formulas of three lessons, right and with two of their slips; more of them without a browser."""
    asked, wanted = [], []
    for place, formula in enumerate(single([e for name in LESSONS for e in catalogue.of_lesson(name)])):
        formula.id = formula.id or f"entry_{place}"
        told = opened_once(pages, formula)
        answers = {formula.reference: "", **dict([*formula.slips.items()][:2])}
        asked += [(told, text) for text in answers]
        wanted += answers.values()
    opened(page, pages)
    said = page.evaluate(JUDGE, asked)
    assert len(said) > 30
    for (told, text), sentence, verdict in zip(asked, wanted, said, strict=True):
        assert verdict["right"] == (not sentence), (told["right"], text, verdict)
        assert plain(verdict["sentence"]) == plain(sentence), (told["right"], text)


def opened_once(pages: Path, exercise: Exercise) -> dict:
    """What a page would know of an exercise."""
    answers = Answers(Lesson(pages, "00_small"))
    assert answers.add(exercise)
    return answers.told[exercise.id]


# -- code ---------------------------------------------------------------------------------------------------


def every_rung() -> list[Rung]:
    return [rung for lesson in sorted(RUNGS.glob("[0-9]*")) for rung in rungs_of(lesson.name)]


def source(exercise: Function, answer: object, slip: str = "") -> str:
    """The source of a right answer, or of the form that a slip fits, with the slip in it."""
    written = answer if isinstance(answer, str) else slip
    for form in [answer] if callable(answer) and not slip else exercise.forms:
        try:
            tree = apply(parse(form), patch(parse(form), written)) if written else parse(form)
        except PatchError:
            continue
        (function,) = tree.body
        function.name = exercise.id
        return imports(exercise) + ast.unparse(tree)
    raise AssertionError(written)


def test_each_plain_function_is_judged_under_micropython(page, pages):
    """Right answers are accepted in each of their forms; each slip is refused, and named."""
    functions = [e for e in catalogue.every_exercise() if isinstance(e, Function) and is_plain(e)]
    asked, wanted = [], []
    for exercise in (*every_rung(), *functions):
        told = opened_once(pages, exercise)
        rights = (exercise.reference, *exercise.also_right)
        asked += [(told, source(exercise, answer)) for answer in rights]
        asked += [(told, source(exercise, None, text)) for text in exercise.slips]
        wanted += [""] * len(rights) + [*exercise.slips.values()]
    opened(page, pages)
    said = page.evaluate(JUDGE, asked)
    for (_, text), sentence, verdict in zip(asked, wanted, said, strict=True):
        assert verdict["right"] == (not sentence), (text, verdict)
        assert plain(verdict["sentence"]) == plain(sentence), (text, verdict)


def test_a_reader_is_told_of_errors_prints_and_loops(page, pages):
    rung = next(rung for rung in every_rung() if rung.id == "score_by_hand")
    opened(page, pages, rung)
    page.clock.install()
    editor = page.get_by_label("Your Python")
    said = page.get_by_role("status")
    expect(editor).to_have_value(re.compile("# your code here"))

    def answer(body: str) -> None:
        editor.fill(f"def score_by_hand(query, keys):\n    {body}\n")
        editor.press("Control+Enter")

    answer("return query[99]")
    expect(said).to_contain_text("Line 2, return query[99]: IndexError")
    answer("return [1, 2")
    expect(said).to_contain_text("SyntaxError")
    expect(said).to_contain_text("Line ")
    answer("pass")
    expect(said).to_contain_text("Nothing is written here yet")
    answer("print('so far', 1)\n    return keys")
    expect(said).to_contain_text("It gives back its second input as it came.")
    expect(said.locator("pre")).to_contain_text("so far 1")
    answer("while True: pass")
    expect(said).to_contain_text("Checking")
    page.clock.fast_forward(6000)
    expect(said).to_contain_text("was stopped. Is there a loop that never ends?")
    answer("return [sum(q * k for q, k in zip(query, key)) / len(query) ** 0.5 for key in keys]")
    expect(said).to_contain_text("Right")
    assert page.evaluate("JSON.parse(localStorage['attention-course']).score_by_hand.right")
    page.reload()
    expect(said).to_contain_text("Right")


def test_enter_keeps_the_indentation_and_tab_leaves(page, pages):
    rung = next(rung for rung in every_rung() if rung.id == "score_by_hand")
    opened(page, pages, rung)
    editor = page.get_by_label("Your Python")
    editor.fill("def f(x):")
    editor.press("End")
    editor.press("Enter")
    editor.press_sequentially("y = x")
    editor.press("Enter")
    editor.press_sequentially("return y")
    expect(editor).to_have_value("def f(x):\n    y = x\n    return y")
    editor.press("Tab")
    expect(editor).not_to_be_focused()
    page.get_by_role("button", name="Start anew").click()
    expect(editor).to_have_value(re.compile("# your code here"))


def test_a_table_of_formulas_says_which_are_right(page, pages):
    table = catalogue.find("warmup_rate")
    opened(page, pages, table)
    for name, text in table.reference.items():
        page.get_by_label(name, exact=True).fill(f'"{text}"' if name != "highest" else "1/(w*d)")
    page.get_by_role("button", name="Check").click()
    said = page.get_by_role("status")
    expect(said).to_contain_text("✓ falling")
    expect(said).to_contain_text("✗ highest")
    expect(said).to_contain_text("highest: At s = 7, w = 5, d = 3 it gives 0.0666667; 0.258199 is right.")
    expect(said).to_contain_text("1.5 of 2 points")
