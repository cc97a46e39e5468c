"""One sequence asks another

Multi-head attention in which queries come from `x`, and keys and values from `memory`. Four linear layers
from d to d, with bias: `query`, `key`, `value`, `output`. Project; split each into heads, (B, heads, L,
d/heads), the features of head 0 first; attend in all heads with your `attention`; merge; `output`.
"""

from torch import nn

from grader.catalogue import reference
from grader.exercise import Module

attention = reference("attention")


class CrossAttention(nn.Module):
    """Multi-head attention of x to a memory.

    x: (B, Lq, d), memory: (B, Lk, d), mask: boolean, broadcastable to (B, heads, Lq, Lk),
    True = may attend -> (B, Lq, d)
    """

    def __init__(self, d, heads):
        super().__init__()
        ### BEGIN SOLUTION
        self.heads = heads
        self.query = nn.Linear(d, d)
        self.key = nn.Linear(d, d)
        self.value = nn.Linear(d, d)
        self.output = nn.Linear(d, d)

    def forward(self, x, memory, mask=None):
        q, k, v = self.query(x), self.key(memory), self.value(memory)
        q = q.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (B, heads, Lq, d / heads)
        k = k.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (B, heads, Lk, d / heads)
        v = v.unflatten(-1, (self.heads, -1)).transpose(1, 2)
        y = attention(q, k, v, mask)  # (B, heads, Lq, d / heads)
        return self.output(y.transpose(1, 2).flatten(2))  # (B, Lq, d)
        ### END SOLUTION


def _case(mask=None, heads=None, same=False):
    def case(draw):
        B, Lq, Lk, h, width = draw.sizes(5)
        Lk = Lq if same else Lk
        h = heads or h
        sizes = dict(B=B, Lq=Lq, Lk=Lk)
        inputs = {"x": draw.normal(B, Lq, h * width), "memory": draw.normal(B, Lk, h * width)}
        if mask:
            inputs["mask"] = draw.mask(*(sizes.get(size, size) for size in mask))
        return {"init": {"d": h * width, "heads": h}, "inputs": inputs}

    return case


exercise = Module(
    CrossAttention,
    cases={
        "a memory of another length": _case(),
        "a memory of the same length": _case(same=True),
        "one head": _case(heads=1),
        "padding, (B, 1, 1, Lk), is hidden": _case(mask=("B", 1, 1, "Lk")),
        "a mask (Lq, Lk) for all": _case(mask=("Lq", "Lk")),
    },
    words={"query": "the queries", "key": "the keys", "value": "the values", "output": "the output layer"},
    slips={
        "self.query(x), self.key(memory), self.value(memory) -> self.query(memory), self.key(x), "
        "self.value(x)": "The memory asks and x is asked: queries come from x, one output for each.",
        "self.query(x), self.key(memory), self.value(memory) -> self.query(x), self.key(x), "
        "self.value(x)": "The memory is never read: this is self-attention of x.",
        "y.transpose(1, 2).flatten(2) -> y.reshape(y.shape[0], y.shape[2], -1)": "Heads are merged without "
        "turning the axes back: pieces of different tokens come to stand in one row.",
        "self.output(y.transpose(1, 2).flatten(2)) -> y.transpose(1, 2).flatten(2)": "The output layer is "
        "left out: no head ever meets another.",
    },
    also_right=["attention(_q, _k, _v, mask) -> attention(_q, _k, _v, mask=mask)"],
    points=6,
    difficulty=3,
    minutes=12,
    hints=[
        "Write it for one head first: four layers, one call of `attention`. Who makes the queries, who the "
        "keys and values?",
        "To split: `unflatten(-1, (heads, -1))` gives (B, L, heads, d/heads). Which two axes change places "
        "before `attention` sees it?",
        "To merge: undo the exchange first; then `flatten(2)` joins the last two axes.",
    ],
    may_not_call=[".scaled_dot_product_attention", ".MultiheadAttention", "course.multihead"],
)
