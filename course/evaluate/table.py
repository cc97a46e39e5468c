"""Accuracies with their spread, as a table that says which differences are larger than it.

A score beats another *beyond the spread* where its mean minus its standard deviation is above the other's
mean plus its own: the bars that one would draw do not meet. Without any true difference that happens, one
way, in 11 % of comparisons of two seeds each, 4 % of three and 1 % of five (normal scores, simulated): among
the many comparisons of a table of three seeds one or two such finds are luck.

What people usually get wrong: `std` over few seeds divides by n − 1, not n, or three seeds look a fifth more
alike than they are; and a standard deviation tells how far *runs* lie apart, not how sure the mean is.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

RANDOM = "random encoder"
SUPERVISED = "supervised from scratch"
READINGS = {"knn": "kNN", "probe": "linear probe", "fine_tuned": "fine-tuned"}


@dataclass(frozen=True)
class Score:
    """Accuracies, 0 … 1, one for each seed."""

    values: tuple[float, ...]
    seeds: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.values or len(self.values) != len(self.seeds):
            given = f"{len(self.values)} and {len(self.seeds)}"
            raise ValueError(f"there must be a value for each seed, at least one; got {given}")

    @property
    def mean(self) -> float:
        return statistics.fmean(self.values)

    @property
    def std(self) -> float:
        """The spread over seeds, by n − 1; NaN for a single one, which has none."""
        return statistics.stdev(self.values) if len(self.values) > 1 else math.nan

    def beats(self, other: "Score") -> bool:
        """Whether this is better beyond the spread of both. A single seed never is."""
        return self.mean - self.std > other.mean + other.std

    def __str__(self) -> str:
        """In percent: 91.3 ± 0.4"""
        spread = "" if math.isnan(self.std) else f" ± {100 * self.std:.1f}"
        return f"{100 * self.mean:.1f}{spread}"


@dataclass(frozen=True)
class Row:
    """What one method, or a baseline, is worth with a share of the labels, `labels` images.

    steps, minutes: of its training, minutes as a mean over seeds. fine_tuned: the accuracy when all weights
    were trained with the labels, None where nothing was; of the supervised run, its own head's.
    """

    name: str
    share: float
    labels: int
    steps: int
    minutes: float
    knn: Score
    probe: Score
    fine_tuned: Score | None = None

    @staticmethod
    def joined(rows: "Sequence[Row]") -> "Row":
        """One row of those of several seeds."""
        scores: dict[str, Any] = {}
        for reading in READINGS:
            each = [score for row in rows if isinstance(score := getattr(row, reading), Score)]
            if each:
                values = tuple(value for score in each for value in score.values)
                scores[reading] = Score(values, tuple(seed for score in each for seed in score.seeds))
        minutes = statistics.fmean(row.minutes for row in rows)
        return replace(rows[0], minutes=minutes, **scores)


def as_markdown(rows: Sequence[Row]) -> str:
    """A table for each share of labels, and in plain words what beats its baselines beyond the spread."""
    shares = dict.fromkeys(row.share for row in rows)
    return "\n\n".join(_table([row for row in rows if row.share == share]) for share in shares)


def _table(rows: Sequence[Row]) -> str:
    by_name = {row.name: row for row in rows}
    first = rows[0]
    if RANDOM not in by_name:
        raise ValueError(f"a comparison needs a row named {RANDOM!r}; got {', '.join(by_name)}")
    count = len(first.knn.seeds)
    seeds = f"{count} seed{'s' if count > 1 else ''}"
    lines = [
        f"**{100 * first.share:.3g} % of the labels, {first.labels:,} images, {seeds}:** accuracy in %",
        "",
        "| | steps | minutes | kNN | linear probe | fine-tuned |",
        "|:--|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        scores = " | ".join(str(getattr(row, reading) or "–") for reading in READINGS)
        lines.append(f"| {row.name} | {row.steps:,} | {row.minutes:.1f} | {scores} |")
    supervised = by_name.get(SUPERVISED)
    notes = [f"{SUPERVISED}, fine-tuned: the run's own head"] if supervised else []
    if count == 1:
        notes.append("one seed has no spread, and cannot say what is better: run at least 3")
        return "\n".join([*lines, "", "; ".join(notes)])
    lines += ["", "; ".join([*notes, f"±: standard deviation over {seeds}"]), ""]
    for row in rows:
        if row.name in (RANDOM, SUPERVISED):
            continue
        lines.append(f"- {row.name}: {_verdict(row, RANDOM, vars(by_name[RANDOM]))}")
        if supervised:
            own = {reading: supervised.fine_tuned for reading in READINGS}  # what the labels alone would give
            lines.append(f"- {row.name}: {_verdict(row, SUPERVISED, own)}")
    return "\n".join(lines)


def _verdict(row: Row, name: str, others: dict[str, Score | None]) -> str:
    """better than the random encoder by kNN; no difference beyond the spread by linear probe"""
    said: dict[str, list[str]] = {
        f"better than {name}": [],
        f"worse than {name}": [],
        f"no different from {name} beyond the spread": [],
    }
    better, worse, neither = said.values()
    for reading, called in READINGS.items():
        score, other = getattr(row, reading), others[reading]
        if score is None or other is None:
            continue
        kind = better if score.beats(other) else worse if other.beats(score) else neither
        kind.append(called)
    return "; ".join(f"{what} ({', '.join(how)})" for what, how in said.items() if how) + "."
