"""The released lessons in JupyterLab: a wrong answer, a hint, the right one, and what comes back graded."""

import re
import subprocess
import sys

import nbformat
import pytest
from playwright.sync_api import expect

from grader.marks.changes import read
from grader.questions.personal import student_key
from grader.questions.record import MIME

pytestmark = pytest.mark.browser

ALL_POINTS = re.compile(r"(\d+) of \1 points?")
NO_POINTS = re.compile(r"(?<!\d)0 of \d+ points?")
FEW_POINTS = re.compile(r"(?<!\d)0(\.\d+)? of 10 points")  # for large numbers, d and √d come to the same


@pytest.fixture
def lab(window, open_lesson):
    """lab("02_attention"): the lesson in JupyterLab, its first code cell run."""
    opened = []

    def open_and_import(lesson):
        lab = open_lesson(window, lesson)
        opened.append(lab)
        lab.run(lab.cell_with("from grader import check"))
        return lab

    yield open_and_import
    for lab in opened:
        lab.shut_down_kernels()


def test_attention_wrong_then_right(lab, shoot):
    lab = lab("02_attention")
    answer, check = lab.cell("attention-answer"), lab.cell("attention-check")

    lab.replace_line(
        answer,
        "your code here",
        [
            "scores = q @ k.transpose(-2, -1) / q.shape[-1]",
            "if mask is not None:",
            "scores = scores.masked_fill(~mask, -math.inf)",
            "⇤return scores.softmax(-1) @ v",
        ],
    )
    assert lab.source(answer).endswith(
        "    scores = q @ k.transpose(-2, -1) / q.shape[-1]\n"
        "    if mask is not None:\n"
        "        scores = scores.masked_fill(~mask, -math.inf)\n"
        "    return scores.softmax(-1) @ v"
    )
    lab.run(answer)
    panel = lab.run(check)
    expect(panel.get_by_role("status")).to_contain_text("✗ Not yet")
    expect(panel).to_contain_text("It is divided by d, not by √d.")
    expect(panel).to_contain_text(FEW_POINTS)
    expect(panel).to_contain_text('hint("attention")')
    shoot(lab.page, "wrong")

    told = lab.run(lab.add_below(check, 'hint("attention")'))
    expect(told).to_contain_text(re.compile(r"Hint 1 of \d"))
    expect(told).not_to_contain_text("Hint 2")
    shoot(lab.page, "hint")

    lab.replace_line(answer, "/ q.shape[-1]", ["scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])"])
    lab.run(answer)
    panel = lab.run(check)
    expect(panel.get_by_role("status")).to_contain_text("✓ Right")
    expect(panel).to_contain_text(ALL_POINTS)
    expect(panel).not_to_contain_text("√d")
    shoot(lab.page, "right")
    lab.theme("dark")
    shoot(lab.page, "right-dark")
    lab.theme("light")

    lab.page.get_by_role("button", name="Validate").click()
    dialog = lab.page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Validation Results", timeout=300_000)
    shoot(lab.page, "validated")
    expect(dialog).to_contain_text("check(may_look)")
    expect(dialog).to_contain_text("○ Not written yet · Padding in front")
    expect(dialog).not_to_contain_text("check(attention)")
    expect(dialog).not_to_contain_text("Traceback")


def test_a_formula_misspelt_miscounted_right(lab, shoot):
    lab = lab("05_cost")
    answer, check = lab.cell("matmul-flops-answer"), lab.cell("matmul-flops-check")

    def answers(formula):
        lab.replace_line(answer, "matmul_flops =", [f'matmul_flops = "{formula}"'])
        lab.run(answer)
        return lab.run(check)

    panel = answers("2Ldn")
    expect(panel).to_contain_text("A multiplication sign is missing")
    expect(panel).to_contain_text(NO_POINTS)
    shoot(lab.page, "misspelt")

    panel = answers("2*d*n")
    expect(panel.get_by_role("status")).to_contain_text("✗ Not yet")
    expect(panel).to_contain_text("the price for one token")
    expect(panel).to_contain_text(NO_POINTS)
    shoot(lab.page, "miscounted")

    panel = answers("L*d*n + L*n*d")
    expect(panel.get_by_role("status")).to_contain_text("✓ Right")
    expect(panel).to_contain_text(ALL_POINTS)
    shoot(lab.page, "right")


def test_an_error_points_at_the_students_line_only(lab, shoot):
    lab = lab("02_attention")
    answer, check = lab.cell("hard-attention-answer"), lab.cell("hard-attention-check")
    lab.replace_line(
        answer, "your code here", ["best = (k @ q).argmax()", "return v[best].reshape(-1, 1000)"]
    )
    lab.run(answer)
    panel = lab.run(check)
    expect(panel.get_by_role("status")).to_contain_text("✗ It stops with an error")
    expect(panel).to_contain_text("return v[best].reshape(-1, 1000)")
    expect(panel).to_contain_text("In hard_attention, line 7")
    shoot(lab.page, "error")
    said = panel.inner_text()
    for ours in ("grader", "Traceback", "respond", ".py", "site-packages", "ask_function"):
        assert ours not in said


# -- graded ------------------------------------------------------------------------------------------------

