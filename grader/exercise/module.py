"""Exercises whose answer is an `nn.Module`."""

from __future__ import annotations

import inspect
from functools import cached_property
from typing import Any

import torch

from grader.exercise.base import Question
from grader.exercise.function import Function, Inputs
from grader.questions.draw import Draw
from grader.questions.probes import in_double


class Module(Function):
    """The student writes a module; its weights are handed in, so initialisation never matters.

    The constructor gets the sizes that its parameters are named after: ``SelfAttention(d)`` the width of
    ``x: (*, L, d)``. A case returns ``dict(init=…, inputs=…)``, the arguments of the constructor and of the
    forward call. The parameters must carry the reference's names and shapes.
    """

    kind = "module"
    nothing_yet = (
        "There is no `forward` yet that returns something: write it, spelled so and indented like `__init__`."
    )

    @cached_property
    def signature(self) -> inspect.Signature:
        signature = inspect.signature(self.reference.forward)
        return signature.replace(parameters=list(signature.parameters.values())[1:])  # without self

    def _question(self, part: str, inputs: dict[str, Any], draw: Draw, sizes: dict[str, int]) -> Question:
        init = {name: sizes[name] for name in inspect.signature(self.reference).parameters}
        return self._made(part, init, inputs, draw, sizes)

    def _of_case(self, part: str, case: Inputs, draw: Draw) -> Question:
        return self._made(part, **case(draw), draw=draw, sizes={})

    def _made(
        self, part: str, init: dict[str, Any], inputs: dict[str, Any], draw: Draw, sizes: dict[str, int]
    ) -> Question:
        """A question with what the constructor gets, and with weights."""
        payload = self._in_order(inputs)
        with torch.device("meta"):  # their shapes are all that is asked for
            weights = self.reference(**init).named_parameters()
        payload |= {"init": init, "weights": {name: draw.weights_like(weight) for name, weight in weights}}
        return Question(part, payload, sizes)

    def _in_double(self, question: Question) -> Question:
        wide = super()._in_double(question)
        wide.payload["weights"] = in_double(question.payload["weights"])
        return wide
