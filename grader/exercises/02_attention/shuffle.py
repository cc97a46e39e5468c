"""Shuffled words"""

from grader.exercise import Quiz

exercise = Quiz(
    question="You shuffle the tokens of a sentence and give them to your `SelfAttention`, without a mask. "
    "Up to rounding, the output of each token is …",
    options={
        "a": "different, because its neighbours have changed.",
        "b": "the same as before, and it has stayed at the token's old place.",
        "c": "the same as before, and it has moved to the token's new place.",
        "d": "different, because the softmax now sums over other tokens.",
    },
    right="c",
    why={
        "a": "Nowhere in the formula does it matter who stands beside whom: each pair of tokens has its "
        "score, near or far.",
        "b": "The query moves with its token, and row i of the output belongs to query i.",
        "d": "It sums over the same tokens in another order, and a sum does not depend on the order.",
    },
    points=1,
    difficulty=3,
    minutes=3,
    hints=[
        "Follow one token: does its query change? Do the pairs (score, value) it sums over change, or only "
        "their order?",
        "A sum over keys has no order. And which row of the output belongs to the token now?",
    ],
)
