"""The centre, in its time

One step: the loss, and the centre for the **next** step. The new centre is m parts of the old one and 1 −
m parts of the mean of the teacher's **raw** logits over its crops and images. The loss still uses the old
one. Your `dino_loss` gives it."""

from grader.catalogue import reference
from grader.exercise import Function

dino_loss = reference("dino_loss")


def distil_step(student, teacher, center, tau_s, tau_t, m):
    """student: (S, B, K), teacher: (T, B, K), center: (K,), three floats
    -> the loss, a scalar, and the next center, (K,)
    """
    loss = dino_loss(student, teacher, center, tau_s, tau_t)
    raw = teacher.detach().mean(dim=(0, 1))  # (K,)
    center = m * center + (1 - m) * raw
    return loss, center


def _case(m):
    def case(draw):
        B, K = draw.sizes(2)
        student, teacher = 2 * draw.normal(4, B, K), 2 * draw.normal(2, B, K)
        center = draw.normal(K)
        return dict(student=student, teacher=teacher, center=center, tau_s=1.5, tau_t=0.8, m=m)

    return case


exercise = Function(
    distil_step,
    cases={"a slow centre": _case(0.9), "a fast centre": _case(0.2)},
    constants=["center"],
    points=3,
    difficulty=2,
    minutes=6,
    words={"raw": "the mean of the raw logits"},
    slips={
        "teacher.detach().mean(dim=(0, 1)) -> teacher.detach().sum(dim=(0, 1))": "The raw logits are added "
        "up; their mean is asked for.",
        "teacher.detach().mean(dim=(0, 1)) -> teacher.detach().mean()": "All outputs get one mean; each of "
        "the K has its own.",
        "teacher.detach().mean(dim=(0, 1)) -> teacher.detach().mean(dim=0)": "The mean runs over the crops "
        "alone; the images are averaged, too.",
        "return loss, center -> return center, loss": "The two results have changed places: the loss comes "
        "first.",
        "dino_loss(student, teacher, center, tau_s, tau_t) -> dino_loss(student, teacher, m * center + "
        "(1 - m) * teacher.detach().mean(dim=(0, 1)), tau_s, tau_t)": "The loss uses the new centre: it is "
        "updated *behind* the loss.",
        "teacher.detach().mean(dim=(0, 1)) -> (teacher.detach() - center).mean(dim=(0, 1))": "The centred "
        "logits are averaged; the raw ones are.",
        "teacher.detach().mean(dim=(0, 1)) -> (teacher.detach() / tau_t).softmax(dim=-1)"
        ".mean(dim=(0, 1))": "The softmax is averaged; the raw logits are.",
        "teacher.detach().mean(dim=(0, 1)) -> student.detach().mean(dim=(0, 1))": "The student's logits are "
        "averaged; the centre is the teacher's.",
        "m * center + (1 - m) * raw -> (1 - m) * center + m * raw": "m and 1 − m are exchanged: the old "
        "centre "
        "keeps m.",
        "teacher.detach().mean(dim=(0, 1)) -> teacher.mean(dim=(0, 1))": "A gradient reaches the teacher "
        "through the next centre, and with it every step before: detach the logits.",
        "dino_loss(student, teacher, center, tau_s, tau_t) -> "
        "dino_loss(student, teacher, center, tau_s, tau_t).detach()": "The loss is cut off from the student, "
        "who would learn nothing: only the centre is a constant.",
        "m * center + (1 - m) * raw -> center + raw": "Old and new are added up without weights.",
    },
    also_right=[
        "m * center + (1 - m) * raw -> raw + m * (center - raw)",
        "teacher.detach().mean(dim=(0, 1)) -> teacher.mean(dim=(0, 1)).detach()",
    ],
    hints=[
        "Three lines: the loss with the centre you were given; the mean of `teacher` over axes 0 and 1; the "
        "moving average.",
        "Which of the two lines must come first, that of the loss or that of the new centre?",
    ],
    may_not_call=["course.ssl"],
)
