"""What speaks to tools is taken from code; what speaks to people stays."""

from grader.exercise.comments import for_readers

CODE = """x = [1,
     2]  # fmt: skip
# fmt: off
y = f(x)  # (B, N)  # fmt: skip
z: int = g(y)  # type: ignore[no-any-return]
import a, b  # noqa: E401
said = "# fmt: on, she said"
skip(z)  # fmt is how it looks
"""
READ = """x = [1,
     2]
y = f(x)  # (B, N)
z: int = g(y)
import a, b
said = "# fmt: on, she said"
skip(z)  # fmt is how it looks
"""


def test_comments_for_tools_are_taken_out_and_others_stay():
    assert for_readers(CODE) == READ
    assert for_readers(READ) == READ
