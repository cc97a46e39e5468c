"""What I-JEPA is asked for

The teacher has read the whole image. Its tokens are brought to mean 0 and variance 1, each over its d
features (ε = 1e-5 beside the biased variance, no weight and no bias). Then each target block takes its
patches, by number.
"""

import torch
from torch.nn import functional as F

from grader.exercise import Function


def teacher_targets(tokens, where):
    """tokens: (B, N, d), where: (B, M, n), numbers of patches -> (B, M, n, d)"""
    even = F.layer_norm(tokens, tokens.shape[-1:])  # (B, N, d)
    images = torch.arange(len(tokens))[:, None, None]  # (B, 1, 1)
    return even[images, where]


def by_gathering(tokens, where):
    B, M, n = where.shape
    index = where.flatten(1)[..., None].expand(-1, -1, tokens.shape[-1])
    taken = tokens.gather(1, index)  # (B, M·n, d)
    return F.layer_norm(taken, taken.shape[-1:]).view(B, M, n, -1)


def _case(batch=None, loud=1.0):
    def case(draw):
        B, N, d = draw.sizes(3)
        B, N, d = batch or B, N + 4, d + 2
        order = draw.normal(B, 3, N).argsort(dim=-1)
        return dict(tokens=loud * (draw.normal(B, N, d) + 0.5), where=order[..., : N - 3])

    return case


exercise = Function(
    teacher_targets,
    without=["gradient"],
    cases={"a batch": _case(), "one image": _case(batch=1), "a quiet teacher": _case(loud=0.01)},
    words={"even": "the normalised tokens", "images": "the numbers of the images"},
    slips={
        "F.layer_norm(tokens, tokens.shape[-1:]) -> tokens": "The tokens are taken as they are: the loss "
        "would fall if the teacher's outputs grew small.",
        "F.layer_norm(tokens, tokens.shape[-1:]) -> F.layer_norm(tokens, tokens.shape[1:])": "Each image is "
        "normalised as a whole; each *token* is.",
        "F.layer_norm(tokens, tokens.shape[-1:]) -> F.normalize(tokens, dim=-1)": "Tokens are brought to "
        "length 1: mean 0 and variance 1 are asked for.",
        "F.layer_norm(tokens, tokens.shape[-1:]) -> (tokens - tokens.mean(1, keepdim=True)) / tokens.std(1, "
        "keepdim=True)": "Each feature is normalised over the patches; each token is, over its features.",
        "F.layer_norm(tokens, tokens.shape[-1:]) -> (tokens - tokens.mean((0, 1))) / tokens.std((0, "
        "1))": "Each feature is normalised over all tokens; each token is, over its features.",
        "F.layer_norm(tokens, tokens.shape[-1:]) -> F.layer_norm(tokens, tokens.shape[-1:], eps=1e-6)": "ε "
        "is 1e-6; 1e-5 is asked for.",
        "even[images, where] -> even[:1].expand_as(even)[images, where]": "All images get the first one's "
        "tokens.",
    },
    also_right=[by_gathering],
    points=3,
    difficulty=3,
    minutes=10,
    hints=[
        "F.layer_norm(x, x.shape[-1:]) has no weights of its own.",
        "`where` is (B, M, n). With image numbers of shape (B, 1, 1) beside it, indexing broadcasts.",
    ],
    may_not_call=["course.ssl"],
)
