"""The shared operators: what they make runs, does what it says, and is of use to several exercises."""

import ast
import itertools
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn

from grader.slips.context import Context
from grader.slips.operators import OPERATORS, every_slip
from grader.slips.slip import apply, compatible
from grader.slips.switches import USUAL, Board
from grader.slips.tree import parse

# -- the references of the course, as they were written and in other forms ----------------------------------


def similarities(x):
    return x @ x.T


def similarities_in_steps(x):
    products = x[:, None] * x[None, :]
    return products.sum(dim=-1)


def softmax_rows(scores):
    shifted = scores - scores.amax(dim=-1, keepdim=True)
    weights = shifted.exp()
    return weights / weights.sum(dim=-1, keepdim=True)


def softmax_by_logarithm(scores):
    return (scores - scores.logsumexp(dim=-1, keepdim=True)).exp()


def hard_attention(q, k, v):
    return v[(k @ q).argmax()]


def look_up(q, k, v):
    affinities = k @ q / math.sqrt(q.shape[-1])
    return affinities.softmax(dim=-1) @ v


def look_up_in_steps(q, k, v):
    affinities = k @ q / math.sqrt(q.shape[-1])
    weights = affinities.softmax(dim=-1)
    return weights @ v


def causal_mask(L):
    return torch.ones(L, L, dtype=torch.bool).tril()


def causal_mask_by_comparison(L):
    i = torch.arange(L)
    return i[None, :] <= i[:, None]


def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(dim=-1) @ v


