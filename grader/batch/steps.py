"""Which of nbgrader's autograding steps enter something in the gradebook, and which only see the notebook.

The first are for the writer, the others for the workers.
"""

from __future__ import annotations

from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades
from traitlets.config import Config
from traitlets.utils.importstring import import_item

JUDGE, REPAIR = "grader.plugins", "grader.repair.steps"  # known by their names: loading them takes seconds
ENTER = (SaveAutoGrades, AssignLatePenalties)


def entering(config: Config) -> list[type]:
    """The configured steps that write to the gradebook, in their order."""
    return [step for step in _configured(config) if issubclass(step, ENTER)]


def grading(config: Config) -> list[type]:
    """The configured steps that do not, in their order."""
    return [step for step in _configured(config) if not issubclass(step, ENTER)]


def confine(config: Config) -> bool:
    """Whether one of the configured steps runs student code in the sandbox."""
    return any(step.__module__ == JUDGE for step in _configured(config))


def _configured(config: Config) -> list[type]:
    steps = Autograde(config=config).autograde_preprocessors
    return [import_item(step) if isinstance(step, str) else step for step in steps]
