"""A teacher who explains

How sure is the teacher of each class? At temperature τ, p = softmax(teacher / τ), q = softmax(distilled / τ).
The soft term is τ² KL(p ‖ q), with KL = Σ p (log p − log q) **summed over the classes** and averaged over the
images. The loss is (1 − α) times the cross-entropy of `logits` with the labels, plus α times the soft term.
"""

from torch.nn import functional as F

from grader.exercise import Function


def soft_loss(logits, distilled, teacher, labels, alpha, tau):
    """logits, distilled, teacher: (B, K), labels: (B,), alpha, tau: floats -> ()"""
    p = (teacher / tau).softmax(dim=-1)  # (B, K)
    log_p = (teacher / tau).log_softmax(dim=-1)
    log_q = (distilled / tau).log_softmax(dim=-1)
    each = (p * (log_p - log_q)).sum(dim=-1)  # (B,), KL of each image
    divergence = each.mean()
    from_labels = F.cross_entropy(logits, labels)
    return (1 - alpha) * from_labels + alpha * tau**2 * divergence


def _case(alpha=None, tau=3.0, scale=1.0):
    def case(draw):
        B, K = draw.sizes(2)
        named = {name: scale * draw.normal(B, K) for name in ("logits", "distilled", "teacher")}
        share = draw.integer(2, 8) / 10 if alpha is None else alpha
        return {**named, "labels": draw.normal(B, K).argmax(dim=-1), "alpha": share, "tau": tau}

    return case


exercise = Function(
    soft_loss,
    cases={
        "τ = 3": _case(),
        "τ = 1": _case(tau=1.0),
        "α = 0: labels alone": _case(alpha=0.0),
        "α = 1: the teacher alone": _case(alpha=1.0, tau=2.0),
        "a teacher who is sure": _case(scale=60.0, tau=1.0),
    },
    words={
        "log_p": "the teacher's logarithms",
        "log_q": "the student's logarithms",
        "divergence": "KL",
        "each": "KL of each image",
    },
    slips={
        "alpha * tau**2 * divergence -> alpha * divergence": "τ² is missing: with a higher temperature "
        "gradients shrink, and α would mean less.",
        "alpha * tau**2 * divergence -> alpha * tau * divergence": "τ stands there once; a temperature "
        "divides the gradient by τ twice.",
        "(p * (log_p - log_q)).sum(dim=-1) -> (p * (log_p - log_q)).mean(dim=-1)": "KL is averaged over the "
        "classes, too, and is K times too small (as in the code of DeiT's authors).",
        "p * (log_p - log_q) -> log_q.exp() * (log_q - log_p)": "KL is turned round: the teacher's shares "
        "are the weights.",
        "p * (log_p - log_q) -> -p * log_q": "This is the cross-entropy with the teacher: KL takes the "
        "teacher's own entropy off.",
        "(distilled / tau).log_softmax(dim=-1) -> distilled.log_softmax(dim=-1)": "Only the teacher is "
        "divided by τ; the student is, too.",
        "(teacher / tau).softmax(dim=-1) -> teacher.softmax(dim=-1) ;; (teacher / tau).log_softmax(dim=-1) "
        "-> teacher.log_softmax(dim=-1)": "Only the student is divided by τ; the teacher is, too.",
        "(1 - alpha) * from_labels + alpha * tau**2 * divergence -> alpha * from_labels + (1 - alpha) * "
        "tau**2 * divergence": "α is the teacher's share, and 1 − α the labels'.",
        "F.cross_entropy(logits, labels) -> F.cross_entropy(logits / tau, labels)": "The labels are learnt "
        "at τ = 1; the temperature is for the teacher's term.",
    },
    also_right=[
        "each.mean() -> F.kl_div(log_q, log_p, reduction='batchmean', log_target=True)",
    ],
    points=4,
    difficulty=3,
    minutes=9,
    hints=[
        "`log_softmax` gives logarithms that never become −∞; `softmax` gives p.",
        "Sum over the classes (dim=-1) first, take the mean over the images then. τ² stands outside.",
    ],
    may_not_call=["course.vision", "course.fewlabels"],
)
