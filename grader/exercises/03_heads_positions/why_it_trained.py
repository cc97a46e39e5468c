"""A bug that learns"""

from grader.exercise import Quiz

exercise = Quiz(
    question="With the wrong merge, *reverse* was learnt as well as with the right one. Why?",
    options={
        "a": "The residual x + MultiHead(x) carries each token past the bug.",
        "b": "The wrong merge is a fixed shuffle of tokens and heads; places are known, so training "
        "learns to send each value where the shuffle will take it.",
        "c": "Softmax averages, so it does not matter from which token a number comes.",
        "d": "The layer `output` learns the inverse of the shuffle.",
    },
    right="b",
    why={
        "a": "That explains *copy*. To reverse, a token needs a letter of another place: the residual "
        "has none.",
        "c": "The values that are averaged do matter: they are the letters that have to come out.",
        "d": "`output` treats each token alone; the shuffle moves numbers between tokens.",
    },
    points=2,
    difficulty=3,
    minutes=3,
    hints=[
        "Which of the layers could undo a shuffle *between* tokens, and what would it have to know?",
        "Does the shuffle change from example to example, or can it be learnt once and for all?",
    ],
)
