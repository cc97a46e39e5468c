"""Four logs

A log shows one loss a step, and nobody remembers the settings.
"""

from grader.exercise import Matching

exercise = Matching(
    question="What do you know of each run? (ln 4,096 = 8.318, ln 128 = 4.852, ln 255 = 5.541, ln 3 = 1.099)",
    left={
        "a": "DINO with 4,096 outputs: 8.318 at step 100, and at every step since",
        "b": "DINO with 4,096 outputs: 0.04 after one epoch, and falling",
        "c": "NT-Xent with 128 images a batch: 5.541 in the first steps, then 5.1",
        "d": "NT-Xent with 128 images a batch: 4.852 in the first steps, then 4.4",
    },
    right={
        "1": "all outputs are alike: the teacher is uniform",
        "2": "one output wins for every image",
        "3": "nothing was learnt at first; now something is",
        "4": "the candidates are not all views of the batch but one half of them",
        "5": "it has learnt very well",
    },
    pairs={"a": "1", "b": "2", "c": "3", "d": "4"},
    why={
        ("a", "3"): "Then it would move. A uniform teacher is an answer that the student can give perfectly.",
        (
            "b",
            "5",
        ): "A teacher that says the same of every image is easy to predict: look at its outputs before "
        "you are glad.",
        ("b", "1"): "The cross-entropy with a uniform teacher cannot fall below ln 4,096.",
        ("d", "3"): "It learns, but it began below ln(2·128 − 1): who is missing among the candidates?",
        ("c", "1"): "There are no outputs in NT-Xent; 5.541 is ln 255, a view's candidates.",
    },
    points=3,
    difficulty=2,
    minutes=5,
    hints=[
        "Cross-entropy = entropy of the teacher + distance of the student. What is the least, if the "
        "teacher is "
        "uniform; if it is one-hot?",
        "2 · 128 − 1 = 255. Of what is 4.852 the logarithm?",
    ],
)
