"""nbgrader's configuration for this course; what it says and why is in `grader.plugins.configure`."""

from grader.plugins import configure

configure(get_config())  # noqa: F821 (nbgrader provides it)
