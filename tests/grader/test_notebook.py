"""What a student calls in a notebook, and what is then shown."""

import os
import re
import time

import pytest
from IPython.utils.capture import capture_output

from grader import catalogue, check, hint, notebook, numbers, sign_in
from grader.asking import clock, given
from grader.catalogue import UnknownExercise
from grader.questions.draw import Draw
from grader.questions.personal import PUBLIC_SECRET, readable, student_key
from grader.questions.record import MIME, read_records

pytestmark = pytest.mark.usefixtures("nobody", "catalogued", "fresh_hints")

ANSWER = "def weights(x, mask=None):\n    return {}\n"
RIGHT = ANSWER.format("(x if mask is None else x.masked_fill(~mask, -1e9)).softmax(-1)")
UPSIDE_DOWN = ANSWER.format("(x if mask is None else x.masked_fill(mask, -1e9)).softmax(-1)")
FORBIDDEN = "import torch\n" + ANSWER.format("torch.nn.functional.softmin(-x, -1)")


@pytest.fixture
def fresh_hints(monkeypatch):
    monkeypatch.setattr(notebook, "_hints_given", type(notebook._hints_given)())


@pytest.fixture
def outside(monkeypatch):
    """No IPython, whatever other tests have started."""
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: None)


@pytest.fixture
def in_cell(monkeypatch, ipython):
    """Runs a cell, as a student does; gives back the result and what was displayed."""
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: ipython)
    ipython.reset(new_session=False)
    ipython.run_cell("from grader import check, hint, numbers, sign_in")

    def run(source):
        with capture_output() as captured:
            result = ipython.run_cell(source)
        return result, [output.data for output in captured.outputs], captured.stdout

    return run


# -- outside of IPython --------------------------------------------------------------------------------


def called_from(text, file):
    """Run a student's text as a script; its names, where `check` looks for answers."""
    names = {"check": check, "hint": hint, "numbers": numbers, "__name__": "__main__"}
    file.write_text(text)
    exec(compile(text, str(file), "exec"), names)
    return names


@pytest.mark.parametrize(
    "call", ["check(weights)", 'check("weights")', "own = weights\ndel weights\ncheck(own)"]
)
def test_check_prints_and_gives_the_score(outside, tmp_path, capsys, call):
    names = called_from(f"{UPSIDE_DOWN}\n{call.replace('check', 'score = check')}", tmp_path / "script.py")
    said = capsys.readouterr().out
    assert said.startswith("✗ Not yet · Weights · 2 of 4 points\nThe mask is read upside down.")
    assert names["score"] == 2.0 and repr(names["score"]) == "2.0"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (RIGHT + "check(weights)", "✓ Right · Weights · 4 of 4 points"),
        ('check("weights")', "There is no `weights` yet: run the cell that defines it."),
        (FORBIDDEN + "check(weights)", "It uses `torch.nn.functional.softmin`"),
        ('layer_flops = "4*d*L"\ncheck("layer_flops")', "✓ Right"),
        ('layer_flops = "4*d*L"\ncheck(layer_flops)', "✓ Right"),  # the value in place of the name
        ('layer_flops = ""\ncheck("layer_flops")', "○ Not written yet"),
        ('given = numbers("gflops")\ngflops = 2*given.L*given.d**2/1e9\ncheck("gflops")', "✓ Right"),
        ("gflops = 3.0\ncheck(gflops)", "✗ Not yet"),
        ('order = ["c", "a", "b"]\ncheck("order")', "✓ Right"),
    ],
)
def test_check_finds_what_is_meant(outside, tmp_path, capsys, text, says):
    called_from(text, tmp_path / "script.py")
    assert says in capsys.readouterr().out


@pytest.mark.parametrize("call", ["check(weights)", 'check("weights")'])
def test_an_imported_answer_is_not_ones_own_work(outside, tmp_path, capsys, call):
    """As when the submission is graded, where the text of the notebook says so."""
    called_from(f"from torch.nn.functional import softmin as weights\n{call}", tmp_path / "script.py")
    assert "✗ Not your own work" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('check("weight")', "There is no exercise called 'weight'; did you mean weights?"),
        ('check("zzzzzz")', "There is no exercise called 'zzzzzz'; `grader exercises` lists them all."),
        ("check(3)", 'Write the exercise\'s name in quotes, like check("attention").'),
        ('hint("weight")', "There is no exercise called 'weight'; did you mean weights?"),
        ('numbers("weights")', "The exercise 'weights' has no numbers of your own; it is a function."),
        (
            'pick = several = "a"\ncheck(pick)',
            'Several answers have this value; write check("pick") or check("several").',
        ),
    ],
)
def test_unknown_names_get_a_sentence(outside, tmp_path, text, sentence):
    with pytest.raises(UnknownExercise) as error:
        called_from(text, tmp_path / "script.py")
    assert str(error.value) == sentence
    assert error.value._render_traceback_() == [sentence]


