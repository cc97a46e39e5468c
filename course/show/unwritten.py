"""What a cell says that is run before the exercise it builds on is done: one line, and no traceback."""

import dis
from typing import Any

# All that a function does which has a docstring, or `pass`, and no more.
_NOTHING = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}


class NotWrittenYet(Exception):
    """Stops a cell; IPython shows its one sentence in place of a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def needs(**answers: Any) -> None:
    """Go on only if the reader's answers, each under the name of its exercise, are there: right or wrong.

    A function is there once its body does something, a class once it has a `forward`, a table once something
    stands in it, and any other answer once it is no longer empty. Raises NotWrittenYet, naming the first that
    is missing.
    """
    for name, answer in answers.items():
        if not _is_written(answer):
            raise NotWrittenYet(
                f"`{name}` is not written yet. Do that exercise above first, then run this cell again."
            )


def _is_written(answer: Any) -> bool:
    if isinstance(answer, type):
        return "forward" in vars(answer)
    if code := getattr(answer, "__code__", None):
        return any(step.opname not in _NOTHING for step in dis.get_instructions(code))
    filled = any(answer.values()) if isinstance(answer, dict) else bool(answer)
    return callable(answer) or filled
