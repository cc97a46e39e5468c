"""The report: what it counts, from the gradebook and the judge's verdicts; and that it escapes everything."""

import json
import re
from dataclasses import replace

import pytest

from grader import plugins
from grader.asking.outcome import Failure
from grader.asking.rules import LATE
from grader.judging.verdict import MIME, Part, Status, Verdict
from grader.marks.export import ExportError
from grader.marks.records import Lesson, Mark, Record, Standing
from grader.pages.report import classroom, page
from grader.pages.report.classroom import Answer, Classroom, Exercise, Kind, Member, read_classroom
from grader.pages.report.page import (
    as_page,
    bands,
    common_mistakes,
    exercise_row,
    figures,
    stuck,
    write_report,
)

EVIL = "<script>boom()</script>\"'&"


def member(name, *answers, standing=Standing.GRADED, **other):
    graded = standing is Standing.GRADED
    score = sum(a.score or 0.0 for a in answers) if graded else None
    ids = ("one", "two", "three", "four")
    return Member(Record(name, "", "", "", standing, score, **other), dict(zip(ids, answers)))


def right(points=2.0):
    return Answer(Kind.RIGHT, points, 2.0)


def wrong(*slips, kind=Kind.WRONG, score=0.0):
    mistake = f"Two things: {' and '.join(slips)}" if len(slips) > 1 else "".join(slips)
    return Answer(kind, score, 2.0, mistake, "" if mistake else "It gives other numbers.", slips=slips)


@pytest.fixture
def room():
    exercises = tuple(
        Exercise(id, n, id.title(), 2.0) for n, id in enumerate(("one", "two", "three", "four"), 1)
    )
    members = (
        member("ada", right(), right(), right(), right()),
        member("ben", right(), wrong("Upside *down*."), wrong("Upside *down*."), right()),
        member(
            "cy",
            right(),
            wrong("Upside *down*.", "Over columns.", kind=Kind.PARTLY, score=1.0),
            right(),
            right(),
            late=7200.0,
            penalty=0.5,
        ),
        member("dan", right(), wrong(kind=Kind.UNWRITTEN), wrong(kind=Kind.ERROR), wrong(kind=Kind.STOPPED)),
        member("eve", standing=Standing.NOT_GRADABLE, reason="it is no JSON"),
        member("fay", standing=Standing.NOTHING),
    )
    return Classroom("week1", 8.0, exercises, members)


def test_figures(room):
    told = dict(figures(room))
    assert told == {
        **{"students": "6", "graded": "4", "not gradable": "1", "not graded yet": "0", "not handed in": "1"},
        **{"late": "1", "median of 8 points": "5.5", "with full marks": "1"},
    }


def test_bands(room):
    found = bands(room)
    assert [b.count for b in found] == [0, 0, 1, 0, 0, 1, 0, 0, 1, 1]
    assert max(b.height for b in found) == 100 and found[-1].label == "7.2–8"


def test_an_exercise(room):
    row = exercise_row(room, room.exercises[1])
    assert row.counts == {Kind.RIGHT: 1, Kind.WRONG: 1, Kind.PARTLY: 1, Kind.UNWRITTEN: 1}
    assert (row.answered, row.mean, row.right_share, row.top, row.top_count) == (
        4,
        0.75,
        25.0,
        "Upside *down*.",
        2,
    )
    assert row.told == "1 right, 1 partly right, 1 wrong, 1 not written"


def test_common_mistakes(room):
    """An answer with two slips counts for both, and never for the sentence that names the two."""
    found = [(made.sentence, made.exercise.id, made.students, made.share) for made in common_mistakes(room)]
    assert found == [
        ("Upside *down*.", "two", ("ben", "cy"), 50.0),
        ("Over columns.", "two", ("cy",), 25.0),
        ("Upside *down*.", "three", ("ben",), 25.0),
    ]


def test_stuck(room):
    ((who, exercise, length, answer),) = stuck(room)
    assert (who.name, exercise.id, length, answer.kind) == ("dan", "two", 3, Kind.UNWRITTEN)


def test_students_who_hand_in_together_are_not_alike():
    """A pair that is alike stands out, but not one that was told to be."""
    lines = "".join(f"    heat = [x * {n} for x in heat if x > {n}]\n" for n in range(12))
    same = replace(right(), code=f"def one(heat):\n{lines}    return heat\n")

    def pair(group):
        return [member(name, same, group=group) for name in ("ada", "ben")]

    exercises = (Exercise("one", 1, "One", 2.0),)
    (found,) = page.alike_groups(Classroom("week1", 2.0, exercises, tuple(pair(""))))
    assert found.students == ("ada", "ben")
    assert page.alike_groups(Classroom("week1", 2.0, exercises, tuple(pair("A")))) == []


def test_the_page_says_it_all_without_its_script(room):
    html = as_page(room, {"ada": "feedback/ada/week1/week1.html"})
    text = re.sub(r"<style>.*?</style>|<script>.*?</script>|<[^>]+>", " ", html, flags=re.DOTALL)
    for said in ("Upside", "dan", "it is no JSON", "not handed in", "2.0 h late", "Four"):
        assert said in text
    assert 'href="feedback/ada/week1/week1.html"' in html


def test_no_request_and_one_script(room):
    html = as_page(room)
    assert html.count("<script") == 1 and "default-src 'none'" in html
    assert not re.search(r"(src|href)\s*=\s*[\"'](?!#|feedback)", html) and "url(" not in html


