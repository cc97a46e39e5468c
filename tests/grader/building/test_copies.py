"""A reader's copies of the lessons, over the years of a course."""

import subprocess

import pytest

from grader.building.copies import hand_out
from grader.building.lesson import BuildError

OWN = "work/01_first/01_first.ipynb"


@pytest.fixture
def course(tmp_path):
    """A course with one lesson."""

    class Course:
        root = tmp_path

        def release(self, text, lesson="01_first"):
            file = tmp_path / "lessons" / lesson / f"{lesson}.ipynb"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

        def hand_out(self):
            return list(hand_out(tmp_path))

        def read(self, name=OWN):
            return (tmp_path / name).read_text()

    course = Course()
    course.release("release 1")
    return course


def test_a_copy_once_and_then_nothing(course):
    assert course.hand_out() == [f"{OWN}: your copy"]
    assert course.hand_out() == [] and course.read() == "release 1"
    course.release("another lesson", "02_second")
    assert course.hand_out() == ["work/02_second/02_second.ipynb: your copy"]


def test_work_is_never_touched_and_every_newer_release_is_laid_beside_it_once(course):
    course.hand_out()
    (course.root / OWN).write_text("my work")
    course.release("release 2")
    second = OWN.replace(".ipynb", "_2.ipynb")
    assert course.hand_out() == [
        f"{OWN}: stays as you left it; there is a newer one beside it, 01_first_2.ipynb"
    ]
    assert course.hand_out() == []
    (course.root / second).write_text("my work in the second")
    course.release("release 3")
    course.hand_out()
    assert [course.read(name) for name in (OWN, second)] == ["my work", "my work in the second"]
    assert course.read(OWN.replace(".ipynb", "_3.ipynb")) == "release 3"


def test_a_copy_in_which_nobody_has_worked_becomes_the_newer_one(course):
    course.hand_out()
    course.release("release 2")
    assert course.hand_out() == [f"{OWN}: a newer one, as yours was untouched"]
    assert course.read() == "release 2"
    assert len(list((course.root / "work" / "01_first").iterdir())) == 1


def test_a_copy_that_was_removed_comes_again(course):
    course.hand_out()
    (course.root / OWN).unlink()
    course.hand_out()
    assert course.read() == "release 1"


@pytest.mark.parametrize("record", ["", "[1]", "{"])
def test_without_a_record_a_copy_counts_as_worked_in(course, record):
    course.hand_out()
    (course.root / "work" / ".handed_out.json").write_text(record)
    course.release("release 2")
    course.hand_out()
    assert course.read() == "release 1"
    assert course.read(OWN.replace(".ipynb", "_2.ipynb")) == "release 2"


def test_checkpoints_and_other_notebooks_are_no_lessons(course):
    (course.root / "lessons" / "01_first" / "scratch.ipynb").write_text("")
    course.hand_out()
    assert [file.name for file in (course.root / "work" / "01_first").iterdir()] == ["01_first.ipynb"]


def test_elsewhere_it_says_so(tmp_path):
    with pytest.raises(BuildError, match="run this in the root of the course"):
        list(hand_out(tmp_path))


def test_a_pull_does_not_meet_the_readers_work(course, root):
    """As git sees it: what is handed out is ignored, so a newer lesson comes without a conflict."""

    def git(*words):
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words]
        done = subprocess.run(command, cwd=course.root, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    (course.root / ".gitignore").write_bytes((root / ".gitignore").read_bytes())
    git("init", "--initial-branch=main")
    git("add", ".")
    git("commit", "-m", "1")
    git("checkout", "-b", "newer")
    course.release("release 2")
    git("commit", "-am", "2")
    git("checkout", "main")
    course.hand_out()
    (course.root / OWN).write_text("my work")
    (course.root / "work" / "my_answers").mkdir()
    (course.root / "work" / "my_answers" / "points.json").write_text("{}")
    assert git("status", "--porcelain") == ""
    git("merge", "--ff-only", "newer")
    course.hand_out()
    assert course.read() == "my work" and course.read(OWN.replace(".ipynb", "_2.ipynb")) == "release 2"
