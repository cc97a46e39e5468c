"""A small class in a small course; the helpers are in small_course.py, beside this file."""

import os
import sys
import threading
from pathlib import Path

import nbformat
import pytest

from grader.batch import hands, release
from grader.batch.grade import grade

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # for the tests here, and for workers that import `in_process`

from small_course import CONFIG, IN_PROCESS, LESSON, RIGHT, Small  # noqa: E402


@pytest.fixture(scope="session")
def released(tmp_path_factory) -> Path:
    """The course as it is before anybody has handed in."""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    root = tmp_path_factory.mktemp("released")
    os.environ["PATH"] = os.pathsep.join(
        [str(Path(sys.executable).parent), os.environ["PATH"]]
    )  # for alembic
    (root / "nbgrader_config.py").write_text(CONFIG)

    def cell(kind, source, id, **role):
        make = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
        roles = {"grade": False, "solution": False, "locked": False, "task": False, **role}
        metadata = {"nbgrader": {"grade_id": id, "schema_version": 3, **roles}}
        return make(source=source, id=id.replace("_", "-"), metadata=metadata)

    cells = [
        cell("code", f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION", "double_answer", solution=True),
        cell("code", "2.0 * (double(3) == 6)", "double", grade=True, locked=True, points=2),
        cell("markdown", "Say why.", "why", grade=True, solution=True, points=3),
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    source = root / "source" / LESSON
    source.mkdir(parents=True)
    nbformat.write(
        nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), source / f"{LESSON}.ipynb"
    )
    (source / "numbers.csv").write_text("1,2\n")
    config = Config()
    config.CourseDirectory.root, config.CourseDirectory.course_id = str(root), "small"
    config.ClearSolutions.code_stub = {"python": "# your code here"}
    done = NbGraderAPI(config=config).generate_assignment(LESSON)
    assert done["success"], done
    return root


@pytest.fixture
def worked(released, tmp_path, monkeypatch) -> Small:
    """A course that worker processes grade; they run notebooks in themselves, without a kernel."""
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    monkeypatch.delenv("COURSE_SECRET", raising=False)
    monkeypatch.setattr(release, "code_fingerprint", lambda: "whatever is edited while tests run")
    made = Small(released).copy(tmp_path / "course")
    made.configure(IN_PROCESS)
    return made


@pytest.fixture
def course(worked, tmp_path, monkeypatch) -> Small:
    """The same, graded in this process, which saves the seconds that a worker takes to start."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    one_at_a_time = threading.Lock()  # nbgrader sets variables of the process; a stopped run's thread goes on

    def grade_one(*submission):
        with one_at_a_time:
            return grade(*submission[:-1], scratch)

    monkeypatch.setattr(hands, "grade_one", grade_one)
    return worked


@pytest.fixture(autouse=True)
def no_worker_stays():
    yield
    hands.close_all()
