"""Ask only who is there

E experts have looked at each of V videos, and of T sentences each says what it
would like to hear from each expert: `text` (T, E, D), and how much it asks each,
`weights` (T, E), all above 0. The similarity of a sentence and a video is the
**weighted mean** of the products ⟨text, video⟩ over the experts that are **there**:
its weights are divided by their own sum over these. What stands in `video` for an
expert that is not there is garbage and must not matter. With no expert there, the
similarity is 0. The gradient must reach `text`, `weights` and `video`."""

import torch

from grader.exercise import Function


def expert_similarity(text, weights, video, there):
    """text: (T, E, D), weights: (T, E), video: (V, E, D), there: (V, E), bool
    -> (T, V)
    """
    products = torch.einsum("ted,ved->tve", text, video)
    asked = weights[:, None] * there  # (T, V, E), 0 where nobody is there
    total = asked.sum(dim=-1)  # (T, V)
    found = (asked * products).sum(dim=-1)  # (T, V)
    return found / total.clamp(min=1e-6)


def by_loops(text, weights, video, there):
    rows = []
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
        video = torch.where(there[..., None], video, 50 * draw.normal(V, E, D))
        weights = draw.normal(T, E).softmax(dim=-1).clamp(min=0.025)
        if kind == "some":  # one that is hardly asked is alone: what is added to a sum shows
            there[1], there[1, 0], weights[0, 0] = False, True, 0.025
        return dict(text=draw.normal(T, E, D), weights=weights, video=video, there=there)

    return case


exercise = Function(
    expert_similarity,
    cases={
        "all experts there": _case("all"),
        "experts missing, garbage in their place": _case(),
        "as many sentences as videos": _case(square=True),
        "a video without any expert": _case("none"),
    },
    points=5,
    difficulty=3,
    minutes=14,
    words={"asked": "the weights of who is there", "total": "their sum", "products": "the products"},
    slips={
        "weights[:, None] * there -> weights[:, None] * torch.ones(there.shape)": "Missing experts are "
        "asked, too.",
        "found / total.clamp(min=1e-6) -> found": "The weights of who is there no longer sum to one: "
        "divide by their "
        "sum, or videos that lack an expert come last in every list.",
        "found / total.clamp(min=1e-6) -> found / total": "A video without any expert gives 0 / 0, NaN; "
        "its similarity "
        "is to be 0.",
        "found / total.clamp(min=1e-6) -> found / there.sum(dim=-1).clamp(min=1)": "The sum is divided by "
        "*how many* "
        "experts are there; divide by the sum of their weights.",
        "asked * products -> asked.softmax(dim=-1) * products": "A softmax is taken once more: a missing "
        "expert's 0 "
        "becomes a share.",
        "found / total.clamp(min=1e-6) -> found / weights.sum(dim=-1, keepdim=True)": "The sum of *all* "
        "weights "
        "divides; only those of the experts that are there do.",
        "found / total.clamp(min=1e-6) -> torch.where(total > 0, found / total, torch.zeros(()))": "0 / 0 "
        "is replaced "
        "behind the division: the numbers are right, and the gradient is NaN all the same. Divide by "
        "something "
        "that is not 0.",
        "asked * products -> asked.detach() * products": "No gradient reaches `weights`.",
    },
    also_right=[by_loops],
    hints=[
        'torch.einsum("ted,ved->tve", text, video) has all products, (T, V, E).',
        "weights[:, None] * there is (T, V, E), and 0 where nobody is there. What is it to be divided by?",
        "Where that sum is 0, divide by anything that is not: `clamp(min=…)`.",
    ],
    may_not_call=["course.multimodal"],
)
