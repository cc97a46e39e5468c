"""Labelled boxes and one question: the smallest task that only looking can solve.

Eight boxes stand in a row, each with a letter on it and a digit inside, all drawn anew every time. The ninth
token is the question: a letter, and in place of a digit `ASKED`. The answer is the digit in the box with that
letter. Nothing can be learnt by heart; what can be learnt is where to look. (Associative recall: the task of
Graves, Wayne and Danihelka 2014, *Neural Turing machines*, arXiv 1410.5401, section 4.3, with one item.)
"""

import torch
from torch import Tensor

BOXES = 8
LETTERS, DIGITS = 16, 10
ASKED = DIGITS  # what stands in the question in place of a digit


def boxes(count: int, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """Draw examples: letters (count, 9), digits (count, 9), and the place (count,) of the box asked for.

    No two boxes of a row have the same letter. The answer is ``digits[i, place[i]]``.

    Raises ValueError for less than one example.
    """
    if count < 1:
        raise ValueError(f"count must be at least 1; got {count}")
    letters = torch.rand(count, LETTERS, generator=generator).argsort(dim=-1)[:, :BOXES]  # (count, 8)
    digits = torch.randint(DIGITS, (count, BOXES), generator=generator)
    place = torch.randint(BOXES, (count,), generator=generator)
    asked = letters.gather(1, place[:, None])  # (count, 1)
    return (
        torch.cat([letters, asked], dim=1),
        torch.cat([digits, torch.full((count, 1), ASKED)], dim=1),
        place,
    )
