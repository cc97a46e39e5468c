"""Exercises whose answer is a choice: one letter, several letters, or an order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations, permutations
from typing import Any

from grader.asking.outcome import with_article
from grader.asking.wire import Foreign
from grader.exercise.base import Exercise, Question
from grader.exercise.compare import Difference
from grader.questions.draw import Draw

CHOICE = "the choice"
Letters = str | set[str] | list[str]


class Quiz(Exercise):
    """A question with lettered options.

    The type of ``right`` says what is asked: a letter, a set of letters, or a list of all letters in
    order. ``why`` holds, for each letter, the sentence said to who gets that letter wrong; a wrong
    single choice is thereby a known mistake like any other.
    """

    kind = "quiz"

    def __init__(
        self,
        id: str,
        title: str,
        *,
        question: str,
        options: dict[str, str],
        right: Letters,
        why: dict[str, str] | None = None,
        **common: Any,
    ) -> None:
        super().__init__(id, title, reference=right, **common)
        self.question, self.options, self.right, self.why = question, options, right, why or {}
        self._validate()
        if isinstance(right, str):
            for letter, sentence in self.why.items():
                self.mistake(sentence, letter)

    def _validate(self) -> None:
        letters = set(self.options)
        if unknown := set(self.right) - letters:
            raise ValueError(f"{self.id}: the right answer names {unknown}, which is not an option.")
        if isinstance(self.right, list):
            if sorted(self.right) != sorted(letters):
                raise ValueError(f"{self.id}: an ordering must order every option.")
            if self.right == sorted(letters):  # a set of all letters is read in this order
                raise ValueError(f"{self.id}: the right order must not be the alphabetical one.")
        needed = letters - {self.right} if isinstance(self.right, str) else letters
        if not isinstance(self.right, list) and set(self.why) != needed:
            raise ValueError(f"{self.id}: `why` must explain exactly the options {sorted(needed)}.")

    @property
    def parts(self) -> tuple[str, ...]:
        return (CHOICE,)

    def questions(self, draw: Draw) -> list[Question]:
        return [Question(CHOICE, {})]

    # -- reading a choice -----------------------------------------------------------------------------

    def read(self, given: Any) -> list[str] | None:
        """The letters of an answer, in order for an ordering, else sorted; None for no answer yet."""
        if given is None:
            return None
        parts = given if isinstance(given, (list, tuple, set)) else _split(str(given))
        letters = [letter for part in parts if (letter := str(part).strip(".)( ").lower())]
        return (letters if isinstance(self.right, list) else sorted(set(letters))) or None

    def difference(self, expected: Any, given: Any) -> Difference | None:
        chosen, right = self.read(given), self.read(expected)
        if chosen is None:
            return Difference.plain("There is no choice yet.")
        if isinstance(given, Foreign):
            return Difference.plain(f'It is {with_article(given.type)}; write letters in quotes, like "a".')
        if unknown := [letter for letter in chosen if letter not in self.options]:
            return Difference.plain(f"`{unknown[0]}` is not one of the options {', '.join(self.options)}.")
        if chosen == right:
            return None
        return Difference.plain(self._explain(chosen, right or []))

    def _explain(self, chosen: list[str], right: list[str]) -> str:
        if isinstance(self.right, str):
            return "Choose one letter." if len(chosen) > 1 else "That is not it."
        if isinstance(self.right, set):
            wrong = sorted(set(chosen) ^ set(right))
            return f"({wrong[0]}) {self.why[wrong[0]]}"
        if sorted(chosen) != sorted(right):
            return f"An order names each of {', '.join(self.options)} once."
        place = next(i for i, (a, b) in enumerate(zip(chosen, right, strict=True)) if a != b)
        if place == 0:
            return "Look again at what comes first."
        return f"The order is right up to place {place}; look again at what comes next."

    def same(self, one: Any, other: Any) -> bool:
        return self.read(one) == self.read(other)

    # -- the lesson and the proof -----------------------------------------------------------------------

    def statement(self) -> str:
        ask = {
            str: "Choose one letter.",
            set: "Choose every letter that is true.",
            list: "Put all letters in order.",
        }
        listed = "\n".join(f"- **({letter})** {text}" for letter, text in self.options.items())
        return f"{self.question}\n\n{listed}\n\n{ask[type(self.right)]}"

    @property
    def alternatives(self) -> tuple[Any, ...]:
        """The right choice in every spelling that is understood."""
        letters = [self.right] if isinstance(self.right, str) else list(self.right)
        if isinstance(self.right, set):
            letters = sorted(letters)
        spelled: list[Any] = [
            letters,
            tuple(letters),
            [letter.upper() for letter in letters],
            [f"({letter})" for letter in letters],
            ", ".join(letters),
            " ".join(letter.upper() for letter in letters),
        ]
        if isinstance(self.right, set):
            spelled.append(list(reversed(letters)))
        return (*super().alternatives, *spelled)

    def wrong_answers(self) -> Iterable[tuple[str, Any]]:
        letters = sorted(self.options)
        everything: Iterable[Any]
        if isinstance(self.right, str):
            everything = letters
        elif isinstance(self.right, set):
            everything = (
                set(some) for size in range(1, len(letters) + 1) for some in combinations(letters, size)
            )
        else:
            everything = (list(order) for order in permutations(letters))
        return ((str(choice), choice) for choice in everything if choice != self.right)


def _split(text: str) -> list[str]:
    """``"a, c"``, ``"a c"``, ``"a → c"`` and ``"ac"`` all name a and c."""
    words = re.split(r"[\s,;<>→-]+", text.strip())
    return list(words[0]) if len(words) == 1 and words[0].isalpha() else words
