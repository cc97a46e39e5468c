"""Four norms in three lines

Subtract the mean and divide by √(variance + ε), both taken over `axes` together, with ε = 1e-5. The variance
is the biased one (divided by n, not by n − 1).
"""

from grader.exercise import Function


def norm_over(x, axes):
    """Mean 0, variance 1 over these axes. x: any shape, axes: tuple of ints -> as x"""
    mean = x.mean(dim=axes, keepdim=True)
    variance = (x - mean).square().mean(dim=axes, keepdim=True)
    return (x - mean) / (variance + 1e-5).sqrt()


def _case(axes, size=1.0, shift=0.5, shape=3):
    return lambda draw: dict(x=size * (draw.normal(*draw.sizes(shape)) + shift), axes=axes)


STD = "`std` divides by n − 1 unless it is told `unbiased=False`"
WHOLE = "All is divided by one number, the deviation of the whole tensor; take it over `axes`, like the mean."

exercise = Function(
    norm_over,
    cases={
        "the last axis": _case((-1,)),
        "the first two axes": _case((0, 1)),
        "the axis in the middle": _case((1,)),
        "two axes of four": _case((2, 3), shape=4),
        "numbers that hardly differ": _case((0, 1), size=1e-3),
    },
    points=3,
    difficulty=2,
    minutes=6,
    words={"mean": "the mean", "variance": "the variance"},
    slips={
        "(variance + 1e-5).sqrt() -> variance.sqrt() + 1e-5": "ε is added to the root; it belongs under it.",
        "(variance + 1e-5).sqrt() -> (variance + 1e-5)": "It is divided by the variance, and not by its "
        "root.",
        "(x - mean).square().mean(dim=axes, keepdim=True) -> x.var(dim=axes, keepdim=True)": "The "
        "variance is divided by n − 1, as PyTorch's `var` does unless it is told `unbiased=False`.",
        "(x - mean).square() -> x.square()": "The variance is taken around 0; subtract the mean first.",
        "(variance + 1e-5).sqrt() -> variance.sqrt()": "ε is left out.",
        "(variance + 1e-5).sqrt() -> x.std(dim=axes, keepdim=True)": f"{STD}, and there is no ε.",
        "(variance + 1e-5).sqrt() -> (x.std(dim=axes, keepdim=True) + 1e-5)": f"{STD}, and ε belongs "
        "under the root.",
        "(variance + 1e-5).sqrt() -> x.std()": WHOLE,
        "(variance + 1e-5).sqrt() -> (x.std() + 1e-5)": WHOLE,
        "(x - mean).square().mean(dim=axes, keepdim=True) -> x.var()": WHOLE,
        "(x - mean).square().mean(dim=axes, keepdim=True) -> x.var(unbiased=False)": WHOLE,
        "mean = x.mean(dim=axes, keepdim=True) -> mean = x.mean() ;; (variance + 1e-5).sqrt() -> x.std()": ""
        "`axes` is never used: mean and deviation are those of the whole tensor.",
    },
    also_right=[
        "(x - mean).square().mean(dim=axes, keepdim=True) -> x.var(dim=axes, keepdim=True, unbiased=False)",
        "(x - mean).square() -> (x - mean) ** 2",
        "(x - mean) / (variance + 1e-5).sqrt() -> (x - mean) * (variance + 1e-5).rsqrt()",
        "variance = _v -> variance = x.std(dim=axes, keepdim=True, unbiased=False) ** 2",
        "(x - mean) / (variance + 1e-5).sqrt() -> (x.double() - mean) / (variance.double() + 1e-5).sqrt()",
    ],
    hints=[
        "x.mean(dim=axes) takes a tuple. What must it keep, so that x - mean broadcasts whatever the axes?",
        "keepdim=True leaves the axes there with length 1. The variance is the mean of (x − mean)².",
    ],
    may_not_call=[".layer_norm", ".batch_norm", ".instance_norm", ".group_norm", "course.norm"],
)
