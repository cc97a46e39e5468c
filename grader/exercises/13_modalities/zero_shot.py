"""A class is what it is called

A class has P **prompts**, sentences that name it. Its vector: make each prompt's
vector length 1, take their mean, and make **that** length 1. Return the cosine of
every picture with every class. (No gradient is asked for.)"""

from torch.nn import functional as F

from grader.exercise import Function


def zero_shot(images, prompts):
    """images: (B, D), prompts: (C, P, D), rows of any length -> (B, C)"""
    units = F.normalize(prompts, dim=-1)  # (C, P, D)
    means = units.mean(dim=1)  # (C, D)
    classes = F.normalize(means, dim=-1)
    pictures = F.normalize(images, dim=-1)  # (B, D)
    return pictures @ classes.T  # (B, C)


def by_cosine(images, prompts):
    sums = (prompts / prompts.norm(dim=-1, keepdim=True)).sum(dim=1)
    return F.cosine_similarity(images[:, None], sums[None], dim=-1)


def _case(P=None, uneven=False, square=False):
    def case(draw):
        B, C, D, many = draw.sizes(4)
        P_ = P or many
        C = P_ if square else C
        prompts = draw.normal(C, 1, D) + draw.normal(C, P_, D)
        if uneven:  # the first prompt of each class is twenty times as long
            prompts[:, 0] *= 20
        return dict(images=3 * draw.normal(B, D), prompts=prompts)

    return case


exercise = Function(
    zero_shot,
    cases={
        "several prompts": _case(),
        "one prompt a class": _case(P=1),
        "prompts of very different lengths": _case(uneven=True),
        "as many classes as prompts": _case(square=True),
    },
    without=["gradient"],
    points=4,
    difficulty=2,
    minutes=9,
    words={"units": "the prompts of length 1", "means": "the means", "classes": "the class vectors"},
    slips={
        "F.normalize(prompts, dim=-1) -> prompts": "The prompts are averaged with their own lengths: a "
        "long vector "
        "counts more. Make each of them length 1 first.",
        "F.normalize(means, dim=-1) -> means": "The mean is not made length 1: a class whose prompts agree "
        "less has "
        "a shorter mean, and is never chosen.",
        "units.mean(dim=1) -> units.mean(dim=0)": "The mean is over the classes; it is over the prompts of "
        "each.",
        "units.mean(dim=1) -> units[:, 0]": "Only the first prompt is used.",
        "F.normalize(images, dim=-1) -> images": "The pictures keep their lengths: a cosine has length 1 "
        "on both sides.",
        'pictures @ classes.T -> torch.einsum("bd,cpd->bcp", pictures, units).amax(dim=-1)': "Each class "
        "answers with its nearest prompt; with the mean of all its prompts it should.",
        "units.mean(dim=1) -> units.amax(dim=1)": "This is the largest of each feature; the mean is asked "
        "for.",
    },
    also_right=["units.mean(dim=1) -> units.sum(dim=1)", by_cosine],
    hints=[
        "Three F.normalize: the prompts, their mean, the pictures. Which axis of (C, P, D) counts the "
        "prompts?",
        "(B, D) times the transpose of (C, D) is the table of all cosines.",
    ],
    may_not_call=["course.multimodal"],
)
