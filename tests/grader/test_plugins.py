"""Real nbgrader on a real lesson: scores come from the judge, whatever the notebook says of itself."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader import catalogue
from grader.building.build import release_all
from grader.building.lesson import find_lessons
from grader.judging.verdict import MIME as VERDICT
from grader.plugins import Judge
from grader.questions.draw import Draw
from grader.questions.personal import SECRET_FILE, student_key
from grader.repair import NotGradable
from grader.sandbox.confinement import confinement
from grader.sandbox.limits import Limits, MiB
from grader.sandbox.runner import PATIENCE
from grader.sandbox.stopwatch import Stopwatch

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
    "why_not_reorder": """
class Always(str):
    __eq__ = lambda self, other: True
    __hash__ = None
why_not_reorder = Always("a")
""",
    "smaller_patches": """
import grader.notebook
grader.notebook.check = check = lambda *answers: 1.0
smaller_patches = "a"
""",
    "four_times": """
get_ipython().ast_transformers.clear()
four_times = "a"
1.0
""",
    "memory_order": """
import grader.judging.judge
grader.judging.judge.judge = lambda *everything, **more: None
memory_order = "abcde"
""",
    "attention_matrix_bytes": """
from IPython.display import HTML, display
display(HTML("<script>window.mine = true</script>"))
attention_matrix_bytes = "L"
""",
    "count_matmul": """
from course import cost
def count_matmul(a_shape, b_shape):
    return getattr(cost, "mea" + "sure")(torch.matmul, a_shape, b_shape).flops
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
        [sys.executable, "-m", "nbgrader", *words], cwd=course, capture_output=True, text=True, timeout=1500
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


def for_a_person(course: Path, student: str) -> list[str]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        notebook = gradebook.find_submission_notebook(LESSON, LESSON, student)
        return [grade.name for grade in notebook.grades if grade.needs_manual_grade]


def test_a_solution_has_full_marks_and_a_blank_has_none(course):
    full = {exercise.id: exercise.points for exercise in catalogue.of_lesson(LESSON)}
    waiting = dict.fromkeys(for_a_person(course, "solved"), 0.0)
    assert scores(course, "solved") == full | waiting
    assert set(scores(course, "blank").values()) == {0.0}


def test_words_wait_for_a_person_and_an_empty_cell_for_nobody(course):
    assert for_a_person(course, "solved") == ["what_patches_mend"]
    assert for_a_person(course, "blank") == []


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
    assert "is right." not in page  # a number of the check belongs in the notebook only


def test_regrading_gives_the_same(course):
    before = scores(course, "forged")
    nbgrader(course, "autograde", LESSON, "--student=solved", "--force")
    assert scores(course, "solved") == {
        exercise.id: exercise.points for exercise in catalogue.of_lesson(LESSON)
    } | {"what_patches_mend": 0.0}  # a person's, who has not yet read it
    assert scores(course, "forged") == before


def test_grades_are_exported(course):
    nbgrader(course, "export", "--to=grades.csv")
    rows = (course / "grades.csv").read_text().splitlines()
    assert len(rows) == 4


# -- the judge alone, on notebooks of a few cells ---------------------------------------------------------


def graded(student, limits, *answers):
    """A notebook of (exercise, code) pairs, as the judge leaves it."""
    cells = []
    for name, code in answers:
        role = {"grade_id": name, "grade": True, "solution": False, "locked": True, "points": 1}
        cells += [new_code_cell(code), new_code_cell("", metadata={"nbgrader": role})]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    judge = Judge()
    judge.limits = limits
    judge.preprocess(notebook, {"nbgrader": {"student": student}, "metadata": {"path": None}})
    return notebook


def judged(limits, *answers):
    """The verdict on each exercise, and the error's text of each answer's cell, of (exercise, code) pairs."""
    notebook = graded("ada", limits, *answers)
    verdicts = [cell.outputs[0].data[VERDICT] for cell in notebook.cells[1::2]]
    errors = [next((output.get("evalue", "") for output in cell.outputs), "") for cell in notebook.cells[::2]]
    return verdicts, errors


