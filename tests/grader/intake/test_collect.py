"""Collecting: every layout of an LMS finds its students, and nothing that is there is ever lost."""

import csv
import io
import json
import unicodedata
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from grader.cli import app
from grader.intake.archive import HostileArchive
from grader.intake.arrivals import read_arrivals
from grader.intake.collect import collect
from grader.intake.roster import RosterError, read_roster
from grader.intake.whose import Owner, below_the_students, owner_of

LESSON = "02_attention"


@pytest.fixture
def handed_in(tmp_path):
    """A zip or a folder of the given files; contents are the names, where none is given."""

    def make(files, as_zip=True, date=(2026, 3, 1, 12, 0, 0), name="source"):
        files = files if isinstance(files, dict) else {name: name for name in files}
        if as_zip:
            place = tmp_path / f"{name}.zip"
            with zipfile.ZipFile(place, "w") as packed:
                for path, text in files.items():
                    packed.writestr(zipfile.ZipInfo(path, date), text)
            return place
        for path, text in files.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(text)
        return tmp_path / name

    return make


@pytest.fixture
def course(tmp_path):
    root = tmp_path / "course"
    (root / "lessons" / LESSON).mkdir(parents=True)
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    return root


@pytest.fixture
def roster(tmp_path):
    def write(text):
        file = tmp_path / "roster.csv"
        file.write_text(text, encoding="utf-8")
        return read_roster(file)

    return write


def submitted(course):
    """Everything in submitted/: the student and the content."""
    found = {p.parent.parent.name: p.read_text() for p in course.glob(f"submitted/*/{LESSON}/{LESSON}.ipynb")}
    assert len(found) == len(list((course / "submitted").rglob("*.ipynb")))
    return found


# -- whose file it is


@pytest.mark.parametrize(
    ("path", "owner", "file"),
    [
        (
            "Zoë Müller_123_assignsubmission_file_/x.ipynb",
            Owner("Zoë Müller", "123", system="moodle"),
            "x.ipynb",
        ),
        (
            "Zoë Müller_123_assignsubmission_file/x.ipynb",
            Owner("Zoë Müller", "123", system="moodle"),
            "x.ipynb",
        ),
        (
            "O'Neil, Al_7_assignsubmission_file_my_x.ipynb",
            Owner("O'Neil, Al", "7", system="moodle"),
            "my_x.ipynb",
        ),
        ("a_b_c_12_assignsubmission_file_x.ipynb", Owner("a_b_c", "12", system="moodle"), "x.ipynb"),
        (
            "Participant_12_assignsubmission_file_/d/x.ipynb",
            Owner("Participant", "12", system="moodle"),
            "x.ipynb",
        ),
        ("muellerzoe_12_345_x-2.ipynb", Owner("muellerzoe", "12", False, 345, "canvas"), "x-2.ipynb"),
        ("muellerzoe_LATE_12_345_02_x.ipynb", Owner("muellerzoe", "12", True, 345, "canvas"), "02_x.ipynb"),
        ("zoe/02_attention/02_attention.ipynb", Owner("zoe"), "02_attention.ipynb"),
        ("zoe müller/x.ipynb", Owner("zoe müller"), "x.ipynb"),
        (
            "Group A-Zoë Müller_1_assignsubmission_file_/x.ipynb",
            Owner("Zoë Müller", "1", system="moodle"),
            "x.ipynb",
        ),
        (
            "Mo 10-Al Ba-Lo_1_assignsubmission_file_/x.ipynb",
            Owner("Al Ba-Lo", "1", system="moodle"),
            "x.ipynb",
        ),
        (
            "Anna-Lena Ott_1_assignsubmission_file_/x.ipynb",
            Owner("Anna-Lena Ott", "1", system="moodle"),
            "x.ipynb",
        ),
        (
            "Default group-Zoë Müller_1_assignsubmission_file_/x.ipynb",
            Owner("Zoë Müller", "1", system="moodle"),
            "x.ipynb",
        ),
        (
            "Standardgruppe-Anna-Lena Ott_1_assignsubmission_file_/x.ipynb",
            Owner("Anna-Lena Ott", "1", system="moodle"),
            "x.ipynb",
        ),
        (f"{LESSON} - Jane Doe.ipynb", Owner("Jane Doe"), f"{LESSON}.ipynb"),
    ],
)
def test_owner(path, owner, file):
    assert owner_of(PurePosixPath(path)) == (owner, file)


