"""A lesson that changes after somebody has handed it in: nbgrader's own build goes on, and grades stay."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from grader.building.lesson import BuildError
from grader.building.since import fit
from grader.configure import configure

LESSON = "week1"


def exercise(name, points=2):
    role = {"schema_version": 3, "task": False, "grade_id": name}
    answer = {**role, "grade_id": f"{name}_answer", "solution": True, "grade": False, "locked": False}
    graded = {**role, "solution": False, "grade": True, "locked": True, "points": points}
    statement = {**role, "grade_id": f"{name}_statement", "solution": False, "grade": False, "locked": True}
    return [
        new_markdown_cell(f"Write {name}.", metadata={"nbgrader": statement}),
        new_code_cell(f"{name} = 1", metadata={"nbgrader": answer}),
        new_code_cell(f"check({name})", metadata={"nbgrader": graded}),
    ]


def lesson(*exercises):
    cells = [cell for one in exercises for cell in (one if isinstance(one, list) else exercise(one))]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


@pytest.fixture
def course(tmp_path):
    """`week1` with `one` and `two`, handed in and graded."""
    enter(tmp_path, lesson("one", "two"))
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as book:
        book.add_student("ada")
        book.add_submission(LESSON, "ada")
        for name, score in (("one", 2.0), ("two", 1.0)):
            book.find_grade(name, LESSON, LESSON, "ada").auto_score = score
        book.db.commit()
    return tmp_path


def enter(root, notebook):
    """What `nbgrader generate_assignment` makes of it; nothing if that went well."""
    import nbformat

    place = root / "solutions" / LESSON / f"{LESSON}.ipynb"
    place.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, place)
    config = configure(Config())
    config.CourseDirectory.root = str(root)
    done = NbGraderAPI(config=config).generate_assignment(LESSON, force=True)
    return "" if done["success"] else done["log"]


def grades(root):
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        submission = book.find_submission_notebook(LESSON, LESSON, "ada")
        comments = {comment.name for comment in submission.comments}
        assert comments == {f"{grade.name}_answer" for grade in submission.grades}
        return {grade.name: (grade.auto_score, grade.max_score) for grade in submission.grades}


def test_an_exercise_more_keeps_the_grades_of_the_others(course):
    changed = lesson("one", "three", exercise("two", 5))
    assert "Cannot add or remove cells" in enter(course, changed), "nbgrader by itself"
    said = fit(course / "gradebook.db", LESSON, changed, ())
    assert said == ["week1: three added, for 1 who have handed in"]
    assert enter(course, changed) == ""
    assert grades(course) == {"one": (2.0, 2.0), "two": (1.0, 5.0), "three": (None, 2.0)}
    assert fit(course / "gradebook.db", LESSON, changed, ()) == []


def test_an_exercise_less_goes_only_when_that_is_said_and_the_gradebook_before_stays(course):
    changed = lesson("one")
    with pytest.raises(BuildError, match=r"handed in by 1 student, and two has gone .* --drop two`"):
        fit(course / "gradebook.db", LESSON, changed, ("one",))
    assert grades(course) == {"one": (2.0, 2.0), "two": (1.0, 2.0)}
    (said,) = fit(course / "gradebook.db", LESSON, changed, ("two",))
    assert enter(course, changed) == "" and grades(course) == {"one": (2.0, 2.0)}
    (before,) = course.glob("gradebook_before_*.db")
    assert before.name in said and before.stat().st_size > 0


def test_before_anybody_hands_in_nbgrader_does_it_all(tmp_path):
    assert fit(tmp_path / "gradebook.db", LESSON, lesson("one"), ()) == []
    enter(tmp_path, lesson("one"))
    assert fit(tmp_path / "gradebook.db", LESSON, lesson("two"), ()) == []
    assert fit(tmp_path / "gradebook.db", "week2", lesson("two"), ()) == []
    assert enter(tmp_path, lesson("two")) == ""
