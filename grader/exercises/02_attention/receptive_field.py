"""How many layers until it has seen everything?"""

from grader.exercise import Quiz

exercise = Quiz(
    question="A sequence has L = 197 tokens. How many layers are needed until the output at the *middle* "
    "token depends on all 197? Put these networks in order, the one that needs the **fewest** layers first.",
    options={
        "a": "convolutions 3 wide",
        "b": "convolutions 3 wide whose dilation doubles: neighbours 1 apart, then 2, then 4, 8, …",
        "c": "self-attention without a mask",
        "d": "convolutions 7 wide",
    },
    right=["c", "b", "d", "a"],
    why={
        (
            "c",
            "b",
        ): "One layer of attention compares the middle token with all 197 at once: nothing needs fewer "
        "than one layer.",
        ("b", "d"): "Doubling beats a wider window: 1 + 2 + 4 + … + 64 = 127 reaches 98 in 7 layers; 7-wide "
        "needs 98 / 3, that is 33.",
        (
            "d",
            "a",
        ): "A 7-wide layer adds three tokens on each side, a 3-wide one adds a single token: 33 layers "
        "against 98.",
    },
    points=2,
    difficulty=3,
    minutes=4,
    hints=[
        "A 3-wide layer adds one token on each side, a 7-wide one adds three. Each side has 98 to reach.",
        "Doubling steps reach 1, then 1 + 2, then 1 + 2 + 4 tokens on each side. When is that 98 or more?",
        "The counts are 1, 7, 33 and 98; which is which?",
    ],
)
