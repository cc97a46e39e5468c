"""A beam on paper

Some beginnings are kept, each with its log-probability. `after[i][v]` is the
log-probability of token v after beginning i. Return the `width` most probable longer
beginnings as lists [log-probability, i, v], the best first. Several may come from one
beginning.
"""

from grader.site.rung import Rung


def beam_by_hand(scores, after, width):
    """scores: W numbers, after: W lists of V numbers, width: int -> width lists [score, i, v]"""
    longer = []
    for i, row in enumerate(after):
        for v, log_p in enumerate(row):
            longer.append([scores[i] + log_p, i, v])
    return sorted(longer, key=lambda one: -one[0])[:width]


def beginnings(draw, W, V, gap):
    steps = draw.shuffled(range(1, W * V + 1))
    after = [[-steps[i * V + v] * 0.37 for v in range(V)] for i in range(W)]
    return {"scores": [-0.1 - gap * i for i in range(W)], "after": after, "width": W}


rung = Rung(
    beam_by_hand,
    before="beam_step",
    cases={
        "two beginnings": lambda draw: beginnings(draw, 2, 3, 0.3),
        "one is far ahead": lambda draw: beginnings(draw, 3, 4, 9.0),
    },
    slips={
        "scores[i] + log_p -> log_p": (
            "What the beginning had is forgotten: a longer one's log-probability is the sum of both."
        ),
        "scores[i] + log_p -> scores[i] * log_p": (
            "Log-probabilities are multiplied; it is probabilities that are, so their logarithms are added."
        ),
        "sorted(longer, key=lambda one: -one[0])[:width] -> sorted([max(longer[i * len(row) : (i "
        "+ 1) * len(row)]) for i in range(len(scores))], key=lambda one: -one[0])[:width]": (
            "Each beginning goes on once, with its best token. Of *all* longer ones the best are kept."
        ),
        "sorted(longer, key=lambda one: -one[0])[:width] -> sorted(longer, key=lambda one: "
        "one[0])[:width]": "These are the least probable ones: −1 is more than −5.",
        "[scores[i] + log_p, i, v] -> [scores[i] + log_p, v, i]": (
            "Beginning and token have changed places."
        ),
    },
    also_right=[
        "sorted(longer, key=lambda one: -one[0])[:width] -> sorted(longer, reverse=True)[:width]",
    ],
    hints=[
        "List all W·V longer beginnings first, each with its score, i and v.",
        "Sort them by score, best first, and take the first `width`.",
    ],
)
