"""Which of them is worth more?"""

from grader.exercise import Quiz

exercise = Quiz(
    question="Four encoders have learnt relations on an 8 × 8 grid; this is their accuracy, and nothing "
    "else is known. About which may you say that its encoder **must** have learnt something of images?",
    options={
        "a": "19.1 %, without positions",
        "b": "20.7 %, without positions, the same on unseen images",
        "c": "31 %, without positions, the same on unseen images",
        "d": "99.9 %, with positions, the same on unseen images",
    },
    right="c",
    why={
        "a": "That is saying LU each time.",
        "b": "That is the floor: a patch recognises itself, and all else is said blindly.",
        "d": "With positions noise gives as much.",
    },
    points=2,
    difficulty=2,
    minutes=4,
    hints=["Put each of them beside the floor.", "One of them is high, and can be had without any image."],
)
