"""A detector of leaks

A column of features that tells the class all by itself is rarely talent; mostly a file name, a time
stamp or the label has got in. Judge each column **alone**: it names an unseen image by the class whose
mean, in this column and over the known images, is nearest. The classes are those of the **known** images;
they may have any numbers. Return, as a tensor, of each column the share of unseen images that it names
rightly.
"""

import torch

from grader.exercise import Function


def right_alone(known, labels, asked, right):
    """known: (N, d), labels: (N,), asked: (M, d), right: (M,) -> (d,), shares"""
    classes = labels.unique()  # (K,)
    means = torch.stack([known[labels == c].mean(dim=0) for c in classes])  # (K, d)
    apart = (asked - means[:, None]).abs()  # (K, M, d)
    said = classes[apart.argmin(dim=0)]  # (M, d)
    return (said == right[:, None]).double().mean(dim=0)  # (d,)


def _case(*columns, classes=3, offset=1, unseen=None):
    """Columns of these kinds, in an order of their own; numbers of classes that are no row numbers.

    unseen: of how many of the classes there are unseen images
    """

    def case(draw):
        N, M = 20 * classes, 12 * classes
        order = draw.normal(N + M).argsort()
        number = torch.arange(N + M)[order] % classes
        noise = {kind: draw.normal(N + M) for kind in columns}
        chance = draw.normal(N + M).argsort() % classes
        seen = torch.arange(N + M) < N
        value = {
            "noise": 0 * number,
            "some": 1.2 * number,  # says something, honestly
            "leak": 40.0 * number,
            "turned": -40.0 * ((number + 1) % classes),
            "known only": 40.0 * torch.where(seen, number, chance),
            "unseen only": 40.0 * torch.where(seen, chance, number),
        }
        x = torch.stack([value[kind] + noise[kind] for kind in draw.shuffled(columns)], dim=-1)
        labels = 2 * number + offset
        shown = number[N:] < (unseen or classes)
        return dict(known=x[:N], labels=labels[:N], asked=x[N:][shown], right=labels[N:][shown])

    return case


exercise = Function(
    right_alone,
    cases={
        "honest features": _case("noise", "some"),
        "a label among the features": _case("noise", "leak", "some"),
        "a label under other numbers": _case("turned", "noise", "some", "leak", classes=4),
        "a column that was learnt by heart": _case("known only", "some", "leak", "noise"),
        "classes from 0 on": _case("some", "noise", "leak", offset=0),
        "a class that no unseen image shows": _case("some", "noise", "leak", classes=4, unseen=3),
    },
    gives="floats",
    without=["gradient"],
    also_right=["(asked - means[:, None]).abs() -> (asked - means[:, None]).square()"],
    words={"means": "the means of the classes", "said": "what each column says"},
    slips={
        "(asked - means[:, None]).abs() -> (asked - means[:, None]).square().sum(dim=-1, keepdim=True)"
        ".expand(-1, -1, asked.shape[1])": "All columns are judged together: then all leak, or none does.",
        "classes[apart.argmin(dim=0)] -> apart.argmin(dim=0)": "The number of a row is taken for the class: "
        "classes may have any numbers, and the answer is `classes[…]`.",
        "apart.argmin(dim=0) -> apart.argmax(dim=0)": "The class whose mean is *farthest* is named.",
        "asked - means[:, None] -> known - means[:, None] ;; said == right[:, None] -> said == "
        "labels[:, None]"
        "": "Columns are judged on the images whose labels made the means: what was learnt by heart "
        "looks like a leak.",
        "(said == right[:, None]).double().mean(dim=0) -> (said == right[:, None]).double().mean()": "All "
        "columns are averaged into one number; a single leak drowns in it.",
        "(said == right[:, None]).double().mean(dim=0) -> (said == right[:, "
        "None]).double().mean(dim=1)": "The mean is over the columns of an image, and not over the images "
        "of a column.",
        "(asked - means[:, None]).abs() -> asked - means[:, None]": "A distance has no sign: the smallest "
        "difference is the most negative one.",
        "labels.unique() -> right.unique()": "The classes are taken from `right`: those are the answers, at "
        "which a judge looks last.",
        "labels.unique() -> torch.arange(labels.max() + 1)": "Classes without images have NaN means, and "
        "argmin picks them.",
        "known[labels == c].mean(dim=0) -> known[labels == c].median(dim=0).values": "It compares with the "
        "median of a class; its mean is asked for.",
        "classes[apart.argmin(dim=0)] -> labels[(asked - known[:, None]).abs().argmin(dim=0)]": "It names "
        "the class of the nearest known *image*; the class with the nearest *mean* is asked for.",
        "(said == right[:, None]).double().mean(dim=0) -> torch.stack([(said[right == c] == "
        "c).double().mean(dim=0) for c in right.unique()]).mean(dim=0)": "Each class counts alike, however "
        "many images it has; the share is of images.",
    },
    points=5,
    difficulty=4,
    minutes=14,
    hints=[
        "For each class and column, one mean of the known images. Then each unseen image has, in each "
        "column, one distance to each class.",
        "asked - means[:, None] is (K, M, d): the nearest class is an argmin over the first axis.",
        "labels.unique() are the classes; what argmin gives is a place in that list.",
    ],
)