DEAF = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass"
FULL = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        x = bytearray(b'x') * (100 * 2**20); time.sleep(60)
time.sleep(60)
"""


@pytest.fixture
def confined(monkeypatch):
    if not confinement().confined:
        pytest.skip(confinement().because)
    monkeypatch.setenv("COURSE_SECRET", "a secret")


@pytest.mark.parametrize("where", ["environment", "file"])
def test_the_secret_is_there_for_every_submission_and_in_no_environment(tmp_path, monkeypatch, where):
    monkeypatch.delenv("COURSE_SECRET", raising=False)
    monkeypatch.chdir(tmp_path)
    if where == "file":
        (tmp_path / SECRET_FILE).write_text("a secret")
    else:
        monkeypatch.setenv("COURSE_SECRET", "a secret")
    before = dict(os.environ)
    exercise = catalogue.find("layer_gflops")
    for student in ("ada", "ben", "cleo"):
        values = exercise.values(Draw(0, student_key("a secret", student)))
        asks = "import os, json; print(json.dumps(dict(os.environ)))"
        typed = f"layer_gflops = {exercise.reference(**values):.6g}  # worked out at home\n{asks}"
        notebook = graded(student, Limits(), ("layer_gflops", typed))
        assert notebook.cells[1].outputs[0].data[VERDICT]["score"] == exercise.points, student
        told = json.loads(notebook.cells[0].outputs[0].text)
        assert not {"COURSE_SECRET", "COURSE_KEY"} & set(told)
        assert not any("a secret" in value for value in told.values())
        assert dict(os.environ) == before


def test_a_notebook_has_one_time_and_what_comes_after_it_is_told_so(confined, monkeypatch):
    monkeypatch.setattr(Stopwatch, "had", property(lambda watch: time.monotonic() - watch._began))  # all
    verdicts, errors = judged(
        Limits(seconds=5.0),
        ("matmul_flops", "matmul_flops = '2*L*d*n'"),
        ("overtakes", f"overtakes = 'n - 2*d'\n{DEAF}"),
        ("smaller_patches", "smaller_patches = 'a'"),
    )
    assert verdicts[0]["score"] == catalogue.find("matmul_flops").points
    told = "The notebook ran longer than the 5 seconds that it has in all"
    assert errors[1].startswith(told)
    for late in verdicts[1:]:
        assert late["score"] == 0 and told in str(late)


def test_an_answer_has_the_seconds_of_its_exercise_and_not_those_of_a_cell(confined, monkeypatch):
    monkeypatch.setitem(globals(), "Judge", partial(Judge, timeout=1))
    once = "import time\nrested = []\n"
    rests = "    if not rested: rested.append(time.sleep(2))\n"
    turns = "    return x.unflatten(-1, (h, -1)).transpose(-3, -2)\n"
    verdicts, _ = judged(Limits(), ("split_heads", f"{once}def split_heads(x, h):\n{rests}{turns}"))
    assert verdicts[0]["score"] == catalogue.find("split_heads").points


RESTS = "import time\ntime.sleep(2.5)\nmatmul_flops = '2*L*d*n'"
ASKED_RESTS = """
import time
rested = []
def split_heads(x, h):
    if not rested:
        rested.append(time.sleep(2.5))
    return x.unflatten(-1, (h, -1)).transpose(-3, -2)
