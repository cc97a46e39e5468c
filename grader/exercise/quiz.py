"""Exercises whose answer is a choice: one letter, several letters, or an order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import combinations, permutations
from typing import Any

from grader.asking.rules import with_article
from grader.asking.wire import Foreign
from grader.exercise.base import Exercise, Question
from grader.exercise.compare import Difference
from grader.exercise.solution import of_value
from grader.questions.draw import Draw

CHOICE = "the choice"
Letters = str | set[str] | list[str]


class Quiz(Exercise):
    """A question with lettered options.

    Args:
        right: a letter, a set of letters, or a list of all letters in order; its type says what is asked.
        why: for each letter, the sentence said to who gets that letter wrong. In an ordering, for two options
            in their right order, the sentence said where exactly these two have changed places.
    """

    kind = "quiz"

    def __init__(
        self,
        *,
        question: str,
        options: Mapping[str, str],
        right: Letters,
        why: Mapping[Any, str] | None = None,
        **common: Any,
    ) -> None:
        super().__init__(reference=right, **common)
        self.question, self.options, self.right = question, dict(options), right
        self.why: dict[Any, str] = dict(why or {})
        self._validate()

    def _validate(self) -> None:
        """An author's slip shows when the file is loaded."""
        letters = set(self.options)
        if unknown := set(self.right) - letters:
            raise ValueError(f"the right answer names {sorted(unknown)}, which is not an option.")
        if isinstance(self.right, list):
            return self._validate_order(self.right)
        needed = letters - {self.right} if isinstance(self.right, str) else letters
        if set(self.why) != needed:
            raise ValueError(f"`why` must explain exactly the options {sorted(needed)}.")

    def _validate_order(self, right: list[str]) -> None:
        if sorted(right) != sorted(self.options):
            raise ValueError("an ordering must order every option.")
        if right == sorted(right):  # a set of all letters is read in this order
            raise ValueError("the right order must not be the alphabetical one.")
        for pair in self.why:
            if pair not in combinations(right, 2):
                raise ValueError(f"`why` is for two options in their right order; {pair!r} is not that.")

    @property
    def parts(self) -> tuple[str, ...]:
        return (CHOICE,)

    def questions(self, draw: Draw) -> list[Question]:
        return [Question(CHOICE, {})]

    # -- reading a choice -----------------------------------------------------------------------------

    def read(self, given: Any) -> list[str]:
        """The letters of an answer, in order for an ordering, else sorted."""
        letters = _letters(given)
        return letters if isinstance(self.right, list) else sorted(set(letters))

    def same(self, question: Question, one: Any, other: Any) -> bool:
        return self.read(one) == self.read(other)

    def difference(self, question: Question, expected: Any, given: Any) -> Difference | None:
        chosen, right = self.read(given), self.read(expected)
        if chosen == right and not isinstance(given, Foreign):
            return None
        return Difference.plain(
            self._misread(given, chosen)
            or self.explained(given)
            or self.disorder(given)
            or _first_wrong_place(chosen, right)
        )

    def _misread(self, given: Any, chosen: list[str]) -> str:
        """Why this is no choice among the options; nothing if it is one."""
        if not chosen:
            return "There is no choice yet."
        if isinstance(given, Foreign):
            return f'It is {with_article(given.type)}; write letters in quotes, like "a".'
        if unknown := [letter for letter in chosen if letter not in self.options]:
            return f"`{unknown[0]}` is not one of the options {', '.join(self.options)}."
        if isinstance(self.right, list) and sorted(chosen) != sorted(self.right):
            return f"An order names each of {', '.join(self.options)} once."
        if isinstance(self.right, str) and len(chosen) > 1:
            return "Choose one letter."
        return ""

    def explained(self, given: Any) -> str:
        """The author's sentence for a wrong choice; nothing where there is none."""
        chosen = self.read(given)
        if isinstance(self.right, list):
            return next((why for pair, why in self.why.items() if _exchanged(self.right, pair) == chosen), "")
        if self._misread(given, chosen):
            return ""
        if isinstance(self.right, str):
            return self.why.get(chosen[0], "")
        wrong = sorted(set(chosen) ^ self.right)
        return f"({wrong[0]}) {self.why[wrong[0]]}" if wrong else ""

    def disorder(self, given: Any) -> str:
        """How a wrong order differs from the right one where that can be said in a word; else nothing."""
        chosen = self.read(given)
        if not isinstance(self.right, list) or self._misread(given, chosen):
            return ""
        if chosen == self.right[::-1]:
            return "This is the opposite order: what comes first should come last."
        moved = [letter for letter in chosen if _without(chosen, letter) == _without(self.right, letter)]
        return (
            f"Only ({moved[0]}) stands in a wrong place: the others are in order." if len(moved) == 1 else ""
        )

    # -- in the lesson, and the proof -----------------------------------------------------------------

    @property
    def statement(self) -> str:
        ask = {
            str: "Choose one letter.",
            set: "Choose every letter that is true.",
            list: "Put all letters in order.",
        }
        listed = "\n".join(f"- **({letter})** {text}" for letter, text in self.options.items())
        return "\n\n".join(part for part in (self.text, self.question, listed, ask[type(self.right)]) if part)

    @property
    def solution(self) -> str:
        if isinstance(self.right, str):
            return of_value(self.id, '""', "one letter", _quoted(self.right))
        if isinstance(self.right, set):
            several = ", ".join(map(_quoted, sorted(self.right)))
            return of_value(self.id, "set()", 'several letters, like {"a", "c"}', f"{{{several}}}")
        some_order, right = (", ".join(map(_quoted, order)) for order in (self._some_order(), self.right))
        return of_value(self.id, "[]", f"an order, like [{some_order}]", f"[{right}]")

    def _some_order(self) -> list[str]:
        """An order that is neither the right one nor the alphabetical one, to show how one is written."""
        letters = sorted(self.options)
        for i in range(0, len(letters) - 1, 3):
            letters[i], letters[i + 1] = letters[i + 1], letters[i]
        return letters if letters != self.right else letters[::-1]

    @property
    def alternatives(self) -> tuple[Any, ...]:
        """The right choice in every spelling that is understood."""
        letters = sorted(self.right) if isinstance(self.right, set) else list(self.right)
        spelled: list[Any] = [
            letters,
            tuple(letters),
            [letter.upper() for letter in letters],
            [f"({letter})" for letter in letters],
            ", ".join(letters),
            " ".join(letter.upper() for letter in letters),
        ]
        if isinstance(self.right, set):
            spelled.append(letters[::-1])
        return (*super().alternatives, *spelled)

    def wrong_answers(self) -> Iterable[tuple[str, Any]]:
        letters = sorted(self.options)
        everything: Iterable[Any]
        if isinstance(self.right, str):
            everything = letters
        elif isinstance(self.right, set):
            sizes = range(1, len(letters) + 1)
            everything = (set(some) for size in sizes for some in combinations(letters, size))
        else:
            everything = (list(order) for order in permutations(letters))
        return ((str(choice), choice) for choice in everything if choice != self.right)


def _letters(given: Any) -> list[str]:
    """``"a, c"``, ``"(A) C"``, ``"a → c"``, ``"ac"`` and any container of a and c all name a and c."""
    if given is None:
        return []
    parts = given if isinstance(given, (list, tuple, set)) else _split(str(given))
    return [letter for part in parts if (letter := str(part).strip(".)( ").lower())]


def _split(text: str) -> list[str]:
    words = re.split(r"[\s,;<>→-]+", text.strip())
    return list(words[0]) if len(words) == 1 and words[0].isalpha() else words


def _first_wrong_place(order: list[str], right: list[str]) -> str:
    place = next(i for i, (a, b) in enumerate(zip(order, right, strict=True)) if a != b)
    if place == 0:
        return "Look again at what comes first."
    return f"The order is right up to place {place}; look again at what comes next."


def _exchanged(order: list[str], pair: tuple[str, str]) -> list[str]:
    """The order with two of its letters in each other's place."""
    one, other = pair
    return [other if letter == one else one if letter == other else letter for letter in order]


def _without(order: list[str], letter: str) -> list[str]:
    return [other for other in order if other != letter]


def _quoted(letter: str) -> str:
    return f'"{letter}"'
