"""Ten times the query"""

from grader.exercise import Quiz

exercise = Quiz(
    question="Someone multiplies every query by 10 before your `attention`. What has the same effect?",
    options={
        "a": "Multiplying every key by 10.",
        "b": "Multiplying every value by 10.",
        "c": "Multiplying every weight by 10.",
        "d": "Dividing by √(10 d) instead of √d.",
    },
    right="a",
    why={
        "b": "That makes the output ten times as large. The output is a weighted mean of the values, sharp "
        "or not: it stays among them when the queries grow.",
        "c": "Weights sum to one before and after. Ten times the scores is not ten times the weights.",
        "d": "That makes every score smaller, by √10: flatter weights. Ten times the query makes the scores "
        "larger.",
    },
    points=1,
    difficulty=2,
    minutes=2,
    hints=[
        "Which line of your function does q first meet? What enters that line in the same way?",
        "q enters only through q kᵀ. Ten times q is ten times each score.",
    ],
)
