"""As much of a program as one name needs."""

import pytest

from grader.excerpt import Unfound, excerpt

CELLS = [
    "import math, os\nfrom torch import nn as n, Tensor",
    "def half(x):\n    return x / 2\n\nunused = 1",
    "@staticmethod\ndef f(x):\n    # keeps what is written\n    return half(math.sqrt(x))",
]


def test_a_definition_with_all_that_it_hangs_on_and_nothing_else():
    assert excerpt("f", CELLS) == (
        "import math\n\n\ndef half(x):\n    return x / 2\n\n\n"
        "@staticmethod\ndef f(x):\n    # keeps what is written\n    return half(math.sqrt(x))\n"
    )


def test_the_last_definition_counts_and_stands_before_what_needs_it():
    text = excerpt("f", [*CELLS, "def half(x):\n    return x * 0.5", "f(3)", "def ("])
    assert "x * 0.5" in text and "x / 2" not in text
    assert text.index("def half") < text.index("def f")


def test_a_base_class_that_was_run_again_later_stands_first():
    text = excerpt("B", ["class A: pass", "class B(A): pass", "class A: n = 1"])
    exec(text, space := {})
    assert space["B"].n == 1


def test_what_is_built_from_itself_and_what_calls_each_other():
    exec(excerpt("x", ["x = 1", "x = x + 1", "x = x + 1"]), space := {})
    assert space["x"] == 3
    even = "def even(n): return n == 0 or odd(n - 1)"
    exec(excerpt("even", [even, "def odd(n): return n != 0 and even(n - 1)"]), space := {})
    assert space["even"](4)


def test_renamed_imports_stay_so():
    exec(excerpt("layer", [CELLS[0], "layer = n.Identity"]), space := {})
    assert space["layer"].__name__ == "Identity"
    assert excerpt("g", ["%matplotlib inline\ng = 1"]) == "g = 1\n"


@pytest.mark.parametrize("cells", [[], ["from math import *\ndef f(x): return sqrt(x)"]])
def test_a_name_from_nowhere(cells):
    with pytest.raises(Unfound, match="sqrt" if cells else "f"):
        excerpt("f", cells)
