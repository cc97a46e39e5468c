"""A teacher that follows

Behind each step the teacher keeps m of itself and takes 1 − m of the student. Here
both are one number. Where is the teacher after these students, one a step?
"""

from grader.site.rung import Rung


def teacher_after(teacher, students, m):
    """teacher: where it begins, students: a list, m: what it keeps -> where it ends"""
    for student in students:
        teacher = m * teacher + (1 - m) * student
    return teacher


def path(draw, steps, m):
    return {"teacher": draw.integer(20, 30), "students": [draw.integer(-9, 9) for _ in range(steps)], "m": m}


rung = Rung(
    teacher_after,
    before="distil_step",
    cases={
        "one step": lambda draw: path(draw, 1, 0.9),
        "five steps": lambda draw: path(draw, 5, 0.8),
    },
    slips={
        "m * teacher + (1 - m) * student -> (1 - m) * teacher + m * student": (
            "m and 1 − m have changed places: this teacher nearly becomes the student at each step."
        ),
        "m * teacher + (1 - m) * student -> m * teacher + student": (
            "The student comes in whole; it has a share of 1 − m."
        ),
        "teacher = m * teacher + (1 - m) * student -> teacher = student": (
            "The teacher becomes the student; nothing of it is kept."
        ),
        "m * teacher + (1 - m) * student -> m * (teacher + student)": (
            "m multiplies both; the student has a share of 1 − m."
        ),
    },
    also_right=[
        "m * teacher + (1 - m) * student -> teacher + (1 - m) * (student - teacher)",
    ],
    hints=[
        "With m = 1 the teacher never moves; with m = 0 it is the student.",
        "One line in the loop makes the new teacher of the old one.",
    ],
)
