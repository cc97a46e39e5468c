"""What one sees while a class is graded, and what became of whom."""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from tqdm import tqdm

from grader.batch.result import Result, Status
from grader.terminal import say

LINES_AT_MOST = 200  # of a class's progress where it goes to a file


class Progress:
    """A bar in a terminal; elsewhere whole lines: the first, the last, and evenly between them."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.started = total, 0, time.monotonic()
        self._every = -(-total // LINES_AT_MOST)
        in_terminal = sys.stderr.isatty()
        self._bar = tqdm(total=total, unit="submission", disable=not in_terminal, dynamic_ncols=True)
        self._speaks = not in_terminal

    def step(self, result: Result) -> None:
        """One more is finished."""
        self.done += 1
        self._bar.set_postfix_str(f"{result.student} {result.status}", refresh=False)
        self._bar.update()
        if self._speaks and (self.done % self._every == 0 or self.done in (1, self.total)):
            say(f"{self.done:,} of {self.total:,} · {result.student}: {result.status} · {self._pace()}")

    def close(self) -> None:
        self._bar.close()

    def _pace(self) -> str:
        rate = self.done / max(time.monotonic() - self.started, 1e-9)
        left = (self.total - self.done) / rate
        return f"{_per_time(rate)} · {_duration(left)} left"


@dataclass
class Summary:
    """What became of whom. ``kept`` had been finished before and had not changed."""

    results: list[Result] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    seconds: float = 0.0
    is_interrupted: bool = False

    @property
    def not_gradable(self) -> list[Result]:
        return [result for result in self.results if result.status is Status.NOT_GRADABLE]

    def lines(self) -> list[str]:
        """Sentences for people, those that ask for something to be done last."""
        counts = Counter(result.status for result in self.results)
        told = [f"{len(self.results):,} submissions in {_duration(self.seconds)}"]
        told += [f"{counts[status]:,} {status}" for status in Status if counts[status]]
        told += [f"{len(self.kept):,} finished before and unchanged"] if self.kept else []
        lines = [", ".join(told) + "."]
        mended = sorted((o.student, sentence) for o in self.results for sentence in o.mended)
        lines += ["Mended before it was graded:"] if mended else []
        lines += [f"  {student}: {sentence}" for student, sentence in mended]
        for status, heading in (
            (Status.STUDENT_ERROR, "Graded, and something in the notebook failed:"),
            (Status.NOT_GRADABLE, "Not gradable, so without a score:"),
        ):
            found = sorted((o.student, o.reason) for o in self.results if o.status is status)
            lines += [heading] if found else []
            lines += [f"  {student}: {reason}" for student, reason in found]
        return lines

    def to_json(self) -> dict[str, object]:
        """The same for machines."""
        rows = [
            {
                "student": o.student,
                "status": o.status,
                "reason": o.reason,
                "mended": o.mended,
                "seconds": round(o.seconds, 3),
            }
            for o in sorted(self.results, key=lambda o: o.student)
        ]
        return {"submissions": rows, "unchanged": self.kept, "seconds": round(self.seconds, 3)}


def _per_time(rate: float) -> str:
    return f"{rate:.1f} a second" if rate >= 1 else f"{60 * rate:.0f} a minute"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
