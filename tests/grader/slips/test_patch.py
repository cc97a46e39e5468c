"""Patches: found in the tree, not in the text."""

import ast

import pytest

from grader.slips.patch import PatchError, patch
from grader.slips.slip import apply

SOURCE = """
def f(q, k, v, mask=None):
    scores = q @ k.T / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = scores.softmax(dim=-1)
    return weights @ v
"""
TREE = ast.parse(SOURCE)


def patched(text):
    return ast.unparse(apply(TREE, patch(TREE, text)))


def replaced(old, new):
    return ast.unparse(ast.parse(SOURCE.replace(old, new)))


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("weights @ v -> v", "weights @ v", "v"),
        ("weights@v->v", "weights @ v", "v"),  # spacing is no matter
        ("scores.softmax( dim = -1 ) -> scores", "scores.softmax(dim=-1)", "scores"),
        ("_x / math.sqrt(_n) -> _x / _n", "math.sqrt(q.shape[-1])", "q.shape[-1]"),
        ("_x.masked_fill(_m, _y) -> _x", "scores.masked_fill(~mask, -math.inf)", "scores"),
        ("-math.inf -> -1e9", "-math.inf", "-1e9"),
        ("return weights @ v -> return v", "weights @ v", "v"),
        ("weights = scores.softmax(dim=-1) -> weights = scores", "scores.softmax(dim=-1)", "scores"),
        ("weights = scores.softmax(dim=-1) ->", "weights = scores.softmax(dim=-1)", "pass"),
    ],
)
def test_a_patch_changes_what_it_names(text, old, new):
    assert patched(text) == replaced(old, new)


def test_every_equal_place_is_changed():
    tree = ast.parse("y = (x + 1) * f(x + 1) - (1 + x)")
    assert ast.unparse(apply(tree, patch(tree, "x + 1 -> x"))) == "y = x * f(x) - (1 + x)"


def test_several_spots():
    both = patched("weights @ v -> v ;; ~mask -> mask")
    assert both == ast.unparse(ast.parse(SOURCE.replace("weights @ v", "v").replace("~mask", "mask")))


def test_a_wildcard_is_the_same_expression_wherever_it_stands():
    tree = ast.parse("y = a * a + a * b")
    assert ast.unparse(apply(tree, patch(tree, "_x * _x -> _x ** 2"))) == "y = a ** 2 + a * b"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("weights @ k -> v", "nowhere"),
        ("_x * _x -> _x", "nowhere"),
        ("weights @ v", "no `->`"),
        ("weights @ -> v", "not Python"),
        ("weights @ v -> v v", "not Python"),
        ("a; b -> c", "not one expression"),
    ],
)
def test_what_does_not_fit_says_why(text, said):
    with pytest.raises(PatchError, match=said):
        patch(TREE, text)


def test_the_tree_itself_stays():
    before = ast.dump(TREE)
    patched("weights @ v -> v")
    assert ast.dump(TREE) == before


def test_a_name_is_changed_where_it_is_read():
    assert patched("weights -> scores") == replaced("return weights", "return scores")
