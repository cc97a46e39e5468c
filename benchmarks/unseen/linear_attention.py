"""Answers to `linear_attention`: layer (b) with Kᵀ V first."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer(
        "The output projection is forgotten.",
        """
def linear_attention(x, wq, wk, wv, wo):
    q, k, v = x @ wq, x @ wk, x @ wv
    return q @ (k.transpose(-2, -1) @ v)
""",
    ),
    Answer(
        "A softmax over Kᵀ V.",
        """
def linear_attention(x, wq, wk, wv, wo):
    q, k, v = x @ wq, x @ wk, x @ wv
    return q @ torch.softmax(k.transpose(-2, -1) @ v, dim=-1) @ wo
""",
    ),
    Answer(
        "V and K swapped: VᵀK.",
        """
def linear_attention(x, wq, wk, wv, wo):
    q, k, v = x @ wq, x @ wk, x @ wv
    return q @ (v.transpose(-2, -1) @ k) @ wo
""",
    ),
    Answer(
        ".T on a batch.",
        """
def linear_attention(x, wq, wk, wv, wo):
    q = x @ wq
    k = x @ wk
    v = x @ wv
    return q @ (k.T @ v) @ wo
""",
    ),
    Answer(
        "Scaled by the root of n.",
        """
def linear_attention(x, wq, wk, wv, wo):
    q, k, v = x @ wq, x @ wk, x @ wv
    kv = k.transpose(-2, -1) @ v
    return q @ kv @ wo / math.sqrt(q.shape[-1])
""",
    ),
    Answer(
        "Divided by the length.",
        """
def linear_attention(x, wq, wk, wv, wo):
    q, k, v = x @ wq, x @ wk, x @ wv
    return (q @ (k.transpose(-2, -1) @ v) / x.shape[-2]) @ wo
""",
    ),
    Answer(
        "Ordinary attention with a softmax.",
        """
def linear_attention(x, wq, wk, wv, wo):
    q, k, v = x @ wq, x @ wk, x @ wv
    return torch.softmax(q @ k.transpose(-2, -1), dim=-1) @ v @ wo
""",
    ),
    Answer(
        "Ordinary scaled attention with a softmax.",
        """
def linear_attention(x, wq, wk, wv, wo):
    q, k, v = x @ wq, x @ wk, x @ wv
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    return scores.softmax(dim=-1) @ v @ wo
""",
    ),
    Answer(
        "QᵀK instead of KᵀV.",
        """
def linear_attention(x, wq, wk, wv, wo):
    q, k, v = x @ wq, x @ wk, x @ wv
    return v @ (q.transpose(-2, -1) @ k) @ wo
""",
    ),
    Answer(
        "v @ (kᵀ @ q): roles of q and v swapped.",
        """
def linear_attention(x, wq, wk, wv, wo):
    q, k, v = x @ wq, x @ wk, x @ wv
    return v @ (k.transpose(-2, -1) @ q) @ wo
""",
    ),
    Answer(
        "The keys come from wq.",
        """
def linear_attention(x, wq, wk, wv, wo):
    q = x @ wq
    k = x @ wq
    v = x @ wv
    return q @ (k.transpose(-2, -1) @ v) @ wo
""",
    ),
    Answer(
        "Katharopoulos's feature map elu + 1, with its denominator.",
        """
def linear_attention(x, wq, wk, wv, wo):
    q, k, v = F.elu(x @ wq) + 1, F.elu(x @ wk) + 1, x @ wv
    kv = k.transpose(-2, -1) @ v
    z = 1 / (q @ k.sum(dim=-2).unsqueeze(-1))
    return (q @ kv * z) @ wo
""",
    ),
    Answer(
        "elu + 1 without the denominator.",
        """
def linear_attention(x, wq, wk, wv, wo):
    q = F.elu(x @ wq) + 1
    k = F.elu(x @ wk) + 1
    v = x @ wv
    return q @ (k.transpose(-2, -1) @ v) @ wo
""",
    ),
    Answer(
        "Softmax on q and on k separately (efficient attention).",
        """
def linear_attention(x, wq, wk, wv, wo):
    q = (x @ wq).softmax(dim=-1)
    k = (x @ wk).softmax(dim=-2)
    v = x @ wv
    return q @ (k.transpose(-2, -1) @ v) @ wo
""",
    ),
    Answer(
        "The values are x itself.",
        """
def linear_attention(x, wq, wk, wv, wo):
    q, k = x @ wq, x @ wk
    return q @ (k.transpose(-2, -1) @ x) 
""",
    ),
    Answer(
        "Adds x (a residual).",
        """
def linear_attention(x, wq, wk, wv, wo):
    q, k, v = x @ wq, x @ wk, x @ wv
    return x + q @ (k.transpose(-2, -1) @ v) @ wo
""",
    ),
    Answer(
        "The sum over the batch slips in through einsum.",
        """
def linear_attention(x, wq, wk, wv, wo):
    x3 = x if x.dim() == 3 else x[None]
    q, k, v = x3 @ wq, x3 @ wk, x3 @ wv
    kv = torch.einsum("bln,blm->nm", k, v)
    out = q @ kv @ wo
    return out if x.dim() == 3 else out[0]
""",
    ),
    Answer(
        "Kᵀ V first.",
        """
def linear_attention(x, wq, wk, wv, wo):
    q, k, v = x @ wq, x @ wk, x @ wv
    return q @ (k.transpose(-2, -1) @ v) @ wo
""",
        right=True,
    ),
    Answer(
        "einsum.",
        """
def linear_attention(x, wq, wk, wv, wo):
    q, k, v = x @ wq, x @ wk, x @ wv
    kv = torch.einsum("...ln,...lm->...nm", k, v)
    return torch.einsum("...ln,...nm->...lm", q, kv) @ wo
""",
        right=True,
    ),
    Answer(
        "mT.",
        """
def linear_attention(x, wq, wk, wv, wo):
    context = (x @ wk).mT @ (x @ wv)
    return (x @ wq) @ context @ wo
""",
        right=True,
    ),
    Answer(
        "The context meets wo first.",
        """
def linear_attention(x, wq, wk, wv, wo):
    kv = torch.matmul(torch.transpose(x @ wk, -1, -2), x @ wv)
    return (x @ wq) @ (kv @ wo)
""",
        right=True,
    ),
    Answer(
        "Through XᵀX.",
        """
def linear_attention(x, wq, wk, wv, wo):
    gram = x.transpose(-1, -2) @ x
    return x @ (wq @ (wk.T @ gram @ wv) @ wo)
""",
        right=True,
    ),
    Answer(
        "F.linear and a running sum over the tokens.",
        """
def linear_attention(x, wq, wk, wv, wo):
    k, v = F.linear(x, wk.T), F.linear(x, wv.T)
    kv = sum(k[..., i, :, None] * v[..., i, None, :] for i in range(x.shape[-2]))
    return F.linear(F.linear(x, wq.T) @ kv, wo.T)
""",
        right=True,
    ),
]
