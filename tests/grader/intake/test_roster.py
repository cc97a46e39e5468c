"""The roster: our own columns, what Canvas and Moodle write, and who is then known to the gradebook."""

import pytest
from nbgrader.api import Gradebook

from grader.course_folder import CourseError
from grader.intake import people
from grader.intake.roster import Person, RosterError, keep_roster, kept_roster, read_roster


@pytest.fixture
def read(tmp_path):
    def write(text):
        file = tmp_path / "roster.csv"
        file.write_text(text, encoding="utf-8-sig")
        return read_roster(file)

    return write


CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,02_attention (17)
    Points Possible,,,,,38.0
"Müller, Zoë",11,,zoe@uni.example,Mo 10,
Kim Lee,12,k4,,Mo 10,12
"Student, Test",13,,,Mo 10,
"""
MOODLE = """First name,Last name,ID number,Email address,Groups
Zoë,Müller,u11,zoe@uni.example,Group A
Kim,Lee,,kim.lee@uni.example,
"""
WORKSHEET = """Identifier,Full name,Email address,Status,Grade,Maximum Grade
Participant 201,Zoë Müller,zoe@uni.example,Submitted for grading,,38.00
"""


def test_canvas_gradebook(read):
    assert list(read(CANVAS).people.values()) == [
        Person("zoe@uni.example", "Müller, Zoë", "11", section="Mo 10"),
        Person("k4", "Kim Lee", "12", section="Mo 10"),
    ]


def test_canvas_has_other_lines_before_the_students_and_maybe_no_logins(read):
    before = "Student,ID,Section,02_attention (17)\n,,,Manual Posting\n    Points Possible,,,38.0\n"
    text = before + "Kim Lee,12,Mo 10,\n"
    assert list(read(text).people.values()) == [Person("12", "Kim Lee", "12", section="Mo 10")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_spreadsheets_separators_empty_lines_and_headings(read, separator):
    text = "ID,Name,LMS-ID,E-Mail\nzoe,Zoë,5,zoe@uni.example\n,,,\n,,,\n".replace(",", separator)
    assert list(read(text).people.values()) == [Person("zoe", "Zoë", "5", "zoe@uni.example")]


def test_ids_that_are_one_folder_on_some_machines(read):
    with pytest.raises(RosterError, match="line 3: Zoe or its LMS id is there twice"):
        read("id,name\nzoe,Zoë\nZoe,Zoe Other\n")


def test_moodles_participants_and_worksheet(read):
    assert list(read(MOODLE).people.values()) == [
        Person("u11", "Zoë Müller", email="zoe@uni.example"),
        Person("kim.lee", "Kim Lee", email="kim.lee@uni.example"),
    ]
    # its numbers are those of one assignment, so they are nobody's number in the course
    assert list(read(WORKSHEET).people.values()) == [Person("zoe", "Zoë Müller", email="zoe@uni.example")]


def test_a_roster_is_kept_as_it_was_understood(read, tmp_path):
    assert list(kept_roster(tmp_path)) == []
    roster = read(CANVAS)
    keep_roster(tmp_path, roster)
    assert list(kept_roster(tmp_path)) == list(roster.people.values())


def test_people_reach_the_gradebook_and_what_is_not_said_stays(read, tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(
        "from grader.configure import configure\n\nconfigure(get_config())\n"
    )
    with pytest.raises(CourseError, match="grader build"):
        people.enter(tmp_path, read(CANVAS))
    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with Gradebook(url) as book:
        book.add_student("zoe@uni.example", email="kept@uni.example")
    people.enter(tmp_path, read(CANVAS))
    with Gradebook(url) as book:
        known = [(s.id, s.first_name, s.last_name, s.email, s.lms_user_id) for s in book.students]
    assert sorted(known) == [
        ("k4", "Kim", "Lee", None, "12"), ("zoe@uni.example", "Zoë", "Müller", "kept@uni.example", "11")
    ]  # fmt: skip
