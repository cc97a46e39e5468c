"""The grader: exercises, the judge, and what stands between them and nbgrader.

In a notebook: ``from grader import check, hint, mine, numbers, progress, sign_in``.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.notebook import check, hint, mine, numbers, progress, sign_in

__all__ = ["check", "hint", "mine", "numbers", "progress", "sign_in"]


def __getattr__(name: str) -> Any:
    # Loaded on demand: the process that runs student code imports `grader.asking.respond` and must not
    # load the exercises with it.
    if name in __all__:
        from grader import notebook

        return getattr(notebook, name)
    raise AttributeError(f"module 'grader' has no attribute {name!r}")
