"""Look everywhere once

Over all words each place should get a look of about 1: the penalty of a caption is
Σ_i (1 − Σ_t α_ti)². Captions are filled up with padding, behind or between: `real`
is True where a word stands, and looks for padding **do not count**. Sum over the
places, mean over the batch. The gradient must reach `weights`."""

from grader.exercise import Function


def everywhere_once(weights, real):
    """weights: (B, T, N), T looks at N places; real: (B, T), bool -> a scalar"""
    counted = weights * real[..., None]  # (B, T, N)
    looked = counted.sum(dim=1)  # (B, N)
    missing = (1 - looked) ** 2
    return missing.sum(dim=1).mean()


def by_captions(weights, real):
    costs = [((1 - w[r].sum(dim=0)) ** 2).sum() for w, r in zip(weights, real)]
    return sum(costs) / len(costs)


def _case(padded=True, T=None, N=None, between=False):
    def case(draw):
        B, words, places = draw.sizes(3)
        words, places = T or words + 2, N or places
        weights = (2 * draw.normal(B, words, places)).softmax(dim=-1)
        real = draw.mask(B, words) if padded else (weights[..., 0] > -1)
        real[:, 0] = True
        if between:
            real[:, 1], real[:, 2] = False, True
        elif padded:
            real = real.sort(dim=1, descending=True).values
        return dict(weights=weights, real=real)

    return case


exercise = Function(
    everywhere_once,
    cases={
        "no padding": _case(padded=False),
        "captions of different lengths": _case(),
        "as many words as places": _case(T=5, N=5),
        "padding between the words": _case(between=True),
    },
    points=3,
    difficulty=2,
    minutes=8,
    words={"looked": "the look that a place has got", "missing": "the squares"},
    slips={
        "weights * real[..., None] -> weights": "Padding counts as looks: multiply its weights by 0.",
        "weights * real[..., None] -> weights * ~real[..., None]": "The padding is kept, and the words are "
        "taken away: `real` is True for words.",
        "missing.sum(dim=1).mean() -> ((1 - weights[real].sum(dim=0)) ** 2).sum()": "The captions are mixed: "
        "`weights[real]` puts the words of all of them in one row.",
        "missing.sum(dim=1).mean() -> ((1 - weights[real].sum(dim=0)) ** 2).sum() / len(weights)": "The "
        "words of all captions are mixed before the square: each caption has one of its own.",
        "counted.sum(dim=1) -> counted.sum(dim=2)": "The sum is over the places: a softmax sums to 1 "
        "there, whatever "
        "it looks at. Add up the words, t.",
        "counted.sum(dim=1) -> counted.mean(dim=1)": "The looks are averaged over the words; they are "
        "added up.",
        "missing.sum(dim=1).mean() -> missing.mean()": "The squares are averaged over the places, too (the "
        "official "
        "code does that; the paper, and this exercise, adds them up).",
        "missing.sum(dim=1).mean() -> missing.sum()": "The captions are added up; their mean is asked for.",
        "(1 - looked) ** 2 -> 1 - looked": "The square is left out.",
        "counted.sum(dim=1) -> counted.square().sum(dim=1)": "The weights are squared before they are "
        "added up.",
    },
    also_right=["weights * real[..., None] -> weights.masked_fill(~real[..., None], 0)", by_captions],
    hints=[
        "real[..., None] is (B, T, 1): it multiplies the weights. Which axis is t, which is i?",
        "Three steps: take padding away, add up over the words, then (1 − …)², summed over the places.",
    ],
    may_not_call=["course.multimodal"],
)
