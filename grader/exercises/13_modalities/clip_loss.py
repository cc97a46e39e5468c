"""The loss of CLIP

`images` and `texts` are what the two towers made of B pairs, row by row. Make each
row length 1 and compare all pictures with all captions. The scale, exp(`log_scale`)
**but at most 100**, multiplies the cosines. Row i has to find column i, and column
i row i: the mean of the two cross-entropies. The gradient must reach both towers and
`log_scale` (a tensor without axes)."""

import torch
from torch.nn import functional as F

from grader.exercise import Function


def clip_loss(images, texts, log_scale):
    """images, texts: (B, D), log_scale: () -> a scalar"""
    u = F.normalize(images, dim=-1)
    v = F.normalize(texts, dim=-1)
    cosines = u @ v.T  # (B, B), picture by caption
    scale = log_scale.exp().clamp(max=100)
    logits = scale * cosines
    own = torch.arange(len(logits))
    by_picture = F.cross_entropy(logits, own)
    by_caption = F.cross_entropy(logits.T, own)
    return (by_picture + by_caption) / 2


def by_log_softmax(images, texts, log_scale):
    cosines = F.cosine_similarity(images[:, None], texts[None], dim=-1)
    logits = torch.minimum(log_scale.exp(), torch.tensor(100.0, dtype=log_scale.dtype)) * cosines
    both = logits.log_softmax(dim=1) + logits.log_softmax(dim=0)
    return -both.diagonal().mean() / 2


def _case(log_scale=None, long=1.0, square=False, opposite=False):
    def case(draw):
        B, D = draw.sizes(2)
        images = long * draw.normal(B, B if square else D)
        texts = images + long * draw.normal(*images.shape)
        if opposite:  # picture 1's own caption is as far away as can be, and the next one is its twin
            texts[0], texts[1] = -images[0], images[0]
        start = draw.integer(5, 15) / 10 if log_scale is None else log_scale
        return dict(images=images, texts=texts, log_scale=torch.tensor(start))

    return case


exercise = Function(
    clip_loss,
    cases={
        "a batch": _case(),
        "as many pairs as features": _case(square=True),
        "long vectors": _case(long=30.0),
        "a scale above 100": _case(log_scale=6.0),
        "a scale below 1": _case(log_scale=-1.0),
        "cosines of −1 and of 1 at a scale of 100": _case(log_scale=6.0, opposite=True),
    },
    points=5,
    difficulty=3,
    minutes=20,
    words={"by_picture": "the pictures' half", "by_caption": "the captions' half", "logits": "the logits"},
    slips={
        "(by_picture + by_caption) / 2 -> by_picture": "Only the rows are asked, once or twice: "
        "the captions look for their pictures, too.",
        "(by_picture + by_caption) / 2 -> by_caption": "Only the captions look for their pictures.",
        "(by_picture + by_caption) / 2 -> by_picture + by_caption": "The halves are added up; their mean "
        "is asked for.",
        "u = F.normalize(images, dim=-1) -> u = images ;; v = F.normalize(texts, dim=-1) -> v = texts": "The "
        "vectors keep their lengths: these are products, not cosines.",
        "F.normalize(_x, dim=-1) -> F.normalize(_x, dim=0)": "The columns are made length 1; each vector "
        "is a row.",
        "log_scale.exp().clamp(max=100) -> log_scale.clamp(max=100)": "The logarithm itself is used as the "
        "scale.",
        "log_scale.exp().clamp(max=100) -> log_scale.exp()": "Nothing stops the scale at 100 (a limit of "
        "100 on its *logarithm* is none).",
        "scale * cosines -> cosines / scale": "The cosines are divided by the scale.",
        "log_scale.exp().clamp(max=100) -> log_scale.exp().clamp(1, 100)": "The scale is kept above 1; it "
        "has a limit above and none below.",
        "F.cross_entropy(_x, own) -> -_x.softmax(dim=1).diagonal().log().mean()": "A softmax rounds to 0, "
        "and the logarithm of 0 is −∞: take both in one, log_softmax or F.cross_entropy.",
        "log_scale.exp().clamp(max=100) -> log_scale.exp().clamp(max=100).detach()": "No gradient reaches "
        "`log_scale`: the scale is learnt, so detach or item() must not cut it off.",
    },
    also_right=[
        "log_scale.exp().clamp(max=100) -> log_scale.clamp(max=4.605170185988092).exp()",
        by_log_softmax,
    ],
    hints=[
        "F.normalize, one matrix product, `log_scale.exp().clamp(max=…)`: three lines to the logits, (B, B).",
        "Which class is right in row i? F.cross_entropy wants those numbers: torch.arange(B).",
        "A column of `logits` is a row of `logits.T`.",
    ],
    may_not_call=["course.multimodal"],
)