def attention_in_steps(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = scores.softmax(dim=-1)
    return weights @ v


def attention_weights(q, k, mask):
    scores = (q @ k.mT / math.sqrt(q.shape[-1])).masked_fill(~mask, -math.inf)
    return scores.softmax(-1)


class SelfAttention(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, d, bias=False)

    def forward(self, x, mask=None):
        return attention(self.query(x), self.key(x), self.value(x), mask)


def count_matmul(a_shape, b_shape):
    batch = a_shape[:-2] or b_shape[:-2]
    rows, inner = a_shape[-2], a_shape[-1]
    columns = b_shape[-1]
    products = math.prod(batch)
    return 2 * products * rows * inner * columns


def count_matmul_broadcast(a_shape, b_shape):
    batch = torch.broadcast_shapes(a_shape[:-2], b_shape[:-2])
    rows, inner = a_shape[-2:]
    columns = b_shape[-1]
    return 2 * math.prod(batch) * rows * inner * columns


def linear_attention(x, wq, wk, wv, wo):
    q, k, v = x @ wq, x @ wk, x @ wv
    context = k.transpose(-2, -1) @ v
    return q @ context @ wo


def linear_attention_left_to_right(x, wq, wk, wv, wo):
    q, k, v = x @ wq, x @ wk, x @ wv
    scores = q @ k.transpose(-2, -1)
    return scores @ v @ wo


def normalised(x, eps):
    """None of the course's: what the references above do not have."""
    mean = x.mean(dim=-1, keepdim=True)
    variance = x.var(dim=-1, keepdim=True, unbiased=False)
    loudest = 0.0
    for i in range(len(x)):
        loudest = max(loudest, float(x[i].abs().sum()))
    return (x - mean) / (variance + eps) ** 0.5 + 3 * (x > loudest // 2)


@dataclass
class Form:
    """A reference, what its exercise says of it, and inputs to call it with."""

    form: Any
    inputs: Callable[[], dict[str, Any]]
    said: dict[str, Any] = field(default_factory=dict)
    exercise: str = ""  # forms of one exercise count once

    def __post_init__(self):
        self.name = self.form.__name__
        self.exercise = self.exercise or self.name
        self.context = Context(parse(self.form), **self.said)
        self.slips = every_slip(self.context)
        self.board = Board(self.context.tree, self.name, globals(), self.slips)

    def value(self, form, inputs):
        if isinstance(form, type):
            torch.manual_seed(1)
            form = form(inputs["x"].shape[-1])
        return form(**inputs)


def normal(*shape):
    return torch.randn(shape)


def at_random(seed, make):
    torch.manual_seed(seed)
    return make()


MASK = torch.tensor([[1, 1, 0, 0, 0], [1, 0, 0, 1, 1], [0, 1, 1, 1, 0]]).bool()
ROW = {"floats": ["scores"], "sizes": {"scores": ("R", "L")}, "words": {"everything": "The softmax"}}
ONE = {"floats": ["q", "k", "v"], "sizes": {"q": ("d",), "k": ("L", "d"), "v": ("L", "dv")}}
ASKS = {
    "floats": ["q", "k", "v"],
    "booleans": ["mask"],
    "sizes": {"q": ("Lq", "d"), "k": ("Lk", "d"), "v": ("Lk", "dv"), "mask": ("Lq", "Lk")},
}
SHAPES = {"integers": ["a_shape", "b_shape"]}
LINEAR = {
    "floats": ["x", "wq", "wk", "wv", "wo"],
    "sizes": {"x": ("L", "d"), "wq": ("d", "n"), "wk": ("d", "n"), "wv": ("d", "n"), "wo": ("n", "d")},
    "words": {"q": "the queries", "k": "the keys", "v": "the values"},
}
SELF = {
    "floats": ["x"],
    "booleans": ["mask"],
    "sizes": {"x": ("L", "d"), "mask": ("L", "L")},
    "layers": ["query", "key", "value"],
    "words": {"query": "the queries", "key": "the keys", "value": "the values"},
}


def one_query():
    return {"q": normal(4), "k": normal(5, 4), "v": normal(5, 6)}


def asking():
    return {"q": normal(2, 3, 4), "k": normal(2, 5, 4), "v": normal(2, 5, 6), "mask": MASK}


def projected():
    return {
        "x": normal(2, 5, 4),
        "wq": normal(4, 3),
        "wk": normal(4, 3),
        "wv": normal(4, 3),
        "wo": normal(3, 4),
    }


def rows():
    return {"scores": normal(3, 4, 5)}


def products():
    return {"a_shape": (7, 2, 3), "b_shape": (7, 3, 5)}


X = {"floats": ["x"], "sizes": {"x": ("L", "d")}}
FORMS = [
    Form(similarities, lambda: {"x": normal(4, 3)}, X),
    Form(similarities_in_steps, lambda: {"x": normal(4, 3)}, X, "similarities"),
    Form(softmax_rows, rows, ROW),
    Form(softmax_by_logarithm, rows, ROW, "softmax_rows"),
    Form(hard_attention, one_query, ONE),
    Form(look_up, one_query, ONE),
    Form(look_up_in_steps, one_query, ONE, "look_up"),
    Form(causal_mask, lambda: {"L": 5}, {"integers": ["L"]}),
    Form(causal_mask_by_comparison, lambda: {"L": 5}, {"integers": ["L"]}, "causal_mask"),
    Form(attention, asking, ASKS),
    Form(attention_in_steps, asking, ASKS, "attention"),
    Form(
        attention_weights,
        lambda: {"q": normal(3, 4), "k": normal(5, 4), "mask": MASK},
        {"floats": ["q", "k"], "booleans": ["mask"], "sizes": {"q": ("Lq", "d"), "k": ("Lk", "d")}},
        "test_attention_weights",
    ),
    Form(SelfAttention, lambda: {"x": normal(2, 5, 4), "mask": torch.ones(5, 5).tril().bool()}, SELF),
    Form(count_matmul, products, SHAPES),
    Form(count_matmul_broadcast, products, SHAPES, "count_matmul"),
    Form(linear_attention, projected, LINEAR),
    Form(linear_attention_left_to_right, projected, LINEAR, "linear_attention"),
    Form(normalised, lambda: {"x": normal(4, 3), "eps": 0.1}, {"floats": ["x"]}),
]
NAMED = {form.name: form for form in FORMS}
every_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)


def outcome(form, answer, inputs):
    """A value, or that there is none: names that a wrap captures are missed with another exception."""
    try:
        return form.value(answer, {name: _copy(value) for name, value in inputs.items()})
    except (ArithmeticError, AttributeError, IndexError, NameError, RuntimeError, TypeError, ValueError):
        return "an exception"


def _copy(value):
    return value.clone() if isinstance(value, torch.Tensor) else value


def alike(one, other):
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        return (
            one.dtype == other.dtype
            and one.shape == other.shape
            and torch.allclose(one, other, equal_nan=True)
        )
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    return type(one) is type(other) and (one == other or one != one)


def made(form, slips):
    """The form with the edits put in and compiled, without any switch."""
    space = {**USUAL, **globals()}
    tree = apply(form.context.tree, [edit for slip in slips for edit in slip.edits])
    exec(compile(tree, "<test>", "exec"), space)
    return space[form.name]


# -- all of them --------------------------------------------------------------------------------------------


@every_form
def test_with_no_slip_on_the_board_is_the_form(form):
    inputs = at_random(0, form.inputs)
    assert alike(outcome(form, form.board.form, inputs), outcome(form, form.form, inputs))


@every_form
def test_a_switch_does_what_its_edits_do(form):
    inputs = at_random(0, form.inputs)
    for slip in form.slips:
        with form.board.on([slip]):
            switched = outcome(form, form.board.form, inputs)
        assert alike(switched, outcome(form, made(form, [slip]), inputs)), slip.sentence


@given(st.sampled_from(FORMS), st.data(), st.integers(0, 1000))
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_pair_of_switches_does_what_their_edits_do(form, data, seed):
    some = [
        form.slips[i]
        for i in sorted(data.draw(st.sets(st.integers(0, len(form.slips) - 1), min_size=2, max_size=2)))
    ]
    inputs = at_random(seed, form.inputs)
    if compatible(some[0].edits, some[1].edits):
        with form.board.on(some):
            switched = outcome(form, form.board.form, inputs)
        assert alike(switched, outcome(form, made(form, some), inputs)), [slip.sentence for slip in some]


@every_form
def test_what_is_wrapped_is_an_expression(form):
    assert all(
        isinstance(edit.make(ast.Name("_v", ast.Load())), ast.expr)
        for slip in form.slips
        for edit in slip.edits
        if edit.wraps
    )


@every_form
def test_sentences(form):
    for slip in form.slips:
        if slip.sentence:
            assert slip.sentence.endswith((".", "?")) and not re.search(
                r"[{}]|_[a-z]\b| None ", slip.sentence
            )
            assert not re.match(r"[a-z]+ [a-z]", slip.sentence) or slip.sentence.split()[0] in _sizes(form)
        else:
            assert slip.rank == 100


def _sizes(form):
    return {size for sizes in form.context.sizes.values() for size in sizes}


def test_no_sentence_without_a_noun():
    vague = (
        "a factor",
        "a number is",
        "a summand",
        "a division",
        "a multiplication",
        "a power",
        "a transpose",
    )
    said = {slip.sentence.lower() for form in FORMS for slip in form.slips}
    assert not [sentence for sentence in said if sentence.startswith(vague)]


def test_the_number_of_slips_of_five_lines():
    slips = NAMED["attention_in_steps"].slips
    assert 250 < len(slips) < 450
    assert sum(not slip.sentence for slip in slips) < len(slips) / 20


FEW = {  # of use to fewer as yet; lessons to come have more masks, layers and normalisations
    "layers": {"SelfAttention"},
    "masks": {"attention", "test_attention_weights"},
    "reductions": {"similarities", "softmax_rows"},
}


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.__name__.rsplit(".")[-1])
def test_an_operator_is_of_use_to_three_exercises(operator):
    short = operator.__name__.rsplit(".")[-1]
    used = {
        form.exercise for form in FORMS if form.form is not normalised and list(operator.slips(form.context))
    }
    assert used == FEW[short] if short in FEW else len(used) >= 3


