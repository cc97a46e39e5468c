"""Exceptions that people meet again and again, in the student's terms and with what to do.

What is not in the table is said best by the exception's own text: two shapes that do not fit above all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from grader.asking.outcome import Failure
from grader.naming.explained import TABLE


def explain(failures: Sequence[Failure]) -> str | None:
    """The explanation that most of the failures have, or None where their own text is best.

    A failure that is a sentence of ours already is that sentence.
    """
    said = [text for failure in failures if (text := _explain(failure))]
    return Counter(said).most_common(1)[0][0] if said else None


def _explain(failure: Failure) -> str | None:
    if failure.is_sentence:
        return str(failure)
    return next((text for explained in TABLE if (text := explained.of(failure))), None)
