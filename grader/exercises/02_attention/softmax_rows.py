"""Softmax that does not overflow

Write the softmax by hand, without PyTorch's own, along the **last** axis, for scores with any number of
axes before it. It has to survive the three rows above, also when one row of a matrix lies near −400 and
the next near +800, when one score lies 1,000 below the others of its row, or when some are −∞, which is
what a mask will make of them.
"""

from grader.exercise import Function


def softmax_rows(scores):
    """Attention weights from scores: positive, and each row (last axis) sums to one.

    scores: (..., L) -> (..., L)
    """
    shifted = scores - scores.amax(dim=-1, keepdim=True)  # the largest score of each row is now 0
    weights = shifted.exp()
    return weights / weights.sum(dim=-1, keepdim=True)


def with_logsumexp(scores):
    return (scores - scores.logsumexp(dim=-1, keepdim=True)).exp()


def _forbidden(draw):
    """A mask's doing: in each row some scores are −∞, never all."""
    R, L = draw.sizes(2)
    return dict(scores=draw.normal(R, L).masked_fill(~draw.mask(R, L), float("-inf")))


exercise = Function(
    softmax_rows,
    points=6,
    difficulty=2,
    minutes=7,
    inputs="scores: (*, R, L)",
    cases={"scores of −∞, as a mask makes them": _forbidden},
    say={"one": "a matrix of scores: each row becomes weights"},
    words={
        "everything": "The softmax",
        "weights.sum(dim=-1, keepdim=True)": "the sum of the row",
        "scores.amax(dim=-1, keepdim=True)": "the maximum",
    },
    same_as="torch.nn.functional.softmax",
    slips={
        "scores - scores.amax(dim=-1, keepdim=True) -> scores": "Nothing is subtracted before the "
        "exponential: it overflows for large scores (inf / inf is NaN) and vanishes for very negative ones "
        "(0 / 0).",
        "scores - scores.amax(dim=-1, keepdim=True) -> scores.clamp(-50, 50)": "The scores are clamped, "
        "not shifted: all beyond the limit become equal.",
        "scores - scores.amax(dim=-1, keepdim=True) -> scores.clamp(max=50)": "Large scores are clamped, not "
        "shifted: they become equal, and a row of very negative ones still vanishes.",
        "scores - scores.amax(dim=-1, keepdim=True) -> scores.double()": "exp overflows also in double "
        "precision, only later: subtract the row's maximum.",
        "scores.amax(dim=-1, keepdim=True) -> scores.amax()": "One maximum is subtracted from the whole "
        "tensor. A row far below it still vanishes: each row needs its own.",
        "scores.amax(dim=-1, keepdim=True) -> scores.amax() ;; weights.sum(dim=-1, keepdim=True) -> "
        "weights.sum()": "One softmax over all entries of the tensor: they sum to one together, not row by "
        "row.",
        "weights.sum(dim=-1, keepdim=True) -> scores.exp().sum(dim=-1, keepdim=True)": "The maximum is "
        "subtracted above the line only; the sum below has exponentials of other scores.",
        "scores.amax(dim=-1, keepdim=True) -> scores.amin(dim=-1, keepdim=True)": "The minimum is "
        "subtracted, not the maximum: a score far above it overflows in exp.",
        "scores.amax(dim=-1, keepdim=True) -> scores.mean(dim=-1, keepdim=True)": "The mean is subtracted, "
        "not the maximum: a score far below the others pulls it down, and exp overflows.",
        "scores - scores.amax(dim=-1, keepdim=True) -> scores ;; weights / weights.sum(dim=-1, keepdim=True) "
        "-> weights / (weights.sum(dim=-1, keepdim=True) + 1e-8)": "A small number in the denominator mends "
        "0 / 0 to 0, not to the right weights, and inf / inf stays NaN.",
        "scores.amax(dim=-1, keepdim=True) -> scores.abs().amax(dim=-1, keepdim=True)": "The largest "
        "absolute value is subtracted: where it belongs to a negative score, all of the row vanishes, and 0 "
        "/ 0 is NaN.",
    },
    also_right=[with_logsumexp],
    hints=[
        "Start with exp, then divide by a sum. Which axis is summed, so that each row ends up at one?",
        "sum(dim=-1, keepdim=True) leaves an axis of length one, which broadcasts against the row it came "
        "from.",
        "exp(1000) is inf in float32. Adding the same number to a whole row changes no weight: which number "
        "would make the largest score 0?",
        "What is subtracted differs from row to row: a reduction over the last axis, which keeps that axis.",
    ],
    may_not_call=[".softmax", ".log_softmax", ".softmin", ".Softmax", ".LogSoftmax"],
)
