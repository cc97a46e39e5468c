"""What is kept after a check, in a notebook, and what comes of it in the next lesson."""

import re

import pytest
from IPython.utils.capture import capture_output

from grader import catalogue
from grader.carrying import so_far
from grader.student import cells, kept

pytestmark = pytest.mark.usefixtures("nobody")

ANSWER = "def hard_attention(q, k, v):\n    return v[best(k, q)]"
BEST = "def best(k, q):\n    return (k @ q).argmax()"
WRONG = "def hard_attention(q, k, v):\n    return v[0]"
FILE = "my_answers/02_attention/hard_attention.py"


def restart(shell):
    shell.reset(new_session=False)
    cells._cells = None
    cells.follow(shell)
    shell.run_cell("import torch\nfrom grader import check, mine, progress")


@pytest.fixture
def run(monkeypatch, ipython):
    """Runs a cell as a reader does; gives back all that is then shown, as text."""
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: ipython)
    restart(ipython)

    def run(source):
        with capture_output() as captured:
            ipython.run_cell(source)
        shown = [output.data.get("text/plain", "") for output in captured.outputs]
        return "\n".join([*shown, captured.stdout])

    yield run
    cells._cells = None


def test_an_answer_that_passes_is_kept_with_what_it_needs_and_outlives_the_kernel(run, ipython):
    run(BEST)
    run(ANSWER)
    said = run("check(hard_attention)")
    assert f"Kept for later lessons, as `mine.hard_attention`, in {FILE}." in said
    assert "Lesson 02_attention: 1 of 15 exercises · 1 of " in said
    restart(ipython)
    said = run("print(mine.hard_attention(torch.ones(2), 3 * torch.eye(2), torch.arange(2.0)))")
    day = kept.day(kept.file_of("02_attention", "hard_attention"))
    assert f"`hard_attention`: your own answer, kept on {day} ({FILE})." in said
    assert said.endswith("tensor(0.)\n")
    assert FILE in run("mine")


def test_the_newest_that_passes_takes_the_place_of_the_older_one_and_a_wrong_one_never(run):
    run(f"{BEST}\n{ANSWER}\ncheck(hard_attention)")
    before = kept.file_of("02_attention", "hard_attention").read_text()
    assert "Kept" not in run(f"{WRONG}\ncheck(hard_attention)")
    assert kept.file_of("02_attention", "hard_attention").read_text() == before
    assert "Kept" not in run(f"{ANSWER}\ncheck(hard_attention)"), "it is the same"
    said = run("def hard_attention(q, k, v):\n    return v[(k * q).sum(-1).argmax()]\ncheck(hard_attention)")
    assert "Kept for later lessons, in place of your older one, as `mine.hard_attention`" in said
    assert "(k * q)" in kept.file_of("02_attention", "hard_attention").read_text()


def test_what_a_failed_cell_would_have_defined_is_not_kept(run):
    run(f"{BEST}\n{ANSWER}")
    run(f"1 / 0\n{WRONG}")
    assert "✓ Right" in run("check(hard_attention)")
    assert "best(k, q)" in kept.file_of("02_attention", "hard_attention").read_text()


def test_an_answer_from_before_does_not_become_itself(run, ipython):
    run(f"{BEST}\n{ANSWER}\ncheck(hard_attention)")
    restart(ipython)
    said = run("hard_attention = mine.hard_attention\ncheck(hard_attention)")
    assert "✓ Right" in said and "Kept" not in said
    assert "argmax" in kept.file_of("02_attention", "hard_attention").read_text()


def test_one_that_has_not_passed_is_the_courses(run):
    said = run("print(mine.hard_attention(torch.ones(2), 3 * torch.eye(2), torch.tensor([[5.0], [6.0]])))")
    assert "`hard_attention`: the course's own answer, as none of yours has passed yet." in said
    assert said.endswith("tensor([5.])\n")


def test_what_cannot_be_traced_is_a_sentence(run, ipython):
    ipython.user_ns["best"] = lambda k, q: (k @ q).argmax()  # from nowhere that can be read
    run(ANSWER)
    said = run("check(hard_attention)")
    assert "It could not be kept for later lessons: no cell that was run here defines `best`." in said
    assert not kept.file_of("02_attention", "hard_attention").exists()


def test_a_folder_that_cannot_be_written_is_a_sentence(run, tmp_path):
    (tmp_path / kept.FOLDER).write_text("a file")
    run(f"{BEST}\n{ANSWER}")
    said = run("check(hard_attention)")
    assert "✓ Right" in said and "It could not be kept for later lessons (" in said


def test_progress_counts_every_kind_survives_a_restart_and_keeps_the_best(run, ipython):
    run('leak = "c"\ncheck("leak")')
    run('leak = ""\ncheck("leak")')
    restart(ipython)
    lessons = dict(so_far())
    right = catalogue.find("leak").right
    run(f"leak = {right!r}\ncheck('leak')")
    run("leak = ''\ncheck('leak')")
    said = run("progress()")
    assert list(lessons) == [*catalogue.ids(), "all lessons"]
    assert re.search(r"^02_attention +1 of 15 exercises · ", said, re.MULTILINE)
    assert re.search(r"^05_cost +0 of 12 exercises · 0 of ", said, re.MULTILINE)
    whole = len(catalogue.every_exercise())
    assert re.search(rf"^all lessons +1 of {whole} exercises · ", said, re.MULTILINE)


def test_points_are_read_off_the_files_as_the_exercises_have_them():
    assert all(catalogue.points(exercise.id) == exercise.points for exercise in catalogue.every_exercise())


def test_outside_of_a_notebook_and_where_it_is_graded_nothing_is_kept(run, monkeypatch, tmp_path):
    run(f"{BEST}\n{ANSWER}")
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    run("check(hard_attention)")
    monkeypatch.delenv("NBGRADER_EXECUTION")
    cells._cells = None
    run("check(hard_attention)")
    assert not (tmp_path / kept.FOLDER).exists()
