"""Real nbgrader on a real lesson: scores come from the judge, whatever the notebook says of itself."""

import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from grader import catalogue
from grader.build import find_lessons, release_all
from grader.personal import SECRET_FILE

ROOT = Path(__file__).resolve().parents[2]
LESSON = "05_cost"

# Each tries to get points without the answer, or would lose them for nothing in plain nbgrader.
FORGERIES = {
    "matmul_flops": """
matmul_flops = "2*L*d*n"
import sys
print("progress 50 %", file=sys.stderr)
""",
    "overtakes": """
import warnings
warnings.warn("nothing to see")
overtakes = "n - 2*d"
""",
    "mlp_parameters": """
class Always(str):
    __eq__ = lambda self, other: True
    __hash__ = None
mlp_parameters = Always("1")
""",
    "mlp_flops": """
import grader.notebook
grader.notebook.check = check = lambda *answers: 1.0
mlp_flops = "1"
""",
    "attention_parameters": """
get_ipython().ast_transformers.clear()
attention_parameters = "d"
1.0
""",
    "attention_flops": """
import grader.judge
grader.judge.judge = lambda *everything, **more: None
attention_flops = "L"
""",
    "attention_matrix_bytes": """
from IPython.display import HTML, display
display(HTML("<script>window.mine = true</script>"))
attention_matrix_bytes = "L"
""",
    "count_matmul": """
from grader.catalogue import find
def count_matmul(a_shape, b_shape):
    return find("count_matmul").reference(a_shape, b_shape)
""",
    "linear_attention": """
def linear_attention(x, wq, wk, wv, wo):
    while True:
        try:
            x = x + 1
        except:
            pass
""",
}
EARNED = {"matmul_flops", "overtakes"}


def nbgrader(course: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words], cwd=course, capture_output=True, text=True, timeout=400
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with one lesson and three submissions, graded with nbgrader's own commands."""
    root = tmp_path_factory.mktemp("course")
    lesson = next(lesson for lesson in find_lessons(ROOT) if lesson.name == LESSON)
    release_all([lesson], root, None)
    shutil.rmtree(root / "lessons")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / SECRET_FILE).write_text("a secret")
    nbgrader(root, "generate_assignment", LESSON)
    solved = nbformat.read(root / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    blank = nbformat.read(root / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    forged = nbformat.read(root / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    for cell in forged.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name.removesuffix("_answer") in FORGERIES and name.endswith("_answer"):
            cell.source = FORGERIES[name.removesuffix("_answer")]
    for student, notebook in {"solved": solved, "blank": blank, "forged": forged}.items():
        folder = root / "submitted" / student / LESSON
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{LESSON}.ipynb")
    (root / "submitted" / "forged" / LESSON / "torch.py").write_text("raise SystemExit('a shadow')")
    nbgrader(root, "autograde", LESSON)
    return root


def scores(course: Path, student: str) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        notebook = gradebook.find_submission_notebook(LESSON, LESSON, student)
        return {grade.name: grade.score for grade in notebook.grades if grade.max_score}


def test_a_solution_has_full_marks_and_a_blank_has_none(course):
    exercises = catalogue.lessons()[LESSON]
    assert scores(course, "solved") == {exercise.id: exercise.points for exercise in exercises}
    assert set(scores(course, "blank").values()) == {0.0}


@pytest.mark.parametrize("name", FORGERIES)
def test_points_are_earned_and_noise_costs_nothing(course, name):
    assert scores(course, "forged")[name] == (catalogue.find(name).points if name in EARNED else 0.0)


def test_the_rest_of_a_notebook_with_an_endless_loop_is_judged(course):
    assert scores(course, "forged")["overtakes"] > 0


def test_feedback_names_what_was_found_and_no_hidden_case(course):
    nbgrader(course, "generate_feedback", LESSON)
    page = (course / "feedback" / "forged" / LESSON / f"{LESSON}.html").read_text()
    assert "It did not finish within 10 seconds" in page or "ended or blocked the notebook" in page
    assert "which is what this exercise asks you to write yourself" in page
    assert not re.search(r"<script[^>]*>\s*window\.mine", page)
    assert "times the right value" not in page  # a number of the check belongs in the notebook only


def test_regrading_gives_the_same(course):
    before = scores(course, "forged")
    nbgrader(course, "autograde", LESSON, "--student=solved", "--force")
    assert scores(course, "solved") == {
        exercise.id: exercise.points for exercise in catalogue.lessons()[LESSON]
    }
    assert scores(course, "forged") == before


def test_grades_are_exported(course):
    nbgrader(course, "export", "--to=grades.csv")
    rows = (course / "grades.csv").read_text().splitlines()
    assert len(rows) == 4


def test_nothing_but_the_notebook_is_released_or_graded(course):
    assert [path.name for path in (course / "lessons" / LESSON).iterdir()] == [f"{LESSON}.ipynb"]
    assert not (course / "autograded" / "forged" / LESSON / "torch.py").exists()


def test_the_gradebook_holds_no_secret(course):
    with sqlite3.connect(course / "gradebook.db") as database:
        assert "a secret" not in "\n".join(database.iterdump())
