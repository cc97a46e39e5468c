"""Why did one of them notice?"""

from grader.exercise import Quiz

exercise = Quiz(
    question="All images had their pixels put into one and the same new order, those to learn from and those "
    "to be tested. The fully-connected network read them as well as before, the convolutional one did not. "
    "**Why?**",
    options={
        "a": "The convolutional network has fewer weights, so it has less room to learn the new order.",
        "b": "A fully-connected layer is translation equivariant, a convolution is not.",
        "c": "A fully-connected layer has no idea which pixels are neighbours, before and after; a kernel "
        "counts on neighbours that belong together.",
        "d": "The shuffle destroys information, and only the fully-connected network does without it.",
    },
    right="c",
    why={
        "a": "It has more weights, 5,698 against 4,810. What it lacks is not room.",
        "b": "It is the other way round, and nothing was translated here.",
        "d": "One fixed order can be undone: no information is lost. What is lost is that neighbours belong "
        "together.",
    },
    points=2,
    difficulty=3,
    minutes=3,
    hints=[
        "Rename the inputs of a fully-connected layer. Is there anything it could not learn just as well?",
        "What does a 3 × 3 kernel take for granted about the nine numbers it sees?",
    ],
)