def test_an_error_points_at_the_students_line(outside, tmp_path, capsys):
    called_from(
        "\n\ndef weights(x, mask=None):\n    return x @ x @ x\n\ncheck(weights)", tmp_path / "script.py"
    )
    said = capsys.readouterr().out
    assert said.startswith("✗ It stops with an error · Weights · 0 of 4 points")
    assert "In weights, line 4: `return x @ x @ x` raised RuntimeError: “mat1" in said
    assert "Traceback" not in said and "grader" not in said


ENDLESS = "def weights(x, mask=None):\n    while True: pass\n\ncheck(weights)"


@pytest.mark.parametrize(("others", "is_told"), [(0.9, True), (0.1, False)])
def test_what_is_late_beside_other_work_is_told_of_that(
    outside, tmp_path, capsys, monkeypatch, others, is_told
):
    monkeypatch.setattr(catalogue.find("weights"), "seconds", 0.05)
    monkeypatch.setattr(clock, "waited", lambda: others * time.monotonic())
    called_from(ENDLESS, tmp_path / "script.py")
    said = capsys.readouterr().out
    assert "It did not finish within 0.05 seconds" in said and "`while True: pass` was running then." in said
    assert ("The machine was busy with other work" in said) is is_told


def test_validate_hears_on_stderr_what_is_not_right(outside, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    called_from(RIGHT + "check(weights)", tmp_path / "script.py")
    assert capsys.readouterr().err == ""
    called_from(UPSIDE_DOWN + "check(weights)", tmp_path / "script.py")
    assert "The mask is read upside down." in capsys.readouterr().err


def test_hints_come_one_at_a_time(outside, capsys):
    said = []
    for _ in range(4):
        hint("weights")
        said.append(capsys.readouterr().out.strip().split("\n"))
    first, second, third, again = said
    assert first[:-1] == ["Hint 1 of 3: a nudge"]
    assert second[:-1] == ["Hint 1 of 3: a nudge", "Hint 2 of 3: the idea"]
    assert third[2] == "Hint 3 of 3: nearly the line"
    assert again == third and again[-1] == "That was the last hint. Hints never cost points."
    assert first[-1] == 'For the next hint, run `hint("weights")` again. Hints never cost points.'
    assert "nearly gives the answer away" in second[-1]


def test_hint_of_a_function(outside, tmp_path, capsys):
    called_from(RIGHT + "hint(weights)", tmp_path / "script.py")
    assert "Hint 1 of 3: a nudge" in capsys.readouterr().out


@pytest.fixture
def signing_in(monkeypatch):
    """What sign_in sets is put back afterwards."""
    monkeypatch.setenv("COURSE_STUDENT", "")
    monkeypatch.setenv("COURSE_KEY", "")


def test_numbers_are_those_of_who_is_signed_in(outside, signing_in, catalogued, monkeypatch):
    gflops, key = catalogued["gflops"], student_key("a secret", "ada")

    def theirs(key):
        return gflops.values(Draw(0, key))

    sign_in("ada")
    assert vars(numbers("gflops")) == theirs(student_key(PUBLIC_SECRET, "ada"))
    sign_in(" ada ", readable(key).upper())
    assert vars(numbers("gflops")) == theirs(key)
    sign_in("")
    sign_in(" ", key="")
    assert vars(numbers("gflops")) == theirs(key)
    sign_in("ben")  # at the same machine: not with ada's key
    assert vars(numbers("gflops")) == theirs(student_key(PUBLIC_SECRET, "ben"))
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    sign_in("eve", "fedcba9876543210")  # who is graded is known
    assert vars(numbers("gflops")) == theirs(student_key(PUBLIC_SECRET, "ben"))
    monkeypatch.setenv(given.VARIABLE, given.as_text({"gflops": {"L": 2, "d": 3}}))
    assert vars(numbers("gflops")) == {"L": 2, "d": 3}


@pytest.mark.parametrize(
    ("name", "key", "sentence"),
    [
        (
            "ben",
            None,
            "This is not the key of 'ben': write id and key as your instructor gave them to you.",
        ),
        ("ada", "0123", "This is not the key of 'ada': write id and key as your instructor gave them"),
        ("", None, "Write your id beside the key, as your instructor gave it to you."),
    ],
)
def test_who_signs_in_with_a_wrong_key_is_told_and_nothing_changes(signing_in, in_cell, name, key, sentence):
    sign_in("ada", student_key("s", "ada"))
    before = dict(os.environ)
    result, _, printed = in_cell(f"sign_in({name!r}, key={key or student_key('s', 'ada')!r})")
    assert isinstance(result.error_in_exec, notebook.WrongKey)
    assert printed.startswith(sentence) and "Traceback" not in printed
    assert dict(os.environ) == before


def test_outside_of_a_notebook_numbers_are_printed(outside, catalogued, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_STUDENT", "ada")
    drawn = numbers("gflops")
    practice, advice = capsys.readouterr().out.splitlines()
    assert practice == f"Practice numbers: L = {drawn.L}, d = {drawn.d}"
    assert 'sign_in("NAME", key="KEY") gives you your own' in advice
    monkeypatch.setenv("COURSE_KEY", student_key("s", "ada"))
    drawn = numbers("gflops")
    assert capsys.readouterr().out == f"ada's numbers: L = {drawn.L}, d = {drawn.d}\n"
    monkeypatch.setenv(given.VARIABLE, given.as_text({"gflops": {"L": [0.5, 1 / 3], "d": 3}}))
    numbers("gflops")
    assert capsys.readouterr().out == "Graded with L = [0.5, 0.333333], d = 3.\n"


# -- in a notebook -------------------------------------------------------------------------------------


def test_check_shows_html_and_plain_text(in_cell):
    in_cell(UPSIDE_DOWN)
    result, shown, printed = in_cell("score = check(weights)")
    result.raise_error()
    (data,) = shown
    assert "The mask is read upside down." in data["text/html"]
    assert "The mask is read upside down." in data["text/plain"]
    assert "hint(&quot;weights&quot;)" in data["text/html"] and "3 hints left, free" in data["text/html"]
    assert printed == ""


def test_the_plain_text_of_the_result_is_the_bare_score_that_nbgrader_reads(in_cell, ipython):
    in_cell(UPSIDE_DOWN)
    result, _, _ = in_cell("check(weights)")
    data, _ = ipython.display_formatter.format(result.result)
    assert data["text/plain"] == "2.0"
    assert result.result._repr_html_() == ""  # the panel has said it all


def test_numbers_are_shown_with_a_record_that_only_their_key_can_make(in_cell, monkeypatch, catalogued):
    key = student_key("s", "ada")
    monkeypatch.setenv("COURSE_STUDENT", "ada")
    monkeypatch.setenv("COURSE_KEY", readable(key))
    result, shown, printed = in_cell('given = numbers("gflops")')
    result.raise_error()
    (data,) = shown
    values = catalogued["gflops"].values(Draw(0, key))
    assert data["text/plain"] == f"ada's numbers: {given.in_words(values)}" and printed == ""
    (record,) = read_records([data[MIME]])
    assert (record.student, record.exercise) == ("ada", "gflops")
    assert record.values == given.as_text({"gflops": values})
    assert record.is_proven(key)
    assert not record.is_proven(student_key(PUBLIC_SECRET, "ada"))


def test_html_of_an_error_is_escaped(in_cell):
    in_cell(ANSWER.format("{}['<script>alert(1)</script>']"))
    _, shown, _ = in_cell("check(weights)")
    html = shown[0]["text/html"]
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_an_error_in_a_cell_has_its_line(in_cell):
    in_cell("# my answer\n" + ANSWER.format("x + undefined"))
    _, shown, _ = in_cell("check(weights)")
    said = shown[0]["text/plain"]
    assert (
        "In weights, line 3: `return x + undefined` raised NameError: “name 'undefined' is not defined”."
        in said
    )


@pytest.mark.parametrize("call", ['check("weight")', 'hint("weight")', 'numbers("weight")'])
def test_a_wrong_name_shows_one_sentence_and_no_traceback(in_cell, call):
    result, _, printed = in_cell(call)
    assert isinstance(result.error_in_exec, UnknownExercise)
    assert "There is no exercise called 'weight'; did you mean weights?" in printed
    assert "Traceback" not in printed and "notebook.py" not in printed


def test_hints_are_shown_as_html(in_cell):
    _, shown, _ = in_cell('hint("weights")')
    assert "Hint 1 of 3: a nudge" in re.sub("<[^>]+>", "", shown[0]["text/html"])
    in_cell(UPSIDE_DOWN)
    _, shown, _ = in_cell("check(weights)")
    assert "2 hints left, free" in shown[0]["text/html"]


def test_no_hint_is_offered_to_who_is_right(in_cell):
    in_cell(RIGHT)
    _, shown, _ = in_cell("check(weights)")
    assert "Stuck?" not in shown[0]["text/html"]
