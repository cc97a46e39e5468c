"""Who pulls, who pushes

For one view, p is the twin's share in the softmax, and q that of one negative. The loss is −log p, and
each logit is a cosine divided by τ (here `t`). Fill in the derivative of the loss with respect to **the
cosine** with the twin, and to that with the negative; and how many times as hard a negative at cosine a
is pushed as one at cosine b."""

from grader.exercise import Entry, Formulas

exercise = Formulas(
    symbols={
        "p": "share of the twin",
        "q": "share of the negative",
        "t": "temperature",
        "a": "cosine of one negative",
        "b": "cosine of another one",
    },
    entries={
        "twin": Entry(
            "(p - 1)/t",
            slips={
                "p - 1": "This is with respect to the logit; the cosine is divided by τ on its way there.",
                "p/t": "The twin is the right answer: softmax minus one.",
                "(1 - p)/t": "The sign is turned: a larger cosine with the twin makes the loss smaller.",
            },
        ),
        "negative": Entry(
            "q/t",
            slips={
                "q": "This is with respect to the logit; the cosine is divided by τ on its way there.",
                "(q - 1)/t": "It is no right answer: nothing is taken off.",
                "-q/t": "The sign is turned: a larger cosine with a negative makes the loss larger.",
            },
        ),
        "how many times as hard": Entry(
            "exp((a - b)/t)",
            slips={
                "exp(a - b)": "The temperature is left out: logits are cosines divided by it.",
                "a/b": "Shares are exponentials of the logits.",
                "exp(t*(a - b))": "The cosines are multiplied by τ; they are divided by it.",
                "exp((a - b)/t)/t": "1/τ stands in both derivatives, and goes.",
                "exp(a/t) - exp(b/t)": "This is their difference; one is to be divided by the other.",
                "exp((b - a)/t)": "It is turned round: the one at a stands above.",
            },
            also_right=["exp(a/t)/exp(b/t)", "e**((a - b)/t)"],
        ),
    },
    at={"p": 0.5, "q": 0.25, "t": 0.5, "a": 0.75, "b": 0.25},
    points=3,
    difficulty=2,
    minutes=7,
    hints=[
        "The derivative of a cross-entropy with respect to its logits is softmax minus the one-hot answer.",
        "logit = cosine / τ: the chain rule brings one factor. Then divide two such shares by one another.",
    ],
)