# -- a slip changes the value as its sentence says ----------------------------------------------------------

Q, K, V = (at_random(7, asking)[name] for name in "qkv")
D = Q.shape[-1]
SCORES = Q @ K.mT / D**0.5
WEIGHTS = SCORES.masked_fill(~MASK, -math.inf).softmax(-1)
TABLE = at_random(7, rows)["scores"]
SHARES = TABLE.softmax(-1)
P = at_random(7, projected)


def weighted(scores, mask=MASK):
    return scores.masked_fill(~mask, -math.inf).softmax(-1) @ V


def softmax_less(maximum):
    e = (TABLE - maximum).exp()
    return e / e.sum(-1, keepdim=True)


EXAMPLES = [
    # axes, reductions
    (
        "softmax_rows",
        "The sum runs over the second-last axis instead of the last axis.",
        lambda: _e() / _e().sum(-2, keepdim=True),
    ),
    (
        "softmax_rows",
        "The sum runs over the whole tensor instead of the last axis.",
        lambda: _e() / _e().sum(),
    ),
    (
        "softmax_rows",
        "The softmax works along the first axis instead of the last axis.",
        lambda: TABLE.softmax(0),
    ),
    (
        "softmax_rows",
        "The softmax works along the first axis as well: the items of a batch are mixed.",
        lambda: _mixed(TABLE),
    ),
    (
        "attention",
        "The softmax runs over the second-last axis instead of the last axis.",
        lambda: SCORES.masked_fill(~MASK, -math.inf).softmax(-2) @ V,
    ),
    (
        "attention",
        "The softmax runs over the first axis as well: the items of a batch are mixed.",
        lambda: _mixed(SCORES.masked_fill(~MASK, -math.inf)) @ V,
    ),
    (
        "softmax_rows",
        "The sum of the first row is used for all rows.",
        lambda: _e() / _e()[..., :1, :].sum(-1, keepdim=True),
    ),
    (
        "softmax_rows",
        "The sum of item [0] is used for all items.",
        lambda: _e() / _e()[:1].sum(-1, keepdim=True),
    ),
    (
        "softmax_rows",
        "The last entry is left out of the sum: it stops one short.",
        lambda: _e() / _e()[..., :-1].sum(-1, keepdim=True),
    ),
    ("softmax_rows", "The mean is taken where the sum belongs.", lambda: SHARES * TABLE.shape[-1]),
    ("similarities_in_steps", "The mean is taken where the sum belongs.", lambda: _x() @ _x().T / 3),
    # softmax, calls
    ("look_up", "There is no softmax.", lambda: _one()["k"] @ _one()["q"] / 2 @ _one()["v"]),
    (
        "look_up",
        "There is half a softmax: the exponentials are never divided by their sum.",
        lambda: (_one()["k"] @ _one()["q"] / 2).exp() @ _one()["v"],
    ),
    (
        "attention_weights",
        "The weights of the first row are used for all rows.",
        lambda: _weights()[:1].expand(3, 5),
    ),
    (
        "hard_attention",
        "The sign is turned before the argmax: the smallest gets the most.",
        lambda: _one()["v"][(_one()["k"] @ _one()["q"]).argmin()],
    ),
    (
        "hard_attention",
        "The place is one off: it takes what stands after the right one.",
        lambda: _one()["v"].roll(-1, 0)[(_one()["k"] @ _one()["q"]).argmax()],
    ),
    (
        "causal_mask",
        "It takes the upper triangle where the lower triangle belongs.",
        lambda: torch.ones(5, 5).triu().bool(),
    ),
    ("causal_mask", "The triangle lacks the main diagonal.", lambda: torch.ones(5, 5).tril(-1).bool()),
    (
        "causal_mask_by_comparison",
        "The comparison is `<` where `<=` belongs.",
        lambda: torch.ones(5, 5).tril(-1).bool(),
    ),
    # similarity, transposes, arithmetic, sizes
    (
        "similarities",
        "These are cosines, not dot products: the rows of both sides were made one long.",
        lambda: torch.cosine_similarity(_x()[:, None], _x()[None], dim=-1),
    ),
    (
        "similarities",
        "Each row meets only the one of the same number: a diagonal.",
        lambda: (_x() ** 2).sum(-1),
    ),
    (
        "attention",
        "`.T` turns *all* axes round, the batch's too; only the last two should change places.",
        None,
    ),
    ("look_up", "These are negative distances between rows, not dot products.", lambda: _nearest()),
    ("linear_attention", "The transpose of the keys is missing.", None),
    ("attention_in_steps", "The weights and `v` have changed places in the matrix product.", None),
    ("attention", "The division by √d is missing.", lambda: weighted(SCORES * D**0.5)),
    ("attention", "It is multiplied by √d where it should be divided.", lambda: weighted(SCORES * D)),
    ("attention", "It is divided by d, not by √d.", lambda: weighted(SCORES / D**0.5)),
    ("attention", "It is divided by a fixed 8, not by √d.", lambda: weighted(SCORES * D**0.5 / 8)),
    ("attention", "It takes d − 1 in place of d.", lambda: weighted(SCORES * (D / (D - 1)) ** 0.5)),
    ("attention", "It takes Lk in place of d.", lambda: weighted(SCORES * (D / 5) ** 0.5)),
    (
        "softmax_rows",
        "A small number is added to the denominator (1e-3 or so).",
        lambda: _e() / (_e().sum(-1, keepdim=True) + 1e-3),
    ),
    ("count_matmul", "The multiplication by the inner is missing.", lambda: 2 * 7 * 2 * 5),
    ("count_matmul", "`b_shape[-2]` stands where `b_shape[-1]` belongs.", lambda: 2 * 7 * 2 * 3 * 3),
    ("count_matmul", "`3` stands where `2` belongs.", lambda: 3 * 7 * 2 * 3 * 5),
    ("count_matmul", "`and` stands where `or` belongs.", lambda: 2 * 7 * 2 * 3 * 5),
    # branches, parameters, masks, order
    ("attention", "The division by √d is missing where `mask` is given.", lambda: weighted(SCORES * D**0.5)),
    ("attention", "The division by √d is missing where no `mask` is given.", lambda: weighted(SCORES)),
    (
        "linear_attention",
        "`wq` and `wk` have changed places.",
        lambda: P["x"] @ P["wk"] @ ((P["x"] @ P["wq"]).mT @ (P["x"] @ P["wv"])) @ P["wo"],
    ),
    ("SelfAttention", "`mask` is not handed on.", None),
    (
        "attention",
        "The mask is upside down: it hides what may be seen. True means *may attend*.",
        lambda: weighted(SCORES, ~MASK),
    ),
    ("attention", "The first row of the mask is used for all rows.", lambda: weighted(SCORES, MASK[:1])),
    (
        "attention",
        "The mask comes after the softmax and the rest is not renormalised: forbidden keys cost weight.",
        lambda: SCORES.softmax(-1) * MASK @ V,
    ),
    (
        "attention",
        "The division by √d comes after the softmax: the weights no longer sum to one.",
        lambda: weighted(SCORES * D**0.5) / D**0.5,
    ),
    # steps, layers, inputs, results, precision
    ("attention_in_steps", "It returns the weights: what comes after is missing.", lambda: WEIGHTS),
    ("attention_in_steps", "It takes the scores in place of the weights.", None),
    (
        "linear_attention",
        "In the queries and in the keys, negative numbers are set to zero.",
        lambda: (P["x"] @ P["wq"]).relu() @ ((P["x"] @ P["wk"]).relu().mT @ (P["x"] @ P["wv"])) @ P["wo"],
    ),
    ("attention", "`v[0]` is used for all items of `v`.", lambda: WEIGHTS @ V[:1]),
    (
        "look_up",
        "The last of the L places is left out, as by a loop that stops one short.",
        lambda: look_up(_one()["q"], _one()["k"][:-1], _one()["v"][:-1]),
    ),
    (
        "similarities",
        "Both triangles are added: the diagonal counts twice.",
        lambda: _x() @ _x().T * (1 + torch.eye(4)),
    ),
    (
        "similarities",
        "The last row of the result is left at zero, as if a loop stopped one row short.",
        lambda: torch.cat([_x()[:-1] @ _x().T, torch.zeros(1, 4)]),
    ),
    (
        "similarities",
        "Of the result, only the first row is filled in: the rest is zero.",
        lambda: torch.cat([_x()[:1] @ _x().T, torch.zeros(3, 4)]),
    ),
    ("attention", "The result is divided by √d.", lambda: WEIGHTS @ V / D**0.5),
    ("attention", "The result is rounded to 2 decimals.", lambda: (WEIGHTS @ V).round(decimals=2)),
    ("count_matmul", "The result is in billions (divided by 10⁹).", lambda: 2 * 7 * 2 * 3 * 5 / 1e9),
    (
        "attention_in_steps",
        "bfloat16 is used for the weights: only two digits are left.",
        lambda: WEIGHTS.bfloat16().float() @ V,
    ),
]


