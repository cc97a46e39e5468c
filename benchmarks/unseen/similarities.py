"""Answers to `similarities`: all dot products of the rows of x, (L, d) -> (L, L)."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer(
        "Multiplies x by itself elementwise and sums: only the squared lengths, no pairs.",
        """
def similarities(x):
    return (x * x).sum(dim=1)
""",
    ),
    Answer(
        "The transpose is on the left: columns are compared.",
        """
def similarities(x):
    return x.T @ x
""",
    ),
    Answer(
        "No transpose: the inner sizes do not match.",
        """
def similarities(x):
    return x @ x
""",
    ),
    Answer(
        "Elementwise product, not summed.",
        """
def similarities(x):
    return x * x
""",
    ),
    Answer(
        "One dot product of everything with everything: a single number.",
        """
def similarities(x):
    return torch.dot(x.flatten(), x.flatten())
""",
    ),
    Answer(
        "Cosine similarity: the rows are normalised first.",
        """
def similarities(x):
    x = F.normalize(x, dim=-1)
    return x @ x.T
""",
    ),
    Answer(
        "Euclidean distances in place of dot products.",
        """
def similarities(x):
    return torch.cdist(x, x)
""",
    ),
    Answer(
        "Negative squared distances.",
        """
def similarities(x):
    diff = x[:, None, :] - x[None, :, :]
    return -(diff ** 2).sum(-1)
""",
    ),
    Answer(
        "The softmax is applied already.",
        """
def similarities(x):
    return (x @ x.T).softmax(dim=-1)
""",
    ),
    Answer(
        "Divided by the square root of d already.",
        """
def similarities(x):
    return x @ x.T / math.sqrt(x.shape[-1])
""",
    ),
    Answer(
        "Loop stops one row short: the last row and column stay zero.",
        """
def similarities(x):
    L = len(x)
    table = torch.zeros(L, L)
    for i in range(L - 1):
        for j in range(L - 1):
            table[i, j] = x[i] @ x[j]
    return table
""",
    ),
    Answer(
        "Only pairs with i < j are filled in.",
        """
def similarities(x):
    L = x.shape[0]
    table = torch.zeros(L, L)
    for i in range(L):
        for j in range(i + 1, L):
            table[i, j] = torch.dot(x[i], x[j])
    return table
""",
    ),
    Answer(
        "Each unordered pair is filled in, but the diagonal is forgotten.",
        """
def similarities(x):
    L = x.shape[0]
    table = torch.zeros(L, L)
    for i in range(L):
        for j in range(i):
            table[i, j] = table[j, i] = (x[i] * x[j]).sum()
    return table
""",
    ),
    Answer(
        "Lower triangle with the diagonal; the upper half is left at zero.",
        """
def similarities(x):
    L = x.shape[0]
    table = torch.zeros(L, L)
    for i in range(L):
        for j in range(i + 1):
            table[i, j] = (x[i] * x[j]).sum()
    return table
""",
    ),
    Answer(
        "The mean of the products rather than their sum.",
        """
def similarities(x):
    return (x.unsqueeze(1) * x.unsqueeze(0)).mean(-1)
""",
    ),
    Answer(
        "The broadcast product is summed over the wrong axis.",
        """
def similarities(x):
    return (x.unsqueeze(1) * x.unsqueeze(0)).sum(dim=0)
""",
    ),
    Answer(
        "The broadcast product is never summed.",
        """
def similarities(x):
    return x[:, None] * x[None, :]
""",
    ),
    Answer(
        "Forgets to return.",
        """
def similarities(x):
    table = x @ x.T
""",
    ),
    Answer(
        "Returns a nested Python list.",
        """
def similarities(x):
    return [[(a @ b).item() for b in x] for a in x]
""",
    ),
    Answer(
        "Centres the rows first (a covariance).",
        """
def similarities(x):
    x = x - x.mean(dim=0)
    return x @ x.T
""",
    ),
    Answer(
        "Plain matrix product.",
        """
def similarities(x):
    return x @ x.T
""",
        right=True,
    ),
    Answer(
        "torch.mm with transpose().",
        """
def similarities(x):
    xt = x.transpose(0, 1)
    result = torch.mm(x, xt)
    return result
""",
        right=True,
    ),
    Answer(
        "einsum.",
        """
def similarities(x):
    return torch.einsum("id,jd->ij", x, x)
""",
        right=True,
    ),
    Answer(
        "Two loops.",
        """
def similarities(x):
    L = x.shape[0]
    s = torch.zeros((L, L))
    for i in range(L):
        for j in range(L):
            s[i][j] = torch.sum(x[i] * x[j])
    return s
""",
        right=True,
    ),
    Answer(
        "One matrix-vector product a row, stacked.",
        """
def similarities(x):
    return torch.stack([x @ row for row in x])
""",
        right=True,
    ),
    Answer(
        "Broadcasting.",
        """
def similarities(x):
    a = x.unsqueeze(0)
    b = x.unsqueeze(1)
    return (a * b).sum(dim=2)
""",
        right=True,
    ),
]
