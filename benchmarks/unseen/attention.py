"""Answers to `attention`: scaled dot-product attention with a mask."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer(
        "Transposes with .T: all axes of a batch are reversed.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.T / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(dim=-1) @ v
""",
    ),
    Answer(
        "No scaling.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "Divides by d.",
        """
def attention(q, k, v, mask=None):
    d = q.size(-1)
    scores = torch.matmul(q, k.transpose(-2, -1)) / d
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e9)
    return torch.matmul(torch.softmax(scores, dim=-1), v)
""",
    ),
    Answer(
        "Divides by the root of the number of keys.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(k.shape[-2])
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "Divides by the root of the number of queries.",
        """
def attention(q, k, v, mask=None):
    L, d = q.shape[-2:]
    scores = q @ k.transpose(-2, -1) / L ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "Divides by the root of the width of the values.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(v.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "Divides by the root of q.shape[0]: the length, or the batch.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[0])
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "Divides by the root of q.shape[1]: right for one sequence only.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "Softmax over the queries.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(dim=-2) @ v
""",
    ),
    Answer(
        "softmax(dim=1): right for one sequence, over the queries or heads otherwise.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(dim=1) @ v
""",
    ),
    Answer(
        "softmax(dim=0).",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(dim=0) @ v
""",
    ),
    Answer(
        "The mask is ignored.",
        """
def attention(q, k, v, mask=None):
    d = q.shape[-1]
    w = torch.softmax(q @ k.transpose(-1, -2) / d ** 0.5, dim=-1)
    return w @ v
""",
    ),
    Answer(
        "The mask upside down: True is filled with -inf.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "Forbidden scores become 0.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores * mask
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "Weights zeroed after the softmax, not renormalised.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    w = torch.softmax(scores, dim=-1)
    if mask is not None:
        w = w.masked_fill(~mask, 0)
    return w @ v
""",
    ),
    Answer(
        "-inf put into the weights, after the softmax: infinities.",
        """
def attention(q, k, v, mask=None):
    w = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), dim=-1)
    if mask is not None:
        w = w.masked_fill(~mask, float("-inf"))
    return w @ v
""",
    ),
    Answer(
        "A forbidden score of -1 is not small enough.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -1)
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "A tiny positive number (1e-9) where -1e9 was meant.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(mask == 0, 1e-9)
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "masked_fill is not assigned: the mask has no effect.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "The boolean mask is added to the scores.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores + mask
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "Adds (1 - mask) * -1e9 with the sign lost: the forbidden ones win.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores + (~mask) * 1e9
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "Returns the weights.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1)
""",
    ),
    Answer(
        "Returns output and weights.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    w = torch.softmax(scores, dim=-1)
    return w @ v, w
""",
    ),
    Answer(
        "No softmax.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, 0)
    return scores @ v
""",
    ),
    Answer(
        "Scales after the softmax.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) / math.sqrt(q.shape[-1]) @ v
""",
    ),
    Answer(
        "Multiplies the scores by the square root of d.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) * math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "Both q and k are divided by the root: divided by d in all.",
        """
def attention(q, k, v, mask=None):
    d = q.shape[-1]
    q, k = q / math.sqrt(d), k / math.sqrt(d)
    scores = q @ k.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "An operator precedence slip, d ** 1 / 2: divides by d and by 2.",
        """
def attention(q, k, v, mask=None):
    d_k = k.shape[-1]
    scores = q @ (k.transpose(-2, -1) / d_k ** 1 / 2)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "Queries and keys swapped: keys ask.",
        """
def attention(q, k, v, mask=None):
    scores = k @ q.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "Scores transposed back: softmax over queries, then transposed.",
        """
def attention(q, k, v, mask=None):
    scores = k @ q.transpose(-2, -1) / math.sqrt(q.shape[-1])
    w = torch.softmax(scores, dim=-1).transpose(-2, -1)
    if mask is not None:
        w = w.masked_fill(~mask, 0)
    return w @ v
""",
    ),
    Answer(
        "Reshapes the keys instead of transposing them.",
        """
def attention(q, k, v, mask=None):
    kt = k.reshape(*k.shape[:-2], k.shape[-1], k.shape[-2])
    scores = q @ kt / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "1 - mask of a boolean mask: an error as soon as there is a mask.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores + (1 - mask) * -1e9
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "The mask before scaling with a number that is too small: -10.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1)
    if mask is not None:
        scores = torch.where(mask, scores, torch.tensor(-10.0))
    return torch.softmax(scores / math.sqrt(q.shape[-1]), dim=-1) @ v
""",
    ),
    Answer(
        "Always causal when there is a mask.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        mask = torch.tril(torch.ones(scores.shape[-2:])).bool()
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "if mask: the truth value of a tensor is ambiguous.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "Renormalised without a softmax: shares of the scores.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, 0)
    w = scores / scores.sum(dim=-1, keepdim=True)
    return w @ v
""",
    ),
    Answer(
        "Exponentials divided by the sum of the whole table.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    e = scores.exp()
    return (e / e.sum()) @ v
""",
    ),
    Answer(
        "Only masks when the mask has as many axes as the scores.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None and mask.dim() == scores.dim():
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "Filled with -inf and no scale, softmax over the queries: two mistakes at once.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-2) @ v
""",
    ),
    Answer(
        "No scale and the mask upside down.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1)
    if mask is not None:
        scores = scores.masked_fill(mask, -1e9)
    return F.softmax(scores, dim=-1) @ v
""",
    ),
    Answer(
        "Four lines.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v
""",
        right=True,
    ),
    Answer(
        "-1e9 and mask == 0.",
        """
def attention(q, k, v, mask=None):
    d_k = q.size(-1)
    scores = torch.matmul(q, k.transpose(-2, -1)) / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e9)
    p_attn = F.softmax(scores, dim=-1)
    return torch.matmul(p_attn, v)
""",
        right=True,
    ),
    Answer(
        "torch.where and the student's own softmax.",
        """
def attention(q, k, v, mask=None):
    scores = q @ k.mT * q.shape[-1] ** -0.5
    if mask is not None:
        scores = torch.where(mask, scores, -torch.inf)
    return softmax_rows(scores) @ v
""",
        right=True,
    ),
    Answer(
        "einsum.",
        """
def attention(q, k, v, mask=None):
    s = torch.einsum("...id,...jd->...ij", q, k) / q.shape[-1] ** 0.5
    if mask is not None:
        s = s.masked_fill(mask.logical_not(), torch.finfo(s.dtype).min)
    return torch.einsum("...ij,...jv->...iv", s.softmax(-1), v)
""",
        right=True,
    ),
    Answer(
        "Weights zeroed after the softmax and renormalised.",
        """
def attention(q, k, v, mask=None):
    w = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(k.shape[-1]), dim=-1)
    if mask is not None:
        w = w * mask
        w = w / w.sum(dim=-1, keepdim=True)
    return w @ v
""",
        right=True,
    ),
    Answer(
        "An additive bias.",
        """
def attention(q, k, v, mask=None):
    scores = (q / math.sqrt(q.shape[-1])) @ k.swapaxes(-1, -2)
    if mask is not None:
        bias = torch.zeros(mask.shape)
        bias[~mask] = -math.inf
        scores = scores + bias
    e = torch.exp(scores - scores.max(-1, keepdim=True).values)
    return e @ v / e.sum(-1, keepdim=True)
""",
        right=True,
    ),
]
