"""Exercises whose answer is an `nn.Module`."""

from __future__ import annotations

from typing import Any

from grader.exercise.function import Function
from grader.questions.draw import Draw


class Module(Function):
    """The student writes a module; its weights are handed in, so initialisation never matters.

    A case returns ``dict(init=…, inputs=…)``: the arguments of the constructor and of the forward call.
    The parameters must carry the reference's names and shapes.
    """

    kind = "module"

    def _payload(self, inputs: dict[str, Any], draw: Draw) -> dict[str, Any]:
        parameters = self.reference(**inputs["init"]).named_parameters()
        weights = {name: draw.weights_like(weight) for name, weight in parameters}
        return {**inputs, "weights": weights}
