"""Which of nbgrader's autograding steps enter something in the gradebook, and which only see the notebook.

The first are for the writer, the others for the workers.
"""

from __future__ import annotations

from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades
from traitlets.config import Config
from traitlets.utils.importstring import import_item

JUDGE, REPAIR = "grader.plugins", "grader.repair.steps"  # enter nothing, and take seconds to load
ENTER = (SaveAutoGrades, AssignLatePenalties)


def entering(config: Config) -> list[type]:
    """The configured steps that write to the gradebook, in their order."""
    steps = [step for step in _configured(config) if _module(step) not in (JUDGE, REPAIR)]
    return [step for step in map(_load, steps) if issubclass(step, ENTER)]


def grading(config: Config) -> list[type]:
    """The configured steps that do not, in their order."""
    return [step for step in map(_load, _configured(config)) if not issubclass(step, ENTER)]


def confine(config: Config) -> bool:
    """Whether one of the configured steps runs student code in the sandbox."""
    return any(_module(step) == JUDGE for step in _configured(config))


def _configured(config: Config) -> list[str | type]:
    """The steps, by the names that they are configured by."""
    steps: list[str | type] = Autograde(config=config).autograde_preprocessors
    return steps


def _module(step: str | type) -> str:
    return step.rpartition(".")[0] if isinstance(step, str) else step.__module__


def _load(step: str | type) -> type:
    loaded: type = import_item(step) if isinstance(step, str) else step
    return loaded