def test_everything_that_students_chose_is_escaped():
    answers = [
        Answer(Kind.ERROR, 0.0, 2.0, EVIL, EVIL, f"def f(x):\n    y = '{EVIL}'\n" + "    x = x + 1\n" * 20)
    ] * 2
    members = [member(f"{EVIL}{n}", answer, reason=EVIL) for n, answer in enumerate(answers)]
    members.append(member(f"{EVIL}2", standing=Standing.NOT_GRADABLE, reason=EVIL))
    room = Classroom(EVIL, 2.0, (Exercise("one", 1, EVIL, 2.0),), tuple(members))
    html = as_page(room, {f"{EVIL}0": f"feedback/{EVIL}"})
    assert html.count("<script") == 1 and "boom()" in html and "<script>boom" not in html


def test_a_file_that_is_there_stays(tmp_path):
    (tmp_path / "r.html").write_text("notes")
    with pytest.raises(ExportError, match="is there already"):
        write_report(tmp_path, "week1", tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text() == "notes"


def test_an_empty_class_has_a_page():
    assert "Nobody." in as_page(Classroom("week1", 0.0, (), ()))


def test_what_nobody_answered_has_no_share_and_no_mean():
    page = as_page(
        Classroom(
            "week1", 2.0, (Exercise("one", 1, "One", 2.0),), (member("fay", standing=Standing.NOTHING),)
        )
    )
    row = page.partition('<th scope="row">One')[2].partition("</tr>")[0]
    assert "0 %" not in row and '<td class="n" data-value="0.0">–<span class="of"> of 2' in row


# -- from the judge to the report


@pytest.fixture
def graded(tmp_path, monkeypatch):
    """A course whose autograded notebooks have what the judge writes into them."""

    def make(verdicts, marks):
        def cell(id, verdict):
            about = {
                "metadata": {"nbgrader": {"grade_id": id, "grade": True}},
                "cell_type": "code",
                "source": "",
            }
            made = classroom_cell()
            if verdict:
                plugins._write_verdict(made, verdict)
            return {**about, "outputs": json.loads(json.dumps(made.outputs))}

        cells = [cell(id, verdict) for id, verdict in verdicts.items()]
        cells.append(
            {"metadata": {"nbgrader": {"grade_id": "one_answer"}}, "source": ["def one():\n", "    pass"]}
        )
        place = tmp_path / "autograded/ada/week1/week1.ipynb"
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps({"cells": cells}))
        record = Record("ada", "", "", "", Standing.GRADED, 1.0, marks=marks)
        lesson = Lesson("week1", 8.0, {id: 2.0 for id in marks}, (record,))
        monkeypatch.setattr(classroom, "read_lesson", lambda *_: lesson)
        (found,) = read_classroom(tmp_path, "week1").members
        return found.answers

    return make


def classroom_cell():
    from nbformat.v4 import new_code_cell

    return new_code_cell("")


def verdict(id, status, score=0.0, parts=(), **other):
    return Verdict(id, id.title(), score, 2.0, status, parts, **other)


def test_the_judges_verdicts_reach_the_report(graded):
    part = Part("p", False, "told: 42.5 instead of 1", "It gives other numbers.")
    answers = graded(
        {
            "one": verdict("one", Status.WRONG, 1.0, (part,), mistake="Upside down."),
            "two": verdict("two", Status.FAILED, 0.0, (Part("p", False, "", "Line 3 raised ValueError."),)),
            "three": verdict("three", Status.UNFINISHED, message="Nothing is returned yet."),
            "four": verdict("four", Status.FORBIDDEN, message="It uses `x`."),
            "five": None,
        },
        {
            id: Mark(1.0 if id in ("one", "five") else 0.0, 2.0, False)
            for id in ("one", "two", "three", "four", "five")
        },
    )
    assert {id: a.kind for id, a in answers.items()} == {
        **{
            "one": Kind.PARTLY,
            "two": Kind.ERROR,
            "three": Kind.UNWRITTEN,
            "four": Kind.FORBIDDEN,
            "five": Kind.PARTLY,
        }
    }
    assert answers["one"].mistake == "Upside down." and answers["one"].code == "def one():\n    pass"
    assert answers["three"].finding == "Nothing is returned yet." and answers["two"].finding.startswith(
        "Line 3"
    )


def test_what_a_verdict_leaves_in_the_notebook_tells_no_hidden_numbers():
    told = json.dumps(
        verdict("one", Status.WRONG, parts=(Part("p", False, "42.5 is wrong", "Wrong."),)).for_report()
    )
    assert "42.5" not in told and "Wrong." in told


def test_a_grade_by_hand_counts_more_than_the_judge(graded):
    answers = graded(
        {"one": verdict("one", Status.FAILED), "two": verdict("two", Status.WRONG, mistake="Upside down.")},
        {"one": Mark(0.5, 2.0, True), "two": Mark(2.0, 2.0, True)},
    )
    assert (answers["one"].kind, answers["one"].by_hand) == (Kind.PARTLY, True)
    assert (answers["two"].kind, answers["two"].mistake) == (Kind.RIGHT, "")


def test_a_time_out_is_known_by_what_the_judge_says_of_one():
    said = Failure.told(LATE, seconds="10").summary
    for finding in (said, plugins.NO_REPLY):
        assert classroom._kind(Mark(0.0, 2.0, False), Status.FAILED, [finding]) is Kind.STOPPED


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}', '{"cells": [1, null]}', '{"cells": [{}]}'])
def test_a_notebook_that_cannot_be_read_has_no_answers(tmp_path, text):
    (tmp_path / "x.ipynb").write_text(text)
    cells = classroom._cells(tmp_path / "x.ipynb")
    assert classroom._verdicts(cells) == {} and set(classroom._answers(cells).values()) <= {""}


def test_the_mime_type_is_not_one_that_pages_show():
    assert MIME.startswith("application/vnd.") and page.HERE.joinpath("report.html").is_file()
