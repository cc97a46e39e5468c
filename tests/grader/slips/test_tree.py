"""Places in a tree, and expressions put together."""

import ast

import torch
from torch import nn

from grader.slips.tree import at, copied, expression, parse, walk


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


def test_a_copy_has_its_fields_and_its_lines_and_nothing_that_others_hung_on_it():
    tree, other = ast.parse("for i in x:\n    y[i] = -1 if i else None"), ast.parse("z")
    context = other.body[0].value.ctx
    context.parent = other  # as `executing` does behind an IPython traceback: all trees share this one
    try:
        made = copied(tree)
    finally:
        del context.parent
    assert ast.dump(made, include_attributes=True) == ast.dump(tree, include_attributes=True)
    assert not {id(node) for _, node in walk(made)} & {id(node) for _, node in walk(tree)}
    assert not any(hasattr(node, "parent") for _, node in walk(made))


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
