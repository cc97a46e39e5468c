"""Ask only who is there

E experts have looked at each of V videos. Each of T sentences says what it would
like to hear from each, `text` (T, E, D), and how much it asks each, `weights`
(T, E), all above 0. The similarity is the **weighted mean** of the products
⟨text, video⟩ over the experts that are **there**: the weights are divided by their
own sum over these, however small it is (1e-5, say). What `video` holds for one that
is not there is garbage, NaN and infinity too, and must not matter. With no expert
there, the similarity is 0. The gradient must reach `text`, `weights` and `video`."""

import math

import torch

from grader.exercise import Function


def expert_similarity(text, weights, video, there):
    """text: (T, E, D), weights: (T, E), video: (V, E, D), there: (V, E), bool
    -> (T, V)
    """
    kept = video.masked_fill(~there[..., None], 0)  # (V, E, D)
    products = torch.einsum("ted,ved->tve", text, kept)
    asked = weights[:, None] * there  # (T, V, E), 0 where nobody is there
    total = asked.sum(dim=-1)  # (T, V)
    found = (asked * products).sum(dim=-1)  # (T, V)
    return found / total.clamp(min=1e-9)


def by_loops(text, weights, video, there):
    rows, video = [], torch.where(there[..., None], video, 0.0)
    for t, w in zip(text, weights):
        products = (t * video).sum(dim=-1)  # (V, E)
        w = torch.where(there, w, torch.zeros(()))
        sums = w.sum(dim=-1, keepdim=True)
        rows.append((w / torch.where(sums > 0, sums, torch.ones(())) * products).sum(dim=-1))
    return torch.stack(rows)


def _case(kind="some", square=False):
    def case(draw):
        T, V, E, D = draw.sizes(4)
        V = T if square else V
        there = draw.mask(V, E)
        there[:, 0], there[0, -1] = True, False
        if kind == "all":
            there[:] = True
        if kind == "none":
            there[0] = False
        video = draw.normal(V, E, D)
        garbage = 50 * draw.normal(V, E, D)
        if kind == "no numbers":
            garbage[..., 0], garbage[..., 1] = math.nan, math.inf
        video = torch.where(there[..., None], video, garbage)
        weights = draw.normal(T, E).softmax(dim=-1).clamp(min=0.025)
        if kind == "tiny":  # one hardly asked is alone: what is added to a sum shows; 2⁻¹⁷ divides exactly
            there[1], there[1, 0], weights[:, 0] = False, True, 2.0**-17
        return dict(text=draw.normal(T, E, D), weights=weights, video=video, there=there)

    return case


exercise = Function(
    expert_similarity,
    cases={
        "all experts there": _case("all"),
        "experts missing, garbage in their place": _case(),
        "as many sentences as videos": _case(square=True),
        "a video without any expert": _case("none"),
        "garbage that is NaN or infinite": _case("no numbers"),
        "an expert that is hardly asked, alone": _case("tiny"),
    },
    points=5,
    difficulty=3,
    minutes=21,
    words={"asked": "the weights of who is there", "total": "their sum", "products": "the products"},
    slips={
        "video.masked_fill(~there[..., None], 0) -> video ;; weights[:, None] * there -> weights[:, None] * "
        "torch.ones(there.shape)": "Missing experts are asked, too.",
        "video.masked_fill(~there[..., None], 0) -> video": "Garbage is multiplied by 0, and NaN and ∞ times "
        "0 are NaN: put 0 in its place before the product.",
        "video.masked_fill(~there[..., None], 0) -> video ;; asked * products -> asked * "
        "products.masked_fill(~there, 0)": "Garbage is replaced behind the product: the numbers are right, "
        "and the gradient is NaN all the same. Put 0 in its place in `video`.",
        "_w[:, None] * there -> _w.softmax(dim=-1)[:, None] * there": "A softmax is taken of the weights: "
        "they are shares as they are; divide by their sum.",
        "asked * products -> asked * F.cosine_similarity(text[:, None], kept, dim=-1)": "These "
        "are cosines; plain products are asked for.",
        "found / total.clamp(min=1e-9) -> found": "The weights of who is there no longer sum to one: "
        "divide by their "
        "sum, or videos that lack an expert come last in every list.",
        "found / total.clamp(min=1e-9) -> found / total": "A video without any expert gives 0 / 0, NaN; "
        "its similarity "
        "is to be 0.",
        "found / total.clamp(min=1e-9) -> found / there.sum(dim=-1).clamp(min=1)": "The sum is divided by "
        "*how many* "
        "experts are there; divide by the sum of their weights.",
        "found / total.clamp(min=1e-9) -> found / weights.sum(dim=-1, keepdim=True)": "The sum of *all* "
        "weights "
        "divides; only those of the experts that are there do.",
        "found / total.clamp(min=1e-9) -> torch.where(total > 0, found / total, torch.zeros(()))": "0 / 0 "
        "is replaced "
        "behind the division: the numbers are right, and the gradient is NaN all the same. Divide by "
        "something "
        "that is not 0.",
        "asked * products -> asked.detach() * products": "No gradient reaches `weights`.",
    },
    also_right=[by_loops],
    hints=[
        "First 0 in place of garbage: `video.masked_fill(~there[..., None], 0)`. 0 times NaN is NaN.",
        'torch.einsum("ted,ved->tve", text, …) has all products, (T, V, E).',
        "weights[:, None] * there is (T, V, E), and 0 where nobody is there. What is it to be divided by?",
        "Where that sum is 0, divide by anything that is not: `clamp(min=…)`.",
    ],
    may_not_call=["course.multimodal"],
)