def test_a_bare_file_has_no_owner():
    assert owner_of(PurePosixPath("02_attention.ipynb")) is None


@given(st.text(min_size=1), st.from_regex(r"[0-9]{0,9}", fullmatch=True))
def test_a_folder_is_always_one_safe_name(name, number):
    folder = Owner(name, number).folder
    assert "/" not in folder and "\\" not in folder and not folder.startswith(".") and folder.isprintable()


def test_two_students_of_one_name_stay_two():
    assert Owner("Kim Lee", "1").folder != Owner("Kim Lee", "2").folder


@pytest.mark.parametrize(
    ("paths", "below"),
    [
        (["export/a/x.ipynb", "export/b/x.ipynb"], ["a/x.ipynb", "b/x.ipynb"]),
        (["export/a_1_assignsubmission_file_/x.ipynb"], ["a_1_assignsubmission_file_/x.ipynb"]),
        (["a_1_assignsubmission_file_/x.ipynb"], ["a_1_assignsubmission_file_/x.ipynb"]),
        (["export/muellerzoe_1_2_x.ipynb"], ["muellerzoe_1_2_x.ipynb"]),
        ([f"ada/{LESSON}/{LESSON}.ipynb"], [f"ada/{LESSON}/{LESSON}.ipynb"]),
        (["ada/x.ipynb"], ["ada/x.ipynb"]),
        ([f"HW2/{LESSON} - Jane Doe.ipynb"], [f"{LESSON} - Jane Doe.ipynb"]),
        ([f"ada/{LESSON} - Copy.ipynb"], [f"ada/{LESSON} - Copy.ipynb"]),
        (
            ["HW2/Mine - Jane Doe.ipynb", "HW2/x - Jim Roe.ipynb"],
            ["Mine - Jane Doe.ipynb", "x - Jim Roe.ipynb"],
        ),
        (["ada/Week 1 - My Work.ipynb", "ada/x.ipynb"], ["ada/Week 1 - My Work.ipynb", "ada/x.ipynb"]),
        (["all/moodle/a_1_assignsubmission_file_/x.ipynb"], ["a_1_assignsubmission_file_/x.ipynb"]),
        (["a_1_assignsubmission_file_/b/x.ipynb"], ["a_1_assignsubmission_file_/b/x.ipynb"]),
    ],
)
def test_a_folder_around_everything_is_cut(paths, below):
    assert [str(p) for p in below_the_students([PurePosixPath(p) for p in paths], LESSON)] == below


# -- where it goes


def test_moodle(course, handed_in):
    names = [
        "Zoë Müller_11_assignsubmission_file_",
        "Kim Lee_12_assignsubmission_file_",
        "Kim Lee_13_assignsubmission_file_",
    ]
    summary = collect(course, LESSON, handed_in({f"{name}/My Work.ipynb": name for name in names}))
    assert submitted(course) == dict(zip(["Zoë_Müller_11", "Kim_Lee_12", "Kim_Lee_13"], names))
    assert set(summary.new) == submitted(course).keys() and not summary.unplaced
    assert [(a.student, a.name, a.lms_id) for a in read_arrivals(course, LESSON)] == [
        ("Kim_Lee_12", "Kim Lee", "12"), ("Kim_Lee_13", "Kim Lee", "13"),
        ("Zoë_Müller_11", "Zoë Müller", "11"),
    ]  # fmt: skip
    assert not list((course / "submitted").rglob("timestamp.txt"))  # a zip's dates are those of the download


