"""What a training shows while it runs: one line that is written over on a terminal, plain lines elsewhere."""

import sys
import time
from typing import TextIO

from course.training.recipe import Row

SECONDS = 5.0  # between lines where nothing can be written over


class Progress:
    """epoch 3/100  loss 1.234  lr 9.8e-04  12,345 images/s  4 min 03 s left"""

    def __init__(self, epochs: int, batch: int, file: TextIO | None = None):
        self.epochs, self.batch, self.file = epochs, batch, file or sys.stdout
        self.over = self.file.isatty()
        self.begun = self.said = time.monotonic()
        self.first: float | None = None

    def __call__(self, row: Row) -> None:
        now, ends = time.monotonic(), row["step"] == row["steps"]
        starts = self.first is None
        if starts:
            self.first = row["step"]  # from here on the time is measured: the first steps are slow
            self.begun = now
        if not (self.over or starts or ends) and now - self.said < SECONDS:
            return
        self.said = now
        line = self.line(row, now)
        print(
            f"\r{line:<79}" if self.over else line, end="" if self.over and not ends else "\n", file=self.file
        )
        self.file.flush()

    def line(self, row: Row, now: float) -> str:
        """What is said of a row at a time."""
        done = row["step"] - (self.first or 0)
        to_come = row["steps"] - row["step"]
        left = (now - self.begun) / done * to_come if done else None
        parts = [
            f"epoch {row['epoch']:.4g}/{self.epochs}",
            f"loss {row['loss']:.4f}",
            f"lr {row['lr']:.1e}",
            f"{row['images_per_second']:,.0f} images/s",
        ]
        if left is None and to_come:  # as fast as the first, slow steps
            parts.append(f"about {duration(to_come * self.batch / row['images_per_second'])} left")
        elif left is not None:
            parts.append(f"{duration(left)} left" if to_come else duration(now - self.begun))
        return "  ".join(parts)


def duration(seconds: float) -> str:
    """59 s, 4 min 03 s, 2 h 05 min"""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
