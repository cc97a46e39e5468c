"""Questions for layers of several heads: they are as wide as their heads together.

with_heads("x: (B, Lq, d)  memory: (B, Lk, d)  mask: bool (B, 1, 1, Lk)", heads=1)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.questions.draw import Draw
from grader.questions.probes import read


def with_heads(
    signature: str, *others: str, heads: int | str | None = None
) -> Callable[[Draw], dict[str, dict[str, Any]]]:
    """A case of a `Module` that is built from `d`, `heads` and `others`, all sizes different.

    signature: the inputs of its forward call, as `probes.read` takes them, with d for the width and 1 for
    an axis of one; heads: how many, or the name of an axis that is as long; any number, if not said
    """
    arguments = read(signature)
    axes = dict.fromkeys(name for argument in arguments for name in argument.shape if name not in ("d", "1"))

    def case(draw: Draw) -> dict[str, dict[str, Any]]:
        width, count, *rest = draw.sizes(2 + len(axes) + len(others))
        sizes = dict(zip([*axes, *others], rest))
        count = sizes[heads] if isinstance(heads, str) else heads or count
        sizes |= {"d": count * width, "1": 1}
        inputs = {}
        for argument in arguments:
            shape = [sizes[name] for name in argument.shape]
            inputs[argument.name] = draw.mask(*shape) if argument.kind == "bool" else draw.normal(*shape)
        init = {"d": sizes["d"], "heads": count} | {name: sizes[name] for name in others}
        return {"init": init, "inputs": inputs}

    return case