def test_canvas_and_its_roster(course, handed_in, roster):
    people = roster("ID;Name;LMS ID\nzoe;Zoë Müller;11\nkim;Kim Lee;\nann;Ann Lee;13\n")
    files = [
        f"mullerzoe_11_900_{LESSON}.ipynb",
        f"leekim_LATE_12_901_{LESSON}-1.ipynb",
        "nobody_99_902_x.ipynb",
    ]
    summary = collect(course, LESSON, handed_in(files), people)
    assert submitted(course) == {"zoe": files[0], "kim": files[1]}
    assert summary.late == ("kim",)
    assert [file for file, why in summary.unplaced] == [files[2]] and "not on the roster" in summary.unplaced[
        0
    ][1]
    assert any("late by Canvas" in line for line in summary.lines())


def test_a_name_that_two_have_is_nobodys(roster, course, handed_in):
    people = roster("id,name\na,Kim Lee\nb,Kim Lee\n")
    summary = collect(course, LESSON, handed_in(["Kim Lee_5_assignsubmission_file_/x.ipynb"]), people)
    assert submitted(course) == {} and "twice" in summary.unplaced[0][1]


def test_a_number_of_another_assignment_hands_nobodys_work_to_another(roster, course, handed_in):
    people = roster("id,name,lms id\nkim,Kim Lee,5\nann,Ann Ott,6\n")
    files = ["Ann Ott_5_assignsubmission_file_/x.ipynb", "Kim Lee_9_assignsubmission_file_/x.ipynb"]
    summary = collect(course, LESSON, handed_in(files), people)
    assert submitted(course) == {"kim": files[1]} and "the number of another" in summary.unplaced[0][1]


def test_a_group_may_be_called_anything_where_a_roster_knows_the_student(roster, course, handed_in):
    people = roster("id,name\nzoe,Zoë Müller\nlena,Anna-Lena Ott\n")
    names = ["Red-Zoë Müller_1_assignsubmission_file_", "Rot-Weiß-Anna-Lena Ott_2_assignsubmission_file_"]
    collect(course, LESSON, handed_in([f"{name}/x.ipynb" for name in names]), people)
    assert submitted(course).keys() == {"zoe", "lena"}


@pytest.mark.parametrize("as_zip", [True, False])
def test_nbgraders_own_folders_with_timestamps(course, handed_in, as_zip):
    files = {
        f"ada/{LESSON}/{LESSON}.ipynb": "a", f"ada/{LESSON}/timestamp.txt": "2026-03-01 12:00:00 UTC",
        f"ben/{LESSON}/{LESSON}.ipynb": "b", f"ben/{LESSON}/timestamp.txt": "2026-03-01 12:00:00 +0200",
        f"cy/{LESSON}/{LESSON}.ipynb": "c", f"cy/{LESSON}/timestamp.txt": "yesterday, I think",
    }  # fmt: skip
    summary = collect(course, LESSON, handed_in(files, as_zip))
    assert submitted(course) == {"ada": "a", "ben": "b", "cy": "c"}
    stamps = {p.parent.parent.name: p.read_text() for p in course.rglob("timestamp.txt")}
    assert stamps["ada"] == "2026-03-01 12:00:00.000000 UTC"
    assert "cy" not in stamps
    ((student, why),) = summary.untimed
    assert student == "cy" and "'yesterday, I think' is no time" in why and not summary.is_complete
    assert stamps["ben"] == "2026-03-01 10:00:00.000000 UTC"
    span = "from 2026-03-01 10:00 UTC (ben) to 2026-03-01 12:00 UTC (ada)"
    assert f"2 with a time of handing in, {span}" in summary.lines()


def test_the_roster_may_know_when(course, handed_in, roster):
    people = roster("id,submitted\nada,2026-03-01 12:00:00 UTC\n")
    collect(course, LESSON, handed_in(["ada/x.ipynb"]), people)
    assert (course / f"submitted/ada/{LESSON}/timestamp.txt").read_text() == "2026-03-01 12:00:00.000000 UTC"


