"""Whose mean?"""

from grader.exercise import Matching

exercise = Matching(
    question="x is (B, N, D): images, tokens, channels. Over which axes is the mean that each subtracts?",
    left={
        "a": "batch norm, training",
        "b": "batch norm, evaluation",
        "c": "layer norm (in a Transformer)",
        "d": "instance norm",
        "e": "group norm",
    },
    right={
        "1": "over D",
        "2": "over N",
        "3": "over B and N",
        "4": "over N, and the channels of a group",
        "5": "over none: a number remembered from training",
        "6": "over B, N and D",
        "7": "over B",
    },
    pairs={"a": "3", "b": "5", "c": "1", "d": "2", "e": "4"},
    why={
        ("b", "3"): "Then the answer for an image would depend on which others are in its batch.",
        ("a", "7"): "Each place would have its own mean; a channel has one mean for all its places.",
        ("c", "4"): "That is the name's use in convolutional networks, group norm with one group. In a "
        "Transformer each token stands alone.",
    },
    points=2,
    difficulty=2,
    minutes=4,
    hints=[
        "In the figure, hover one cell under each norm: along which edges does the highlighted block run?",
        "Press *evaluation* under batch norm, and change a cell of another image. Does anything move?",
    ],
)
