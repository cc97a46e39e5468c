"""One step of a beam search

W beginnings are kept, with their log-probabilities. Each could go on with each of V tokens. Of all these W·V
longer beginnings keep the W most probable, best first: their log-probabilities, which beginning each comes
from, and which token it adds.
"""

from grader.exercise import Function


def beam_step(scores, log_p):
    """scores: (W,), log p of the beginnings; log_p: (W, V), of each token after each
    -> scores (W,), best first; beginnings (W,), 0 … W − 1; tokens (W,), 0 … V − 1
    """
    W, V = log_p.shape
    longer = scores[:, None] + log_p  # (W, V)
    best, place = longer.flatten().topk(W)  # (W,) each, of W · V
    return best, place // V, place % V


def _case(W=None, V=None, spread=1.0, only=False):
    def case(draw):
        width, size = draw.shuffled(range(3, 9))[:2]
        width, size = W or width, V or size
        scores = -spread * draw.normal(width).abs() - 1
        if only:  # the first step: there is one beginning, the others are none
            scores[1:] = float("-inf")
            size = max(size, width + 1)
        return dict(scores=scores, log_p=draw.normal(width, size).log_softmax(-1))

    return case


exercise = Function(
    beam_step,
    cases={
        "several beginnings": _case(),
        "as many tokens as beginnings": _case(W=5, V=5),
        "one beginning is far ahead": _case(spread=9.0),
        "only the first is a beginning yet": _case(only=True),
        "a width of one": _case(W=1, V=6),
    },
    words={"longer": "the scores of the longer beginnings", "place": "the places of the best"},
    slips={
        "longer = scores[:, None] + log_p -> longer = log_p": "What the beginnings had is forgotten: only "
        "the "
        "last token's log-probability counts.",
        "scores[:, None] + log_p -> scores[:, None] * log_p": "Log-probabilities are multiplied; "
        "probabilities "
        "are, so their logarithms are added.",
        "scores[:, None] + log_p -> scores[:, None] + log_p.exp()": "A probability is added to a "
        "log-probability.",
        "return best, place // V, place % V -> return longer.max(1)[0], "
        "longer.new_ones(W).cumsum(0).long() - 1, longer.argmax(1)": "Each "
        "beginning goes on with its own best token: of *all* W·V longer ones the W best are kept, and "
        "several "
        "may come from one beginning.",
        "return best, place // V, place % V -> return longer.max(1)[0].sort(descending=True)[0], "
        "(order := longer.max(1)[0].argsort(descending=True)), longer.argmax(1)[order]": "Each beginning "
        "goes "
        "on with its own best token: of *all* W·V longer ones the W best are kept, and several may come from "
        "one beginning.",
        "return best, place // V, place % V -> return best, place % V, place // V": "Beginnings and "
        "tokens have changed places.",
        "return best, place // V, place % V -> return best, place // W, place % W": "The place is "
        "taken apart by W; a row of the table is V long.",
    },
    also_right=["longer.flatten().topk(W) -> longer.reshape(-1).topk(W)"],
    may_not_call=["course.language"],
    points=4,
    difficulty=3,
    minutes=8,
    hints=[
        "How probable is a beginning with one token more? Make the (W, V) table of all of them.",
        "`topk` on the flattened table gives places 0 … W·V − 1. Row by row: which row is place 7 of a "
        "table "
        "with rows of 5, and which column?",
    ],
)