def test_a_time_that_is_learnt_later_is_kept(course, handed_in, roster):
    source, stamp = handed_in(["ada/x.ipynb"]), course / f"submitted/ada/{LESSON}/timestamp.txt"
    collect(course, LESSON, source)
    for text, said in (("2026-03-01 13:00 +0100", "12:00"), ("2026-03-01 14:00 Europe/Berlin", "13:00")):
        summary = collect(course, LESSON, source, roster(f"id,submitted\nada,{text}\n"))
        assert summary.timed == ("ada",) and stamp.read_text() == f"2026-03-01 {said}:00.000000 UTC"
        assert "1 with another time: ada" in summary.lines()
    assert collect(course, LESSON, source).unchanged == ("ada",)  # a time that is known stays
    people = roster("id,submitted\nada,2026-03-01 12:30\n")
    assert collect(course, LESSON, source, people, zone="Europe/Berlin").timed == ("ada",)
    assert stamp.read_text() == "2026-03-01 11:30:00.000000 UTC"
    wrong = collect(course, LESSON, source, roster("id,submitted\nada,04.05.2026 12:00\n"))
    assert wrong.untimed[0][0] == "ada" and stamp.read_text() == "2026-03-01 11:30:00.000000 UTC"


def written(*cells):
    return json.dumps({"nbformat": 4, "cells": [{"source": [cell], "outputs": []} for cell in cells]})


@pytest.mark.parametrize("other", [f"{LESSON}-Copy1.ipynb", f"{LESSON}__20261104104101.ipynb", "x.ipynb"])
def test_the_released_notebook_never_wins_over_the_one_that_was_worked_in(course, handed_in, other):
    (course / "lessons" / LESSON / f"{LESSON}.ipynb").write_text(written("a", "b"))
    release, work = f"ann/{LESSON}.ipynb", f"ann/{other}"
    run = written("a", "b").replace("[]", '["text"]', 1)
    summary = collect(course, LESSON, handed_in({release: run, work: written("a", "mine")}))
    assert submitted(course) == {"ann": written("a", "mine")}
    assert summary.unplaced == (
        (
            release,
            f"ann handed in several notebooks, and {work} was taken: this one is the lesson just as it was "
            "released",
        ),
    )


def test_a_renamed_notebook_is_one_and_other_files_are_told(course, handed_in):
    files = {
        f"cleo/{LESSON}.ipynb.txt": written("Cleo's"),
        f"dan/{LESSON}.ipynb": "Dan's",
        "dan/helper.py": "",
        "dan/data.json": "[1]",
        "eve/answers.py": "",
        "notes.txt": "",
    }
    summary = collect(course, LESSON, handed_in(files))
    assert submitted(course) == {"cleo": written("Cleo's"), "dan": "Dan's"}
    assert summary.unplaced == (("eve/answers.py", "eve handed in no notebook"),)
    assert summary.beside == (("", "notes.txt"), ("dan", "data.json, helper.py"))
    assert "  not kept, of dan's: data.json, helper.py" in summary.lines()


def test_a_zip_from_a_mac(course, tmp_path, roster):
    people = ["Zoë Müller_201", "Łukasz Żak_202", "李雷_203"]
    names = {
        unicodedata.normalize("NFD", f"02 Übung/{person}_assignsubmission_file_/x.ipynb").encode(): person
        for person in people
    }
    plain = {"abc"[at] * len(name): person for at, (name, person) in enumerate(names.items())}
    packed = zipped(plain)
    for ascii, name in zip(plain, names, strict=True):  # names in UTF-8, without the flag that says so
        packed = packed.replace(ascii.encode(), name)
    (tmp_path / "mac.zip").write_bytes(packed)
    assert not any("Müller" in name for name in zipfile.ZipFile(tmp_path / "mac.zip").namelist())
    collect(course, LESSON, tmp_path / "mac.zip", roster("id,name\nz,Zoë Müller\nl,Łukasz Żak\ny,李雷\n"))
    assert submitted(course) == dict(zip("zly", people, strict=True))


