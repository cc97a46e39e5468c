"""docs/misconceptions.md: what people get wrong in each exercise, and the sentence that they are told.

Nothing is written here: sentences and choices are those of the exercises, and the authors put first what they
expect first.
"""

from __future__ import annotations

from grader import catalogue
from grader.exercise import Exercise, Matching, Quiz

MOST = 3  # mistakes of an exercise
HEAD = """# What people get wrong

Of each exercise the first mistakes that its author wrote down (of tests that students write, of the capstone,
and of the questions in words there are none), as `check` and the feedback name them: what to
expect in the room before the lesson, and what to ask in an oral exam after it. `grader report LESSON` counts
which of them your class made. Some name what others only hint at: this page is for those who teach.

"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for lesson in catalogue.ids():
        parts.append(f"## {lesson}\n\n")
        parts += [_of(exercise) for exercise in catalogue.of_lesson(lesson)]
    return "".join(parts).rstrip("\n") + "\n"


def _of(exercise: Exercise) -> str:
    sentences = told(exercise)[:MOST]
    if not sentences:
        return ""
    lines = "".join(f"- {' '.join(sentence.split())}\n" for sentence in sentences)
    return f"**{exercise.title}** (`{exercise.id}`)\n\n{lines}\n"


def told(exercise: Exercise) -> list[str]:
    """The sentences of an exercise about wrong answers, each once."""
    if isinstance(exercise, Quiz | Matching):
        return list(dict.fromkeys(exercise.why.values()))
    return list(dict.fromkeys(exercise.slips.values()))
