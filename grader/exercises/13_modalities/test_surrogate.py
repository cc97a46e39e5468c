"""Nine places, and no luck

`surrogate(reward, log_p, baseline)` claims to be REINFORCE: of B draws, with
rewards (B,) and logarithms of their chances (B,), it makes a scalar whose
**gradient**, averaged over all draws by their chances, is that of the expected
reward. With nine places you need no luck: draw each place once and weigh it by its
chance. Test it, with baseline 0 and with another one. The scalar's *value* means
nothing: do not test it."""

import torch

from grader.exercise import PropertyTest


def test_surrogate(surrogate):
    """Raise AssertionError unless the mean of surrogate's gradient is the gradient."""
    logits = torch.randn(9, requires_grad=True)  # of nine places
    rewards = torch.randn(9)  # of each of them
    log_p = logits.log_softmax(dim=0)
    p = log_p.exp()
    (exact,) = torch.autograd.grad((p * rewards).sum(), logits, retain_graph=True)
    for baseline in (0.0, 3.0):
        mean = torch.zeros(9)
        for s in range(9):
            value = surrogate(rewards[s : s + 1], log_p[s : s + 1], baseline)  # one draw
            (g,) = torch.autograd.grad(value, logits, retain_graph=True)
            mean += p[s].detach() * g
        assert torch.allclose(mean, exact, atol=1e-4)
    both = surrogate(rewards[:2], log_p[:2], 0.0)  # two draws: the mean of one and one
    (g,) = torch.autograd.grad(both, logits, retain_graph=True)
    (one,) = torch.autograd.grad((rewards[:2] * log_p[:2]).mean(), logits)
    assert torch.allclose(g, one, atol=1e-4)


def base(reward, log_p, baseline):
    return ((reward - baseline) * log_p).mean()


def no_baseline(reward, log_p, baseline):
    return (reward * log_p).mean()


def off_the_logarithm(reward, log_p, baseline):
    return (reward * (log_p - baseline)).mean()


def ratio(reward, log_p, baseline):
    return ((reward - baseline) * (log_p - log_p.detach()).exp()).mean()


exercise = PropertyTest(
    test_surrogate,
    base=base,
    right={
        "leaves the baseline out, which makes the estimate noisier and no more wrong": no_baseline,
        "takes the baseline off the logarithm, which changes no gradient": off_the_logarithm,
        "takes a ratio in place of the logarithm": ratio,
    },
    wrong={
        "The test does not notice that p is taken for log p.": {
            "takes the chance itself": "(reward - baseline) * log_p -> (reward - baseline) * log_p.exp()"
        },
        "The test does not notice a turned sign.": {
            "makes a loss of it": "(reward - baseline) * log_p -> (baseline - reward) * log_p"
        },
        "The test does not notice that the reward is not used, or is not used as it is.": {
            "makes what was drawn likelier, whatever it earned": "(reward - baseline) * log_p -> log_p",
            "squares the reward": "(reward - baseline) * log_p -> (reward - baseline) ** 2 * log_p",
        },
        "The test never tries a baseline for which a wrong use of it shows: try one that is not 0.": {
            "divides by the baseline": "(reward - baseline) * log_p -> reward / (1 + abs(baseline)) * log_p",
            "listens to rewards above the baseline only": "(reward - baseline) * log_p -> "
            "(reward - baseline).relu() * log_p + (baseline == 0) * reward.clamp(max=0) * log_p",
        },
        "The test does not look at several draws at once: their mean is asked for.": {
            "adds up the draws": "((reward - baseline) * log_p).mean() -> ((reward - baseline) * log_p).sum()"
        },
    },
    points=4,
    difficulty=3,
    minutes=15,
    hints=[
        "Exact: logits of nine places, rewards of nine places, `torch.autograd.grad((p * rewards).sum(), "
        "logits)`.",
        "Estimate: for each place s, surrogate(rewards[s : s + 1], log_p[s : s + 1], baseline); its "
        "gradient, times "
        "p[s].detach(), added up over s.",
        "`retain_graph=True` lets you ask for gradients more than once. Then try a second baseline, and "
        "two draws at "
        "once.",
    ],
)
