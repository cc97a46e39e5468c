"""nbgrader's configuration for this course; what it says and why is in `grader.configure.configure`."""

from grader.configure import configure

configure(get_config())  # noqa: F821 (nbgrader provides it)
