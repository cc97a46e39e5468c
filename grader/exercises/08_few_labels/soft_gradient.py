"""What a student's logit feels

The derivative of KL(p ‖ q) by the logits s of q = softmax(s / τ), with p = softmax(t / τ) of the teacher's,
is **(q − p) / τ**. Write the gradient of the whole soft term, τ² · KL, averaged over the B images, without
autograd.
"""

from grader.exercise import Function


def soft_gradient(student, teacher, tau):
    """student, teacher: (B, K) logits, tau: a float -> the gradient, (B, K)"""
    q = (student / tau).softmax(dim=-1)  # (B, K)
    p = (teacher / tau).softmax(dim=-1)
    return tau * (q - p) / len(student)


def _case(tau, scale=2.0, square=False):
    def case(draw):
        B, K = draw.sizes(2)
        B, K = (5, 5) if square else (B, K)
        return {"student": scale * draw.normal(B, K), "teacher": scale * draw.normal(B, K), "tau": tau}

    return case


exercise = Function(
    soft_gradient,
    cases={
        "τ = 3": _case(3.0),
        "τ = 1": _case(1.0),
        "τ = 20": _case(20.0),
        "as many images as classes": _case(2.0, square=True),
    },
    words={"q": "the student's shares", "p": "the teacher's shares"},
    slips={
        "tau * (q - p) -> (q - p) / tau": "τ² is missing.",
        "tau * (q - p) -> (q - p)": "Of τ² / τ one τ is left.",
        "tau * (q - p) -> tau**2 * (q - p)": "The 1/τ of the derivative is missing.",
        "q - p -> p - q": "The sign: this gradient would lead away from the teacher.",
        "tau * (q - p) / len(student) -> tau * (q - p) / student.numel()": "The mean is over the images "
        "only: KL is summed over the classes.",
        "tau * (q - p) / len(student) -> tau * (q - p)": "The mean over the images is missing.",
        "(teacher / tau).softmax(dim=-1) -> teacher.softmax(dim=-1)": "The teacher is to be divided by τ, "
        "too.",
        "(student / tau).softmax(dim=-1) -> student.softmax(dim=-1)": "The student is to be divided by τ, "
        "too.",
    },
    points=3,
    difficulty=2,
    minutes=6,
    hints=[
        "τ² in front, 1/τ from the derivative: what is left of τ?",
        "A mean over B images: each one's gradient is divided by B.",
    ],
    may_not_call=["course.vision", "course.fewlabels", ".backward", ".grad"],
)
