"""Cells that build on an exercise: one line while it is not written, nothing once it is."""

import pytest
from torch import nn

from course.show import needs
from course.show.unwritten import NotWrittenYet


def only_a_docstring(x):
    """x: (L, d) -> (L, L)"""


def passing(x, mask=None):
    """As released."""
    pass


def wrong(x):
    return x * x


def asserting(weights):
    assert weights(1) >= 0


class NoForward(nn.Module):
    def __init__(self, d):
        super().__init__()


class Layer(NoForward):
    def forward(self, x):
        return x


@pytest.mark.parametrize("answer", [only_a_docstring, passing, NoForward, "", None, set(), [], {"one": ""}])
def test_stops_while_there_is_nothing(answer):
    with pytest.raises(NotWrittenYet, match="`answer` is not written yet"):
        needs(answer=answer)


@pytest.mark.parametrize("answer", [wrong, asserting, Layer, "sqrt(d)", {"a"}, {"one": "", "two": "L"}, len])
def test_goes_on_with_any_answer_right_or_wrong(answer):
    needs(answer=answer)


def test_names_the_first_that_is_missing():
    with pytest.raises(NotWrittenYet, match="`second`"):
        needs(first=wrong, second=passing, third=passing)


def test_a_notebook_shows_one_line_and_no_traceback(capsys):
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.user_ns |= {"needs": needs, "attention": passing}
    shell.run_cell("needs(attention=attention)\nprint('not reached')")
    said = "".join(capsys.readouterr())
    assert "`attention` is not written yet" in said
    assert "Traceback" not in said and "not reached" not in said and len(said.strip().splitlines()) == 1
