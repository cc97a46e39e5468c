"""An instructor's own course.toml: what is built, counted and checked follows, and slips in it are said."""

import pytest
from typer.testing import CliRunner

from grader import catalogue, own
from grader.building.instructor import instructor_notebook
from grader.building.lesson import BuildError, Lesson
from grader.cli import app
from grader.own import Changes, OwnError, changes

ROOT = own.PLACES[0].parent
LESSON = "02_attention"


@pytest.fixture
def toml(tmp_path, monkeypatch):
    """Writes the file, in a root of its own."""
    monkeypatch.setattr(own, "PLACES", (tmp_path / "course.toml",))
    catalogue._load.cache_clear()

    def write(text):
        (tmp_path / "course.toml").write_text(text)

    yield write
    monkeypatch.undo()
    catalogue._load.cache_clear()


def built(lesson=LESSON):
    """The lesson as it is built: names and points of what is graded, and all its text."""
    cells = instructor_notebook(Lesson(ROOT, lesson)).cells
    said = [cell.metadata.nbgrader for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")]
    return {one.grade_id: one.points for one in said}, "\n".join(cell.source for cell in cells)


def refused():
    """What a command says that cannot follow the file."""
    done = CliRunner().invoke(app, ["key", "ada"])
    assert done.exit_code == 2 and done.exception.__class__ is SystemExit, done.output
    return " ".join(done.output.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[lessons.02_attention", "course.toml is no TOML"),
        (
            "[lessons.02_atention]\nleave_out = []",
            "course.toml tells of 02_atention, and there is no such lesson",
        ),
        ("[lessons.02_attention]\nsource = 'none.py'", "there is no source none.py"),
    ],
)
def test_every_command_says_a_slip_in_one_sentence(toml, text, said):
    toml(text)
    assert said in refused()


def test_a_file_that_another_course_would_follow_is_not_passed_over(toml, tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    (other / "course.toml").write_text("[lessons.02_attention]\nleave_out = []\n")
    monkeypatch.chdir(other)
    assert CliRunner().invoke(app, ["key", "ada"]).exit_code == 0  # no course's root: it is something else's
    (other / "nbgrader_config.py").write_text("")
    assert "is not followed: the course of this environment reads" in refused()


def test_nothing_is_changed_where_there_is_no_file(toml):
    assert changes(LESSON) == Changes()
    toml("[lessons.05_cost]\nleave_out = []\n")
    assert changes(LESSON) == Changes()


def test_what_is_left_out_and_worth_otherwise_is_so_everywhere(toml):
    before, text = built()
    assert {"never_read", "why_scaled"} <= before.keys() and "the 16 exercises" in text.replace("\n", " ")
    toml(
        f'[lessons.{LESSON}]\nleave_out = ["never_read", "why_scaled"]\n'
        "points = { attention = 12, SelfAttention = 2.5 }\n"
    )
    catalogue._load.cache_clear()
    after, text = built()
    wanted = before | {"attention": 12.0, "SelfAttention": 2.5}
    del wanted["never_read"], wanted["why_scaled"]
    assert after == wanted
    assert "the 14 exercises" in text.replace("\n", " ")
    assert "### Exercise 14" in text and "### Exercise 15" not in text
    assert "never_read" not in catalogue.ids()[LESSON]
    assert catalogue.points("attention") == catalogue.find("attention").points == 12
    assert catalogue.find("never_read").points == before["never_read"], "others may be built on it"


def test_a_bonus_is_asked_and_no_part_of_the_whole(toml):
    before, text = built("06_vit")
    whole = sum(before.values())
    toml('[lessons.06_vit]\nbonus = ["why_few_hurt"]\n')
    after, text = built("06_vit")
    assert after == before, "nbgrader counts it"
    worth = before["why_few_hurt"]
    assert f"{worth:g} point{'' if worth == 1 else 's'}, a bonus" in text and text.count(", a bonus") == 1
    assert f"({whole - worth:g} points, " in text and f"({whole:g} points" not in text
    assert catalogue.is_bonus("why_few_hurt") and not catalogue.is_bonus("attention")


def test_a_variant_of_ones_own_takes_the_place_of_the_source(toml, tmp_path):
    mine = (ROOT / "solutions" / LESSON / f"{LESSON}.py").read_text().replace("# # 02", "# # Mein 02", 1)
    (tmp_path / "own.py").write_text(mine)
    toml(f'[lessons.{LESSON}]\nsource = "own.py"\n')
    lesson = Lesson(ROOT, LESSON)
    assert lesson.source == tmp_path / "own.py" and lesson.instructor.parent == ROOT / "solutions" / LESSON
    assert "# Mein 02" in built()[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lessons = [", "no TOML"),
        ("points = 3", "it is to have tables"),
        (f"[lessons.{LESSON}]\nleft_out = []", "it takes leave_out, points, bonus and source"),
        (f'[lessons.{LESSON}]\nleave_out = "attention"', "leave_out is a list"),
        (f'[lessons.{LESSON}]\npoints = {{ attention = "12" }}', "points is a table"),
        (f"[lessons.{LESSON}]\npoints = {{ attention = -1 }}", "points is a table"),
        (f"[lessons.{LESSON}]\nbonus = 3", "bonus is a list"),
        (f'[lessons.{LESSON}]\nsource = "none.py"', "there is no source none.py"),
    ],
)
def test_a_slip_in_the_file_is_said(toml, text, said):
    toml(text)
    with pytest.raises(OwnError, match=said):
        changes(LESSON)


def test_an_exercise_that_the_lesson_has_not_is_said(toml):
    toml(f'[lessons.{LESSON}]\nleave_out = ["atention"]')
    with pytest.raises(BuildError, match="02_attention has no exercise atention"):
        built()
