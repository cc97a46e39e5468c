"""A teacher who points

DeiT's loss. The head on CLS is told the labels; the head on the second token what the teacher takes for the
largest of its logits. Half of the one cross-entropy and half of the other.
"""

from torch.nn import functional as F

from grader.exercise import Function


def hard_loss(logits, distilled, teacher, labels):
    """logits, distilled, teacher: (B, K), labels: (B,) -> half of each loss, ()"""
    choice = teacher.argmax(dim=-1)  # (B,)
    from_labels = F.cross_entropy(logits, labels)
    from_teacher = F.cross_entropy(distilled, choice)
    return (from_labels + from_teacher) / 2


def _case(scale=1.0, square=False, loud=1.0):
    def case(draw):
        B, K = draw.sizes(2)
        B = K if square else B
        named = {name: scale * draw.normal(B, K) for name in ("logits", "distilled", "teacher")}
        named["teacher"] = loud * named["teacher"]
        return {**named, "labels": draw.normal(B, K).argmax(dim=-1)}

    return case


exercise = Function(
    hard_loss,
    cases={
        "a batch": _case(),
        "as many images as classes": _case(square=True),
        "a teacher and a student who are sure": _case(scale=30.0),
        "a teacher of huge numbers": _case(loud=1e6),
    },
    words={
        "choice": "the teacher's choice",
        "from_labels": "the labels' term",
        "from_teacher": "the teacher's term",
    },
    slips={
        "F.cross_entropy(distilled, choice) -> F.cross_entropy(logits, choice)": "The head on CLS is asked "
        "both times: the second token has a head of its own, which answers to the teacher.",
        "F.cross_entropy(distilled, choice) -> F.cross_entropy(distilled, teacher.softmax(dim=-1))": "The "
        "teacher's shares of all classes are taught; this one only points at a class.",
        "F.cross_entropy(distilled, choice) -> F.cross_entropy(distilled, labels)": "Both heads learn from "
        "the labels: the teacher is never asked.",
        "(from_labels + from_teacher) / 2 -> from_labels + from_teacher": "Half of each is asked for.",
        "F.cross_entropy(logits, labels) -> F.cross_entropy(distilled, labels) ;; F.cross_entropy(distilled, "
        "choice) -> F.cross_entropy(logits, choice)": "The heads are exchanged: CLS answers to the labels.",
        "F.cross_entropy(logits, labels) -> F.cross_entropy((logits + distilled) / 2, labels)": "The mean of "
        "both heads is what is returned at evaluation; in training each has its own target.",
    },
    points=3,
    difficulty=2,
    minutes=6,
    hints=[
        "Two calls of F.cross_entropy. Which logits and which targets go into each?",
        "teacher.argmax(dim=-1) is the class that the teacher points at.",
    ],
    may_not_call=["course.vision", "course.fewlabels"],
)
