"""Neighbours vote

The nearest labelled images vote, each with a weight. Return for each of the classes
its share of all the weights.
"""

from grader.site.rung import Rung


def shares_of_votes(labels, weights, classes):
    """labels, weights: of k neighbours, classes: how many -> a list of shares that sum to one"""
    votes = [0.0] * classes
    for label, weight in zip(labels, weights):
        votes[label] += weight
    return [vote / sum(weights) for vote in votes]


def neighbours(draw, k, classes):
    weights = [draw.integer(1, 12) / 4 for _ in range(k)]
    return {
        "labels": [1, 1] + [draw.integer(0, classes - 1) for _ in weights[2:]],
        "weights": weights,
        "classes": classes,
    }


rung = Rung(
    shares_of_votes,
    before="weighted_knn",
    cases={
        "five neighbours": lambda draw: neighbours(draw, 5, 3),
        "more classes than neighbours": lambda draw: neighbours(draw, 3, 6),
    },
    slips={
        "votes[label] += weight -> votes[label] = weight": (
            "A second vote for the same class overwrites the first; votes add up."
        ),
        "votes[label] += weight -> votes[label] += 1": (
            "Every neighbour counts the same; each has its own weight."
        ),
        "[vote / sum(weights) for vote in votes] -> votes": (
            "The votes are not divided by the sum of all weights: they are no shares."
        ),
        "vote / sum(weights) -> vote / len(weights)": (
            "Divided by how many vote, where it should be by all their weights."
        ),
    },
    also_right=[
        "[vote / sum(weights) for vote in votes] -> [vote / sum(votes) for vote in votes]",
    ],
    hints=[
        "Begin with a list of zeros, one a class.",
        ("Each neighbour adds its weight at its label; in the end divide all by the sum of the weights."),
    ],
)
