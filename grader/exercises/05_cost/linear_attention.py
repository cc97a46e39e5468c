"""The same numbers for less

Compute layer (b) **without ever making an L×L matrix**, for any number of axes in front of X.
"""

from grader.exercise import Function


def linear_attention(x, wq, wk, wv, wo):
    """Y = (X Wq) (X Wk)ᵀ (X Wv) Wo, at a price that is linear in L.

    x: (..., L, d)    wq, wk, wv: (d, n)    wo: (n, d)
    returns: (..., L, d)
    """
    q, k, v = x @ wq, x @ wk, x @ wv  # (..., L, n) each
    context = k.transpose(-2, -1) @ v  # (..., n, n)
    return q @ context @ wo  # (..., L, d)


exercise = Function(
    linear_attention,
    points=4,
    difficulty=3,
    minutes=8,
    inputs="x: (*, L, d)  wq: (d, n)  wk: (d, n)  wv: (d, n)  wo: (n, d)",
    without=["large"],  # nothing in it overflows
    linear_in="L",
    say={"long": "no matrix of L × L"},
    words={
        "q": "the queries",
        "k": "the keys",
        "v": "the values",
        "context": "the turned keys times the values",
    },
    slips={
        "q @ context @ wo -> (q @ k.mT).softmax(-1) @ v @ wo": "A softmax is applied to the scores; formula "
        "(b) has none, and with one the order cannot be changed.",
        "q @ context @ wo -> (q @ k.mT / wq.shape[-1] ** 0.5).softmax(-1) @ v @ wo": "The scaled dot-product "
        "attention of lesson 02 is computed; formula (b) has no softmax and no scale.",
        "q @ context @ wo -> q @ context @ wo / wq.shape[-1] ** 0.5": "The result is divided by √n; formula "
        "(b) has no scale.",
        "q @ context @ wo -> q @ context": "The output projection Wo is missing.",
        "q @ context @ wo -> v @ wo": "Only the values go through: queries and keys have no say.",
        "q @ context @ wo -> (q + k + v) @ wo": "Queries, keys and values are added; they are to be "
        "multiplied, as matrices.",
        "q @ context @ wo -> q * k * v @ wo": "Queries, keys and values are multiplied number by number: no "
        "token meets another.",
        "q @ context @ wo -> q @ k.mT @ v @ wo": "It goes from left to right and makes the matrix of L×L: "
        "right numbers, at the full price.",
        "q @ context @ wo -> (q @ context @ wo).mT": "The result is transposed.",
    },
    also_right=["q @ context @ wo -> q @ (context @ wo)"],
    hints=[
        "A B C can be multiplied as (A B) C or as A (B C). Which of the two never makes an L×L matrix?",
        "Start with Kᵀ V, which is (n×L)(L×n). How large is it?",
        "With a batch, `k.transpose(-2, -1)` turns the last two axes and leaves the batch alone (`k.T` would "
        "not).",
        "Three projections; then the turned keys times the values; then the queries times that; then `@ wo`.",
    ],
)
