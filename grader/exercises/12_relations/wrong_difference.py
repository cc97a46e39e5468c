"""Six gains, one of them misprinted"""

from grader.exercise import Quiz

exercise = Quiz(
    question="The slide's table, from scratch → after RelViT, and the gain as printed. Which gain is **not** "
    "the difference of the two?",
    options={
        "a": "CIFAR-10: 86.09 → 90.23, +4.14",
        "b": "SVHN: 96.01 → 97.14, +1.13",
        "c": "CIFAR-100: 59.19 → 64.99, +5.85",
        "d": "Flower-102: 42.08 → 45.78, +3.70",
        "e": "Tiny ImageNet: 43.19 → 51.98, +8.79",
        "f": "ImageNet-100: 58.04 → 66.46, +8.42",
    },
    right="c",
    why={
        "a": "90.23 − 86.09 is 4.14.",
        "b": "97.14 − 96.01 is 1.13.",
        "d": "45.78 − 42.08 is 3.70.",
        "e": "51.98 − 43.19 is 8.79.",
        "f": "66.46 − 58.04 is 8.42.",
    },
    points=1,
    difficulty=1,
    minutes=3,
    hints=["Let Python subtract.", "It is off by 0.05."],
)