"""


@pytest.fixture
def busy(monkeypatch):
    """A machine on which code gets a tenth of the time, for all that is told; a cell has a second of it."""
    wall = Stopwatch.had.fget
    monkeypatch.setattr(Stopwatch, "had", property(lambda watch: wall(watch) / 10))
    monkeypatch.setitem(globals(), "Judge", partial(Judge, timeout=1, record_timing=True))  # goes long
    monkeypatch.setattr("grader.plugins.AT_MOST", 0.1)


def test_on_a_busy_machine_a_cell_and_an_answer_have_the_same_seconds(confined, busy):
    verdicts, errors = judged(Limits(), ("matmul_flops", RESTS), ("split_heads", ASKED_RESTS))
    assert errors == ["", ""]
    assert [verdict["status"] for verdict in verdicts] == ["right", "right"]


def test_on_one_that_is_too_busy_nothing_is_graded(confined, busy):
    with pytest.raises(NotGradable, match=r"too busy to grade it: in 2 seconds .* had 0 for itself"):
        judged(Limits(seconds=2 / PATIENCE), ("matmul_flops", RESTS))


def test_a_cell_that_stopped_is_told_and_so_is_who_needs_it(confined):
    """A syntax error is not "not written yet", and who calls what is missing is told its name."""
    verdicts, _ = judged(
        Limits(),
        ("matmul_flops", "matmul_flops = '2*L*d*n"),
        ("linear_attention", "def linear_attention(x, wq, wk, wv, wo):\n    return feature(x"),
        ("count_matmul", "1 / 0\ndef count_matmul(a_shape, b_shape):\n    return 1"),
        ("overtakes", "overtakes = lengths[0]"),
        ("merge_heads", "def merge_heads(x):\n    return count_matmul(x.shape, x.shape)"),
        ("split_heads", "def split_heads(x, h):\n    return halves(x)"),
    )
    said = [verdict["mistake"] for verdict in verdicts]
    cell = "The cell that defines `{}` stopped with an error"
    assert said[0].startswith(f"{cell.format('matmul_flops')} (SyntaxError: unterminated string literal")
    assert said[1].startswith(f"{cell.format('linear_attention')} (SyntaxError: incomplete input, line 2)")
    assert said[2].startswith(f"{cell.format('count_matmul')} (ZeroDivisionError: division by zero)")
    assert said[3].startswith(f"{cell.format('overtakes')} (NameError: name 'lengths' is not defined)")
    assert said[4] == (
        "It needs `count_matmul`, and the cell that defines that stopped with an error (ZeroDivisionError: "
        "division by zero): mend that cell first."
    )
    assert said[5] == "The name `halves` is not known here: is it spelled so, imported, or defined above?"
    assert {verdict["status"] for verdict in verdicts} == {"error"}
    assert {verdict["score"] for verdict in verdicts} == {0.0}


def test_why_a_kernel_was_ended_is_said_and_the_next_exercise_is_judged(confined):
    verdicts, errors = judged(
        Limits(memory=300 * MiB),
        ("matmul_flops", FULL),
        ("overtakes", "overtakes = 'n - 2*d'"),
    )
    assert errors[0] == (
        "The kernel was ended while your code ran. It used more than the 300 MiB of memory that it may have."
    )
    assert verdicts[1]["score"] == catalogue.find("overtakes").points


def test_a_cell_that_ends_the_new_kernel_too_is_left_out(confined):
    until = time.time() + 4.0  # the first cell ends every kernel from then on
    verdicts, errors = judged(
        Limits(),
        ("matmul_flops", f"import os, time\nif time.time() > {until}: os._exit(0)"),
        ("overtakes", f"import os, time\ntime.sleep(max(0, {until} - time.time()))\nos._exit(0)"),
        ("smaller_patches", "smaller_patches = 'a'"),
        ("matmul_flops", "matmul_flops = '2*L*d*n'"),
    )
    assert [bool(error) for error in errors] == [True, True, False, False]
    assert verdicts[3]["score"] == catalogue.find("matmul_flops").points


def test_a_kernel_that_garbles_costs_the_exercise_and_not_the_next(confined):
    verdicts, errors = judged(
        Limits(),
        ("overtakes", "import json\njson.dumps = lambda *a, **k: '6.0'"),
        ("matmul_flops", "matmul_flops = '2*L*d*n'"),
    )
    assert errors[0] and verdicts[0]["score"] == 0
    assert verdicts[1]["score"] == catalogue.find("matmul_flops").points


def test_nothing_but_the_notebook_is_released_or_graded(course):
    assert [path.name for path in (course / "lessons" / LESSON).iterdir()] == [f"{LESSON}.ipynb"]
    assert not (course / "autograded" / "forged" / LESSON / "torch.py").exists()


def test_the_gradebook_holds_no_secret(course):
    with sqlite3.connect(course / "gradebook.db") as database:
        assert "a secret" not in "\n".join(database.iterdump())
