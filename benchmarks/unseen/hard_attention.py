"""Answers to `hard_attention`: the value of the key with the largest dot product."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer(
        "Returns the position of the best key.",
        """
def hard_attention(q, k, v):
    return (k @ q).argmax()
""",
    ),
    Answer(
        "Returns the best key.",
        """
def hard_attention(q, k, v):
    return k[(k @ q).argmax()]
""",
    ),
    Answer(
        "Returns the largest similarity.",
        """
def hard_attention(q, k, v):
    return (k @ q).max()
""",
    ),
    Answer(
        "Takes the smallest dot product.",
        """
def hard_attention(q, k, v):
    return v[torch.argmin(k @ q)]
""",
    ),
    Answer(
        "The nearest key by distance.",
        """
def hard_attention(q, k, v):
    dist = ((k - q) ** 2).sum(dim=1)
    return v[dist.argmin()]
""",
    ),
    Answer(
        "Cosine similarity in place of the dot product.",
        """
def hard_attention(q, k, v):
    sims = F.cosine_similarity(k, q[None], dim=-1)
    return v[sims.argmax()]
""",
    ),
    Answer(
        "Soft attention.",
        """
def hard_attention(q, k, v):
    w = torch.softmax(k @ q / math.sqrt(q.shape[-1]), dim=0)
    return w @ v
""",
    ),
    Answer(
        "The largest absolute dot product.",
        """
def hard_attention(q, k, v):
    return v[(k @ q).abs().argmax()]
""",
    ),
    Answer(
        "The longest key, the query is ignored.",
        """
def hard_attention(q, k, v):
    return v[k.norm(dim=-1).argmax()]
""",
    ),
    Answer(
        "Keeps a leading axis of one.",
        """
def hard_attention(q, k, v):
    i = torch.argmax(k @ q, dim=0, keepdim=True)
    return v[i]
""",
    ),
    Answer(
        "The product with the values instead of a look-up: largest weight times value.",
        """
def hard_attention(q, k, v):
    s = k @ q
    i = s.argmax()
    return s[i] * v[i]
""",
    ),
    Answer(
        "The softmax's largest weight times its value.",
        """
def hard_attention(q, k, v):
    w = (k @ q).softmax(dim=0)
    i = w.argmax()
    return w[i] * v[i]
""",
    ),
    Answer(
        "argmax over the columns of q * k.",
        """
def hard_attention(q, k, v):
    sim = q * k
    return v[sim.argmax(dim=0)]
""",
    ),
    Answer(
        "argmax of the unsummed table: a flat index.",
        """
def hard_attention(q, k, v):
    sim = q * k
    return v[sim.argmax() // k.shape[1]]
""",
    ),
    Answer(
        "Off by one: the value before the best key's.",
        """
def hard_attention(q, k, v):
    best = (k @ q).argmax()
    return v[best - 1]
""",
    ),
    Answer(
        "Compares against the values instead of the keys.",
        """
def hard_attention(q, k, v):
    best = (v @ q).argmax()
    return v[best]
""",
    ),
    Answer(
        "The loop's best starts at zero: negative similarities never win.",
        """
def hard_attention(q, k, v):
    best, best_i = 0, 0
    for i in range(len(k)):
        s = torch.dot(q, k[i])
        if s > best:
            best, best_i = s, i
    return v[best_i]
""",
    ),
    Answer(
        "Returns from inside the loop: the first key with a positive similarity.",
        """
def hard_attention(q, k, v):
    best = 0
    for i in range(len(k)):
        if torch.dot(q, k[i]) > best:
            return v[i]
    return v[0]
""",
    ),
    Answer(
        "One line.",
        """
def hard_attention(q, k, v):
    return v[(k @ q).argmax()]
""",
        right=True,
    ),
    Answer(
        "torch.argmax and q @ k.T.",
        """
def hard_attention(q, k, v):
    similarity = q @ k.T
    winner = torch.argmax(similarity)
    return v[winner]
""",
        right=True,
    ),
    Answer(
        "A loop.",
        """
def hard_attention(q, k, v):
    best = 0
    for i in range(len(k)):
        if torch.dot(q, k[i]) > torch.dot(q, k[best]):
            best = i
    return v[best]
""",
        right=True,
    ),
    Answer(
        "A one-hot vector times the values.",
        """
def hard_attention(q, k, v):
    s = k @ q
    one_hot = F.one_hot(s.argmax(), len(k)).float()
    return one_hot @ v
""",
        right=True,
    ),
    Answer(
        "max(dim) with its index.",
        """
def hard_attention(q, k, v):
    _, idx = torch.max((q * k).sum(dim=1), dim=0)
    return v[idx]
""",
        right=True,
    ),
    Answer(
        "Through Python's max.",
        """
def hard_attention(q, k, v):
    scores = [(q @ key).item() for key in k]
    return v[scores.index(max(scores))]
""",
        right=True,
    ),
]
