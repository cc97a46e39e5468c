"""A class of three on a lesson of three exercises, with the course's own configuration."""

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from typer.testing import CliRunner

from grader.appeals import hearing
from grader.batch import hands, release
from grader.batch.grade import grade
from grader.batch.run import Options, autograde
from grader.cli import app
from grader.configure import DEMONSTRATION, configure
from grader.judging.verdict import MIME, Status, Verdict
from grader.questions.personal import SECRET_FILE

ROOT = Path(__file__).resolve().parents[3]
LESSON = "02_attention"
EXERCISES = {"softmax_rows": 6, "score_scale": 2, "patch_weight": 2}
IMPORTS = "import torch\nfrom torch.nn import functional as F\nfrom grader import check, sign_in"
REFUSED = """
def softmax_rows(scores):  # by Ada herself
    return by_hand(scores) + 0 * theirs(scores)

theirs = F.softmax
theirs = lambda scores: scores.softmax(-1)
"""
HALF = REFUSED.replace("by_hand(scores)", "torch.exp(scores) / torch.exp(scores).sum(-1, keepdim=True)")
BY_HAND = """
%precision 3
sign_in("ada", "a key")
def by_hand(scores):
    weights = (scores - scores.amax(-1, keepdim=True)).exp()
    return weights / weights.sum(-1, keepdim=True)
"""


@dataclass(frozen=True)
class Class:
    """A course and its students."""

    root: Path

    def hand_in(self, student: str, below: str = "", **answers: str) -> None:
        """Hand in answers; ``helpers`` stands above all exercises, ``below`` under them."""
        path = Path(LESSON, f"{LESSON}.ipynb")
        notebook = nbformat.read(self.root / "lessons" / path, as_version=4)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("_answer")
            if name in answers and not cell.metadata.nbgrader.grade:
                cell.source = answers[name]
        notebook.cells.insert(1, new_code_cell(answers.get("helpers", "")))
        notebook.cells.append(new_code_cell(below))
        folder = self.root / "submitted" / student / LESSON
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, folder / path.name)

    def grade(self, **options) -> set[str]:
        """Grade what is new; whose submissions these were."""
        return {result.student for result in autograde(self.root, LESSON, Options(1, **options)).results}

    def verdict(self, student: str, exercise: str = "softmax_rows") -> dict:
        notebook = nbformat.read(
            self.root / "autograded" / student / LESSON / f"{LESSON}.ipynb", as_version=4
        )
        cell = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == exercise)
        return cell.outputs[0].data[MIME]

    def score(self, student: str, exercise: str = "softmax_rows") -> float:
        """What the gradebook says."""
        with sqlite3.connect(self.root / "gradebook.db") as database:
            found = database.execute(
                "select auto_score from grade join submitted_notebook on grade.notebook_id = "
                "submitted_notebook.id join submitted_assignment on submitted_notebook.assignment_id = "
                "submitted_assignment.id join base_cell on grade.cell_id = base_cell.id "
                "where student_id = ? and base_cell.name = ?",
                (student, exercise),
            )
            return found.fetchone()[0]

    def left(self) -> dict[str, bytes]:
        """All files that are not the gradebook's or a lock."""
        files = (path for path in self.root.rglob("*") if path.is_file())
        return {str(p): p.read_bytes() for p in files if p.suffix not in (".lock", ".jsonl", ".db")}


def say(*words: object) -> tuple[int, str]:
    """Run `grader appeal`: exit status, and all that it says, with single spaces."""
    done = CliRunner().invoke(app, ["appeal", *map(str, words)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, " ".join(done.output.split())


@pytest.fixture(scope="session")
def graded(tmp_path_factory) -> Path:
    """The course with everybody graded: ada is refused, ben right, and carla's answer half right."""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    root = tmp_path_factory.mktemp("released")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / SECRET_FILE).write_text("a secret")
    cells = [new_code_cell(IMPORTS, id="imports")]
    cells.append(new_code_cell("1 / 0", id="shown", metadata={"tags": [DEMONSTRATION]}))
    for name, points in EXERCISES.items():
        for id, source, role in (
            (f"{name}_answer", "### BEGIN SOLUTION\n### END SOLUTION", {"solution": True}),
            (name, f'check("{name}")', {"grade": True, "locked": True, "points": points}),
        ):
            roles = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
            metadata = {"nbgrader": {**roles, "grade_id": id, **role}}
            cells.append(new_code_cell(source, id=id.replace("_", "-"), metadata=metadata))
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    (source := root / "solutions" / LESSON / f"{LESSON}.ipynb").parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), source)
    config = configure(Config())
    config.CourseDirectory.root = str(root)
    done = NbGraderAPI(config=config).generate_assignment(LESSON)
    assert done["success"], done
    made = Class(root)
    made.hand_in("ada", helpers=BY_HAND, softmax_rows=REFUSED)
    made.hand_in("ben", softmax_rows=BY_HAND.replace("by_hand", "softmax_rows"))
    made.hand_in("carla", softmax_rows=HALF)
    with pytest.MonkeyPatch.context() as patched:
        _grade_here(patched, tmp_path_factory.mktemp("scratch"))
        assert made.grade() == {"ada", "ben", "carla"}
    return root


@pytest.fixture
def course(graded, tmp_path, monkeypatch) -> Class:
    """A copy of that course, in which the test runs."""
    made = Class(Path(shutil.copytree(graded, tmp_path / "course")))
    (scratch := tmp_path / "scratch").mkdir()
    _grade_here(monkeypatch, scratch)
    runs = Verdict("", "", 0.0, 0.0, Status.RIGHT)
    monkeypatch.setattr(hearing, "judge_file", lambda *_: runs)  # a process of its own, which takes seconds
    monkeypatch.chdir(made.root)
    return made


def _grade_here(patched: pytest.MonkeyPatch, scratch: Path) -> None:
    """Grade in this process, which saves the seconds that a worker takes to start."""
    patched.delenv("COURSE_SECRET", raising=False)
    patched.setattr(release, "code_fingerprint", lambda: "whatever is edited while tests run")
    patched.setattr(hands, "grade_one", lambda *submission: grade(*submission[:-1], scratch))
