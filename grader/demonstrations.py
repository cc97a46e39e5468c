"""Demonstrations, which are not run when a submission is graded: those that an answer needs all the same.

A demonstration shows something in the lesson, and what it defines is there for answers to use. So one that an
answer needs is run, unless it is marked as long, which its author does where it takes more than two seconds:
a time that was measured while grading would make scores depend on what else the machine has to do. What only
a long one defines is missing in grading, and so are names whose cells cannot go on without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.asking.outcome import Failure, Outcome
from grader.asking.rules import MISSING
from grader.configure import DEMONSTRATION, LONG
from grader.judging.verdict import Status, Verdict
from grader.uses import Uses, uses

SENTENCE = (
    "`{}` comes from a demonstration that is not run when this is graded: define it in your answer's cell."
)
NOT_DEFINED = re.compile(r"name '(\w+)' is not defined")


def is_demonstration(cell: Mapping[str, Any]) -> bool:
    """Whether a cell of a notebook is one."""
    return DEMONSTRATION in cell["metadata"].get("tags", ())


def is_long(cell: Mapping[str, Any]) -> bool:
    """Whether it is one that is never run for grading."""
    return is_demonstration(cell) and LONG in cell["metadata"].get("tags", ())


def needed(cells: Sequence[Mapping[str, Any]]) -> frozenset[int]:
    """Which cells of a notebook are demonstrations that others need, or that those need, and are not long.

    A name that no cell before gives a value comes from the last demonstration before that does, or from the
    first one after: a function may be written before what it uses.
    """
    used = {i: uses(cell["source"]) for i, cell in enumerate(cells) if cell["cell_type"] == "code"}
    shown: dict[str, list[int]] = {}  # the demonstrations that define a name
    for index in used:
        if is_demonstration(cells[index]) and not is_long(cells[index]):
            for name in used[index].defines:
                shown.setdefault(name, []).append(index)
    found = set[int]()
    waiting = [index for index in used if not is_demonstration(cells[index])]
    defined: dict[str, int] = {}  # the first cell, of those that are run in any case, that defines a name
    for index in waiting:
        for name in used[index].defines & shown.keys():
            defined.setdefault(name, index)
    while shown and waiting:
        index = waiting.pop()
        for name in used[index].needs & shown.keys():
            if defined.get(name, index) < index:
                continue
            others = [place for place in shown[name] if place != index]
            before = [place for place in others if place < index]
            for place in before[-1:] or others[:1]:
                if place not in found:
                    found.add(place)
                    waiting.append(place)
    return frozenset(found)


def absent(run: Iterable[Uses], hidden: Iterable[str]) -> dict[str, str]:
    """The names that have no value when some cells are run without what a long demonstration defines.

    Args:
        run: the cells, in the order in which they are run.
        hidden: what long demonstrations define.

    Returns:
        For each name the one of ``hidden`` for want of which it is missing.
    """
    missing = {name: name for name in hidden}
    for cell in run if missing else ():
        never, because = frozenset[str](), ""
        if not cell.needs.isdisjoint(missing) and (stop := cell.stops_at(missing)):
            name, never = stop
            because = missing[name]
        for name in (missing.keys() & cell.defines) - never:
            del missing[name]
        missing |= dict.fromkeys(never, because)
    return missing


def explained(verdict: Verdict, outcomes: Iterable[Outcome], missing: Mapping[str, str]) -> Verdict:
    """The verdict, in which a name that is missing for want of a demonstration is told as that.

    What the student's process says only points at a name; the sentence is about one that is known here.
    """
    failures = (outcome.failure for outcome in outcomes if outcome.failure)
    found = next((name for failure in failures if (name := missing_name(failure, verdict)) in missing), None)
    if found is None or verdict.status in (Status.RIGHT, Status.FORBIDDEN):
        return verdict
    said = SENTENCE.format(missing[found])
    status = Status.FAILED if verdict.status is Status.UNFINISHED else verdict.status
    return replace(verdict, status=status, mistake=said, message="", how="error", slips=(said,))


def missing_name(failure: Failure, verdict: Verdict) -> str:
    """The name that an answer did not find; the answer's own where there is none; nothing else."""
    if failure.rule == MISSING:
        return verdict.exercise
    told = NOT_DEFINED.search(failure.message) if failure.kind == "NameError" else None
    return told[1] if told else ""