def test_google_classrooms_folder_is_no_student(course, handed_in):
    collect(course, LESSON, handed_in([f"HW2/{LESSON} - {name}.ipynb" for name in ("Jane Doe", "Jim Roe")]))
    assert submitted(course).keys() == {"Jane_Doe", "Jim_Roe"}


def test_of_several_notebooks_the_lessons_is_taken_then_the_latest(course, handed_in):
    files = ["ada/zz.ipynb", f"ada/{LESSON}.ipynb", "ben_7_900_a.ipynb", "ben_7_901_b.ipynb"]
    files += [f"cy_8_900_{LESSON}.ipynb", f"cy_8_905_{LESSON}-1.ipynb"]
    summary = collect(course, LESSON, handed_in(files))
    assert submitted(course) == {"ada": files[1], "ben_7": files[3], "cy_8": files[5]}
    assert {file for file, _ in summary.unplaced} == {files[0], files[2], files[4]}


def zipped(files: dict[str, bytes | str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return stream.getvalue()


def test_a_zip_of_one_student_is_looked_into_and_cannot_disturb_the_others(course, handed_in):
    damaged = bytearray(zipped({"x.ipynb": "noise " * 400}))
    damaged[60] ^= 0xFF
    source = handed_in(
        {
            "Ada L_1_assignsubmission_file_/work.zip": zipped(
                {f"work/{LESSON}.ipynb": "Ada's", "work/draft.ipynb": "a draft", "__MACOSX/._x.ipynb": ""}
            ),
            "Ben K_2_assignsubmission_file_/work.zip": zipped({"../../x.ipynb": "out"}),
            "Cleo M_3_assignsubmission_file_/work.zip": zipped({"again.zip": zipped({"x.ipynb": "deep"})}),
            "Dan N_4_assignsubmission_file_/work.zip": bytes(damaged),
            "Eve O_5_assignsubmission_file_/work.zip": "no zip",
            "Fay P_6_assignsubmission_file_/essay.pdf": "words",
            "Gus Q_7_assignsubmission_file_/x.ipynb": "Gus's",
            "Gus Q_7_assignsubmission_onlinetext_/onlinetext.html": "hello",
        }
    )
    summary = collect(course, LESSON, source)
    assert submitted(course) == {"Ada_L_1": "Ada's", "Gus_Q_7": "Gus's"}
    why = {
        PurePosixPath(file).parts[0][:3] + PurePosixPath(file).suffix: said for file, said in summary.unplaced
    }
    assert why == {
        "Ada.ipynb": "Ada_L_1 handed in several notebooks, and Ada L_1_assignsubmission_file_/work.zip/work/"
        f"{LESSON}.ipynb was taken: that one has the lesson's name",
        "Ben.zip": "work.zip is refused: '../../x.ipynb' leads out of its folder.",
        "Cle.zip": "there is no notebook in this zip",
        "Dan.zip": "work.zip is damaged: 'x.ipynb' cannot be unpacked.",
        "Eve.zip": "work.zip is not a zip that can be read: get it again.",
        "Fay.pdf": "Fay P handed in no notebook",
    }
    assert collect(course, LESSON, source).unchanged == ("Ada_L_1", "Gus_Q_7")


def test_a_zip_of_many_notebooks_is_not_opened_for_each(course, handed_in, monkeypatch):
    many = zipped({f"{number}.ipynb": str(number) for number in range(50)})
    source = handed_in({"Ada L_1_assignsubmission_file_/work.zip": many})
    opened, really = [], zipfile.ZipFile
    monkeypatch.setattr(zipfile, "ZipFile", lambda *words: opened.append(words) or really(*words))
    collect(course, LESSON, source)
    assert submitted(course).keys() == {"Ada_L_1"}
    assert len(opened) == 3  # what was downloaded, the zip in it, and that again for the one that is taken


def test_a_zip_in_canvas_names_its_student(course, handed_in):
    collect(course, LESSON, handed_in({"adal_LATE_11_22_work.zip": zipped({"x.ipynb": "Ada's"})}))
    assert submitted(course) == {"adal_11": "Ada's"}
    assert read_arrivals(course, LESSON)[0].file == "adal_LATE_11_22_work.zip/x.ipynb"


@pytest.mark.parametrize("bad", ["../x", "a/b", ".hidden", "a*"])
def test_an_id_that_is_no_folder_name_is_refused(course, handed_in, roster, bad):
    people = roster(f"id,lms id\n{bad},5\n")
    summary = collect(course, LESSON, handed_in(["Kim_5_assignsubmission_file_/x.ipynb"]), people)
    assert "cannot be the name of a folder" in summary.unplaced[0][1]
    assert not (course / "submitted").exists()


# -- nothing is lost


def test_a_second_time_changes_nothing(course, handed_in):
    source = handed_in(["ada/x.ipynb", "ben/x.ipynb"])
    collect(course, LESSON, source)
    assert collect(course, LESSON, source).unchanged == ("ada", "ben")


def test_another_submission_is_kept_unless_an_update_is_newer(course, handed_in):
    collect(course, LESSON, handed_in({"ada/x.ipynb": "first", "ben/x.ipynb": "b"}))
    newer = handed_in({"ada/x.ipynb": "second", "cy/x.ipynb": "c"}, date=(2026, 3, 2, 0, 0, 0), name="newer")
    kept = collect(course, LESSON, newer)
    assert submitted(course)["ada"] == "first" and kept.new == ("cy",)
    assert "--update takes the newer one" in dict(kept.kept)["ada"]
    assert collect(course, LESSON, newer, update=True).updated == ("ada",)
    assert submitted(course) == {"ada": "second", "ben": "b", "cy": "c"}
    (old,) = (course / "collected" / LESSON / "replaced" / "ada").rglob("*.ipynb")
    assert old.read_text() == "first"
    older = handed_in({"ada/x.ipynb": "first"}, name="older")
    assert (
        "nothing shows that this one is newer"
        in dict(collect(course, LESSON, older, update=True).kept)["ada"]
    )
    assert submitted(course)["ada"] == "second"


def test_timestamps_decide_which_is_newer(course, handed_in):
    def at(hour, text, name):
        files = {"ada/x.ipynb": text, "ada/timestamp.txt": f"2026-03-01 {hour:02}:00:00 UTC"}
        return collect(course, LESSON, handed_in(files, name=name), update=True)

    at(12, "noon", "one")
    assert "12:00 UTC" in dict(at(11, "eleven", "two").kept)["ada"]
    assert at(13, "one", "three").updated == ("ada",)
    assert submitted(course) == {"ada": "one"}
    assert (course / f"submitted/ada/{LESSON}/timestamp.txt").read_text().startswith("2026-03-01 13")


def test_canvas_uploads_decide_which_is_newer(course, handed_in):
    collect(course, LESSON, handed_in({"leekim_5_900_x.ipynb": "first"}))
    late = {"date": (2027, 1, 1, 0, 0, 0), "name": "again"}
    assert collect(course, LESSON, handed_in({"leekim_5_899_x.ipynb": "zero"}, **late), update=True).kept
    assert collect(course, LESSON, handed_in({"leekim_5_901_x.ipynb": "two"}, **late), update=True).updated
    assert submitted(course) == {"leekim_5": "two"}


def test_nothing_is_written_where_one_member_is_hostile(course, tmp_path):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as packed:
        packed.writestr("ada/x.ipynb", "fine")
        packed.writestr("../../ben.ipynb", "not fine")
    with pytest.raises(HostileArchive):
        collect(course, LESSON, tmp_path / "bad.zip")
    assert {p.name for p in course.iterdir()} == {"lessons", "nbgrader_config.py"}


# -- the roster and the command


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nAda\n", "no column called id"),
        ("id,name\n,Ada\n", "line 2: the id is empty"),
        ("id,lms id\na,1\nb,1\n", "line 3: b or its LMS id is there twice"),
        ("id\na\na\n", "line 3: a or its LMS id is there twice"),
    ],
)
def test_a_wrong_roster(roster, text, said):
    with pytest.raises(RosterError, match=said):
        roster(text)


