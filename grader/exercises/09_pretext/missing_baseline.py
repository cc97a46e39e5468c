"""Which baseline is missing?

Six comparisons as they are printed. All use the same network and the same test images.
"""

from grader.exercise import Matching

exercise = Matching(
    question="Match each with **the one run without which its conclusion does not follow**. One of them has "
    "all that it needs, and not every number is used.",
    left={
        "a": "“A linear probe on our pre-trained features reads 72 % of the digits from ten labels a class; "
        "chance is 10 %. So pre-training taught the network what digits look like.”",
        "b": "“Pre-trained and fine-tuned 90 %; the same network with random weights, *frozen*, and a linear "
        "head 74 %. So whoever has 100 labels should pre-train.”",
        "c": "“Pre-trained, then 50 epochs over 100 labelled images with random crops 88 %; from scratch, "
        "over the same images as they are, for as many steps as both trainings together, 79 %. So "
        "pre-training gains nine points.”",
        "d": "“Pretext accuracy is 100 % with our new puzzle and 62 % with the old one. So the new one "
        "teaches better features.”",
        "e": "“Puzzle 74 %, rotation 72 % by linear probe; each pre-trained once. So puzzles are the better "
        "pretext.”",
        "f": "“Ten labels a class, three seeds: random encoder 22 ± 1, ours 74 ± 0.3 by kNN. So on these "
        "images pre-training brought images of one class nearer to each other.”",
    },
    right={
        "1": "the same network, untrained, read in the same way",
        "2": "labels alone: all weights trained on the same labels, for as many steps in all",
        "3": "labels alone, with the same augmentation",
        "4": "a probe of both",
        "5": "more seeds of both",
        "6": "nothing is missing",
        "7": "what guessing gets right, in each case",
    },
    pairs={"a": "1", "b": "2", "c": "3", "d": "4", "e": "5", "f": "6"},
    why={
        (
            "a",
            "2",
        ): "That would tell whether it pays. *Taught*, it says: but perhaps a network that was never "
        "trained can be read as well; ours reads 68 % in one of the groups of the table.",
        ("b", "1"): "There is one, frozen. What somebody with 100 labels would do otherwise is to train.",
        ("c", "2"): "It is there, and as long; but one of the two saw other crops in every epoch.",
        ("a", "7"): "It is printed: chance is 10 %.",
        ("d", "7"): "It would make the two percentages comparable, as pretexts; of features it says nothing.",
        ("e", "7"): "Chance is the same for both, as both probes read the same classes.",
        ("f", "7"): "The random encoder is printed, and says more: chance is far below it.",
        ("d", "1"): "That helps, once a probe has been made; here nothing at all is said of features.",
        (
            "e",
            "1",
        ): "Both stand on the same start; what is not known is how far two runs of *one* of them lie apart.",
        (
            "f",
            "2",
        ): "To recommend it, yes. It only says that distances between classes are better than at the start.",
        ("f", "5"): "Three seeds, and 22 and 74 are far from overlapping.",
    },
    points=4,
    difficulty=3,
    minutes=8,
    hints=[
        "Read the sentence behind “So”. Which result would make it false, though all numbers printed are "
        "right?",
        "“Taught” is about the untrained network, “should” about what one would do otherwise, “better” "
        "between "
        "two runs about their spread.",
    ],
)