LESSON = "02_attention"
LOOKED_FOR = "a score is a sum of d products of variance 1"
SCRIPT = "<script>window.ran = 'yes'</script>"
ANSWERS = {
    "attention_answer": f"""
def attention(q, k, v, mask=None):
    warnings.warn("{SCRIPT}")
    scores = q @ k.transpose(-2, -1) / q.shape[-1]
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-1) @ v

import warnings
print("{SCRIPT}")
""",
    "hard_attention_answer": f"""
def hard_attention(q, k, v):
    raise ValueError("{SCRIPT}")
""",
    "similarities_answer": f"""
def similarities(x):
    return x @ x.T

raise ValueError("{SCRIPT}")
""",
    "score_scale_answer": f'score_scale = "{SCRIPT}"',
    "why_scaled": f"The variance is $d$. {SCRIPT}",
    "hard_gradient_answer": f'hard_gradient = "{SCRIPT}"',
}


@pytest.fixture(scope="module")
def graded(root, course, environment):
    """One submission, wrong and full of scripts, through nbgrader's own commands; the feedback page."""
    from grader.building.instructor import instructor_notebook
    from grader.building.lesson import Lesson

    instructor = Lesson(course, LESSON).instructor
    instructor.parent.mkdir(parents=True)
    nbformat.write(instructor_notebook(Lesson(root, LESSON)), instructor)

    def nbgrader(*command):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command],
            cwd=course,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]

    nbgrader("generate_assignment", LESSON, "--force")
    submission = nbformat.read(Lesson(course, LESSON).released, as_version=4)
    for cell in submission.cells:
        cell.source = ANSWERS.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source).strip()
    handed_in = course / "submitted" / "noor" / LESSON / f"{LESSON}.ipynb"
    handed_in.parent.mkdir(parents=True)
    nbformat.write(submission, handed_in)
    nbgrader("autograde", LESSON)
    nbgrader("generate_feedback", LESSON)
    return course / "feedback" / "noor" / LESSON / f"{LESSON}.html"


def test_the_feedback_page(graded, window, shoot):
    page = window.page()
    page.goto(graded.as_uri(), wait_until="load")
    panel = page.get_by_role("status").filter(has_text="Scaled dot-product attention")
    expect(panel).to_contain_text("It is divided by d, not by √d.")
    expect(panel).to_contain_text(FEW_POINTS)
    expect(page.get_by_text(SCRIPT, exact=True).first).to_be_visible()  # as text
    assert page.evaluate("window.ran") is None
    shoot(page, "top")
    panel.scroll_into_view_if_needed()
    shoot(page, "panel")
    expect(page.get_by_text("The variance is")).to_be_visible()
    assert "is looked for" not in page.content() and LOOKED_FOR not in page.content()


def test_the_formgrader(graded, server, window, shoot):
    page = window.page()
    page.goto(f"{server}/formgrader")
    row = page.get_by_role("row").filter(has_text=LESSON)
    expect(row).to_be_visible()
    shoot(page, "assignments")
    page.goto(f"{server}/formgrader/manage_submissions/{LESSON}")
    expect(page.get_by_role("row").filter(has_text="noor")).to_be_visible()
    shoot(page, "submissions")


def test_what_a_person_looks_for_stands_above_the_answer(graded, course, server, window, shoot):
    page = window.page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{server}/formgrader/gradebook/{LESSON}/{LESSON}")
    page.get_by_role("link", name="Submission #1").click()
    points = page.locator("#why_scaled")
    answer = page.locator(".nbgrader_cell").filter(has=points)
    expect(answer).to_contain_text("The variance is")
    above = answer.locator("xpath=preceding::*[contains(@class, 'text_cell')][1]")
    expect(above).to_contain_text("What is looked for")
    expect(above).to_contain_text(LOOKED_FOR)
    points.focus()  # where the page takes a grader who goes from one field to the next
    expect(above).to_be_in_viewport()
    expect(points).to_have_class(re.compile("needs_manual_grade"))  # the page has the grades
    with page.expect_response(re.compile("/api/grade/")) as saved:
        points.fill("3")
        points.blur()
    assert saved.value.ok and saved.value.json()["manual_score"] == 3
    (change,) = read(course)
    assert (change.student, change.exercise, change.after) == ("noor", "why_scaled", "3")
    shoot(page, "answer")
    assert wrong == [] and page.evaluate("window.ran") is None


def test_signing_in(lab, course, shoot):
    lab = lab("02_attention")
    key = student_key("a secret", "ada")
    cell, own = lab.cell_with("sign_in("), lab.cell_with('numbers("patch_weight")')
    expect(lab.run(cell)).to_be_empty()  # as released: whoever is in no class goes on
    practice = lab.run(own)
    expect(practice).to_contain_text("Practice numbers: ")
    expect(practice).to_contain_text("sign_in")
    wrong = key.replace(key[0], "0" if key[0] != "0" else "1")
    lab.replace_line(cell, "sign_in(", [f'sign_in("ada", key="{wrong}")'])
    told = lab.run(cell)
    expect(told).to_contain_text("This is not the key of 'ada'")
    expect(told).not_to_contain_text("Traceback")
    shoot(lab.page, "mistyped")
    lab.replace_line(cell, "sign_in(", [f'sign_in("ada", key="{key}")'])
    lab.run(cell)
    numbers = lab.run(own)
    expect(numbers).to_contain_text("ada's numbers: ")
    shoot(numbers, "numbers")
    lab.save()
    saved = nbformat.read(course / "lessons" / "02_attention" / "02_attention.ipynb", 4)
    outputs = (output.get("data", {}) for cell in saved.cells for output in cell.get("outputs", ()))
    records = [data[MIME] for data in outputs if MIME in data]
    assert [record["student"] for record in records] == ["ada"], "the notebook keeps who and which"
