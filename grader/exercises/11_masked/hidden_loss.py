"""Paid for what was hidden

The squared error of each patch is the mean over its numbers. The loss is the mean of that over the
**hidden** patches of all images together; what was visible is not counted. (Whether a gradient reaches
`target`, a picture, does not matter.)
"""

from grader.exercise import Function


def hidden_loss(predicted, target, hidden):
    """predicted, target: (B, N, w), hidden: (B, N), boolean -> ()"""
    error = (predicted - target.detach()).square().mean(dim=-1)  # (B, N); a picture learns nothing
    return (error * hidden).sum() / hidden.sum()


def _case(share=0.75, batch=None, apart=1.0):
    def case(draw):
        B, N, w = draw.sizes(3)
        B, N = batch or B, N + 4
        hidden = draw.normal(B, N) < {0.75: 0.67, 0.25: -0.67}[share]
        hidden[:, 0], hidden[:, 1] = True, False  # some of each, and not equally many an image
        target = draw.normal(B, N, w)
        return dict(predicted=target + apart * draw.normal(B, N, w), target=target, hidden=hidden)

    return case


exercise = Function(
    hidden_loss,
    cases={
        "three quarters hidden": _case(),
        "a quarter hidden": _case(share=0.25),
        "one image": _case(batch=1),
        "far off": _case(apart=100.0),
    },
    constants=["target"],
    say={"gradient": "the gradient reaches what was predicted"},
    words={"error": "the error of each patch"},
    slips={
        "(error * hidden).sum() / hidden.sum() -> error.mean()": "Visible patches are counted, too.",
        "(error * hidden).sum() / hidden.sum() -> (error * ~hidden).sum() / (~hidden).sum()": "The visible "
        "patches are counted, and the hidden ones are not.",
        "(error * hidden).sum() / hidden.sum() -> (error * hidden).mean()": "The sum over hidden patches is "
        "divided by how many patches there are: the loss shrinks where less is hidden.",
        "(error * hidden).sum() / hidden.sum() -> ((error * hidden).sum(dim=1) / "
        "hidden.sum(dim=1)).mean()": "A mean for each image comes first: a hidden patch then counts less "
        "where more are hidden.",
        "(predicted - target.detach()).square().mean(dim=-1) -> (predicted - "
        "target.detach()).square().sum(dim=-1)": "The numbers of a patch are added up; their mean is taken.",
        "return _x -> return ((predicted - target).square() * hidden[..., None]).sum()": "Everything hidden "
        "is added up: it grows with the batch; the mean is asked for.",
        "(predicted - target.detach()).square() -> (predicted - target.detach()).abs()": "The difference is "
        "not squared.",
    },
    also_right=[
        "(error * hidden).sum() / hidden.sum() -> error[hidden].mean()",
        "return _x -> return (predicted[hidden] - target[hidden]).square().mean()",
    ],
    points=3,
    difficulty=2,
    minutes=6,
    hints=["A boolean tensor can choose: what does error[hidden] hold?", "Mean over w first, dim=-1."],
    may_not_call=["course.ssl"],
)
