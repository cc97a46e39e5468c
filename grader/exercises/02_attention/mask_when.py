"""Which ways of forbidding leak?"""

from grader.exercise import Quiz

exercise = Quiz(
    question="Key j is forbidden to a query. In which of these does key j, or its value, **still change** "
    "the query's output? Choose all.",
    options={
        "a": "Its score is set to −inf before the softmax.",
        "b": "Its weight is set to 0 after the softmax, and nothing else is done.",
        "c": "Its value vector is set to zeros; its score stays.",
        "d": "Its weight is set to 0 after the softmax, and the row is divided by its new sum.",
        "e": "Its score is set to 0 before the softmax.",
    },
    right={"b", "c", "e"},
    why={
        "a": "exp(−inf) is exactly 0: the key is gone from the numerator and from the sum below.",
        "b": "Its exponential is still in the sum that divides all the others: they are too small, by an "
        "amount that key j sets.",
        "c": "It still takes its share of the weight and spends it on zeros, so the output shrinks by an "
        "amount that key j sets.",
        "d": "Dividing by the new sum undoes what key j took: the result equals the one with −inf.",
        "e": "exp(0) is 1, an ordinary weight: its value is mixed into the output.",
    },
    points=2,
    difficulty=3,
    minutes=4,
    hints=[
        "Change key j a little in your mind, then its value, and follow both to the output.",
        "A weight is exp(own score) / Σ exp(all scores). Key j may sit above the line, below it, or nowhere.",
    ],
)
