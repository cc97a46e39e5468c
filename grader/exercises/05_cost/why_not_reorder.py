"""What stands in the way

The numbers say that it fails. Now the reason:
"""

from grader.exercise import Quiz

exercise = Quiz(
    question="Why can softmax(Q Kᵀ) V not be computed in the cheap order, with Kᵀ V first?",
    options={
        "a": "The softmax costs more than both matrix products, whatever the order.",
        "b": "softmax(Q Kᵀ) is no product of a matrix made from Q and one made from K, so there is no Kᵀ to "
        "hand to V.",
        "c": "Kᵀ V is n×n, and a softmax needs an L×L matrix as input.",
        "d": "It can: the results are the same, and libraries form Q Kᵀ because it is faster on short "
        "sequences.",
    },
    right="b",
    why={
        "a": "The softmax does a handful of operations for each score; making one score takes 2n.",
        "c": "A softmax takes a matrix of any shape. Over Kᵀ V it runs, and gives something else.",
        "d": "The results differ. Moving the parentheses is allowed between products; the softmax stands in "
        "between.",
    },
    points=1,
    difficulty=3,
    minutes=2,
    hints=[
        "Moving parentheses is a law about products. What in softmax(Q Kᵀ) V is not a product?",
        "Each weight is exp(score) over the sum of its whole row: the row must be there before the softmax "
        "can act.",
    ],
)
