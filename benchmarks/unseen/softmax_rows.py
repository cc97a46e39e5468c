"""Answers to `softmax_rows`: the softmax of the last axis, for any axes before it, that does not overflow."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer(
        "The formula as it stands: overflows.",
        """
def softmax_rows(scores):
    e = torch.exp(scores)
    return e / e.sum(dim=-1, keepdim=True)
""",
    ),
    Answer(
        "Subtracts one maximum for the whole tensor.",
        """
def softmax_rows(scores):
    e = (scores - scores.max()).exp()
    return e / e.sum(-1, keepdim=True)
""",
    ),
    Answer(
        "Along the first axis.",
        """
def softmax_rows(scores):
    m = scores.max(dim=0, keepdim=True).values
    e = torch.exp(scores - m)
    return e / e.sum(dim=0, keepdim=True)
""",
    ),
    Answer(
        "Along axis 1: right for a matrix only.",
        """
def softmax_rows(scores):
    m = scores.max(dim=1, keepdim=True).values
    e = torch.exp(scores - m)
    return e / e.sum(dim=1, keepdim=True)
""",
    ),
    Answer(
        "Along the last but one axis.",
        """
def softmax_rows(scores):
    e = torch.exp(scores - scores.amax(dim=-2, keepdim=True))
    return e / e.sum(dim=-2, keepdim=True)
""",
    ),
    Answer(
        "Maximum over the right axis, sum over everything.",
        """
def softmax_rows(scores):
    e = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
    return e / e.sum()
""",
    ),
    Answer(
        "Without keepdim: fails or divides columns.",
        """
def softmax_rows(scores):
    scores = scores - scores.max(dim=-1, keepdim=True)[0]
    e = scores.exp()
    return e / e.sum(dim=-1)
""",
    ),
    Answer(
        "The maximum without keepdim.",
        """
def softmax_rows(scores):
    m, _ = scores.max(dim=-1)
    e = torch.exp(scores - m)
    return e / e.sum(dim=-1, keepdim=True)
""",
    ),
    Answer(
        "Neither maximum nor sum keep their axis.",
        """
def softmax_rows(scores):
    e = torch.exp(scores - scores.amax(-1))
    return e / e.sum(-1)
""",
    ),
    Answer(
        "Takes the minimum off: still overflows.",
        """
def softmax_rows(scores):
    e = torch.exp(scores - scores.min(dim=-1, keepdim=True).values)
    return e / e.sum(dim=-1, keepdim=True)
""",
    ),
    Answer(
        "Takes the mean off the row.",
        """
def softmax_rows(scores):
    e = torch.exp(scores - scores.mean(dim=-1, keepdim=True))
    return e / e.sum(dim=-1, keepdim=True)
""",
    ),
    Answer(
        "Divides by the maximum instead of subtracting it.",
        """
def softmax_rows(scores):
    scaled = scores / scores.max(dim=-1, keepdim=True).values
    e = torch.exp(scaled)
    return e / e.sum(dim=-1, keepdim=True)
""",
    ),
    Answer(
        "Clamps the scores to a range that float32 survives.",
        """
def softmax_rows(scores):
    scores = scores.clamp(-80, 80)
    e = torch.exp(scores)
    return e / e.sum(dim=-1, keepdim=True)
""",
    ),
    Answer(
        "Adds a small number to the denominator of the overflowing formula.",
        """
def softmax_rows(scores):
    e = torch.exp(scores)
    return e / (e.sum(dim=-1, keepdim=True) + 1e-8)
""",
    ),
    Answer(
        "Forgets to divide by the sum.",
        """
def softmax_rows(scores):
    m = scores.max(dim=-1, keepdim=True).values
    return torch.exp(scores - m)
""",
    ),
    Answer(
        "Shares of the scores, without an exponential.",
        """
def softmax_rows(scores):
    return scores / scores.sum(dim=-1, keepdim=True)
""",
    ),
    Answer(
        "Replaces NaN by zero afterwards.",
        """
def softmax_rows(scores):
    e = torch.exp(scores)
    w = e / e.sum(dim=-1, keepdim=True)
    return torch.nan_to_num(w)
""",
    ),
    Answer(
        "Subtracts the row's maximum from the numerator only.",
        """
def softmax_rows(scores):
    m = scores.amax(dim=-1, keepdim=True)
    return torch.exp(scores - m) / torch.exp(scores).sum(dim=-1, keepdim=True)
""",
    ),
    Answer(
        "The log-softmax.",
        """
def softmax_rows(scores):
    m = scores.amax(dim=-1, keepdim=True)
    e = torch.exp(scores - m)
    return scores - m - torch.log(e.sum(dim=-1, keepdim=True))
""",
    ),
    Answer(
        "Subtracts the maximum of each column, sums each row.",
        """
def softmax_rows(scores):
    m = scores.amax(dim=0, keepdim=True)
    e = torch.exp(scores - m)
    return e / e.sum(dim=-1, keepdim=True)
""",
    ),
    Answer(
        "Standardises each row first: divided by its standard deviation.",
        """
def softmax_rows(scores):
    z = (scores - scores.mean(-1, keepdim=True)) / scores.std(-1, keepdim=True)
    e = torch.exp(z)
    return e / e.sum(-1, keepdim=True)
""",
    ),
    Answer(
        "Calls PyTorch's own.",
        """
def softmax_rows(scores):
    return torch.softmax(scores, dim=-1)
""",
    ),
    Answer(
        "The textbook way.",
        """
def softmax_rows(scores):
    m = scores.max(dim=-1, keepdim=True).values
    e = torch.exp(scores - m)
    return e / e.sum(dim=-1, keepdim=True)
""",
        right=True,
    ),
    Answer(
        "amax and unsqueeze.",
        """
def softmax_rows(scores):
    shifted = scores - scores.amax(-1).unsqueeze(-1)
    weights = shifted.exp()
    weights = weights / weights.sum(-1).unsqueeze(-1)
    return weights
""",
        right=True,
    ),
    Answer(
        "Through logsumexp.",
        """
def softmax_rows(scores):
    return torch.exp(scores - torch.logsumexp(scores, dim=-1, keepdim=True))
""",
        right=True,
    ),
    Answer(
        "A transposed sum.",
        """
def softmax_rows(scores):
    top, _ = torch.max(scores, dim=-1, keepdim=True)
    e = (scores - top).exp()
    return torch.div(e, torch.sum(e, -1, keepdim=True))
""",
        right=True,
    ),
    Answer(
        "A loop over the flattened rows.",
        """
def softmax_rows(scores):
    flat = scores.reshape(-1, scores.shape[-1])
    rows = []
    for row in flat:
        e = torch.exp(row - row.max())
        rows.append(e / e.sum())
    return torch.stack(rows).reshape(scores.shape)
""",
        right=True,
    ),
    Answer(
        "In double precision, back to float32.",
        """
def softmax_rows(scores):
    s = scores.double()
    e = torch.exp(s - s.amax(dim=-1, keepdim=True))
    return (e / e.sum(dim=-1, keepdim=True)).float()
""",
        right=True,
    ),
]
