"""Nine places, and no luck

`estimate(logits, s, reward, baseline)` claims to be REINFORCE: place `s` was drawn
from softmax(`logits`) and earned `reward`, a number; it estimates the gradient of
the *expected* reward with respect to the logits. One draw may be far off; the
**mean over all draws** must be the gradient. With nine places you need no luck: take
each once, and weigh it by its chance. Test it so, with baseline 0 and with another."""

import torch

from grader.exercise import PropertyTest


def test_estimate(estimate):
    """Raise AssertionError unless the mean of the estimates is the gradient."""
    logits = torch.randn(9, requires_grad=True)
    rewards = torch.randn(9)  # of each place
    p = logits.softmax(dim=0)
    (exact,) = torch.autograd.grad((p * rewards).sum(), logits)
    for baseline in (0.0, 3.0):
        mean = torch.zeros(9)
        for s in range(9):
            one = estimate(logits.detach(), s, rewards[s].item(), baseline)
            mean += p[s].detach() * one
        assert torch.allclose(mean, exact, atol=1e-4)


def base(logits, s, reward, baseline):
    p = logits.softmax(dim=0)
    drawn = torch.zeros(len(p))
    drawn[s] = 1
    gradient = drawn - p  # of log p_s
    return (reward - baseline) * gradient


def by_autograd(logits, s, reward, baseline):
    logits = logits.detach().requires_grad_()
    log_p = logits.log_softmax(dim=0)[s]
    (gradient,) = torch.autograd.grad((reward - baseline) * log_p, logits)
    return gradient


GRADIENT = "(reward - baseline) * gradient"

exercise = PropertyTest(
    test_estimate,
    base=base,
    right={
        "asks PyTorch for the gradient": by_autograd,
        "leaves the baseline out, which makes the estimate noisier and no more wrong": f"{GRADIENT} -> "
        "reward * gradient",
    },
    wrong={
        "The test does not notice that the gradient is not that of log p.": {
            "takes the gradient of p in place of log p, so weighs each draw by its chance, which is for "
            "the test to do": f"{GRADIENT} -> p[s] * {GRADIENT}",
            "takes the gradient of the logit alone": "drawn - p -> drawn",
            "divides by the chance once more": f"{GRADIENT} -> {GRADIENT} / p[s]",
        },
        "All places of the test are equally likely: then a mean that forgets their chances is right, too. "
        "Make random logits.": {
            "takes all places for equally likely": "drawn - p -> drawn - 1 / len(p)",
            "weighs each draw by nine times its chance, where the test has to weigh it": f"{GRADIENT}"
            f" -> len(p) * p[s] * {GRADIENT}",
        },
        "The test does not notice a turned sign.": {
            "makes rewarded places rarer": f"{GRADIENT} -> (baseline - reward) * gradient"
        },
        "The test does not notice that the reward is not used, or is not used as it is.": {
            "makes what was drawn likelier, whatever it earned": f"{GRADIENT} -> gradient",
            "squares the reward": f"{GRADIENT} -> (reward - baseline) ** 2 * gradient",
        },
        "The test never tries a baseline for which a wrong use of it shows: try one that is not 0.": {
            "takes the baseline off the gradient": f"{GRADIENT} -> reward * gradient - baseline",
            "divides by the baseline": f"{GRADIENT} -> reward / (1 + abs(baseline)) * gradient",
        },
    },
    points=4,
    difficulty=3,
    minutes=28,
    hints=[
        "Make logits and rewards of nine places. Exact: p = logits.softmax(dim=0), the expected reward is "
        "(p * "
        "rewards).sum(), and torch.autograd.grad(…, logits) its gradient.",
        "For each place s: p[s] · estimate(logits.detach(), s, rewards[s].item(), baseline), added up.",
        "Compare with torch.allclose(…, atol=1e-4). Then the same once more with another baseline.",
    ],
)
