"""Which row was fed the truth?"""

from grader.exercise import Quiz

exercise = Quiz(
    question="Captions of photographs, five right ones for each. One model, the same weights, three rows "
    "of BLEU: "
    "**24.3, 30.0, 33.2**. One of them was written with teacher forcing: at each place the likeliest word "
    "after "
    "the *true* beginning. Which, and why?",
    options={
        "a": "33.2: it was told the truth, and that can only help.",
        "b": "24.3: each word is a fine next word of somebody else's sentence, and one after the other "
        "they "
        "make no sentence that anyone wrote.",
        "c": "24.3: with teacher forcing a model sees padding, which costs words.",
        "d": "None can be: forced and free writing give the same sentence if the weights are the same.",
    },
    right="b",
    why={
        "a": "It helps the loss, which asks about one word at a time. Look at what was printed above: the "
        "free "
        "writer "
        "was always right, the forced one not.",
        "c": "Padding comes behind the end and is never scored.",
        "d": "They agree only as long as the model's own words are the true ones.",
    },
    points=2,
    difficulty=2,
    minutes=3,
    hints=[
        "In the small example above, what did the forced writer write when the reference was the rarer "
        "wording?",
        "The three ways are forced, greedy and beam search. Which one always searches harder than which "
        "other?",
    ],
)
