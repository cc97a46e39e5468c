"""Exercises whose answer is a set of pairs: a number for each letter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

from grader.asking.rules import with_article
from grader.asking.wire import Foreign
from grader.exercise.base import Exercise, Question
from grader.exercise.compare import Difference
from grader.exercise.solution import of_value
from grader.questions.draw import Draw

Pairs = dict[str, str]
_NAME = re.compile(r"[a-z]+|\d+")


class Misread(ValueError):
    """The answer is not a set of pairs; the message is a sentence about it."""


class Matching(Exercise):
    """Each letter on the left belongs to one number on the right. Every right pair is worth the same.

    Args:
        left: what the letters stand for.
        right: what the numbers stand for; some may be left over, and one may be right for two letters.
        pairs: the right number of each letter.
        why: for a wrong pair, ``("a", "3")``, the sentence said to who makes it.
    """

    kind = "matching"

    def __init__(
        self,
        *,
        question: str,
        left: Mapping[str, str],
        right: Mapping[str, str],
        pairs: Mapping[str, str],
        why: Mapping[tuple[str, str], str] | None = None,
        **common: Any,
    ) -> None:
        super().__init__(reference=dict(pairs), **common)
        self.question, self.left, self.right = question, dict(left), dict(right)
        self.pairs, self.why = dict(pairs), dict(why or {})
        self._validate()
        self._letters = {f"({letter}) {text}": letter for letter, text in self.left.items()}

    def _validate(self) -> None:
        """An author's slip shows when the file is loaded."""
        if not all(name.isalpha() and name.islower() for name in self.left):
            raise ValueError("the names on the left are small letters.")
        if not all(name.isdecimal() for name in self.right):
            raise ValueError("the names on the right are numbers.")
        if self.pairs.keys() != self.left.keys() or not set(self.pairs.values()) <= self.right.keys():
            raise ValueError("`pairs` gives each letter of the left one number of the right.")
        if len(set(self.left.values())) < len(self.left):
            raise ValueError("two letters on the left stand for the same.")
        for letter, number in self.why:
            if letter not in self.left or number not in self.right or self.pairs[letter] == number:
                raise ValueError(f"`why` is for wrong pairs; {(letter, number)!r} is not one.")

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self._letters)

    def questions(self, draw: Draw) -> list[Question]:
        return [Question(part, {}) for part in self.parts]

    # -- reading pairs --------------------------------------------------------------------------------

    def read(self, given: Any) -> Pairs:
        """The number that each letter is given; a letter that is not named is left out.

        Raises:
            Misread: a name is unknown, stands alone, or a letter stands in two pairs.
        """
        if isinstance(given, Foreign):
            raise Misread(f'It is {with_article(given.type)}; write pairs, like {{"a": "2"}}.')
        found: Pairs = {}
        for names in _entries(given):
            if unknown := [name for name in names if name not in self.left and name not in self.right]:
                known = ", ".join([*self.left, *self.right])
                raise Misread(f"`{unknown[0]}` is not one of {known}.")
            if len(names) % 2:
                raise Misread("A name stands alone: a pair is a letter and a number.")
            for one, other in zip(names[::2], names[1::2]):
                letter, number = (one, other) if one in self.left else (other, one)
                if letter not in self.left or number not in self.right:
                    raise Misread("A pair is a letter and a number.")
                if found.setdefault(letter, number) != number:
                    raise Misread(f"({letter}) stands in two pairs.")
        return found

    def same(self, question: Question, one: Any, other: Any) -> bool:
        try:
            return self.read(one) == self.read(other)
        except Misread:
            return False

    def difference(self, question: Question, expected: Any, given: Any) -> Difference | None:
        letter = self._letters[question.part]
        try:
            number = self.read(given).get(letter)
        except Misread as error:
            return Difference.plain(str(error))
        if number is None:
            return Difference.plain("It has no number yet.")
        if number == self.pairs[letter]:
            return None
        return Difference.plain(self.why.get((letter, number), f"({number}) is not what belongs to it."))

    def explained(self, pairs: Pairs) -> str:
        """The author's sentence for the first wrong pair that has one; nothing where none has."""
        return next((self.why[pair] for pair in pairs.items() if pair in self.why), "")

    def exchanged(self, pairs: Pairs) -> tuple[str, str] | None:
        """Two letters with each other's numbers, if there are."""
        wrong = [letter for letter in self.left if pairs.get(letter) not in (None, self.pairs[letter])]
        return next(
            (
                (one, other)
                for one, other in combinations(wrong, 2)
                if pairs[one] == self.pairs[other] and pairs[other] == self.pairs[one]
            ),
            None,
        )

    # -- in the lesson, and the proof -----------------------------------------------------------------

    @property
    def statement(self) -> str:
        letters, numbers = (
            "\n".join(f"- **({name})** {text}" for name, text in side.items())
            for side in (self.left, self.right)
        )
        ask = "Give each letter its number."
        return "\n\n".join(part for part in (self.text, self.question, letters, numbers, ask) if part)

    @property
    def solution(self) -> str:
        return of_value(self.id, "{}", f"pairs, like {_written(self._some_pairs())}", _written(self.pairs))

    def _some_pairs(self) -> Pairs:
        """Two pairs, not both of them right, to show how pairs are written."""
        letters, numbers = list(self.left)[:2], list(self.right)[:2]
        crossed = dict(zip(letters, reversed(numbers)))
        return dict(zip(letters, numbers)) if crossed.items() <= self.pairs.items() else crossed

    @property
    def alternatives(self) -> tuple[Any, ...]:
        """The right pairs in every spelling that is understood."""
        pairs = list(self.pairs.items())
        return (
            *super().alternatives,
            {letter.upper(): int(number) for letter, number in pairs},
            pairs,
            tuple([number, letter] for letter, number in reversed(pairs)),
            " ".join(letter + number for letter, number in pairs),
            ", ".join(f"({letter.upper()}) – {number}" for letter, number in pairs),
            [f"{letter}{number}" for letter, number in pairs],
        )

    def wrong_answers(self) -> Iterable[tuple[str, Any]]:
        """Every answer in which one pair is wrong, and every one in which two letters are exchanged."""
        for letter, right in self.pairs.items():
            for number in self.right:
                if number != right:
                    yield f"{letter}{number}", self.pairs | {letter: number}
        for one, other in combinations(self.left, 2):
            if self.pairs[one] != self.pairs[other]:
                yield f"{one} ↔ {other}", self.pairs | {one: self.pairs[other], other: self.pairs[one]}


def _entries(given: Any) -> list[list[str]]:
    """The names in each pair, or all in a row where the pairs stand in one text."""
    if not isinstance(given, (list, tuple)):
        return [_names([given])]
    if not all(isinstance(pair, (list, tuple)) for pair in given):
        return [_names(given)]
    pairs = (_names(pair) for pair in given)
    return [names for names in pairs if len(names) > 1]  # {"a": ""} is one still to be found


def _names(values: Iterable[Any]) -> list[str]:
    missing = (value is None or isinstance(value, Foreign) for value in values)
    written = ("" if gone else str(value) for gone, value in zip(missing, values))
    return _NAME.findall(" ".join(written).lower())


def _written(pairs: Pairs) -> str:
    return "{" + ", ".join(f'"{letter}": "{number}"' for letter, number in pairs.items()) + "}"
