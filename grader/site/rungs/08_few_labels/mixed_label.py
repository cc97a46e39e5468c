"""A label of two classes

Image i is laid over its partner, `share` of the first and the rest of the partner.
What is the label? A label is a list with a share for each class; of one image it is 1
at its class and 0 elsewhere.
"""

from grader.site.rung import Rung


def mixed_label(one, other, share, classes):
    """one, other: classes, share: of the first, classes: how many -> a list of shares"""
    label = [0.0] * classes
    label[one] += share
    label[other] += 1 - share
    return label


def pair(draw, same):
    one, other = draw.shuffled(range(5))[:2]
    return {"one": one, "other": one if same else other, "share": draw.choice([0.2, 0.3, 0.7]), "classes": 5}


rung = Rung(
    mixed_label,
    before="mix_up",
    cases={
        "two classes": lambda draw: pair(draw, False),
        "both of one class": lambda draw: pair(draw, True),
    },
    slips={
        "label[other] += 1 - share -> label[other] = 1 - share": (
            "Where both are of one class, the first share is overwritten: add to what is there."
        ),
        "label[one] += share -> label[one] += 1": ("The first class counts whole; it has its share only."),
        "label[other] += 1 - share -> label[other] += share": (
            "Both get the same share; together they must be 1."
        ),
        "label[other] += 1 - share -> label[other] += 0": "The partner's class is forgotten.",
    },
    also_right=[
        "[0.0] * classes -> [0.0 for _ in range(classes)]",
    ],
    hints=[
        "The shares of the result sum to 1.",
        "What if both images are of the same class? Then its share is 1.",
    ],
)