@pytest.mark.parametrize("name", ["Zoë Müller", "Müller, Zoë", "müller  zoë", "MÜLLERZOË", "mullerzoe"])
def test_a_name_is_found_as_it_is_written(roster, name):
    assert roster("id,name\nz,Zoë Müller\ny,Yan Wu\n").find(name).id == "z"


def test_the_command(course, handed_in, monkeypatch, tmp_path):
    monkeypatch.chdir(course)
    done = CliRunner().invoke(app, ["collect", LESSON, str(handed_in(["ada/x.ipynb", "stray.ipynb"]))])
    assert done.exit_code == 1
    assert "1 new: ada" in done.stdout and "not collected: stray.ipynb: its name does not say" in done.stdout
    for words in ([LESSON, "none.zip"], ["02_atention", str(tmp_path / "source.zip")]):
        assert CliRunner().invoke(app, ["collect", *words]).exit_code == 2
    assert [place.name for place in course.glob("submitted/*/*")] == [LESSON]
    with (course / "collected" / LESSON / "students.csv").open() as lines:
        assert [line["student"] for line in csv.DictReader(lines)] == ["ada"]


def test_only_in_a_course(tmp_path, handed_in, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["collect", LESSON, str(handed_in(["ada/x.ipynb"]))])
    assert done.exit_code == 2 and "run this in the root of the course" in done.stderr
    assert not Path("submitted").exists()


