"""The command line: exit statuses, JSON for machines, one sentence for people."""

import csv
import json
import runpy
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from grader import catalogue
from grader.asking.respond import reply
from grader.cli import app
from grader.judging import apart, process
from grader.questions.draw import Draw
from grader.questions.personal import belongs, plain_key, readable, student_key
from grader.sandbox.confinement import NotConfined

pytestmark = pytest.mark.usefixtures("nobody", "catalogued", "in_this_process")


@pytest.fixture
def in_this_process(monkeypatch):
    """Files run here: test_respond.py has them run in a process of their own, which takes seconds."""

    def run_file(file, helper, asked, seconds):
        return json.dumps(reply(asked, runpy.run_path(str(file)), catalogue.implementations))

    def not_here(*_):
        raise NotConfined

    monkeypatch.setattr(process, "_run", run_file)
    monkeypatch.setattr(apart, "judge_apart", not_here)


MULTIPLY_ADDS = "This is in multiply–adds, each of which is two FLOPs."


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def answer(tmp_path):
    """Writes a student's file."""

    def write(text):
        file = tmp_path / "answer.py"
        file.write_text(text)
        return file

    return write


@pytest.mark.parametrize(
    ("text", "code", "fields"),
    [
        ("4*d*L", 0, {"score": 4.0, "maximum": 4.0, "verdict": "right", "mistake": None}),
        (
            "2*d*L",
            1,
            {"score": 0.0, "verdict": "wrong", "mistake": MULTIPLY_ADDS, "how": "term"},
        ),
        ("", 1, {"score": 0.0, "maximum": 4.0, "verdict": "not written yet", "mistake": None}),
    ],
)
def test_judge(answer, text, code, fields):
    file = answer(f"layer_flops = {text!r}")
    as_json = run("judge", "layer_flops", file, "--json")
    told = json.loads(as_json.stdout)
    assert as_json.exit_code == code
    assert {name: told[name] for name in fields} == fields


def test_judge_for_people(answer):
    result = run("judge", "layer_flops", answer('layer_flops = "4*L*d/(L - 7)"'), "--seed", "1")
    assert result.exit_code == 1
    assert result.stdout.startswith("✗ Not yet · Cost · 0 of 4 points")
    assert "It has no value at L = 7, d = 5; there 140 is right." in result.stdout


def test_judge_with_a_students_own_numbers(answer, catalogued, monkeypatch):
    monkeypatch.setenv("COURSE_SECRET", "geheim")
    values = catalogued["gflops"].values(Draw(0, student_key("geheim", "ada")))
    file = answer(f"gflops = {catalogued['gflops'].reference(**values)}")
    assert run("judge", "gflops", file, "--student", "ada").exit_code == 0
    assert run("judge", "gflops", file, "--student", "ben").exit_code == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("judge", "layer_flop", "x.py"),
            "There is no exercise called 'layer_flop'; did you mean layer_flops",
        ),
        (("judge", "layer_flops", "x.py"), "There is no file x.py; give the path of a Python file"),
        (("prove", "nothing_like_it"), "There is no exercise called 'nothing_like_it'"),
        (("judge", "layer_flops"), "Missing argument"),
        (("nonsense",), "No such command"),
    ],
)
def test_wrong_use_exits_with_2_and_says_why(words, sentence):
    result = run(*words)
    assert result.exit_code == 2
    assert sentence in result.stderr and "Traceback" not in result.output


def test_exercises(catalogued, monkeypatch, tmp_path):
    file = tmp_path / "one.py"
    file.write_text('"""Title"""\n\nexercise = …\n')
    monkeypatch.setattr(catalogue, "file_of", lambda id: file)
    rows = json.loads(run("exercises", "--json").stdout)
    assert [row["id"] for row in rows] == list(catalogued)
    assert rows[0] == {
        **{"id": "weights", "lesson": "00_small", "kind": "function", "title": "Weights", "points": 4.0},
        **{"difficulty": 2, "minutes": 3, "parts": ["rows without a mask", "rows with a mask"]},
        **{"slips": 2, "hints": 3, "lines": 3},
    }
    table = run("exercises").stdout
    assert all(id in table for id in catalogued) and f"{len(catalogued)} exercises" in table


def test_prove(catalogued, monkeypatch):
    monkeypatch.setattr(catalogued["layer_flops"], "also_right", ["4*L*d", "4*L"])
    sound = run("prove", "weights", "--seeds", "2")
    assert sound.exit_code == 0 and sound.stdout.startswith("✓ weights")
    unsound = run("prove", "weights", "layer_flops", "--seeds", "2", "--json")
    assert unsound.exit_code == 1 and "The proof fails for layer_flops." in unsound.stderr
    assert [proof["holds"] for proof in json.loads(unsound.stdout)] == [True, False]


def test_commands_load_only_what_they_need():
    """Grading starts with this in the writer's process: neither PyTorch nor a grammar of web addresses."""
    code = "import sys, grader.cli, grader.batch.run; print({'torch', 'lark'} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "set()\n"


@pytest.mark.parametrize("secret", ["", "geheim"])
def test_key(monkeypatch, secret):
    monkeypatch.setenv("COURSE_SECRET", secret)
    result = run("key", "ada")
    assert result.exit_code == 0
    assert result.stdout.strip() == readable(student_key(secret or "self-study", "ada"))
    assert ("no secret yet" in result.stderr) == (not secret)


@pytest.fixture
def roster(tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("name,id,lms id\nAda L,ada,1\nZoë Müller,zoe.müller,2\n=1+1,eve,3\n", encoding="utf-8")
    return file


def test_keys_of_everybody_on_the_roster(roster, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_SECRET", "geheim")
    out = tmp_path / "to hand out.csv"
    result = run("keys", "--roster", roster, "--out", out)
    assert result.exit_code == 0 and result.stdout.startswith(f"3 keys: {out}. Give each student their own")
    with out.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["id"], line["name"]) for line in lines] == [
        *(("ada", "Ada L"), ("zoe.müller", "Zoë Müller"), ("eve", "'=1+1"))
    ]
    assert all(belongs(plain_key(line["key"]), line["id"]) for line in lines)
    assert lines[0]["key"] == run("key", "ada").stdout.strip()


def test_keys_replace_no_file_unless_told_to(roster, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_SECRET", "geheim")
    (tmp_path / "keys.csv").write_text("mine")
    refused = run("keys", "--roster", roster)
    assert refused.exit_code == 2 and "keys.csv is there already" in refused.stderr
    assert (tmp_path / "keys.csv").read_text() == "mine"
    assert run("keys", "--roster", roster, "--force").exit_code == 0
    assert (tmp_path / "keys.csv").read_text(encoding="utf-8-sig").startswith("id,name,key")


@pytest.mark.parametrize(
    ("secret", "file", "sentence"),
    [
        ("", "people.csv", "This course has no secret yet"),
        ("geheim", "none.csv", "There is no roster none.csv"),
    ],
)
def test_keys_that_cannot_be_made(roster, tmp_path, monkeypatch, secret, file, sentence):
    monkeypatch.setenv("COURSE_SECRET", secret)
    result = run("keys", "--roster", file)
    assert result.exit_code == 2 and result.stderr.startswith(sentence) and result.stderr.count("\n") == 1
    assert not (tmp_path / "keys.csv").exists()
