"""What `course.show` offers, and what importing it costs."""

import subprocess
import sys
from pathlib import Path

import pytest


def run(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stderr


def test_importing_it_loads_no_heavy_library():
    heavy = "{'torch', 'matplotlib', 'IPython', 'sympy', 'sklearn'}"
    assert run(f"import sys, course.show; assert not {heavy} & set(sys.modules)") == ""


def test_every_name_is_there_and_is_loaded_once():
    program = """
from course import show
for name in show.__all__:
    assert name in dir(show)
    assert getattr(show, name) is getattr(show, name)
assert all(callable(getattr(show, name)) for name in show.__all__ if name != "palette")
from course.show.align import alignment as drawn
from course.show import alignment, checks, maps
assert alignment is drawn
assert checks.__name__ == "course.show.checks" and maps.rollout
"""
    assert run(program) == ""


def test_no_name_is_also_a_files():
    from course import show

    files = {path.stem for path in Path(show.__file__).parent.glob("*.py")} - {"interactive"}
    assert not files & set(show.__all__)  # Python would put the file in the place of what it is asked for


def test_a_name_that_is_not_there_is_named():
    from course import show

    with pytest.raises(AttributeError, match=r"module 'course.show' has no attribute 'watch'"):
        _ = show.watch
