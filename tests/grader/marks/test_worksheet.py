"""Moodle's own worksheet, in the teacher's language, with nothing changed in it but the grades."""

import csv

import pytest

from grader.marks.export import ExportError
from grader.marks.records import Lesson, Record, Standing
from grader.marks.worksheet import fill

GERMAN = """\ufeff"ID","Vollständiger Name","E-Mail-Adresse","Status","Bewertung","Bestwertung",\
"Zuletzt geändert (Bewertung)","Feedback als Kommentar"
"Teilnehmer/in201","Zoë Müller","zoe@uni.example","Zur Bewertung abgegeben","","38,00","-","<p>well, done</p>"
"Teilnehmer/in202","Kim Lee","kim@uni.example","Nicht abgegeben","12,00","38,00","-",""
"Teilnehmer/in203","Kim Lee","lee@uni.example","Zur Bewertung abgegeben","","38,00","-",""
"Teilnehmer/in204","Jo Unknown","jo@uni.example","Nicht abgegeben","","38,00","-",""
""".replace("\\\n", "")


def record(student, name="", email="", lms_id="", score=None):
    return Record(student, name, email, lms_id, Standing.GRADED, score)


def lesson(*records):
    return Lesson("02_attention", 38.0, {}, records)


@pytest.fixture
def worksheet(tmp_path):
    (tmp_path / "theirs.csv").write_text(GERMAN, encoding="utf-8")
    return tmp_path / "theirs.csv"


def rows(file, between=","):
    return list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines(), delimiter=between))


def test_each_finds_their_row_and_nothing_else_changes(worksheet, tmp_path):
    class_ = lesson(
        record("zoe", lms_id="201", score=30.5),
        record("kim", "Kim Lee", "KIM@uni.example"),  # no grade: what stands there stays
        record("lee", "Kim Lee", "lee@uni.example", score=41),
        record("ann", "Ann Gone", score=3),
    )
    said = fill(class_, worksheet, tmp_path / "filled.csv")
    before, after = rows(worksheet), rows(tmp_path / "filled.csv")
    assert [row[4] for row in after] == ["Bewertung", "30.5", "12,00", "41", ""]
    assert [row[:4] + row[5:] for row in before] == [row[:4] + row[5:] for row in after]
    assert said[0].startswith("2 of 4 rows filled in")
    assert said[1] == "1 with a grade are in no row of the worksheet: ann"
    assert said[2].startswith("lee: more than 38, Moodle's maximum")


def test_a_sheet_that_excel_saved_with_semicolons_keeps_them(worksheet, tmp_path):
    sheet = rows(worksheet)
    sheet[1][5], sheet[2][4:6] = "38", ["12,5", "38"]
    excel = tmp_path / "excel.csv"
    excel.write_text("\ufeff" + "".join(";".join(row) + "\r\n" for row in sheet[:3]), encoding="utf-8")
    said = fill(lesson(record("zoe", lms_id="201", score=30.5)), excel, tmp_path / "filled.csv")
    assert said[0].startswith("1 of 2") and "separated by ';'" in said[1]
    sheet[1][4] = "30.5"
    assert rows(tmp_path / "filled.csv", ";") == sheet[:3]


def test_a_sheet_in_another_encoding_says_how_to_save_it(worksheet, tmp_path):
    worksheet.write_text(GERMAN.removeprefix("\ufeff"), encoding="cp1252")
    with pytest.raises(ExportError, match="CSV UTF-8"):
        fill(lesson(), worksheet, tmp_path / "x")


def test_a_name_that_two_have_fills_no_row(worksheet, tmp_path):
    said = fill(
        lesson(record("a", "Kim Lee", score=1), record("b", "Kim Lee", score=2)), worksheet, tmp_path / "x"
    )
    assert said[0].startswith("0 of 4") and said[1].startswith("2 with a grade are in no row")


def test_a_number_of_another_assignment_gives_nobody_anothers_grade(worksheet, tmp_path):
    fill(lesson(record("jo", "Jo Unknown", lms_id="201", score=7)), worksheet, tmp_path / "x")
    assert [row[4] for row in rows(tmp_path / "x")[1:]] == ["", "12,00", "", "7"]


def test_of_two_with_one_name_who_handed_in_is_told_by_the_number(worksheet, tmp_path):
    fill(lesson(record("lee", "Kim Lee", lms_id="203", score=9)), worksheet, tmp_path / "x")
    assert [row[4] for row in rows(tmp_path / "x")[1:]] == ["", "12,00", "9", ""]
    fill(lesson(record("lee", "Kim Lee", score=9)), worksheet, tmp_path / "y")  # and by nothing else
    assert rows(tmp_path / "y") == rows(worksheet)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no grading worksheet"),
        ("a,b\n1\n", "no grading worksheet"),
        ("ID,Name,Status\n1,Zoë,x\n", "no column with a maximum grade"),
    ],
)
def test_what_is_no_worksheet(tmp_path, text, why):
    (tmp_path / "theirs.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ExportError, match=why):
        fill(lesson(), tmp_path / "theirs.csv", tmp_path / "x")


def test_a_file_that_is_there_stays(worksheet):
    with pytest.raises(ExportError, match="is there already"):
        fill(lesson(), worksheet, worksheet)
