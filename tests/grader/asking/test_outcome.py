"""Errors in student code, told in the student's terms."""

import re

import pytest

from grader.asking.outcome import (
    ENDED,
    MISSING,
    Failure,
    Outcome,
    Refused,
    TimeUp,
    attempt,
    failure_of,
    with_article,
)


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
        "In g, line 10: `return F.linear(x, torch.ones(2, 2))` raised RuntimeError: mat1"
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
    assert str(failure) == "It raised ValueError: no."
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


@pytest.mark.parametrize("kind", ["Refused", "TimeUp", MISSING, ENDED])
def test_a_sentence_of_ours_is_told_as_it_is(kind):
    failure = Failure(kind, "It is too late.")
    assert str(failure) == failure.summary == "It is too late."


def test_refused():
    def call():
        raise Refused("It is not a function.")

    assert str(attempt(call).failure) == "It is not a function."


@pytest.mark.parametrize(
    ("message", "ending"),
    [("no", ": no."), ("why?", ": why?"), ("done.", ": done."), ("", "ValueError."), ("a\nb", ": a.")],
)
def test_it_reads_as_one_sentence(message, ending):
    assert str(failure_of(ValueError(message))).endswith(ending)


def test_an_exception_whose_text_cannot_be_made():
    class Odd(Exception):
        def __str__(self):
            return None

    assert str(failure_of(Odd())) == "It raised Odd."


def test_articles():
    assert [with_article(noun) for noun in ("list", "int", "Tensor", "array")] == [
        *("a list", "an int", "a Tensor", "an array")
    ]
