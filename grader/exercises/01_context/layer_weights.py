"""How many weights has each?"""

from grader.exercise import Matching

exercise = Matching(
    question="L tokens go in, each d wide, and L tokens come out, each d wide. How many weights does each "
    "layer have, without biases?",
    left={
        "a": "fully connected: all L·d numbers in, all L·d out",
        "b": "convolution along the sequence, k wide, d channels to d",
        "c": "recurrence with a state d wide: Wx and Wh",
        "d": "attention: Wq, Wk, Wv, and an output projection Wo, each d × d",
    },
    right={"1": "L²·d²", "2": "k·d²", "3": "2·d²", "4": "4·d²", "5": "4·d² + L²", "6": "L·k·d²", "7": "L²·d"},
    pairs={"a": "1", "b": "2", "c": "3", "d": "4"},
    why={
        ("a", "7"): "Each of the L·d outputs has a weight for each of the L·d inputs.",
        ("b", "6"): "The same kernel is laid down at every place: its weights are counted once.",
        ("d", "5"): "The L × L attention weights are computed from the tokens; they are not learnt and not "
        "stored.",
        ("d", "3"): "Queries and keys are two of four matrices.",
    },
    points=4,
    difficulty=2,
    minutes=4,
    hints=[
        "Which of the four would have to be built anew for a longer sequence?",
        "Only (a) has an L in it. Of the others, count d × d matrices: one for each place of the kernel; "
        "two; four.",
    ],
)
