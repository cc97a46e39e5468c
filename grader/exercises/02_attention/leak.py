"""One key out of 1,797"""

from grader.exercise import Quiz

exercise = Quiz(
    question="“Without the mask only 1 key in 1,797 is the image itself. Its influence on the answer is at "
    "most 1/1,797, so I need no mask.” What is wrong with this?",
    options={
        "a": "Nothing: a share that small cannot change which digit wins.",
        "b": "The image's own key gets a weight of exactly one, whatever β is.",
        "c": "It nearly holds at a small β, where all weights are alike; at a large one the image's own key "
        "weighs as much as hundreds of others.",
        "d": "It fails most at a small β: where the evidence is thin, one vote that is always right decides.",
    },
    right="c",
    why={
        "a": "At β = 300 its own weight is that of hundreds of keys (the last number of each line), and the "
        "two curves differ.",
        "b": "Its weight is the largest of the row; *own weight* over 1,797 says how far from one it is.",
        "d": "It sounds right, and the figure says no: at β = 1 the own key weighs 1.04 keys, and the two "
        "curves nearly meet.",
    },
    points=2,
    difficulty=2,
    minutes=3,
    hints=[
        "*Own weight* is that of the image's own key, in average keys. At which β is that about one?",
        "Among rows of unit length, x · y is largest for y = x. What does a larger β do with that score?",
    ],
)
