"""Places in a tree, and expressions put together."""

import ast

import torch
from torch import nn

from grader.slips.tree import at, expression, parse, walk


@torch.no_grad()
def decorated(x):
    """Says what it does."""
    return x + 1


class Layer(nn.Module):
    """A layer."""

    def forward(self, x):
        """Only words."""


def test_a_parsed_form_has_no_docstring_and_no_decorator():
    assert ast.unparse(parse(decorated)) == "def decorated(x):\n    return x + 1"
    assert ast.unparse(parse(Layer).body[0].body[0]) == "def forward(self, x):\n    pass"


def test_each_place_leads_to_its_node():
    tree = ast.parse("a = [b, c(d, e=f)]")
    for path, node in walk(tree):
        assert at(tree, path) is node
    assert len(list(walk(tree))) == len(list(ast.walk(tree)))


def test_an_expression_is_bound_anew_each_time():
    node = ast.parse("a + b", mode="eval").body
    one, other = (expression("_x * _x", _x=node) for _ in range(2))
    assert ast.unparse(one) == ast.unparse(other) == "(a + b) * (a + b)"
    one.left.left.id = "c"
    assert ast.unparse(other) == "(a + b) * (a + b)" and ast.unparse(node) == "a + b"
