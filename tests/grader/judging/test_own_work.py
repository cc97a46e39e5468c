"""Whether student code calls what it is to write, read from its text."""

import pytest

from grader.judging.own_work import forbidden_calls, forbidden_uses

KERNEL = "torch.nn.functional.scaled_dot_product_attention"
FORBIDDEN = [KERNEL, "course.attention.attention", "grader.exercises", ".softmax"]

DIRECT = "def f(q, k, v):\n    return {}(q, k, v)"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (DIRECT.format("F.scaled_dot_product_attention"), KERNEL),
        (DIRECT.format("torch.nn.functional.scaled_dot_product_attention"), KERNEL),
        (DIRECT.format("nn.functional.scaled_dot_product_attention"), KERNEL),
        ("import torch.nn.functional as G\n" + DIRECT.format("G.scaled_dot_product_attention"), KERNEL),
        (
            f"from {KERNEL.rpartition('.')[0]} import scaled_dot_product_attention as s\n"
            + DIRECT.format("s"),
            KERNEL,
        ),
        ("from torch.nn.functional import *\n" + DIRECT.format("scaled_dot_product_attention"), KERNEL),
        ("s = F.scaled_dot_product_attention\n" + DIRECT.format("s"), KERNEL),
        ("s, t = F.scaled_dot_product_attention, 1\n" + DIRECT.format("s"), KERNEL),
        ("f = F.scaled_dot_product_attention", KERNEL),
        ("f = lambda q, k, v: F.scaled_dot_product_attention(q, k, v)", KERNEL),
        ("def g(*a):\n    return F.scaled_dot_product_attention(*a)\n" + DIRECT.format("g"), KERNEL),
        (f"def f(*a):\n    from torch.nn.functional import {KERNEL[20:]} as s\n    return s(*a)", KERNEL),
        ("class f:\n    def forward(self, q):\n        return F.scaled_dot_product_attention(q)", KERNEL),
        ("from course.attention import attention as f", "course.attention.attention"),
        (
            "from course import attention\n" + DIRECT.format("attention.attention"),
            "course.attention.attention",
        ),
        (
            "import course.attention\n" + DIRECT.format("course.attention.attention"),
            "course.attention.attention",
        ),
        (
            "from grader.exercises.attention import with_einsum\n" + DIRECT.format("with_einsum"),
            "grader.exercises",
        ),
        (
            "from grader.exercises import attention as a\n" + DIRECT.format("a.scaled.reference"),
            "grader.exercises",
        ),
        ("def f(x):\n    return x.softmax(-1)", ".softmax"),
        ("def f(x):\n    return torch.softmax(x, -1)", ".softmax"),
    ],
)
def test_found(source, found):
    assert forbidden_calls(source, "f", FORBIDDEN) == [found]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "def f(x):\n    return x.exp()",
        "def g(x):\n    return x.softmax(-1)\n\ndef f(x):\n    return x",  # another exercise's answer
        "def f(x):\n    'F.scaled_dot_product_attention and .softmax'\n    return x  # .softmax",
        "from course.attention import attention\n\ndef f(x):\n    return x",
        "def f(f):\n    return f(f)",
    ],
)
def test_nothing_found(source):
    assert forbidden_calls(source, "f", FORBIDDEN) == []


CHEATS = "def f(x):\n    return x.softmax(-1)"


@pytest.mark.parametrize(
    "unreadable",
    [
        "%matplotlib inline",
        "!ls",
        "%%time",
        "torch?",
        "x = (",
        "this is not Python",
        "'''",
        "def g(:\n    pass",
        "\0",
    ],
)
@pytest.mark.parametrize("layout", ["{bad}\n\n{good}", "{good}\n\n{bad}"])
def test_what_python_cannot_read_hides_nothing(unreadable, layout):
    assert forbidden_calls(layout.format(bad=unreadable, good=CHEATS), "f", FORBIDDEN) == [".softmax"]


@pytest.mark.parametrize("source", ["-" * 200_000 + "1", "a" + ".b" * 50_000, "(" * 5000, "\ud800 = 1"])
def test_no_text_is_too_much(source):
    assert forbidden_calls(source, "f", FORBIDDEN) == []


def test_an_alias_does_not_hide_a_method():
    source = "from torch.nn.functional import softmax as s\ndef helper(x):\n    return s(x, -1)\n"
    assert forbidden_calls(source + "def f(x):\n    return helper(x)", "f", [".softmax"]) == [".softmax"]
    assert forbidden_calls(source + "def f(x):\n    return x", "f", [".softmax"]) == []


@pytest.mark.parametrize(
    ("used", "found"),
    [
        (["torch._C._nn.scaled_dot_product_attention"], [".scaled_dot_product_attention"]),
        (["torch.nn.modules.activation.MultiheadAttention.forward"], [".MultiheadAttention"]),
        (["course.attention.attention"], ["course.attention"]),
        (["course.attentions.f", "my.course.attention", ".matmul", "torch.nn.functional.softmax"], []),
    ],
)
def test_what_was_called_is_found_by_its_name(used, found):
    forbidden = [".scaled_dot_product_attention", ".MultiheadAttention", "course.attention"]
    assert forbidden_uses(used, forbidden) == found