# -- groups ------------------------------------------------------------------------------------------------

GROUPS = """id,name,lms id,group
zoe,Zoë Müller,1,A
al,Al Ba,2,A
kim,Kim Lee,3,B
lou,Lou Ott,4,B
mia,Mia Ray,5,
"""


def test_what_one_of_a_group_hands_in_is_everybodys(course, handed_in, roster):
    source = handed_in({"Zoë Müller_1_assignsubmission_file_/x.ipynb": "{}", "mia/x.ipynb": "{}"})
    summary = collect(course, LESSON, source, roster(GROUPS))
    assert submitted(course).keys() == {"zoe", "al", "mia"} and summary.is_complete
    assert "  zoe's, for the whole group: al" in summary.lines()
    (al,) = [arrival for arrival in read_arrivals(course, LESSON) if arrival.student == "al"]
    assert (al.name, al.lms_id, al.system) == ("Al Ba", "2", "moodle")
    assert collect(course, LESSON, source, roster(GROUPS)).unchanged == ("al", "mia", "zoe")


def test_partners_who_differ_keep_their_own_and_it_is_said(course, handed_in, roster):
    summary = collect(course, LESSON, handed_in({"kim/x.ipynb": "1", "lou/x.ipynb": "2"}), roster(GROUPS))
    assert submitted(course) == {"kim": "1", "lou": "2"} and not summary.is_complete
    assert any(
        "group B handed in different notebooks" in line and "kim, lou" in line for line in summary.lines()
    )


def test_nothing_of_a_partners_is_overwritten(course, handed_in, roster):
    collect(course, LESSON, handed_in({"lou/x.ipynb": "first"}, name="one"), roster(GROUPS))
    assert submitted(course) == {"lou": "first", "kim": "first"}
    summary = collect(course, LESSON, handed_in({"kim/x.ipynb": "later"}, name="two"), roster(GROUPS))
    assert submitted(course) == {"lou": "first", "kim": "first"}
    assert [student for student, _ in summary.kept] == ["kim", "lou"]


