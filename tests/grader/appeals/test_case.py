"""The file that an answer becomes: what it takes along, and what it leaves out."""

import pytest

from grader.appeals import case
from grader.appeals.case import Case, stand_alone

CELLS = [
    "%matplotlib inline\nimport math\nimport torch\nfrom torch import nn\nfrom grader import check",
    "sign_in('ada', 'her key')  # ada\nname = 'ada'",
    "def other(x):\n    return helper(x) + math.pi",
    "def broken(:",
    "width = 3\nfactors = {}\nfactors['a'], rest = 2, 4",
    "if torch:\n    def helper(x):\n        return x * factors['a']",
    "class answer(nn.Module):\n    # by ada\n    def forward(self, x):\n        return helper(x)",
    "answer.scale = width\nprint(answer)\nrows = [answer for answer in 'abc']",
]


def test_what_the_answer_needs_and_nothing_else():
    text = stand_alone(CELLS, "answer")
    for needed in (
        "import torch",
        "from torch import nn",
        "class answer",
        "def helper",
        "factors['a'], rest",
    ):
        assert needed in text
    assert "width = 3" in text and "answer.scale = width" in text
    for left_out in ("ada", "sign_in", "def other", "math", "check", "print", "rows", "matplotlib"):
        assert left_out not in text
    assert text.index("import torch") < text.index("def helper") < text.index("class answer")


def test_a_name_that_nobody_defines_is_an_empty_file():
    assert stand_alone(CELLS, "nothing") == ""


def test_written_and_read(tmp_path):
    (file := tmp_path / "case.py").write_text(case.as_text(Case("answer", case.RIGHT, "It\n is: so."), CELLS))
    assert case.read(file) == Case("answer", case.RIGHT, "It is: so.")
    file.write_text("# accept: it\n")
    with pytest.raises(ValueError, match=r"case\.py does not begin with"):
        case.read(file)


def test_no_docstring_says_who_wrote_it():
    text = stand_alone(['def f(x):\n    """By Ada."""\n    return x\n\nclass C:\n    """By Ada."""'], "f")
    assert text == "def f(x):\n    return x"
    assert "Ada" not in stand_alone(['class C:\n    """By Ada."""'], "C")
