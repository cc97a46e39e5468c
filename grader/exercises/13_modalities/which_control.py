"""Which control?

"It names combinations that it has never seen", says somebody of their model. Each
of these is another way in which the sentence could be true of a number and wrong of
the model."""

from grader.exercise import Matching

exercise = Matching(
    question="Which experiment would show it?",
    left={
        "a": "The answer can be guessed without looking: some classes are simply said more often",
        "b": "The sentences do nothing: the network has learnt the pictures' classes by itself, in some "
        "order",
        "c": "The test combinations were in the training set after all",
        "d": "The choice among the test's classes is so easy that one word of two is enough",
    },
    right={
        "1": "grey pictures, the same sentences",
        "2": "the same pictures, captions handed out at random",
        "3": "a network that knows only the seen combinations, as classes: it must score 0 on the others",
        "4": "let the model choose among all 25 combinations, and not among the five of the test",
        "5": "train five times as long",
    },
    pairs={"a": "1", "b": "2", "c": "3", "d": "4"},
    why={
        ("a", "2"): "A model of shuffled pairs still sees the pictures; hide them.",
        ("b", "1"): "Grey pictures take the pictures away; here the sentences are under suspicion.",
        ("c", "2"): "Shuffling breaks all pairs, seen and unseen; it does not tell whether a pair was seen.",
        ("c", "4"): "More classes make the choice harder; they do not tell whether a pair was seen.",
        (
            "d",
            "3",
        ): "It cannot name what it never saw, however easy the choice; make the choice harder instead.",
        ("a", "5"): "A longer training answers no question about what the number means.",
        ("d", "1"): "Grey pictures tell what can be guessed; here one word of the two *is* seen.",
    },
    points=3,
    difficulty=2,
    minutes=5,
    hints=[
        "Take away, one at a time, what each explanation says is enough: does the number stay?",
        "Five unseen pairs with five different colours: what need one see, to choose among these five?",
    ],
)
