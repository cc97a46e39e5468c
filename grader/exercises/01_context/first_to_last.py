"""How long is the way?"""

from grader.exercise import Quiz

exercise = Quiz(
    question="A sequence has L = 1,025 tokens. How many steps, **one after the other**, does it take until "
    "the last output can depend on the first token? (A layer that works at all places at once is one step.) "
    "Put them in order, the one that takes the **fewest** first.",
    options={
        "a": "a recurrence: one step for each token",
        "b": "convolutions 9 wide, with the place in their middle",
        "c": "convolutions 3 wide whose neighbours lie 1, 2, 4, 8, … apart",
        "d": "one layer of attention",
    },
    right=["d", "c", "b", "a"],
    why={
        ("d", "c"): "Attention compares the last token with the first at once.",
        (
            "c",
            "b",
        ): "1 + 2 + 4 + … + 512 = 1,023 and one more layer: doubling gets there in 11 layers. 9 "
        "wide reaches 4 to each side: 256 layers.",
        ("b", "a"): "Reaching 4 tokens a layer takes 256 layers; a recurrence moves on by a single token in "
        "each step, 1,024 of them.",
    },
    points=2,
    difficulty=2,
    minutes=4,
    hints=[
        "The last token is 1,024 places from the first. How far does one step of each get?",
        "A convolution 9 wide reaches 4 to each side. Distances that double add up: 1 + 2 + 4 and so on.",
    ],
)
