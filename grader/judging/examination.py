"""What one answer is asked, in an order that says nothing, some of it twice.

An answer that counts how often it is called, or looks up what it was asked before, finds no order to rely on:
which question comes when, how many there are, and which of them come again follow from the seed alone.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from typing import Any

from grader.asking import wire
from grader.asking.respond import Response
from grader.exercise import Exercise, Question
from grader.questions.draw import Draw

AT_MOST = 3  # times the seconds of an exercise, for which a reply is waited: what is late ends itself before


@dataclass(frozen=True)
class Examination:
    """Questions in the order in which the judge reads them, and the places in which they are asked."""

    questions: list[Question]
    order: list[int]

    @property
    def payloads(self) -> list[dict[str, Any]]:
        """What crosses to the answer's process, in the order in which it is asked."""
        return [self.questions[place].payload for place in self.order]

    def in_place(self, response: Response) -> Response:
        """What came of it, in the order of the questions.

        Raises:
            ValueError: there are more or fewer outcomes than were asked for.
        """
        placed = dict(zip(self.order, response.outcomes, strict=True))
        return replace(response, outcomes=[placed[place] for place in range(len(self.questions))])


def examine(exercise: Exercise, key: str, seed: int | None = None) -> Examination:
    """An examination from a seed; without one, new each time. ``key``: see `grader.questions.personal`."""
    draw = Draw(secrets.randbits(60) if seed is None else seed, key)
    questions = exercise.questions(draw)
    questions += exercise.again(questions, draw)
    return Examination(questions, draw.shuffled(range(len(questions))))


def request(exercise: Exercise, payloads: list[dict[str, Any]]) -> str:
    """What the answer's process is sent, to ask some of an examination's payloads: text."""
    wanted = {
        "kind": exercise.kind,
        "name": exercise.id,
        "payloads": wire.encode(payloads),
        "seconds": exercise.seconds,
        "operators": exercise.watches_operators,
    }
    return json.dumps(wanted)
