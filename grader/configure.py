"""nbgrader, set up for this course.

``nbgrader generate_assignment``, ``validate``, ``autograde``, ``generate_feedback``, ``export`` and the
formgrader run as they are; ``nbgrader_config.py`` in the root of the course calls `configure`. Every one of
these commands reads it, so it loads nothing itself: the judge is named, and loaded where it is needed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from traitlets.config import Config

SOURCES, RELEASES = "solutions", "lessons"  # folders in the root of a course
STUB = "# your code here"
STUB_OF_WORDS = "*Double-click here, and write in place of this line. A person grades it.*"
DEMONSTRATION = "demonstration"  # the tag of cells that show something: grading runs those that answers need
LONG = "long"  # the tag, beside it, of those that take more than two seconds: grading runs none of them
NOT_RELEASED = ["*.py", "*.pyc", "__pycache__", ".ipynb_checkpoints", ".pytest_cache", "*.db"]
SECONDS_PER_CELL = 30
FORMGRADER = "nbgrader.server_extensions.formgrader.formgrader"


def configure(config: Config) -> Config:
    """Set nbgrader up in ``config``, and return it."""
    _put_environment_first()
    config.CourseDirectory.course_id = "attention"
    config.CourseDirectory.source_directory = SOURCES
    config.CourseDirectory.release_directory = RELEASES
    # Sources of the lessons must not be released with them, and a student's `torch.py` must not be run.
    config.CourseDirectory.ignore = NOT_RELEASED
    config.ClearSolutions.code_stub = {"python": STUB}
    config.ClearSolutions.text_stub = STUB_OF_WORDS
    config.OverwriteCells.add_missing_cells = True
    config.Execute.timeout = SECONDS_PER_CELL
    config.Execute.skip_cells_with_tag = DEMONSTRATION
    config.Autograde.pre_convert_hook = "grader.repair.steps.add_renamed"
    config.Autograde.exporter_class = "grader.repair.steps.SubmissionExporter"
    # The formgrader: formulas without a website, an attachment that is missing stops no page, no script acts.
    config.HTMLExporter.filters = {"markdown2html": "grader.pages.feedback.cell_or_comment"}
    config.GenerateFeedback.exporter_class = "grader.pages.feedback.FeedbackExporter"
    config.Autograde.sanitize_preprocessors = [
        "grader.repair.steps.Repair",  # before nbgrader's own list
        "nbgrader.preprocessors.ClearOutput",
        "nbgrader.preprocessors.DeduplicateIds",
        "nbgrader.preprocessors.OverwriteKernelspec",
        "nbgrader.preprocessors.OverwriteCells",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    config.Autograde.autograde_preprocessors = [
        "grader.plugins.Judge",  # instead of nbgrader's Execute; the rest is nbgrader's own list
        "nbgrader.preprocessors.IgnorePattern",
        "nbconvert.preprocessors.ClearMetadataPreprocessor",
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    if FORMGRADER in sys.modules:  # its server reads this, too, and there people read and change marks
        _configure_formgrader(config)
    return config


def _configure_formgrader(config: Config) -> None:
    from grader.marks import changes

    changes.watch(lambda: Path(config.CourseDirectory.get("root") or Path.cwd()))
    config.HTMLExporter.preprocessors = ["grader.pages.rubric.Rubric"]
    # nbgrader adds its own templates, of feedback too, only where nobody names any: here are both.
    ours, theirs = Path(__file__).parent / "pages" / "formgrader", sys.modules[FORMGRADER].handlers
    config.HTMLExporter.extra_template_basedirs = [str(ours), theirs.template_path]


def _put_environment_first() -> None:
    """nbgrader finds `alembic` and `jupyter` on PATH: they must be this environment's."""
    here = str(Path(sys.executable).parent)
    paths = os.environ.get("PATH", "").split(os.pathsep)
    if paths[0] != here:
        os.environ["PATH"] = os.pathsep.join([here, *paths])
