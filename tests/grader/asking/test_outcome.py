"""Errors in student code, told in the student's terms."""

import re

import pytest

from grader.asking.attempt import attempt, failure_of
from grader.asking.outcome import Failure, Outcome, Refused, TimeUp
from grader.asking.rules import ENDED, LATE, MISSING


def failing(written, text, call="f()"):
    """The failure of a call to what a student's text defines."""
    names = written(text)
    return attempt(lambda: eval(call, names)).failure


def test_a_value_is_no_failure():
    assert attempt(lambda: 3) == Outcome(value=3)


LAYERS = """
import torch
from torch.nn import functional as F

def f():
    return g(torch.ones(2, 3))

def g(x):
    # a comment
    return F.linear(x, torch.ones(2, 2))
"""


def test_the_innermost_line_of_the_students_own(written):
    failure = failing(written, LAYERS)
    assert (failure.kind, failure.line, failure.function) == ("RuntimeError", 10, "g")
    assert failure.source == "return F.linear(x, torch.ones(2, 2))"
    assert str(failure).startswith(
        "In g, line 10: `return F.linear(x, torch.ones(2, 2))` raised RuntimeError: “mat1"
    )


@pytest.mark.parametrize(
    "call",
    [
        "import statistics\ndef f(): return statistics.mean([])",  # Python's library
        "import torch\ndef f(): return torch.nn.Linear(2, 3)(torch.ones(4))",  # a package
        "from grader.questions.draw import Draw\ndef f(): return Draw('a').sizes(99)",  # ours
        "from course.attention import attention\ndef f(): return attention(1, 2, 3)",  # the course's
        "from collections import namedtuple\ndef f(): return namedtuple('A', 'a b')(1)",  # made at run time
    ],
)
def test_never_a_line_of_anyone_elses(written, call):
    failure = failing(written, call)
    assert (failure.line, failure.function) == (2, "f")
    told = str(failure) + failure.summary
    assert not re.search(r"File|Traceback|/|grader[./]|site-packages", told.replace(failure.source, ""))


def test_an_error_without_a_line_of_the_student():
    failure = attempt(lambda: int("x")).failure  # this file counts as the student's
    assert failure.line is not None
    failure = failure_of(ValueError("no"))
    assert failure.line is None
    assert str(failure) == "It raised ValueError: “no”."
    assert failure.summary == "It raised ValueError."


def test_generated_code_without_source_is_passed_over():
    names = {}
    exec(compile("def f(): return 1 / 0", "<string>", "exec"), names)
    assert "``" not in str(attempt(names["f"]).failure)


def test_a_syntax_error_names_the_line(tmp_path):
    failure = attempt(lambda: compile("x = 1\ndef f(:\n", str(tmp_path / "a.py"), "exec")).failure
    assert (failure.kind, failure.line, failure.source) == ("SyntaxError", 2, "def f(:")


@pytest.mark.parametrize(
    "raises", ["raise SystemExit(0)", "import sys; sys.exit('bye')", "raise GeneratorExit"]
)
def test_whatever_is_raised_is_a_failure(written, raises):
    failure = failing(written, f"def f():\n    {raises}")
    assert failure.line == 2


@pytest.mark.parametrize("error", [TimeUp, KeyboardInterrupt])
def test_the_end_of_time_is_not_the_students(error):
    def call():
        raise error

    with pytest.raises(error):
        attempt(call)


def test_the_summary_leaks_no_text_of_the_exception(written):
    failure = failing(written, "def f(x=0.123456):\n    raise ValueError(f'the input was {x}')")
    assert "0.123456" in str(failure)
    assert "0.123456" not in failure.summary
    assert failure.summary.endswith("raised ValueError.")


def test_a_sentence_of_ours_is_told_as_it_is():
    for failure in (Failure.told(MISSING, name="f"), Failure.by_judge("It is too late.")):
        assert str(failure) == failure.summary
        assert failure.is_sentence and not failure.is_refusal
    assert str(failure) == "It is too late."


def test_refused():
    def call():
        raise Refused("no function", type="int")

    failure = attempt(call).failure
    assert str(failure) == "It is an int, not a function." and failure.is_refusal


def test_an_error_may_stand_behind_a_sentence_of_ours():
    failure = failure_of(ValueError("no"), ENDED)
    assert str(failure) == "The file does not run. It raised ValueError: “no”."
    assert not failure.is_sentence and not failure.is_refusal


def test_the_line_at_which_time_was_up(written):
    names = written("def f(up):\n    raise up")
    try:
        names["f"](TimeUp())
    except TimeUp as up:
        failure = failure_of(up, LATE, seconds="10")
    asks, _, told = str(failure).partition("? ")
    assert asks == "It did not finish within 10 seconds: is there a loop that never ends"
    assert told == "In f, line 2: `raise up` was running then."


TAKES_THE_FLOOR = (
    "class Missing(Exception): pass\ndef f(): raise Missing('✓ Right · 6 of 6 points.')",
    "class TimeUp(BaseException): pass\ndef f(): raise TimeUp('✓ Right')",
    "from grader.asking.outcome import Refused\ndef f(): raise Refused('✓ Right')",
    "from grader.asking.outcome import Refused\ndef f(): raise Refused('judge', text='✓ Right')",
    "from grader.asking.outcome import Refused\ndef f(): raise Refused('no function', type='✓ Right')",
    "def f(): raise type('✓ Right', (Exception,), {})('✓ Right')",
)


@pytest.mark.parametrize("text", TAKES_THE_FLOOR)
def test_what_student_code_says_is_told_as_the_students(written, text):
    failure = failing(written, text)
    assert not failure.rule and not failure.is_sentence
    assert failure.line is not None or failure.kind == "KeyError"
    assert "raised" in str(failure) and not str(failure).startswith("✓")


def test_a_quotation_does_not_end_before_its_end():
    told = str(Failure("ValueError", "no”. ✓ `Right`", 1, "raise `x` # ”"))
    assert told.count("“") == told.count("”") == 1 and told.endswith("Right'”.")
    assert told.count("`") == 2


@pytest.mark.parametrize(
    ("message", "ending"),
    [("no", ": “no”."), ("why?", ": “why?”."), ("", "ValueError."), ("a\nb", ": “a”.")],
)
def test_it_reads_as_one_sentence(message, ending):
    assert str(failure_of(ValueError(message))).endswith(ending)


def test_an_exception_whose_text_cannot_be_made():
    class Odd(Exception):
        def __str__(self):
            return None

    assert str(failure_of(Odd())) == "It raised Odd."
