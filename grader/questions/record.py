"""What a notebook keeps of the numbers that it showed: whose they are, which, and a proof.

    proof = HMAC(key of the student, values as text)

It lies beside the line that the student reads, as a display of a type of ours. `grader.repair` takes it out
of the notebook that was handed in, the judge finds it in the graded one's metadata, and neither believes it:
only who has the key can prove numbers, and what they are follows from the key.

What people get wrong: a notebook is written again by JavaScript, which makes 1 of 1.0. So the values are one
text here, and no numbers.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from grader.questions.personal import proof

MIME = "application/vnd.attention-course.numbers+json"
METADATA = "attention_course_numbers"  # of a notebook: its records
LONGEST = {"student": 200, "exercise": 100, "values": 10_000, "proof": 64}  # characters
MOST = 200  # records of one notebook


@dataclass(frozen=True)
class Record:
    """The numbers of one exercise, as a notebook showed them."""

    student: str
    exercise: str
    values: str
    proof: str

    @classmethod
    def prove(cls, key: str, student: str, exercise: str, values: str) -> Record:
        """The record that the holder of a key can make."""
        return cls(student, exercise, values, proof(key, values))

    def is_proven(self, key: str) -> bool:
        """Whether it was made with this key."""
        return self.proof == proof(key, self.values)

    def to_json(self) -> dict[str, str]:
        return asdict(self)


def read_records(found: Any) -> list[Record]:
    """The records in a list that anybody may have written; what is none is left out."""
    return [Record(**one) for one in found if _is_record(one)][-MOST:] if isinstance(found, list) else []


def _is_record(found: Any) -> bool:
    return (
        isinstance(found, dict)
        and found.keys() == LONGEST.keys()
        and all(isinstance(found[name], str) and found[name].isprintable() for name in LONGEST)
        and all(len(found[name]) <= most for name, most in LONGEST.items())
    )
