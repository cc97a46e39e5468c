"""Healing a submission that its author, a tool or a bad connection has damaged.

`heal` compares what was handed in with the released notebook and gives the released notebook back with the
student's own work in it: every locked cell once, as released and in its place; every answer under its own
exercise; what the student added between them in the order it had. It needs nothing of nbgrader.
`grader.repair.folder` says which file of a folder is the submission, `grader.repair.steps` puts both into
nbgrader's autograding.

What people get wrong: nbgrader's metadata in a submission is the student's to write. Here it only ever says
which cell may be which; roles, points and types come from the release.
"""

from grader.repair.heal import Healed, heal
from grader.repair.reading import NotGradable

__all__ = ["Healed", "NotGradable", "heal"]
