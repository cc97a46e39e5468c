"""What every function is asked, derived from the shapes of its inputs.

A signature such as ``"q: (*, Lq, d)  k: (*, Lk, d)  v: (*, Lk, dv)  mask: bool (*, Lq, Lk)?"`` is enough to
ask for one example and for a batch, for sizes that are all different and all equal, for large numbers, for
gradients: wrong answers are right on most of these, and wrong on one.

In a signature, an input holds floats if nothing else is said, ``bool`` stands for a mask (True = may attend)
and ``int 4..9`` for one number in that range. ``*`` is any number of axes in front; ``?`` may be left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from grader.questions.draw import Draw

SMALLEST, LARGEST = 2, 9
_ARGUMENT = re.compile(
    r"(?P<name>\w+):\s*(?:(?P<kind>bool|int)\b)?\s*"
    r"(?:\((?P<shape>[^)]*)\)|(?P<low>\d+)\.\.(?P<high>\d+))\s*(?P<optional>\?)?\s*"
)


@dataclass(frozen=True)
class Argument:
    """One input: what it holds, the names of its axes, and whether it may be left out."""

    name: str
    kind: str = "float"
    shape: tuple[str, ...] = ()
    optional: bool = False
    low: int = 0
    high: int = 0

    @property
    def sizes(self) -> tuple[str, ...]:
        """The names of its axes without those in front."""
        return tuple(name for name in self.shape if name != "*")


def read(signature: str) -> tuple[Argument, ...]:
    """The inputs of a signature.

    Raises:
        ValueError: with what cannot be read.
    """
    found, position = [], 0
    signature = signature.strip()
    while position < len(signature):
        match = _ARGUMENT.match(signature, position)
        if match is None:
            raise ValueError(f"The inputs cannot be read from {signature[position:]!r} on.")
        shape = tuple(name.strip() for name in (match["shape"] or "").split(",") if name.strip())
        found.append(
            Argument(
                match["name"],
                match["kind"] or "float",
                shape,
                bool(match["optional"]),
                int(match["low"] or 0),
                int(match["high"] or 0),
            )
        )
        position = match.end()
    return tuple(found)


@dataclass(frozen=True)
class Probe:
    """How inputs are drawn: by default one example, all sizes different, numbers of moderate size.

    ``single`` is the number of the axis that is one long, counted on from the first one after the last.
    ``mask`` says what a mask is shaped like: ``"shared"`` by the batch, (Lq, Lk), or of ``"padding"``,
    (…, 1, Lk); without it, masks are left out. ``fixed`` are sizes by their names.
    """

    leading: int = 0
    equal: bool = False
    single: int | None = None
    scale: float = 0.0
    mask: str = ""
    fixed: tuple[tuple[str, int], ...] = ()


def draw_inputs(
    arguments: Sequence[Argument], draw: Draw, probe: Probe
) -> tuple[dict[str, Any], dict[str, int]]:
    """Inputs by their names, and their sizes by the names of the axes."""
    sizes, leading = _sizes(arguments, draw, probe)
    inputs: dict[str, Any] = {}
    for argument in arguments:
        shape = [
            size for name in argument.shape for size in (leading.values() if name == "*" else [sizes[name]])
        ]
        if argument.kind == "int":
            low = min(max(argument.low, SMALLEST + 1), argument.high)
            smallest = probe.single is not None
            inputs[argument.name] = argument.low if smallest else draw.integer(low, argument.high)
            sizes[argument.name] = inputs[argument.name]
        elif argument.kind == "float":
            numbers = draw.normal(*shape)
            inputs[argument.name] = _large(draw, numbers, probe.scale) if probe.scale else numbers
        elif probe.mask or not argument.optional:
            inputs[argument.name] = _mask(draw, shape, probe.mask)
    return inputs, {**sizes, **leading}


def _sizes(arguments: Sequence[Argument], draw: Draw, probe: Probe) -> tuple[dict[str, int], dict[str, int]]:
    """The sizes of the named axes, and those of the axes in front."""
    names = list(dict.fromkeys(name for argument in arguments for name in argument.sizes))
    few = draw.shuffled(range(SMALLEST, LARGEST // 2 + 1))  # enough for axes in front
    many = draw.shuffled(range(LARGEST // 2 + 1, LARGEST + 1))
    leading = {name: few.pop() for name in ("B", "H")[: probe.leading]}
    pool = few + many if probe.scale else draw.shuffled(few + many)  # levels need long rows: taken first
    if probe.equal:
        pool = [draw.integer(3, 7)] * len(names)
    sizes = {name: pool.pop() for name in names}
    if probe.single is not None and names:
        sizes[names[probe.single % len(names)]] = 1
    return sizes | {name: size for name, size in probe.fixed if name in sizes}, leading


def _mask(draw: Draw, shape: list[int], kind: str) -> Tensor:
    """True = may attend. In each row something is allowed: right answers differ where nothing is."""
    if kind == "padding":
        shape = [*shape[:-2], 1, shape[-1]]
    elif kind == "shared":
        shape = shape[-2:]
    return draw.mask(*shape) if shape[-1] > 1 else torch.ones(*shape, dtype=torch.bool)


def _large(draw: Draw, numbers: Tensor, scale: float) -> Tensor:
    """Rows on very different levels, some with one number, or all but one, far below the rest.

    Multiples of 1/8, so that sums are exact. The patterns take turns: chance alone would leave out some,
    and with them what tells a maximum from a mean.
    """
    rows = ((numbers * 8).round() / 8).reshape(-1, numbers.shape[-1]).clone()
    patterns = draw.shuffled(["level", "one below", "one a little below", "all but one below"])
    for i, row in enumerate(rows):
        row += draw.choice([-1.0, -0.5, 0.0, 0.5, 1.0]) * scale
        pattern = patterns[i % len(patterns)] if len(row) > 2 else "level"
        place = draw.integer(0, len(row) - 1)
        if pattern == "one below":
            row[place] -= scale
        elif pattern == "one a little below":
            row[place] -= 0.15 * scale
        elif pattern == "all but one below":
            row -= scale
            row[place] += scale
    return rows.reshape(numbers.shape)


def in_double(values: dict[str, Any]) -> dict[str, Any]:
    """The same values, floats in double precision."""
    return {
        name: value.double() if isinstance(value, Tensor) and value.is_floating_point() else value
        for name, value in values.items()
    }
