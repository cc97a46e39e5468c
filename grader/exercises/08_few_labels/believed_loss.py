"""Believe what is sure

FixMatch's term for images without labels. The weakly changed view is asked: where the largest probability
is at least the threshold, its class is the pseudo-label, and the strongly changed view is scored by
cross-entropy with it. The **sum over the sure ones is divided by all B**; no gradient goes through `weak`.
"""

from torch.nn import functional as F

from grader.exercise import Function


def believed_loss(weak, strong, threshold):
    """weak, strong: (B, K) logits, threshold: a float, 0 … 1 -> a scalar"""
    probabilities = weak.detach().softmax(dim=-1)  # (B, K)
    confidence, called = probabilities.max(dim=-1)  # (B,) each
    sure = confidence >= threshold
    each = F.cross_entropy(strong, called, reduction="none")  # (B,)
    return (each * sure).sum() / len(weak)


def _case(threshold, scale=2.0, of_strong=1.0, square=False):
    def case(draw):
        B, K = draw.sizes(2)
        B, K = (5, 5) if square else (B + 4, K)
        return {
            "weak": scale * draw.normal(B, K),
            "strong": of_strong * draw.normal(B, K),
            "threshold": threshold,
        }

    return case


def _certain(draw):
    """Every other image's largest probability is 1, and so is the threshold."""
    inputs = _case(1.0, scale=0.1)(draw)
    inputs["weak"][::2, draw.integer(0, 1)] += 300
    return inputs


exercise = Function(
    believed_loss,
    cases={
        "some are sure": _case(0.7),
        "as many images as classes": _case(0.6, square=True),
        "all are believed": _case(0.0),
        "none is sure": _case(0.9, scale=0.1),
        "just as sure as the threshold": _certain,
        "logits of hundreds": _case(0.9, scale=300.0, of_strong=300.0),
    },
    words={"confidence": "the largest probability", "each": "each image's loss", "called": "pseudo-labels"},
    slips={
        "confidence >= threshold -> confidence > threshold": "*At least* the threshold: who is just as sure "
        "is believed, too.",
        "confidence >= threshold -> confidence > -1": "All are believed: the threshold is not used.",
        "(each * sure).sum() / len(weak) -> (each * sure).sum() / sure.sum().clamp(min=1)": "It is divided "
        "by the sure ones only: three lucky images then count as much as a whole batch.",
        "(each * sure).sum() / len(weak) -> each[sure].mean()": "It is the mean over the sure ones only, and "
        "where there are none, NaN: the sum is divided by all B.",
        "F.cross_entropy(strong, called, reduction='none') -> "
        "-strong.softmax(dim=-1).log().gather(1, called[:, None]).squeeze(1)": "The logarithm is taken of a "
        "softmax, which underflows to 0 for large logits: `log_softmax` or cross_entropy does both at once.",
        "F.cross_entropy(strong, called, reduction='none') -> F.cross_entropy(weak, called, "
        "reduction='none')": "The weak view is taught what it says itself: it is the strong one that must "
        "agree.",
        "weak.detach().softmax(dim=-1) -> strong.detach().softmax(dim=-1)": "The strong view labels itself.",
        "weak.detach().softmax(dim=-1) -> weak.detach()": "The threshold is compared with logits, not with "
        "probabilities.",
        "weak.detach().softmax(dim=-1) -> weak.detach().softmax(dim=0)": "The softmax is over the images.",
        "confidence >= threshold -> confidence < threshold": "Those that are *not* sure are believed.",
        "F.cross_entropy(strong, called, reduction='none') -> F.cross_entropy(strong, probabilities, "
        "reduction='none')": "All of the weak view's shares are taught (soft labels); FixMatch takes the "
        "class.",
        "weak.detach().softmax(dim=-1) -> weak.softmax(dim=-1) ;; F.cross_entropy(strong, called, "
        "reduction='none') -> F.cross_entropy(strong, probabilities, reduction='none')": "All of the weak "
        "view's shares are taught (soft labels), and a gradient goes through them; FixMatch takes the class.",
    },
    also_right=[
        "(each * sure).sum() / len(weak) -> each[sure].sum() / len(weak)",
        "(each * sure).sum() / len(weak) -> (each * sure.float()).mean()",
        "weak.detach() -> weak",  # a class that is called lets no gradient through
    ],
    points=4,
    difficulty=3,
    minutes=10,
    hints=[
        "`softmax(dim=-1).max(dim=-1)` gives probability and class at once. Where does `detach` belong?",
        "F.cross_entropy(..., reduction='none') gives one number an image: keep some, then the mean over B.",
    ],
    may_not_call=["course.fewlabels"],
)