def _x():
    return at_random(7, NAMED["similarities"].inputs)["x"]


def _one():
    return at_random(7, one_query)


def _nearest():
    q, k, v = _one().values()
    return (-(k - q).norm(dim=-1) / 2).softmax(-1) @ v


def _weights():
    inputs = at_random(7, NAMED["attention_weights"].inputs)
    return attention_weights(**inputs)


def _e():
    return (TABLE - TABLE.amax(-1, keepdim=True)).exp()


def _mixed(scores):
    e = scores.exp()
    return e / e.sum((0, -1), keepdim=True)


@pytest.mark.parametrize(
    ("name", "sentence", "expected"), EXAMPLES, ids=[f"{name}: {said}" for name, said, _ in EXAMPLES]
)
def test_a_slip_does_what_it_says(name, sentence, expected):
    form = NAMED[name]
    inputs = at_random(7, form.inputs)
    right = outcome(form, form.form, inputs)
    found = [slip for slip in form.slips if slip.sentence == sentence]
    assert found
    values = []
    for slip in found:
        with form.board.on([slip]):
            values.append(outcome(form, form.board.form, inputs))
    if expected is None:
        assert not any(alike(value, right) for value in values)
    else:
        assert any(_near(value, expected()) for value in values)


def _near(one, other):
    if isinstance(one, torch.Tensor):
        return one.shape == other.shape and torch.allclose(one, other, rtol=1e-3, atol=1e-5)
    return one == pytest.approx(other)


