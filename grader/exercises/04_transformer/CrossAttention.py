"""One sequence asks another

Multi-head attention in which queries come from `x`, and keys and values from `memory`. Four linear layers
from d to d, with bias: `query`, `key`, `value`, `output`. You have the parts: `split_heads`, `attention`,
`merge_heads`. It has to work without a mask, too.
"""

from torch import nn

from grader.catalogue import reference
from grader.exercise import Module
from grader.questions.layers import with_heads

attention = reference("attention")
split_heads = reference("split_heads")
merge_heads = reference("merge_heads")


class CrossAttention(nn.Module):
    """Multi-head attention of x to a memory: forward(x, memory, mask=None)

    x: (B, Lq, d), memory: (B, Lk, d), mask: boolean, broadcastable to
    (B, heads, Lq, Lk), True = may attend -> (B, Lq, d)
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
        q = split_heads(self.query(x), self.heads)  # (B, heads, Lq, d / heads)
        k = split_heads(self.key(memory), self.heads)  # (B, heads, Lk, d / heads)
        v = split_heads(self.value(memory), self.heads)
        y = attention(q, k, v, mask)  # (B, heads, Lq, d / heads)
        return self.output(merge_heads(y))  # (B, Lq, d)
        ### END SOLUTION


exercise = Module(
    CrossAttention,
    cases={
        "a memory of another length": with_heads("x: (B, Lq, d)  memory: (B, Lk, d)"),
        "a memory of the same length": with_heads("x: (B, L, d)  memory: (B, L, d)"),
        "one head": with_heads("x: (B, Lq, d)  memory: (B, Lk, d)", heads=1),
        "padding, (B, 1, 1, Lk), is hidden": with_heads(
            "x: (B, Lq, d)  memory: (B, Lk, d)  mask: bool (B, 1, 1, Lk)"
        ),
        "a mask (Lq, Lk) for all": with_heads("x: (B, Lq, d)  memory: (B, Lk, d)  mask: bool (Lq, Lk)"),
    },
    words={"query": "the queries", "key": "the keys", "value": "the values", "output": "the output layer"},
    slips={
        "self.query(x) -> self.query(memory) ;; self.key(memory) -> self.key(x) ;; "
        "self.value(memory) -> self.value(x)": "The memory asks and x is asked: queries come from x, one "
        "output for each.",
        "self.key(memory) -> self.key(x) ;; self.value(memory) -> self.value(x)": "The memory is never read: "
        "this is self-attention of x.",
        "split_heads(self.query(x), self.heads) -> self.query(x) ;; "
        "split_heads(self.key(memory), self.heads) -> self.key(memory) ;; "
        "split_heads(self.value(memory), self.heads) -> self.value(memory) ;; "
        "merge_heads(y) -> y": "Nothing is split: this is one head, as wide as the token.",
        "attention(q, k, v, mask) -> attention(q / self.heads**0.5, k, v, mask)": "The scores are divided by "
        "√d: a head is only d / heads wide, and `attention` divides by that root already.",
        "merge_heads(y) -> y.reshape(x.shape)": "Heads are merged without turning the axes back: pieces of "
        "different tokens come to stand in one row.",
        "self.output(merge_heads(y)) -> merge_heads(y)": "The output layer is left out: no head ever meets "
        "another.",
    },
    also_right=[
        "attention(q, k, v, mask) -> attention(q, k, v, mask=mask)",
        "merge_heads(y) -> y.transpose(1, 2).flatten(2)",
    ],
    points=5,
    difficulty=2,
    minutes=8,
    hints=[
        "It is your `MultiHead` of lesson 03 but for one thing: who makes the queries, who the keys and "
        "values?",
        "Three layers, three splits, one call of `attention`. How many rows has q, and how many k?",
        "`attention` takes heads as one more axis of batch: no loop. What stands between it and `output`?",
    ],
    may_not_call=[".scaled_dot_product_attention", ".MultiheadAttention", "course.multihead"],
)
