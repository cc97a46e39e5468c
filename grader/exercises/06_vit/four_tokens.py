"""Four tokens

A user of the library vit-pytorch (its issue 12) trained a ViT on CIFAR-10, images of 32 × 32 pixels, with the
paper's patches of 16 × 16.
"""

from grader.exercise import Quiz

exercise = Quiz(
    question="After 200 epochs it was right on 49 % of the **training** images and on 51 % of the test "
    "images. "
    "Which number would you change first?",
    options={
        "a": "the patch: make it smaller",
        "b": "the dropout: raise it",
        "c": "the training images: get more",
        "d": "the patch: make it larger",
    },
    right="a",
    why={
        "b": "Dropout fights overfitting. Here training and test are equally bad: it does not even fit "
        "what it "
        "was shown.",
        "c": "More images help whoever learns the ones it has by heart. This one gets half of *those* wrong.",
        "d": "A patch of 32 × 32 would leave one token, and attention nobody to look at.",
    },
    points=1,
    difficulty=1,
    minutes=2,
    hints=[
        "Compare the two accuracies: is that underfitting or overfitting?",
        "How many tokens is an image of 32 × 32, and what can attention do with so many?",
    ],
)