def gradient(name, sentence, of):
    """The gradient of the result's squares, with a slip made."""
    form = NAMED[name]
    inputs = at_random(7, form.inputs)
    for value in inputs.values():
        value.requires_grad_(value.is_floating_point())
    with form.board.on([slip for slip in form.slips if slip.sentence == sentence]):
        value = form.board.form(**inputs)
    return torch.autograd.grad((value**2).sum(), inputs[of], allow_unused=True)[0]


def test_no_gradient_comes_through_a_step_that_is_cut_off():
    cut = "No gradient comes back through the weights (detach, item, numpy or no_grad)."
    assert gradient("attention_in_steps", cut, "q") is None
    assert gradient("attention_in_steps", cut, "v") is not None
    whole, without = (
        gradient("softmax_rows", said, "scores") for said in ("", cut.replace("weights", "sum"))
    )
    assert not torch.allclose(whole, without)


def test_small_changes_go_together():
    """A divisor is changed, not the whole quotient: what stands beside it can be changed as well."""
    by_sentence = {slip.sentence: slip for slip in NAMED["attention"].slips}
    some = [
        by_sentence["The division by √d is missing."],
        by_sentence["The transpose of `k` is missing."],
        by_sentence["The mask is upside down: it hides what may be seen. True means *may attend*."],
        by_sentence["The sign of `q` is turned."],
        by_sentence["The result is transposed."],
    ]
    for one, other in itertools.combinations(some, 2):
        assert compatible(one.edits, other.edits)
