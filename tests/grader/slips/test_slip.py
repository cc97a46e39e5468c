"""Edits put into a tree, and which of them go together."""

import ast

import pytest

from grader.slips.slip import Edit, Slip, apply, compatible
from grader.slips.tree import expression, walk

TREE = ast.parse("def f(a, b):\n    c = a + b\n    return c * 2")


def place(text):
    return next(
        path
        for path, node in walk(TREE)
        if isinstance(node, (ast.expr, ast.stmt)) and ast.unparse(node) == text
    )


def to(old, new):
    return Edit.to(place(old), expression(new))


def around(old, new):
    return Edit(place(old), lambda node: expression(new, _o=node), wraps=True)


@pytest.mark.parametrize(
    ("edits", "source"),
    [
        ([], "c = a + b\nreturn c * 2"),
        ([to("a + b", "a - b")], "c = a - b\nreturn c * 2"),
        ([around("a + b", "g(_o, _o)")], "c = g(a + b, a + b)\nreturn c * 2"),
        ([around("a + b", "g(_o)"), to("b", "7")], "c = g(a + 7)\nreturn c * 2"),
        ([around("a + b", "g(_o)"), to("a + b", "7")], "c = g(7)\nreturn c * 2"),
        ([around("a + b", "g(_o)"), around("a + b", "h(_o)")], "c = h(g(a + b))\nreturn c * 2"),
        ([Edit(place("c = a + b"), lambda _: None)], "pass\nreturn c * 2"),
        ([Edit.to(place("c = a + b"), expression("a + 1"))], "a + 1\nreturn c * 2"),
    ],
)
def test_apply(edits, source):
    assert ast.unparse(apply(TREE, edits).body[0].body) == source
    assert ast.unparse(TREE.body[0].body) == "c = a + b\nreturn c * 2"


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (to("a + b", "a"), to("c * 2", "c"), True),
        (to("a + b", "a"), to("a + b", "b"), False),
        (to("a + b", "a"), to("b", "7"), False),  # the one would lose the other
        (to("b", "7"), to("a + b", "a"), False),
        (around("a + b", "g(_o)"), to("b", "7"), True),
        (around("a + b", "g(_o)"), to("a + b", "a"), True),
        (around("a + b", "g(_o)"), around("b", "g(_o)"), True),
        (to("a + b", "a"), around("b", "g(_o)"), False),
    ],
)
def test_what_goes_together(one, other, together):
    assert compatible([one], [other]) is together
    assert compatible([other], [one]) is together


def test_slips_are_told_apart_by_what_they_are():
    edits = (to("a", "b"),)
    assert Slip("It is.", edits) != Slip("It is.", edits)
    assert len({Slip("It is.", edits), Slip("It is.", edits)}) == 2
