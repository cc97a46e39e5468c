"""A teacher of crops

The student has seen S crops of each of B images, the teacher the first T of these S. Both give K logits.
The teacher's are **centred** (minus `center`), then sharpened: softmax at temperature `tau_t`. The
student's temperature is `tau_s`. The loss is the cross-entropy −Σ p log q, a mean over the images and
over all pairs of a teacher's crop and a **different** crop of the student. The teacher is a constant: no
gradient may reach it."""

import torch

from grader.exercise import Function


def dino_loss(student, teacher, center, tau_s, tau_t):
    """student: (S, B, K), teacher: (T, B, K), center: (K,), two floats -> a scalar"""
    centred = (teacher - center).detach()  # (T, B, K)
    p = (centred / tau_t).softmax(dim=-1)
    log_q = (student / tau_s).log_softmax(dim=-1)  # (S, B, K)
    pairs = -(p[:, None] * log_q).sum(dim=-1).mean(dim=-1)  # (T, S)
    T, S = pairs.shape
    different = ~torch.eye(T, S, dtype=torch.bool)
    return pairs[different].mean()


def _case(S, T):
    def case(draw):
        B, K = draw.sizes(2)
        student, teacher = 2 * draw.normal(S, B, K), 2 * draw.normal(T, B, K)
        return dict(student=student, teacher=teacher, center=draw.normal(K), tau_s=1.5, tau_t=0.8)

    return case


exercise = Function(
    dino_loss,
    cases={
        "two large crops and three small": _case(5, 2),
        "one teacher's crop": _case(3, 1),
    },
    constants=["center"],
    points=4,
    difficulty=3,
    minutes=10,
    words={
        "p": "the teacher's shares",
        "log_q": "the student's logarithms",
        "different": "pairs of different crops",
    },
    slips={
        "-(p[:, None] * log_q).sum(dim=-1).mean(dim=-1) -> (p[:, None] * log_q).sum(dim=-1).mean(dim=-1)": ""
        "The minus is missing: log q is never above 0, and a loss never below.",
        "(student / tau_s).log_softmax(dim=-1) -> (student / tau_s).softmax(dim=-1)": "The student's "
        "logarithm is missing: it is −Σ p log q.",
        "~torch.eye(T, S, dtype=torch.bool) -> torch.eye(T, S, dtype=torch.bool)": "Each crop is compared "
        "with itself alone: these are the pairs to leave out.",
        "pairs[different].mean() -> pairs[:, T:].mean()": "Only small crops are compared with the teacher's: "
        "the other large one belongs to the pairs, too.",
        "pairs[different].mean() -> pairs.mean()": "A crop is compared with itself, too: those pairs are "
        "left "
        "out.",
        "(teacher - center).detach() -> teacher.detach()": "The teacher is not centred.",
        "(teacher - center).detach() -> (teacher + center).detach()": "The centre is added; it is taken "
        "away.",
        "(student / tau_s).log_softmax(dim=-1) -> ((student - center) / tau_s).log_softmax(dim=-1)": "The "
        "student is centred as well; only the teacher is.",
        "(centred / tau_t).softmax(dim=-1) -> (teacher.detach() / tau_t).softmax(dim=-1) - "
        "center": "The centre is taken from the shares; it is taken from the logits, before the softmax.",
        "(teacher - center).detach() -> teacher - center": "A gradient reaches the teacher: it would learn "
        "to be easy to copy. Detach its logits.",
        "-(p[:, None] * log_q).sum(dim=-1).mean(dim=-1) -> "
        "(p[:, None] * (p[:, None].log() - log_q)).sum(dim=-1).mean(dim=-1)": "This is the KL "
        "divergence: the teacher's entropy is taken off the cross-entropy.",
        "-(p[:, None] * log_q).sum(dim=-1).mean(dim=-1) -> -(p[:, None] * log_q).mean(dim=(-2, -1))": "The "
        "outputs are averaged: over the K of them a cross-entropy adds up.",
    },
    also_right=[
        "(teacher - center).detach() -> teacher.detach() - center",
        "(teacher - center).detach() -> teacher - center ;; "
        "(centred / tau_t).softmax(dim=-1) -> (centred / tau_t).softmax(dim=-1).detach()",
        "pairs = -(p[:, None] * log_q).sum(dim=-1).mean(dim=-1) -> "
        'pairs = -torch.einsum("tbk,sbk->ts", p, log_q) / p.shape[1]',
    ],
    hints=[
        "p is (T, B, K), log q is (S, B, K). With p[:, None] the two give a table (T, S, B, K) of products.",
        "Sum over K, mean over B: a table (T, S). Which of its places are a crop against itself?",
        "~torch.eye(T, S, dtype=torch.bool) are the others.",
    ],
    may_not_call=["course.ssl"],
)
