"""Several heads in one layer

Four linear layers from d to d, with bias: `query`, `key`, `value` and `output`. In `forward`: project, split,
attend in every head at once, merge, and hand the result to `output`, where the heads meet. You have the
parts: `split_heads`, `attention`, `merge_heads`.
"""

from torch import nn

from grader.catalogue import reference
from grader.exercise import Module
from grader.questions.layers import with_heads

attention = reference("attention")
split_heads = reference("split_heads")
merge_heads = reference("merge_heads")


class MultiHead(nn.Module):
    """Multi-head self-attention.

    x: (B, L, d), mask: boolean, broadcastable to (B, heads, L, L), True = may attend
    -> (B, L, d)
    """

    def __init__(self, d, heads):
        super().__init__()
        ### BEGIN SOLUTION
        self.heads = heads
        self.query = nn.Linear(d, d)
        self.key = nn.Linear(d, d)
        self.value = nn.Linear(d, d)
        self.output = nn.Linear(d, d)

    def forward(self, x, mask=None):
        q = split_heads(self.query(x), self.heads)  # (B, heads, L, d / heads)
        k = split_heads(self.key(x), self.heads)
        v = split_heads(self.value(x), self.heads)
        y = attention(q, k, v, mask)  # (B, heads, L, d / heads)
        return self.output(merge_heads(y))  # (B, L, d)
        ### END SOLUTION


exercise = Module(
    MultiHead,
    cases={
        "a batch": with_heads("x: (B, L, d)"),
        "as many heads as tokens": with_heads("x: (B, L, d)", heads="L"),
        "one head": with_heads("x: (B, L, d)", heads=1),
        "a mask (L, L) for all": with_heads("x: (B, L, d)  mask: bool (L, L)"),
        "a mask of padding, (B, 1, 1, L)": with_heads("x: (B, L, d)  mask: bool (B, 1, 1, L)"),
    },
    points=5,
    difficulty=3,
    minutes=12,
    words={"query": "the queries", "key": "the keys", "value": "the values", "output": "the output layer"},
    slips={
        "self.output(merge_heads(y)) -> merge_heads(y)": "The layer `output` is never used: without it no "
        "head ever meets another.",
        "merge_heads(y) -> y.reshape(x.shape)": "The heads are merged by a reshape alone: the shape is "
        "right, and each token gets numbers of others.",
        "attention(q, k, v, mask) -> attention(q, k, v)": "The mask is not handed on.",
        "attention(q, k, v, mask) -> attention(q / x.shape[-1]**0.5 * q.shape[-1]**0.5, k, v, mask)": "The "
        "scores are divided by the root of the model's width d; the dot product of a head sums d / heads.",
    },
    also_right=[
        "attention(q, k, v, mask) -> attention(q, k, v, mask=mask)",
        "merge_heads(y) -> y.transpose(1, 2).flatten(2)",
        "split_heads(_x, self.heads) -> _x.unflatten(-1, (self.heads, -1)).transpose(1, 2)",
        "split_heads(_x, self.heads) -> torch.stack(_x.chunk(self.heads, dim=-1), dim=1)",
        "self.output(merge_heads(y)) -> merge_heads(y) @ self.output.weight.T + self.output.bias",
    ],
    hints=[
        "It is last lesson's self-attention with three things more: a split, a merge, and one layer behind.",
        "Project first, split then: split_heads(self.query(x), self.heads), and the same for keys and "
        "values.",
        "`attention` takes heads as one more axis of batch: no loop. What stands between it and `output`?",
    ],
    may_not_call=[
        ".scaled_dot_product_attention",
        ".MultiheadAttention",
        ".multi_head_attention_forward",
        "course.multihead",
    ],
)
