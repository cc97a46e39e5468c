"""Why is no 2, 8 or 9 ever read?"""

from grader.exercise import Quiz

exercise = Quiz(
    question="At β = 1 the scores of a query lie within 0.125 of each other, so all 1,497 keys get nearly "
    "the same weight. Which explanation fits **best** what the rows *keys* and *read at β = 1* show?",
    options={
        "a": "A 2, an 8 and a 9 look like other digits: they have no shape of their own to be read by.",
        "b": "The digits of which there are fewest keys have fewest votes: with nearly equal weights, the "
        "share of a digit is nearly its share of the keys, and a lead of two or three keys decides.",
        "c": "The softmax has gone to one key, which happens to be a 3 for most queries.",
        "d": "The last 300 images hold hardly any 2, 8 or 9.",
    },
    right="b",
    why={
        "a": "At β = 1,000 the same images are read with the same scores, only longer: 2s, 8s and 9s as well "
        "as the others.",
        "c": "Then one share would be near 1. The winner's was 0.10, as that of ten equals.",
        "d": "Look at the second row of the table: about 30 of each digit ask.",
    },
    points=3,
    difficulty=3,
    minutes=4,
    hints=[
        "If all 1,497 weights were exactly equal, which digit would be read, whatever the image?",
        "Compare the rows *keys* and *read at β = 1*: which digits are never read, and which one most?",
    ],
)
