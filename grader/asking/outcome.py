"""What came of asking an answer one question: a value, or an error told in the student's terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.asking import rules

COURSES = "<mine>/"  # begins the name of the file in which an answer of the course seems to stand


class Refused(Exception):
    """The answer broke a rule of the question (`grader.asking.rules`)."""

    def __init__(self, rule: str, **details: str) -> None:
        super().__init__(rules.sentence(rule, details))
        self.rule, self.details = rule, details


class TimeUp(BaseException):
    """The answer took too long. Not an `Exception`, so that ``except Exception`` does not hide it."""


@dataclass(frozen=True)
class Failure:
    """Why a question has no value: an error in the student's code, or a rule of ours.

    Args:
        kind: the class of the student's exception.
        message: its text, theirs as it stands.
        line: the student's own line at which it happened, if any.
        source: the text of that line.
        function: the function that it is in.
        rule: of ours, with its ``details`` (`grader.asking.rules`); beside a kind, it is about that error.
    """

    kind: str = ""
    message: str = ""
    line: int | None = None
    source: str = ""
    function: str = ""
    rule: str = ""
    details: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def told(cls, rule: str, **details: str) -> Failure:
        """A sentence of ours."""
        return cls(rule=rule, details=details)

    @classmethod
    def by_judge(cls, text: str) -> Failure:
        """What the judge has to say itself."""
        return cls.told(rules.JUDGE, text=text)

    @property
    def is_sentence(self) -> bool:
        """Whether it is a whole sentence of ours, rather than an exception."""
        return bool(self.rule) and not self.kind

    @property
    def is_refusal(self) -> bool:
        """Whether the code ran, and what it gave broke a rule of the question."""
        return bool(self.rule) and self.rule not in rules.NOT_ASKED

    @property
    def summary(self) -> str:
        """Without the exception's own text, which may quote the inputs."""
        return self._told("")

    def __str__(self) -> str:
        return self._told(f": “{_quoted(self.message)}”" if self.message else "")

    def _told(self, theirs: str) -> str:
        said = [rules.sentence(self.rule, self.details)] if self.rule else []
        if self.kind:
            raised = f"`{_quoted(self.source)}` raised" if self.line is not None else "It raised"
            said.append(f"{self._where}{raised} {self.kind}{theirs}.")
        elif self.line is not None:
            said.append(f"{self._where}`{_quoted(self.source)}` was running then.")
        return " ".join(said)

    @property
    def _where(self) -> str:
        if self.line is None:
            return ""
        named = f"In {self.function}, line" if self.function and self.function != "<module>" else "Line"
        return f"{named} {self.line}: "


def _quoted(text: str) -> str:
    """The text of a student's that a sentence of ours quotes: it does not end the quotation."""
    return text.replace("`", "'").replace("”", '"')


@dataclass(frozen=True)
class Outcome:
    """The answer's value for one question, or its failure."""

    value: Any = None
    failure: Failure | None = None
