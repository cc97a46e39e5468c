"""Which control?

"It names combinations that it has never seen", somebody says of a model. In each of
these ways that could be true of a number and wrong of the model."""

from grader.exercise import Matching

exercise = Matching(
    question="Which experiment would show it?",
    left={
        "a": "The answer can be guessed without looking: some classes are said more often",
        "b": "The captions do nothing: with any others the network would name the pictures as well",
        "c": "The test combinations were in the training set after all",
        "d": "The choice is so easy that one word of two is enough",
    },
    right={
        "1": "grey pictures, the same sentences",
        "2": "the same pictures, captions handed out at random",
        "3": "a network that knows only the seen combinations, as classes: it must score 0 here",
        "4": "a choice among all 25 combinations, not among the test's five",
        "5": "train five times as long",
    },
    pairs={"a": "1", "b": "2", "c": "3", "d": "4"},
    why={
        ("c", "5"): "A longer training shows no leak: what leaked stays in the training set.",
        ("b", "5"): "A longer training with the same captions does not tell what they do.",
        ("d", "5"): "However long the training: among the same five, one word stays enough.",
        ("a", "2"): "A model of shuffled pairs still sees the pictures; hide them.",
        ("a", "3"): "That network sees the pictures, too; hide them.",
        ("a", "4"): "Among 25, too, one class may be said more often than others; hide the pictures.",
        ("b", "3"): "A class number always fits its picture; take away that the captions fit.",
        ("b", "4"): "More classes to choose from do not tell where the network has learnt them.",
        ("c", "1"): "Grey pictures tell what can be guessed; a leaked pair has to be seen to be known.",
        ("d", "2"): "Shuffling makes every choice impossible; make this one harder.",
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
