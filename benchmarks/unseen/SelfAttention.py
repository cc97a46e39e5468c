"""Answers to `SelfAttention`: three linear layers without bias, then `attention`."""

from benchmarks.unseen import Answer


def layer(forward: str, *, init: str = "") -> str:
    """A class whose constructor is as it should be, unless given, and whose forward pass is ``forward``."""
    init = (
        init
        or """
    def __init__(self, d):
        super().__init__()
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, d, bias=False)
"""
    )
    return f"class SelfAttention(nn.Module):{init}{forward}"


ANSWERS = [
    Answer(
        "The mask is not passed on.",
        layer("""
    def forward(self, x, mask=None):
        return attention(self.query(x), self.key(x), self.value(x))
"""),
    ),
    Answer(
        "Query and key are the same projection.",
        layer("""
    def forward(self, x, mask=None):
        q = self.query(x)
        k = self.query(x)
        v = self.value(x)
        return attention(q, k, v, mask)
"""),
    ),
    Answer(
        "Key and query swapped.",
        layer("""
    def forward(self, x, mask=None):
        return attention(self.key(x), self.query(x), self.value(x), mask)
"""),
    ),
    Answer(
        "The values are not projected.",
        layer("""
    def forward(self, x, mask=None):
        return attention(self.query(x), self.key(x), x, mask)
"""),
    ),
    Answer(
        "Key and value swapped.",
        layer("""
    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        return attention(q, v, k, mask)
"""),
    ),
    Answer(
        "Nothing is projected.",
        layer("""
    def forward(self, x, mask=None):
        return attention(x, x, x, mask)
"""),
    ),
    Answer(
        "Linear layers with a bias.",
        layer(
            """
    def forward(self, x, mask=None):
        return attention(self.query(x), self.key(x), self.value(x), mask)
""",
            init="""
    def __init__(self, d):
        super().__init__()
        self.query = nn.Linear(d, d)
        self.key = nn.Linear(d, d)
        self.value = nn.Linear(d, d)
""",
        ),
    ),
    Answer(
        "The layers have other names.",
        layer(
            """
    def forward(self, x, mask=None):
        return attention(self.W_q(x), self.W_k(x), self.W_v(x), mask)
""",
            init="""
    def __init__(self, d):
        super().__init__()
        self.W_q = nn.Linear(d, d, bias=False)
        self.W_k = nn.Linear(d, d, bias=False)
        self.W_v = nn.Linear(d, d, bias=False)
""",
        ),
    ),
    Answer(
        "super().__init__() is missing.",
        layer(
            """
    def forward(self, x, mask=None):
        return attention(self.query(x), self.key(x), self.value(x), mask)
""",
            init="""
    def __init__(self, d):
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, d, bias=False)
""",
        ),
    ),
    Answer(
        "A residual connection too many.",
        layer("""
    def forward(self, x, mask=None):
        out = attention(self.query(x), self.key(x), self.value(x), mask)
        return x + out
"""),
    ),
    Answer(
        "Written out without the scale.",
        layer("""
    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = q @ k.transpose(-2, -1)
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        return scores.softmax(-1) @ v
"""),
    ),
    Answer(
        "Scaled twice: once here, once in attention.",
        layer("""
    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        q = q / math.sqrt(q.shape[-1])
        return attention(q, k, v, mask)
"""),
    ),
    Answer(
        "Inverts the mask before handing it on.",
        layer("""
    def forward(self, x, mask=None):
        if mask is not None:
            mask = ~mask
        return attention(self.query(x), self.key(x), self.value(x), mask)
"""),
    ),
    Answer(
        "Multiplies by the weight from the right: W instead of its transpose.",
        layer("""
    def forward(self, x, mask=None):
        q = x @ self.query.weight
        k = x @ self.key.weight
        v = x @ self.value.weight
        return attention(q, k, v, mask)
"""),
    ),
    Answer(
        "Is causal whether asked or not.",
        layer("""
    def forward(self, x, mask=None):
        mask = causal_mask(x.shape[-2])
        return attention(self.query(x), self.key(x), self.value(x), mask)
"""),
    ),
    Answer(
        "Flattens the batch: tokens of all sequences attend to each other.",
        layer("""
    def forward(self, x, mask=None):
        shape = x.shape
        x = x.reshape(-1, shape[-1])
        out = attention(self.query(x), self.key(x), self.value(x))
        return out.reshape(shape)
"""),
    ),
    Answer(
        "forward is called call.",
        layer("""
    def call(self, x, mask=None):
        return attention(self.query(x), self.key(x), self.value(x), mask)
"""),
    ),
    Answer(
        "The value projection is applied to the output of attention again.",
        layer("""
    def forward(self, x, mask=None):
        out = attention(self.query(x), self.key(x), self.value(x), mask)
        return self.value(out)
"""),
    ),
    Answer(
        "Written out with the softmax over the queries.",
        layer("""
    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = q @ k.transpose(-2, -1) / math.sqrt(x.shape[-1])
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        return F.softmax(scores, dim=1) @ v
"""),
    ),
    Answer(
        "All three projections are applied one after the other.",
        layer("""
    def forward(self, x, mask=None):
        q = self.query(x)
        k = self.key(q)
        v = self.value(k)
        return attention(q, k, v, mask)
"""),
    ),
    Answer(
        "A ReLU after each projection.",
        layer("""
    def forward(self, x, mask=None):
        q, k, v = F.relu(self.query(x)), F.relu(self.key(x)), F.relu(self.value(x))
        return attention(q, k, v, mask)
"""),
    ),
    Answer(
        "Calls attention.",
        layer("""
    def forward(self, x, mask=None):
        return attention(self.query(x), self.key(x), self.value(x), mask)
"""),
        right=True,
    ),
    Answer(
        "Keyword arguments.",
        layer("""
    def forward(self, x, mask=None):
        q = self.query(x)
        k = self.key(x)
        v = self.value(x)
        return attention(q=q, k=k, v=v, mask=mask)
"""),
        right=True,
    ),
    Answer(
        "Written out in full.",
        layer("""
    def forward(self, x, mask=None):
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float("-inf"))
        return torch.softmax(scores, dim=-1) @ v
"""),
        right=True,
    ),
    Answer(
        "Parent named the old way, dimension kept.",
        layer(
            """
    def forward(self, x, mask=None):
        out = attention(self.query(x), self.key(x), self.value(x), mask)
        return out
""",
            init="""
    def __init__(self, d):
        super(SelfAttention, self).__init__()
        self.d = d
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, d, bias=False)
""",
        ),
        right=True,
    ),
    Answer(
        "With F.linear.",
        layer("""
    def forward(self, x, mask=None):
        q = F.linear(x, self.query.weight)
        k = F.linear(x, self.key.weight)
        v = F.linear(x, self.value.weight)
        return attention(q, k, v, mask)
"""),
        right=True,
    ),
    Answer(
        "With the transposed weights.",
        layer("""
    def forward(self, x, mask=None):
        q, k, v = [x @ w.weight.T for w in (self.query, self.key, self.value)]
        return attention(q, k, v, mask)
"""),
        right=True,
    ),
]
