"""A board's switches do what applying the edits and compiling would do."""

import ast
import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.slips.patch import patch
from grader.slips.slip import Edit, Slip, apply, compatible
from grader.slips.switches import USUAL, Board
from grader.slips.tree import expression, parse, walk

SOURCE = """
def f(a, b):
    total = a + b
    if total > 10:
        total = total - 10
    return total * 2
"""
TREE = ast.parse(SOURCE)
PATCHES = [
    "a + b -> a - b",
    "10 -> 11",
    "total = total - 10 ->",
    "total * 2 -> total",
    "_x > _y -> _x < _y",
    "2 -> 3",
]
SLIPS = [Slip(text, patch(TREE, text)) for text in PATCHES]


def around(tree, old, new):
    paths = [path for path, node in walk(tree) if isinstance(node, ast.expr) and ast.unparse(node) == old]
    return Slip(new, tuple(Edit(path, lambda n: expression(new, _o=n), wraps=True) for path in paths))


SLIPS += [around(TREE, "a + b", "_o + 100"), around(TREE, "total * 2", "-_o"), around(TREE, "b", "_o * _o")]
BOARD = Board(TREE, "f", {}, SLIPS)


def compiled(slips):
    space = dict(USUAL)
    tree = apply(TREE, [edit for slip in slips for edit in slip.edits])
    exec(compile(tree, "<test>", "exec"), space)
    return space["f"]


def test_with_no_switch_on_it_is_the_form_itself():
    assert BOARD.form(3, 4) == 14 and BOARD.form(8, 4) == 4


def _go_together(one, other):
    return compatible(one.edits, other.edits)


@given(st.sets(st.sampled_from(range(len(SLIPS))), max_size=4), st.integers(-20, 20), st.integers(-20, 20))
def test_any_slips_that_go_together(numbers, a, b):
    some = [SLIPS[number] for number in sorted(numbers)]
    if all(_go_together(x, y) for x, y in itertools.combinations(some, 2)):
        with BOARD.on(some):
            assert BOARD.form(a, b) == compiled(some)(a, b)
    assert BOARD.form(3, 4) == 14


def test_switches_go_back_to_what_they_were():
    one, other = SLIPS[0], SLIPS[1]
    with BOARD.on([one]):
        with pytest.raises(ZeroDivisionError), BOARD.on([other]):
            _ = 1 / 0
        assert BOARD.form(3, 4) == -2
    assert BOARD.form(3, 4) == 14


def test_wraps_nest():
    tree = ast.parse("def f(a):\n    return (a + 1) * 2")
    outer, inner, part = (
        around(tree, "(a + 1) * 2", "_o * 10"),
        around(tree, "a + 1", "_o + _o"),
        around(tree, "a", "-_o"),
    )
    board = Board(tree, "f", {}, [outer, inner, part])
    for some, expected in (([outer], 80), ([inner], 16), ([part], -4), ([outer, inner, part], -80)):
        with board.on(some):
            assert board.form(3) == expected


def test_two_wraps_at_one_place_both_count():
    tree = ast.parse("def f(a):\n    return a")
    one, other = around(tree, "a", "_o + 1"), around(tree, "a", "_o * 10")
    board = Board(tree, "f", {}, [one, other])
    with board.on([one, other]):
        assert board.form(3) == 40


def test_what_a_comprehension_runs_over_is_switched_too():
    tree = ast.parse("def f(n):\n    return [i * i for i in range(n) for j in range(n)]")
    slip = around(tree, "range(n)", "range(2, _o.stop)")
    board = Board(tree, "f", {}, [slip])
    assert board.form(3) == [0, 0, 0, 1, 1, 1, 4, 4, 4]
    with board.on([slip]):
        assert board.form(3) == [4]


def test_what_is_compiled_grows_with_the_number_of_slips_not_with_their_nesting():
    tree = ast.parse("def f(a):\n    return " + "-" * 12 + "a")
    wraps = [
        Slip("", (Edit(path, lambda n: expression("(_o, _o)[0]", _o=n), wraps=True),))
        for path, node in walk(tree)
        if isinstance(node, ast.UnaryOp)
    ]
    board = Board(tree, "f", {}, wraps)
    with board.on(wraps):
        assert board.form(5) == 5


def test_a_class_is_switched_too():
    tree = ast.parse(
        "class Layer(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.one = nn.Linear(2, 2)\n"
        "    def forward(self, x):\n"
        "        return self.one(x)"
    )
    slip = Slip("", patch(tree, "self.one(x) -> x"))
    layer = Board(tree, "Layer", {}, [slip])
    x = torch.ones(1, 2)
    module = layer.form()
    with layer.on([slip]):
        assert torch.equal(module(x), x)
    assert not torch.equal(module(x), x)


def test_a_shape_taken_for_a_number_fills_no_memory():
    tree = ast.parse("def f(shape, n):\n    return shape[0] * n ** 2")
    (whole,) = patch(tree, "shape[0] -> shape")
    board = Board(tree, "f", {}, [Slip("", (whole,))])
    assert board.form((2, 3), 4) == 32
    with board.on(board.slips):
        assert len(board.form((2, 3), 4)) == 32
        with pytest.raises(MemoryError):
            board.form((2, 3), 10**6)
    with pytest.raises(OverflowError):
        board.form((2, 3), 10**4000)


def test_a_loop_that_a_slip_never_leaves_is_left():
    tree = ast.parse("def f(n):\n    while n > 0:\n        n = n - 1\n    return n")
    (stays,) = patch(tree, "n - 1 -> n")
    board = Board(tree, "f", {}, [Slip("", (stays,))])
    assert board.form(5000) == 0
    with board.on(board.slips), pytest.raises(RecursionError):
        board.form(1)
    with board.on([]):
        assert board.form(5000) == 0


def test_a_slip_that_would_list_all_orders_of_many_things_stops():
    def orders(N, K):
        return len(list(itertools.permutations(range(N))))

    board = Board(parse(orders), "orders", {"itertools": itertools}, [])
    assert board.form(4, 19) == 24
    with pytest.raises(RecursionError, match="would not end"):
        board.form(19, 4)
