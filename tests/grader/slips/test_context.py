"""What a context knows of a form, and what it calls the things that stand in it."""

import ast

import pytest

from grader.slips.context import Context
from grader.slips.tree import at

ATTENTION = ast.parse("""
def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(f"widths {q.shape[-1]} and {k.shape[-1] + 1}")
    d = q.shape[-1]
    scores: Tensor
    scores = q @ k.transpose(-2, -1) / math.sqrt(d)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    e, total = scores.exp(), len(v)
    return e / e.sum(-1, keepdim=True) @ v
""")
LAYER = ast.parse("""
class Layer(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.query = nn.Linear(d, d)

    def forward(self, x, mask=None):
        def inner(y):
            z = y + 1
            return z
        q = self.query(x)
        return inner(q)
""")
SIZES = {"q": ("Lq", "d"), "k": ("Lk", "d"), "v": ("Lk", "dv"), "mask": ("Lq", "Lk")}
CONTEXT = Context(
    ATTENTION,
    ["q", "k", "v"],
    ["mask"],
    sizes=SIZES,
    words={"q@k.mT": "the similarities", "e": "the exponentials"},
)
MODULE = Context(LAYER, ["x"], layers=["query"], words={"query": "the queries"})


def test_what_is_raised_or_annotated_is_no_place():
    text = [ast.unparse(node) for _, node in CONTEXT.nodes]
    assert "q.shape[-1]" in text and "k.shape[-1] + 1" not in text
    assert "Tensor" not in text and "Tensor | None" not in text


def test_parameters():
    assert CONTEXT.parameters == ("q", "k", "v", "mask") and CONTEXT.optional == ("mask",)
    assert CONTEXT.interchangeable == (("q", "k", "v"), (), ())
    assert MODULE.parameters == ("x", "mask")
    assert Context(ast.parse("def f(a, b): return a")).interchangeable == ((), (), ("a", "b"))


def test_named_steps_are_not_sizes():
    assert list(CONTEXT.steps) == ["scores", "e", "total"]
    assert ast.unparse(at(ATTENTION, CONTEXT.steps["scores"])).startswith("scores.masked_fill")
    assert list(MODULE.steps) == ["q"]  # not those of the function inside


def test_what_is_returned():
    assert [ast.unparse(at(LAYER, path)) for path in MODULE.returns] == ["inner(q)"]


def test_uses_are_where_numbers_are_read():
    parents = [ast.unparse(at(ATTENTION, path[:-1])) for path in CONTEXT.uses("q")]
    assert parents == ["q @ k.transpose(-2, -1)"]
    assert len(CONTEXT.uses("mask")) == 1 and len(CONTEXT.uses("v")) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("q", "`q`"),
        ("q.shape[-1]", "d"),
        ("v.size(-2)", "Lk"),
        ("q.shape[0]", "`q.shape[0]`"),
        ("d", "d"),
        ("math.sqrt(q.shape[-1])", "√d"),
        ("d ** 0.5", "√d"),
        ("math.sqrt(d - 1)", "√(d − 1)"),
        ("(2 * d) ** 0.5", "√(2·d)"),
        ("2 * (d + 1)", "2·(d + 1)"),
        ("-math.inf", "−∞"),
        ("scores", "the scores"),
        ("e", "the exponentials"),
        ("q @ k.mT", "the similarities"),
        ("scores.softmax(-1)", "the softmax"),
        ("torch.amax(scores, -1)", "the maximum"),
        ("math.sqrt(scores.var())", "the root of the variance"),
        ("k.mT", "`k`ᵀ"),
        ("v[..., :1]", "`v[..., :1]`"),
        ("1e-8", "1e-08"),
        ("q @ v", None),
        ("scores + 1", None),
        ("something", None),
        ("True", None),
    ],
)
def test_say(text, said):
    assert CONTEXT.say(ast.parse(text, mode="eval").body) == said


def test_a_layer_is_called_by_what_it_makes():
    assert MODULE.say(ast.parse("self.query(x)", mode="eval").body) == "the queries"
    assert Context(LAYER, layers=["query"]).layer("query") == "what `query` gives"


def test_a_sentence_needs_a_name_for_each_operand_it_mentions():
    node, nameless = (ast.parse(text, mode="eval").body for text in ("scores", "q @ v"))
    assert CONTEXT.sentence("{a} are missing.", a=node, b=nameless) == "The scores are missing."
    assert CONTEXT.sentence("{b} are missing.", a=node, b=nameless) == ""
    assert CONTEXT.sentence("{a} is missing.", a=ast.parse("d", mode="eval").body) == "d is missing."
