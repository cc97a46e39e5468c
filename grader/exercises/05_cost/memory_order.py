"""What fills the memory?

Work them out: the two nearest differ by a factor of 1.3, all others by more.
"""

from grader.exercise import Quiz

exercise = Quiz(
    question="L = 784 tokens, d = 1,024, n = 2,048, everything in single precision. Order from the "
    "**smallest** to the **largest**:",
    options={
        "a": "the weights of the attention layer",
        "b": "the hidden units of the MLP, X W1",
        "c": "one attention matrix",
        "d": "the weights of the MLP",
        "e": "the input X",
    },
    right=["c", "e", "b", "d", "a"],
    why={
        ("c", "e"): "X is put before the attention matrix: L is smaller than d, so L·L is smaller than L·d.",
        ("e", "b"): "X and the hidden units have changed places: X is d wide, the hidden units n.",
        (
            "b",
            "d",
        ): "The weights of the MLP are put before its hidden units: they have 2·d·n entries, X W1 has L·n.",
        ("d", "a"): "The weights of the two layers have changed places: attention has four matrices, the MLP "
        "two.",
    },
    points=2,
    difficulty=2,
    minutes=3,
    hints=[
        "Count the entries of each: the four bytes are common to all.",
        "L·L, L·d and L·n against 2·d·n and 4·d·n. Which of L, d and n is the smallest?",
    ],
)
