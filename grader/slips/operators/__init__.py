"""Slips that all exercises share: each operator looks at one kind of place, and yields what is made of it."""

from __future__ import annotations

from grader.slips.context import Context
from grader.slips.operators import (
    arithmetic,
    axes,
    calls,
    conditions,
    inputs,
    layers,
    masks,
    order,
    parameters,
    precision,
    reductions,
    results,
    similarity,
    sizes,
    softmax,
    steps,
    transposes,
)
from grader.slips.slip import Slip

OPERATORS = (
    axes,
    reductions,
    softmax,
    calls,
    similarity,
    transposes,
    arithmetic,
    sizes,
    conditions,
    parameters,
    masks,
    order,
    steps,
    layers,
    inputs,
    results,
    precision,
)


def every_slip(context: Context) -> list[Slip]:
    """All shared slips of a form, each operator's in turn."""
    return [slip for operator in OPERATORS for slip in operator.slips(context) if slip.edits]
