"""Above it, and beside it

One sentence is compared with all videos; `right` is the place of the video that it
describes. How many videos score **higher** than that one, and how many **others**
score the same? Return both counts.
"""

from grader.site.rung import Rung


def above_and_ties(scores, right):
    """scores: N numbers, right: a place -> [how many are higher, how many others are equal]"""
    above = sum(score > scores[right] for score in scores)
    ties = sum(score == scores[right] for score in scores) - 1
    return [above, ties]


def videos(draw, ties):
    scores = [7] * (1 + ties) + [8, 9, 11] + [draw.integer(1, 6) for _ in range(2)]
    right = draw.integer(0, ties)
    return {"scores": scores, "right": right}


rung = Rung(
    above_and_ties,
    before="retrieval_report",
    cases={
        "no ties": lambda draw: videos(draw, 0),
        "two others tie": lambda draw: videos(draw, 2),
    },
    slips={
        "sum(score == scores[right] for score in scores) - 1 -> sum(score == scores[right] for "
        "score in scores)": "The right one ties with itself here: only the *others* count.",
        "score > scores[right] -> score >= scores[right]": (
            "Those that tie are counted as higher, and the right one with them."
        ),
        "score > scores[right] -> score < scores[right]": "These are the videos that score lower.",
        "[above, ties] -> [ties, above]": "The two counts have changed places.",
        "score > scores[right] -> score > right": (
            "Compared with the place of the right one; its score is scores[right]."
        ),
    },
    also_right=[
        "sum(score > scores[right] for score in scores) -> len([score for score in scores if "
        "score > scores[right]])",
    ],
    hints=[
        "True counts as 1 in a sum.",
        "scores[right] equals itself: take it away from those that tie.",
    ],
)
