"""What hard attention cannot learn"""

from grader.exercise import Quiz

exercise = Quiz(
    question="A network computes its query as `x @ Wq` and its values as `x @ Wv`, and attends *hard*. You "
    "train it for 1,000 steps of gradient descent on a loss of the output. What has happened to `Wq` and to "
    "`Wv`?",
    options={
        "a": "Both have learnt, `Wq` more slowly.",
        "b": "`Wq` is exactly as it was initialised; `Wv` has learnt.",
        "c": "Neither has changed.",
        "d": "`Wq` has jumped each time the winner changed; `Wv` has learnt.",
    },
    right="b",
    why={
        "a": "Slowly would need a small gradient. You saw exact zeros: 1,000 steps along zero lead nowhere.",
        "c": "The winning value reaches the output with weight one, so the loss does have a gradient for "
        "it, and for Wv.",
        "d": "At the jump there is no derivative, and beside it the derivative is zero: autograd never sees "
        "the jump.",
    },
    points=1,
    difficulty=2,
    minutes=2,
    hints=[
        "Follow each of the two backwards from the output. Which one meets an argmax on the way?",
        "Moving the query a little leaves the winner the winner. Moving the winning value a little moves "
        "the output.",
    ],
)
