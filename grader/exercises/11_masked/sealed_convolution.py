"""A convolution that does not leak

Written densely, FCMAE's sparse convolution is this: places that are hidden are zero **before** the
convolution, so that it reads nothing of them, and zero **behind** it, so that nothing (a bias, a neighbour)
has crept in. The map keeps its size (k is odd); `visible` says True where a place may be seen.
"""

from torch.nn import functional as F

from grader.exercise import Function


def sealed_convolution(x, weight, bias, visible):
    """Zeros in and zeros out where hidden. x: (B, C, H, W), visible: (B, H, W), boolean
    weight: (D, C, k, k), bias: (D,) -> (B, D, H, W)
    """
    seen = visible[:, None]  # (B, 1, H, W)
    y = F.conv2d(x * seen, weight, bias, padding=weight.shape[-1] // 2)  # (B, D, H, W)
    return y * seen


def _case(k=3, batch=None):
    def case(draw):
        C, H, W, D = draw.shuffled([2, 3, 4, 5])
        H, W, B = H + k, W + k, batch or 2
        visible = draw.normal(B, H, W) > 0
        weight = draw.normal(D, C, k, k)
        return dict(x=draw.normal(B, C, H, W), weight=weight, bias=draw.normal(D), visible=visible)

    return case


exercise = Function(
    sealed_convolution,
    cases={"3 × 3": _case(), "5 × 5": _case(k=5), "one image": _case(batch=1), "1 × 1": _case(k=1)},
    words={"seen": "what is visible", "y": "what the convolution gives"},
    slips={
        "x * seen -> x": "The convolution reads the hidden places: a visible neighbour now knows of them.",
        "y * seen -> y": "Hidden places are not zero behind it: the bias and their visible neighbours have "
        "filled them, and the next layer reads that.",
        "seen = visible[:, None] -> seen = ~visible[:, None]": "Upside down: True means that a place is "
        "seen.",
        "seen = visible[:, None] -> seen = visible[:1, None]": "All images are masked as the first is.",
        "F.conv2d(x * seen, weight, bias, padding=weight.shape[-1] // 2) -> F.conv2d(x * seen, weight, "
        "padding=weight.shape[-1] // 2)": "The bias is left out.",
        "weight.shape[-1] // 2 -> 1": "The padding is 1 whatever k is: k // 2 keeps the size of the map.",
        "weight.shape[-1] // 2 -> 0": "There is no padding: the map grows smaller by k − 1.",
    },
    also_right=["x * seen -> x.masked_fill(~seen, 0)", "y * seen -> y.masked_fill(~seen, 0)"],
    points=3,
    difficulty=2,
    minutes=8,
    hints=[
        "visible[:, None] has shape (B, 1, H, W), and times x it broadcasts over the channels.",
        "F.conv2d(…, padding=k // 2) keeps the size. What does it write where everything around is hidden?",
    ],
    may_not_call=["course.ssl"],
)