# -- files that are asked for -------------------------------------------------------------------------------

ASKS = """# %% [markdown] by_hand="plan" file="plan.pdf" points=3 difficulty=2 minutes=8
# Your plan
#
# Draw it.
#
# ### BEGIN SOLUTION
# A plan.
# ### END SOLUTION
"""


@pytest.fixture
def asking(course):
    (course / "solutions" / LESSON).mkdir(parents=True)
    (course / "solutions" / LESSON / f"{LESSON}.py").write_text(ASKS)
    return course


def test_a_file_that_is_asked_for_is_kept_beside_the_notebook(asking, handed_in, roster):
    who = "Zoë Müller_1_assignsubmission_file_"
    source = handed_in(
        {f"{who}/x.ipynb": "{}", f"{who}/Plan.PDF": "drawn", f"{who}/cat.png": "?", "mia/x.ipynb": "{}"}
    )
    summary = collect(asking, LESSON, source, roster(GROUPS))
    assert (asking / "submitted" / "zoe" / LESSON / "plan.pdf").read_text() == "drawn"
    assert (asking / "submitted" / "al" / LESSON / "plan.pdf").read_text() == "drawn", "of her group"
    assert summary.without == (("mia", "plan.pdf"),) and summary.beside == (("zoe", "cat.png"),)
    assert collect(asking, LESSON, source, roster(GROUPS)).unchanged == ("al", "mia", "zoe")


def test_another_version_of_it_is_another_submission(asking, handed_in):
    def canvas(number, plan, name):
        return handed_in(
            {f"zoe_1_{number}_x.ipynb": "{}", f"zoe_1_{number + 1}_plan-{number}.pdf": plan}, name=name
        )

    collect(asking, LESSON, canvas(1, "first", "one"))
    plan = asking / "submitted" / "zoe_1" / LESSON / "plan.pdf"
    (kept,) = collect(asking, LESSON, canvas(3, "second", "two")).kept
    assert kept[0] == "zoe_1" and plan.read_text() == "first"
    assert collect(asking, LESSON, canvas(3, "second", "two"), update=True).updated == ("zoe_1",)
    assert plan.read_text() == "second"
    (old,) = asking.glob(f"collected/{LESSON}/replaced/zoe_1/*/plan.pdf")
    assert old.read_text() == "first"


def test_a_file_without_a_notebook_is_told(asking, handed_in):
    summary = collect(asking, LESSON, handed_in({"zoe/x.ipynb": "{}", "ben/plan.pdf": "drawn"}))
    assert [why for _, why in summary.unplaced] == ["ben handed in no notebook"]


@pytest.mark.parametrize("files", [{}, {"essay.docx": "?"}])
def test_a_zip_without_a_notebook_is_told_and_no_success(course, handed_in, monkeypatch, files):
    monkeypatch.chdir(course)
    result = CliRunner().invoke(app, ["collect", LESSON, str(handed_in(files))])
    assert result.exit_code == 1 and result.stdout.startswith("There is no notebook in it.")


def test_a_name_that_another_lesson_knows_under_another_id_is_told(course, handed_in):
    """Moodle numbers people anew in each assignment, and two may have one name."""
    files = ["Kim Lee_{}_assignsubmission_file_/x.ipynb", "Ada Ott_{}_assignsubmission_file_/x.ipynb"]
    first = collect(course, "week1", handed_in([file.format(n) for n, file in enumerate(files)], name="one"))
    assert first.elsewhere == ()
    again = handed_in(["KIM  Lee_7_assignsubmission_file_/x.ipynb", files[1].format(1)], name="two")
    second = collect(course, "week2", again)
    assert second.elsewhere == ("KIM_Lee_7",), "the other has the same number"
    assert "1 with a name that another lesson knows under another id: KIM_Lee_7. If" in second.lines()[-1]
    assert collect(course, "week2", again).elsewhere == (), "said once"
