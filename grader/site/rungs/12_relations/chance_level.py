"""What luck alone gives

How often is one right who always says the commonest class? `counts` says how many
pairs are of each class.
"""

from grader.site.rung import Rung


def chance_level(counts):
    """counts: how many of each class -> the share that is right, 0 to 1"""
    return max(counts) / sum(counts)


def classes(draw, n):
    return {"counts": draw.shuffled([draw.integer(1, 6) * 4 for _ in range(n - 1)] + [30])}


rung = Rung(
    chance_level,
    before="relation_shares",
    cases={
        "four classes": lambda draw: classes(draw, 4),
        "nine classes": lambda draw: classes(draw, 9),
    },
    slips={
        "max(counts) / sum(counts) -> 1 / len(counts)": (
            "This is for classes that are all as common, and for one who guesses at random."
        ),
        "max(counts) / sum(counts) -> max(counts) / len(counts)": (
            "Divided by how many classes there are, where it should be by all pairs."
        ),
        "max(counts) / sum(counts) -> sum([(count / sum(counts)) ** 2 for count in counts])": (
            "This is one who says each class as often as it occurs; the commonest alone is right more often."
        ),
        "max(counts) / sum(counts) -> min(counts) / sum(counts)": "This is the rarest class.",
    },
    also_right=[
        "max(counts) / sum(counts) -> sorted(counts)[-1] / sum(counts)",
    ],
    hints=[
        "Of how many pairs is this answer right?",
        "That many, over all pairs.",
    ],
)
