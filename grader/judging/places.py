"""Which implementation is meant, written so that whoever carries the text cannot read it."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from typing import Any


class Places:
    """Places in lists, written so that only who has the key can read them, and never twice the same."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def hide(self, exercise: str, place: int) -> str:
        """Text that stands for a place in the exercise's list."""
        once = secrets.token_hex(8)
        return f"{once}{self._digest(exercise, once, place)}"

    def conceal(self, payloads: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """The judge's questions, those of a property test without a sign of which implementation is meant."""
        return [
            {**payload, "index": self.hide(payload["exercise"], payload["index"])}
            if "index" in payload
            else payload
            for payload in payloads
        ]

    def find(self, exercise: str, text: str, places: int) -> int:
        """The place that the text stands for, of so many.

        Raises:
            LookupError: it was not written with this key for this exercise.
        """
        once, digest = text[:16], text[16:]
        for place in range(places):
            if hmac.compare_digest(self._digest(exercise, once, place), digest):
                return place
        raise LookupError("There is no such implementation.")

    def _digest(self, exercise: str, once: str, place: int) -> str:
        return hmac.digest(self._key, f"{exercise} {once} {place}".encode(), "sha256").hex()
