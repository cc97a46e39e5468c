"""The course's own configuration and gradebook, for commands that run in its root."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

CONFIGURATION = "nbgrader_config.py"


class CourseError(Exception):
    """The course's folder does not hold what a command needs; the message says what to do."""


def configuration(root: Path) -> Config:
    """What ``nbgrader_config.py`` says.

    Raises:
        CourseError: there is none, so this is not the root of a course.
    """
    if not (root / CONFIGURATION).is_file():
        raise CourseError(f"There is no {CONFIGURATION} in {root}: run this in the root of the course.")
    config = PyFileConfigLoader(CONFIGURATION, path=str(root)).load_config()
    config.CourseDirectory.root = str(root)
    return config


def time_zone(root: Path) -> str:
    """Where times are meant that name no zone: nbgrader's own setting, UTC if it is not said."""
    return str(configuration(root).Exchange.get("timezone", "UTC"))


def database_url(root: Path) -> str:
    """Where the gradebook is: what the configuration says, or nbgrader's ``gradebook.db``."""
    from nbgrader.coursedir import CourseDirectory  # nbgrader is slow to load

    return str(CourseDirectory(config=configuration(root)).db_url)


@contextmanager
def open_gradebook(root: Path) -> Iterator[Gradebook]:
    """The course's gradebook.

    Raises:
        CourseError: there is none yet; an empty one is not made.
    """
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import SAWarning

    url = database_url(root)
    file = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and not file.is_file():
        raise CourseError(f"There is no gradebook {file} yet: `grader build` makes it.")
    with warnings.catch_warnings(), Gradebook(url) as gradebook:
        warnings.simplefilter("ignore", SAWarning)  # nbgrader's own way of adding rows, told to whoever types
        yield gradebook
