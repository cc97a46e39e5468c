"""What is printed, on terminals that do not know all signs: 8 × 8 becomes 8 x 8, and nothing breaks off."""

import codecs
import sys

IN_ASCII = {"×": "x", "±": "+-", "–": "-", "—": "-", "−": "-", "…": "...", "→": "->", "·": "*", "é": "e"}


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(IN_ASCII.get(sign, "?") for sign in signs), error.end


def print_anywhere() -> None:
    """From here on, whatever the terminal cannot show is printed in other signs instead of raising."""
    codecs.register_error("course.in_ascii", _in_ascii)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a notebook's stream takes everything
            stream.reconfigure(errors="course.in_ascii")
