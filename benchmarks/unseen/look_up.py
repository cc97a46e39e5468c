"""Answers to `look_up`: soft attention of one query."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer(
        "No division by the square root of d.",
        """
def look_up(q, k, v):
    weights = torch.softmax(k @ q, dim=0)
    return weights @ v
""",
    ),
    Answer(
        "Divides by d.",
        """
def look_up(q, k, v):
    d = q.shape[-1]
    sim = k @ q
    aff = sim / d
    w = softmax_rows(aff)
    return w @ v
""",
    ),
    Answer(
        "Divides by the root of the number of keys.",
        """
def look_up(q, k, v):
    d = len(k)
    w = softmax_rows(k @ q / math.sqrt(d))
    return w @ v
""",
    ),
    Answer(
        "Divides by the root of the width of the values.",
        """
def look_up(q, k, v):
    d = v.shape[-1]
    w = softmax_rows(k @ q / math.sqrt(d))
    return w @ v
""",
    ),
    Answer(
        "Returns the weights.",
        """
def look_up(q, k, v):
    sim = k @ q
    aff = sim / math.sqrt(q.shape[0])
    return aff.softmax(dim=0)
""",
    ),
    Answer(
        "No softmax: the affinities weight the values.",
        """
def look_up(q, k, v):
    sim = k @ q / math.sqrt(len(q))
    return sim @ v
""",
    ),
    Answer(
        "Shares of the affinities, no exponential.",
        """
def look_up(q, k, v):
    aff = (k @ q) / math.sqrt(q.shape[-1])
    w = aff / aff.sum()
    return w @ v
""",
    ),
    Answer(
        "Scales after the softmax.",
        """
def look_up(q, k, v):
    w = torch.softmax(k @ q, dim=-1) / math.sqrt(q.shape[-1])
    return w @ v
""",
    ),
    Answer(
        "Exponentials, never divided by their sum.",
        """
def look_up(q, k, v):
    e = torch.exp(k @ q / math.sqrt(q.shape[-1]))
    return e @ v
""",
    ),
    Answer(
        "Mean over the keys of weight times value: divided by L once more.",
        """
def look_up(q, k, v):
    w = torch.softmax(k @ q / math.sqrt(q.shape[-1]), dim=0)
    return (w[:, None] * v).mean(dim=0)
""",
    ),
    Answer(
        "Weighted mean of the keys.",
        """
def look_up(q, k, v):
    w = torch.softmax(k @ q / math.sqrt(q.shape[-1]), dim=0)
    return w @ k
""",
    ),
    Answer(
        "Multiplies by the square root of d.",
        """
def look_up(q, k, v):
    scores = (k @ q) * math.sqrt(q.shape[-1])
    return torch.softmax(scores, dim=0) @ v
""",
    ),
    Answer(
        "Hard: takes the best key.",
        """
def look_up(q, k, v):
    w = torch.softmax(k @ q / math.sqrt(q.shape[-1]), dim=0)
    return v[w.argmax()]
""",
    ),
    Answer(
        "The weighted values, not summed.",
        """
def look_up(q, k, v):
    w = torch.softmax(k @ q / math.sqrt(q.shape[-1]), dim=0)
    return w.unsqueeze(1) * v
""",
    ),
    Answer(
        "Keeps an axis for the query.",
        """
def look_up(q, k, v):
    q = q.unsqueeze(0)
    w = torch.softmax(q @ k.T / math.sqrt(q.shape[-1]), dim=-1)
    return w @ v
""",
    ),
    Answer(
        "q became (1, d), and d is read off its first axis: no scaling.",
        """
def look_up(q, k, v):
    q = q[None, :]
    d = q.shape[0]
    w = softmax_rows(q @ k.T / math.sqrt(d))
    return (w @ v)[0]
""",
    ),
    Answer(
        "Softmax over the wrong axis of a (1, L) table: every weight is one.",
        """
def look_up(q, k, v):
    scores = q[None] @ k.T / math.sqrt(q.shape[-1])
    w = scores.softmax(dim=0)
    return (w @ v).squeeze(0)
""",
    ),
    Answer(
        "Normalises q and k first (cosine).",
        """
def look_up(q, k, v):
    sim = F.normalize(k, dim=-1) @ F.normalize(q, dim=-1)
    w = torch.softmax(sim / math.sqrt(q.shape[-1]), dim=0)
    return w @ v
""",
    ),
    Answer(
        "Negative distances in place of dot products.",
        """
def look_up(q, k, v):
    sim = -((k - q) ** 2).sum(-1)
    w = torch.softmax(sim / math.sqrt(q.shape[-1]), dim=0)
    return w @ v
""",
    ),
    Answer(
        "A second softmax.",
        """
def look_up(q, k, v):
    aff = k @ q / math.sqrt(q.shape[-1])
    w = softmax_rows(aff.softmax(-1))
    return w @ v
""",
    ),
    Answer(
        "The plain mean of the values.",
        """
def look_up(q, k, v):
    return v.mean(dim=0)
""",
    ),
    Answer(
        "Four lines.",
        """
def look_up(q, k, v):
    similarity = k @ q
    affinity = similarity / math.sqrt(q.shape[-1])
    weights = softmax_rows(affinity)
    return weights @ v
""",
        right=True,
    ),
    Answer(
        "A row vector and squeeze.",
        """
def look_up(q, k, v):
    s = q.unsqueeze(0) @ k.T / q.shape[0] ** 0.5
    return (torch.softmax(s, dim=-1) @ v).squeeze(0)
""",
        right=True,
    ),
    Answer(
        "einsum.",
        """
def look_up(q, k, v):
    s = torch.einsum("d,ld->l", q, k) / len(q) ** 0.5
    return torch.einsum("l,lv->v", s.softmax(-1), v)
""",
        right=True,
    ),
    Answer(
        "Weighted sum by broadcasting.",
        """
def look_up(q, k, v):
    a = (q * k).sum(-1) / torch.sqrt(torch.tensor(float(q.shape[-1])))
    alpha = F.softmax(a, dim=0)
    return (alpha.unsqueeze(-1) * v).sum(dim=0)
""",
        right=True,
    ),
    Answer(
        "A loop that adds up values.",
        """
def look_up(q, k, v):
    w = torch.softmax(k @ q * len(q) ** -0.5, dim=0)
    out = torch.zeros(v.shape[1])
    for weight, value in zip(w, v):
        out += weight * value
    return out
""",
        right=True,
    ),
    Answer(
        "Exponentials by hand.",
        """
def look_up(q, k, v):
    e = torch.exp(k @ (q / math.sqrt(len(q))))
    return v.T @ e / e.sum()
""",
        right=True,
    ),
]
