"""Every patch to its own scale

MAE's better target: subtract from each patch the mean of its numbers, and divide by √(variance + ε), with
the **unbiased** variance (divided by w − 1) and ε = 1e-6.
"""

from grader.exercise import Function


def unit_patches(patches):
    """Mean 0, deviation 1 for each patch. patches: (B, N, w) -> (B, N, w)"""
    mean = patches.mean(dim=-1, keepdim=True)  # (B, N, 1)
    variance = patches.var(dim=-1, keepdim=True)
    return (patches - mean) / (variance + 1e-6).sqrt()


def _case(size=1.0, shift=0.5, batch=None):
    def case(draw):
        B, N, w = draw.sizes(3)
        return dict(patches=size * draw.normal(batch or B, N, w + 2) + shift)

    return case


exercise = Function(
    unit_patches,
    without=["gradient"],
    cases={
        "a batch": _case(),
        "one image": _case(batch=1),
        "bright patches": _case(shift=40.0),
        "patches nearly of one colour": _case(size=1e-3, shift=0.0),
    },
    words={"mean": "the mean of a patch", "variance": "the variance of a patch"},
    slips={
        "patches.var(dim=-1, keepdim=True) -> patches.var(dim=-1, keepdim=True, unbiased=False)": "The "
        "variance is divided by w; the published code divides by w − 1, as `var` does unless it is told.",
        "(variance + 1e-6).sqrt() -> variance.sqrt() + 1e-6": "ε is added to the root; it belongs under it.",
        "(variance + 1e-6).sqrt() -> variance.sqrt()": "ε is left out: a patch of one colour becomes NaN.",
        "(variance + 1e-6).sqrt() -> variance + 1e-6": "It is divided by the variance, and not by its root.",
        "patches.mean(dim=-1, keepdim=True) -> patches.mean() ;; patches.var(dim=-1, keepdim=True) -> "
        "patches.var()": "One mean and one deviation for everything: each patch has its own.",
        "patches.mean(dim=-1, keepdim=True) -> patches.mean(dim=(1, 2), keepdim=True) ;; patches.var(dim=-1, "
        "keepdim=True) -> patches.var(dim=(1, 2), keepdim=True)": "Each image is brought to one scale; each "
        "*patch* should be.",
    },
    also_right=["patches.var(dim=-1, keepdim=True) -> patches.std(dim=-1, keepdim=True) ** 2"],
    points=3,
    difficulty=2,
    minutes=6,
    hints=[
        "keepdim=True, or the mean of a patch will not line up with its numbers.",
        "ε goes under the root.",
    ],
    may_not_call=[".layer_norm", "course.ssl"],
)
