"""Loss near zero, and nonsense"""

from grader.exercise import Quiz

exercise = Quiz(
    question="The decoder without its causal mask has a loss of nearly zero, on numbers never seen as well, "
    "and writes nonsense. Which explanation fits **all** of this?",
    options={
        "a": "It has overfitted: it knows the training numbers by heart.",
        "b": "It reads each answer from the next input. That input is there on held-out numbers, too, as "
        "long as "
        "the truth is fed; when it writes, nothing stands there yet.",
        "c": "The loss counts padding, which is easy.",
        "d": "Greedy search misses its good translations; beam search would find them.",
    },
    right="b",
    why={
        "a": "Then the loss on numbers that it never saw would be high.",
        "c": "`padded_loss` leaves it out, for both decoders alike.",
        "d": "A search can only find what the model finds probable, and what it knows is where to copy from.",
    },
    points=2,
    difficulty=2,
    minutes=3,
    hints=[
        "What stands in the decoder's input one place after the one whose answer is asked?",
        "And what stands there while it writes by itself?",
    ],
)
