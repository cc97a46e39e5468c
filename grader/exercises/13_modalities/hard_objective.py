"""The objective of hard attention

For each of B captions `log_y` is log p(y | s), how likely the true words were after
looking at the drawn places s; `log_s` is log p(s). The objective, to be made
**large**, is the mean over the captions of

    log p(y | s)  +  (log p(y | s) − b) · log p(s)

The bracket is the **reward**: a number that says how much to reinforce. No gradient
may go through it; one must go through the first term, and one through log p(s). b
is the baseline, a float."""

from grader.exercise import Function


def hard_objective(log_y, log_s, b):
    """log_y, log_s: (B,), b: a float -> a scalar"""
    reward = (log_y - b).detach()  # (B,)
    drawn = reward * log_s
    return (log_y + drawn).mean()


def in_two_means(log_y, log_s, b):
    return log_y.mean() + ((log_y.detach() - b) * log_s).mean()


def _case(b=None):
    def case(draw):
        (B,) = draw.sizes(1)
        log_y, log_s = -draw.normal(B).abs() - 0.5, -draw.normal(B).abs() - 0.5
        return dict(log_y=log_y, log_s=log_s, b=-draw.integer(5, 20) / 10 if b is None else b)

    return case


exercise = Function(
    hard_objective,
    cases={"a batch": _case(), "no baseline": _case(0.0), "a baseline above all rewards": _case(2.0)},
    points=3,
    difficulty=2,
    minutes=12,
    words={"reward": "the reward", "drawn": "the reinforced part"},
    slips={
        "(log_y - b).detach() -> log_y - b": "A gradient goes through the reward: `log_y` is "
        "differentiated a second "
        "time there. It is a number.",
        "log_y + drawn -> drawn": "The first term is left out: then the writer itself learns nothing, only "
        "where to look.",
        "(log_y - b).detach() -> log_y.detach()": "The baseline is left out.",
        "(log_y - b).detach() -> (log_y + b).detach()": "The baseline is added; it is taken off.",
        "log_y + drawn -> log_y - drawn": "The second term is subtracted: places that helped become rarer.",
        "reward * log_s -> reward * log_s.exp()": "p(s) stands in place of log p(s).",
        "(log_y + drawn).mean() -> (log_y + drawn).sum()": "The captions are added up; their mean is asked "
        "for.",
        "(log_y + drawn).mean() -> -(log_y + drawn).mean()": "The sign is turned: this is to be made large.",
        "reward * log_s -> reward * log_s.detach()": "No gradient reaches `log_s`: then nothing learns "
        "where to look.",
        "log_y + drawn -> log_y.detach() + drawn": "The first term is cut off: only the reward is a number.",
    },
    also_right=[in_two_means],
    hints=[
        "`.detach()` makes a number of a tensor. Which of the three factors is to be one?",
        "Two terms for each caption, then one mean.",
    ],
    may_not_call=["course.multimodal"],
)
