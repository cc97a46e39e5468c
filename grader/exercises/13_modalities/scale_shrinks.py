"""A scale that shrinks

CLIP learns the *logarithm* of its scale, which begins at ln(1 / 0.07) = 2.66.
"""

from grader.exercise import Quiz

exercise = Quiz(
    question="In a training the scale goes from 14 **down** to 1, and the loss stays high. All parameters "
    "have a weight decay of 0.1. What is the likeliest cause?",
    options={
        "a": "The decay pulls the scale to 0, and the cosines with it",
        "b": "The decay pulls the *logarithm* to 0, so the scale to 1: leave it out of the decay",
        "c": "The model is so sure that it needs no scale",
        "d": "The limit of 100 is too low",
    },
    right="b",
    why={
        "a": "What decays is the parameter, and that is the logarithm: exp(0) is 1, not 0. Cosines are not "
        "parameters.",
        "c": "Sure is what a *large* scale makes it: at 1 the softmax over cosines from −1 to 1 is nearly "
        "even.",
        "d": "It never comes near 100.",
    },
    points=1,
    difficulty=2,
    minutes=3,
    hints=[
        "Weight decay makes every parameter a little smaller at each step. Which number is the parameter?",
        "exp of what it is pulled to.",
    ],
)
