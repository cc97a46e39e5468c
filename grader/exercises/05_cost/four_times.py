"""Twice as long

Careful with the word *exactly*.
"""

from grader.exercise import Quiz

exercise = Quiz(
    question="The sequence becomes twice as long, nothing else changes. What becomes **exactly four times** "
    "as large?",
    options={
        "a": "the weights of the attention layer",
        "b": "the FLOPs of the scores, Q Kᵀ",
        "c": "the FLOPs of the attention layer as a whole",
        "d": "the bytes of the attention matrix",
        "e": "the FLOPs of the weighted sum, (Q Kᵀ) V",
        "f": "the FLOPs of the MLP",
        "g": "the output Y",
    },
    right={"b", "d", "e"},
    why={
        "a": "Weights are shared by all tokens: 4·d·n has no L in it.",
        "b": "The scores cost 2·L²·n, and (2L)² is 4·L².",
        "c": "Its price is a part with L (projections) and a part with L²: the whole grows between two and "
        "four times.",
        "d": "The matrix holds L² weights, one for each pair of tokens.",
        "e": "The weighted sum costs 2·L²·n, as much as the scores: L queries, each adding up L values.",
        "f": "The MLP treats each token by itself: twice the tokens, twice the price.",
        "g": "Y is L×d: twice the tokens, twice the output.",
    },
    points=2,
    difficulty=2,
    minutes=2,
    hints=[
        "Find each one's formula. How often is L a factor in it?",
        "Exactly four times: the formula must be L² times something, with nothing added. There are three of "
        "them.",
    ],
)
