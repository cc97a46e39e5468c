"""Patches half as wide

Two formulas from above, and one change.
"""

from grader.exercise import Quiz

exercise = Quiz(
    question="ViT-B cuts a 224 × 224 image into patches of 16 × 16: L = 196 tokens, d = 768, d×d "
    "projections and an MLP with n = 4d. **What if** the patches were 8 × 8? One block's FLOPs (attention "
    "and MLP) become",
    options={
        "a": "about 2 times as many",
        "b": "exactly 4 times as many",
        "c": "about 4½ times as many",
        "d": "about 16 times as many",
    },
    right="c",
    why={
        "a": "Half as wide *and* half as high: four patches where one was.",
        "b": "Four times the tokens is right, and four times the projections and the MLP. The part with L² "
        "grows more.",
        "d": "16 is what the attention matrix grows by. Most of the price is projections and MLP, which "
        "grow 4 times.",
    },
    points=1,
    difficulty=3,
    minutes=3,
    hints=[
        "How many tokens are there with patches half as wide and half as high?",
        "A block costs 24·L·d² + 4·L²·d. Put in L = 196, then the new L.",
    ],
)
