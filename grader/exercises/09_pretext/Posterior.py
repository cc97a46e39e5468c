"""A latent that can be drawn, and differentiated

`mu` and `log_var`: linear layers from D features to Z numbers. `forward(features, noise)` makes of them and
of standard normal noise **z = μ + σ·noise**, where σ is the deviation and `log_var` says log σ²; and the
divergence of each image from the standard normal, **summed** over its latents (your formula, with v = σ²).
"""

from torch import nn

from grader.exercise import Module


class Posterior(nn.Module):
    """features: (B, D), noise: (B, Z) -> z (B, Z), divergence (B,), in nats"""

    def __init__(self, D, Z):
        super().__init__()
        ### BEGIN SOLUTION
        self.mu = nn.Linear(D, Z)
        self.log_var = nn.Linear(D, Z)

    def forward(self, features, noise):
        mu, log_var = self.mu(features), self.log_var(features)  # (B, Z) each
        sigma = (log_var / 2).exp()
        variance = log_var.exp()
        z = mu + sigma * noise
        divergence = (mu**2 + variance - 1 - log_var) / 2  # (B, Z)
        return z, divergence.sum(dim=1)
        ### END SOLUTION


def _case(batch=None):
    def case(draw):
        B, D, Z = draw.sizes(3)
        B = batch or B
        inputs = dict(features=draw.normal(B, D), noise=draw.normal(B, Z))
        return dict(init=dict(D=D, Z=Z), inputs=inputs)

    return case


exercise = Module(
    Posterior,
    cases={"one image": _case(batch=1), "a batch": _case()},
    words={"mu": "μ", "log_var": "log σ²", "sigma": "the deviation", "divergence": "the divergence"},
    slips={
        "(log_var / 2).exp() -> log_var.exp()": "exp(log σ²) is the variance; the noise is multiplied by the "
        "deviation.",
        "log_var.exp() -> (log_var / 2).exp() ;; (log_var / 2).exp() -> (log_var / 2).exp()": "The deviation "
        "stands in the divergence where the variance does.",
        "divergence.sum(dim=1) -> divergence.mean(dim=1)": "The divergence is averaged over the latents; it "
        "is their sum.",
        "divergence.sum(dim=1) -> divergence.sum()": "All images are added up: each has its own divergence.",
        "mu + sigma * noise -> mu + noise": "The noise is not scaled by σ.",
    },
    also_right=["(log_var / 2).exp() -> log_var.exp().sqrt()"],
    points=4,
    difficulty=3,
    minutes=8,
    hints=[
        "The network gives log σ² because that may be any number. Which function of it is σ?",
        "The divergence is your formula with m = μ and v = exp(log_var); log v is there already. Over which "
        "axis is it summed?",
    ],
    may_not_call=["course.ssl", "torch.distributions"],
)
