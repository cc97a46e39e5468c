"""A loss that leaves the padding out

Cross-entropy in nats: the mean of −log p over the **real** tokens, where p is the softmax's share of the true
token. Sentences of a batch are filled up with token 0, and nobody is asked to write padding. Write it out,
without PyTorch's own `cross_entropy` and `NLLLoss`.
"""

import torch

from grader.exercise import Function


def padded_loss(logits, labels):
    """logits: (B, L, V), labels: (B, L), 0 = padding -> mean of −log p, ()"""
    log_p = logits.log_softmax(dim=-1)  # (B, L, V)
    true = log_p.gather(-1, labels[..., None])[..., 0]  # (B, L)
    real = labels != 0  # (B, L)
    total = (true * real).sum()
    return -total / real.sum()


def _padded(draw, B, L, V, scale=1.0, full=False):
    lengths = [L if full or not row else draw.integer(1, L - 1) for row in range(B)]
    labels = torch.tensor(
        [[draw.integer(1, V - 1) if i < length else 0 for i in range(L)] for length in lengths]
    )
    return dict(logits=scale * draw.normal(B, L, V), labels=labels)


exercise = Function(
    padded_loss,
    cases={
        "a batch with padding": lambda draw: _padded(draw, *draw.sizes(3)),
        "no padding": lambda draw: _padded(draw, *draw.sizes(3), full=True),
        "all sizes equal": lambda draw: _padded(draw, *[draw.integer(4, 7)] * 3),
        "large logits": lambda draw: _padded(draw, *draw.sizes(3), scale=200.0),
    },
    words={"log_p": "the log-probabilities", "true": "the true tokens' log-probabilities"},
    slips={
        "-total / real.sum() -> -true.mean()": "Padding counts: it is in the sum, and in what is divided by.",
        "-total / real.sum() -> -(true * real).mean()": "It is divided by all places, padding too: a batch "
        "with much padding looks better than it is.",
        "-total / real.sum() -> -((true * real).sum(-1) / real.sum(-1)).mean()": "Each sentence counts the "
        "same; each *token* should.",
        "-total / real.sum() -> -total": "This is the sum over the real tokens; the mean is asked for.",
        "-total / real.sum() -> total / real.sum()": "The sign is missing: this loss falls when the "
        "true token gets less.",
        "logits.log_softmax(dim=-1) -> logits.softmax(dim=-1)": "There is no logarithm: this is minus the "
        "mean of p, not of log p.",
        "logits.log_softmax(dim=-1) -> logits": "The logits are taken for log-probabilities: there is no "
        "softmax.",
        "logits.log_softmax(dim=-1) -> logits.softmax(dim=-1).log()": "The logarithm is taken of a "
        "softmax that has become 0: log_softmax takes both at once.",
    },
    also_right=["-total / real.sum() -> -true[real].mean()"],
    may_not_call=[".cross_entropy", ".nll_loss", ".CrossEntropyLoss", ".NLLLoss", "course.language"],
    points=4,
    difficulty=2,
    minutes=7,
    hints=[
        "`logits.log_softmax(-1)` has log p of every token. `gather` picks the true one's: the index needs "
        "as many axes as what is picked from.",
        "`labels != 0` says which places are real. They belong into the sum, and into what it is divided by.",
    ],
)
