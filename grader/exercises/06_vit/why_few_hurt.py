"""Which reason survives?

Fifty labelled digits. CNN and ViT have equal parameters and steps, and both are right on all fifty that they
learnt from; on unseen digits the CNN is far ahead. You have seen three controls.
"""

from grader.exercise import Quiz

exercise = Quiz(
    question="Which sentence agrees with **all** of them?",
    options={
        "a": "The CNN is ahead because it knows that neighbouring squares belong together.",
        "b": "The ViT is behind because it is too small, or was stopped too early, to fit the images.",
        "c": "The ViT is behind because its positions start so faint that fifty labels do not teach it "
        "what lies "
        "where.",
        "d": "The ViT is behind because attention generalises worse than fixed weights.",
    },
    right="c",
    why={
        "a": "Then putting the squares of all images into a wrong order would cost the CNN its lead. It "
        "does not.",
        "b": "It is right on all fifty that it learnt from, and as large as the others.",
        "d": "With loud positions it is the same attention, trained the same way, and most of the gap is "
        "gone.",
    },
    points=2,
    difficulty=3,
    minutes=4,
    hints=[
        "Each control changes one thing. Which of the four sentences forbids what it found?",
        "What differs between the two ViTs of the last figure: the attention, or where their positions "
        "start?",
    ],
)
