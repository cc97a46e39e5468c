"""One step of a recurrence

A recurrent layer reads one token at a time and keeps a **state** h. Write the step: tanh(x Wx + h Wh + b).
"""

from grader.exercise import Function


def recurrent_step(x, h, wx, wh, b):
    """The state after one more token.

    x: (..., d), h: (..., n), wx: (d, n), wh: (n, n), b: (n,) -> (..., n)
    """
    return (x @ wx + h @ wh + b).tanh()


exercise = Function(
    recurrent_step,
    inputs="x: (*, d)  h: (*, n)  wx: (d, n)  wh: (n, n)  b: (n)",
    without=["large"],  # there tanh is ±1 whatever comes in
    points=1,
    difficulty=1,
    minutes=3,
    slips={
        "_x.tanh() -> _x": "The tanh is missing: the state could grow without bound.",
        "_x.tanh() -> _x.relu()": "A ReLU stands where tanh is asked for.",
        "_x.tanh() -> _x.sigmoid()": "A sigmoid stands where tanh is asked for.",
        "h @ wh -> h": "The state is added as it is; it goes through Wh first.",
        "x @ wx + h @ wh + b -> x @ wx + b": "The state before is left out: each token is read by itself.",
    },
    hints=["Two matrix products, the bias, and tanh around it all.", "x @ wx is (..., n), and so is h @ wh."],
    may_not_call=[".RNN", ".RNNCell"],
)
