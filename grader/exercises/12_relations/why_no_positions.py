"""What would positions do?"""

from grader.exercise import Quiz

exercise = Quiz(
    question="A colleague leaves positions on, but fixed ones: a vector of sines for each place, which "
    "nobody trains. Tested on new photographs, 99.6 % of the relations are right. What does that show?",
    options={
        "a": "The encoder knows objects: it was tested on new photographs.",
        "b": "The encoder can read places off its input, and no more.",
        "c": "Fixed positions are the better choice: learned ones have less.",
        "d": "The encoder knows half: what is not trained tells only little.",
    },
    right="b",
    why={
        "a": "There are no objects in noise, and with positions noise gives as much.",
        "c": "Both read off where a patch lies; to be better at that is worth nothing.",
        "d": "A vector of its own for each place tells the place, trained or not.",
    },
    points=2,
    difficulty=2,
    minutes=3,
    hints=[
        "How was it possible to be right of nearly all pairs on images in which there is nothing to see?",
        "What does a net have to look at if each patch comes with its row and its column?",
    ],
)
