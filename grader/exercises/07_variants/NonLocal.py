"""A block for a CNN that is there already

Four 1 × 1 convolutions with bias: `query`, `key`, `value` from C channels to C/2, and `output` back to C.
Each place of the map attends to all places, by your `attention`; `output` of that is **added** to x.
"""

from torch import nn

from grader.catalogue import reference
from grader.exercise import Module

attention = reference("attention")


class NonLocal(nn.Module):
    """x + output(attention over all places). x: (B, C, H, W) -> (B, C, H, W)"""

    def __init__(self, C):
        super().__init__()
        ### BEGIN SOLUTION
        self.query = nn.Conv2d(C, C // 2, 1)
        self.key = nn.Conv2d(C, C // 2, 1)
        self.value = nn.Conv2d(C, C // 2, 1)
        self.output = nn.Conv2d(C // 2, C, 1)

    def forward(self, x):
        q = self.query(x).flatten(2).transpose(1, 2)  # (B, H·W, C / 2)
        k = self.key(x).flatten(2).transpose(1, 2)
        v = self.value(x).flatten(2).transpose(1, 2)
        y = attention(q, k, v).transpose(1, 2)  # (B, C / 2, H·W)
        y = y.unflatten(2, x.shape[2:])  # (B, C / 2, H, W)
        return x + self.output(y)
        ### END SOLUTION


def _map(square=False, batch=None, narrow=False):
    def case(draw):
        B, H, W = draw.sizes(3)
        C = 2 * draw.integer(2, 4)
        H, W = (H, H) if square else (1, W) if narrow else (H, W)
        return dict(init=dict(C=C), inputs=dict(x=draw.normal(batch or B, C, H, W)))

    return case


exercise = Module(
    NonLocal,
    cases={
        "one map": _map(batch=1),
        "a batch": _map(),
        "a square map": _map(square=True),
        "a map of one row": _map(narrow=True),
    },
    words={"query": "the queries", "key": "the keys", "value": "the values", "output": "the output layer"},
    slips={
        "x + self.output(y) -> self.output(y)": "x is not added: the block replaces the map that it was "
        "given, and a trained CNN around it forgets what it knew.",
        "attention(q, k, v).transpose(1, 2) -> attention(q, k, v).reshape(q.shape[0], q.shape[2], -1)": "The "
        "axes are not turned back but reshaped: the shape is right, and channels are mixed up with places.",
        "self.query(x).flatten(2).transpose(1, 2) -> self.query(x).flatten(2) ;; "
        "self.key(x).flatten(2).transpose(1, 2) -> self.key(x).flatten(2) ;; "
        "self.value(x).flatten(2).transpose(1, 2) -> self.value(x).flatten(2) ;; "
        "attention(q, k, v).transpose(1, 2) -> attention(q, k, v)": "Channels attend to channels: a token "
        "is a place, so that places have to stand on the last axis but one.",
    },
    also_right=["_x.flatten(2).transpose(1, 2) -> _x.flatten(2).mT"],
    points=4,
    difficulty=3,
    minutes=9,
    hints=[
        "flatten(2) makes (B, C, H, W) into (B, C, H·W). Which two axes change places before `attention` "
        "sees tokens?",
        "Behind it the same way back: turn, then `unflatten(2, (H, W))`; then `output`, then the sum.",
    ],
    may_not_call=[".scaled_dot_product_attention", ".multi_head_attention_forward", "course.attention"],
)
