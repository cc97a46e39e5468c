"""A layer that looks at itself

Three linear layers without bias, called `query`, `key` and `value`, each from d to d; then, in
`forward(self, x, mask=None)`, your own `attention`. (`nn.Linear` computes x Wᵀ: its `weight` is the formula's
W transposed.)
"""

from torch import nn

from grader.catalogue import reference
from grader.exercise import Module

attention = reference("attention")


class SelfAttention(nn.Module):
    """softmax(X Wq (X Wk)ᵀ / √d) X Wv.

    x: (..., L, d), mask: boolean, broadcastable to (..., L, L), True = may attend
    -> (..., L, d)
    """

    def __init__(self, d):
        super().__init__()
        ### BEGIN SOLUTION
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, d, bias=False)

    def forward(self, x, mask=None):
        return attention(self.query(x), self.key(x), self.value(x), mask)  # (..., L, d)
        ### END SOLUTION


exercise = Module(
    SelfAttention,
    points=4,
    difficulty=3,
    minutes=8,
    inputs="x: (*, L, d)  mask: bool (*, L, L)?",
    without=["large"],  # a matter of the attention that it calls
    say={"shared": "a mask (L, L) for the whole batch", "padding": "a mask of padding, (B, 1, L)"},
    words={
        "query": "the queries",
        "key": "the keys",
        "value": "the values",
        "Lq": "L",
        "Lk": "L",
        "dv": "d",
    },
    same_as="course.attention.SelfAttention",
    slips={
        "self.query(x) -> self.query(x) / x.shape[-1] ** 0.5": "The scores are divided by √d twice: once "
        "here, and once in attention.",
    },
    also_right=["attention(_q, _k, _v, mask) -> attention(_q, _k, _v, mask=mask)"],
    hints=[
        "Three linear layers look at the same x. Which of them makes what you hand to attention as q, as k "
        "and as v?",
        "In __init__: self.query = nn.Linear(d, d, bias=False), and the same for self.key and self.value.",
        "In forward, one line: attention, called with three views of x. And where does the mask go?",
    ],
    may_not_call=[".scaled_dot_product_attention", ".MultiheadAttention", "course.attention"],
)
