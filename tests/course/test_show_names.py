"""What `course.show` offers, and what importing it costs."""

import subprocess
import sys

import pytest


def run(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stderr


def test_importing_it_loads_no_heavy_library():
    heavy = "{'torch', 'matplotlib', 'IPython', 'sympy', 'sklearn'}"
    assert run(f"import sys, course.show; assert not {heavy} & set(sys.modules)") == ""


def test_every_name_is_there_and_means_the_function_whatever_was_imported_before():
    program = """
from course.show.alignment import alignment as drawn  # puts the file's module into the package, were it let
from course import show
assert show.alignment is drawn
from course.show import alignment, attention_viewer, why_this_weight
assert alignment is drawn and show.attention_viewer is attention_viewer
for name in show.__all__:
    assert name in dir(show)
    assert getattr(show, name) is getattr(show, name)
assert all(callable(getattr(show, name)) for name in show.__all__ if name != "palette")
from course.show import checks, maps
assert checks.__name__ == "course.show.checks" and maps.rollout
"""
    assert run(program) == ""


def test_a_name_that_is_not_there_is_named():
    from course import show

    with pytest.raises(AttributeError, match=r"module 'course.show' has no attribute 'viewer'"):
        _ = show.viewer
