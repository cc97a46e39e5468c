"""Exercises whose answer is an `nn.Module`."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from grader.asking.outcome import Failure, Outcome
from grader.exercise.base import Question
from grader.exercise.compare import Difference
from grader.exercise.function import Function, Inputs
from grader.questions.draw import Draw
from grader.questions.probes import in_double

STARTS = "what its parameters begin as"
SURE = 5.0  # standard errors: by chance a spread is farther off in one case of a million


@dataclass(frozen=True)
class Spread:
    """Random numbers of mean 0 and this standard deviation; without one, of any."""

    std: float | None = None


class Module(Function):
    """The student writes a module; its weights are handed in, so what it begins as matters where it is asked.

    The constructor gets the sizes that its parameters are named after: ``SelfAttention(d)`` the width of
    ``x: (*, L, d)``. A case returns ``dict(init=…, inputs=…)``, the arguments of the constructor and of the
    forward call. The parameters must carry the reference's names and shapes.

    Args:
        starts: parameters that begin as the text says: a number that all entries are, or a `Spread`.
        fixed: those of them that are not trained: a buffer, or a parameter without a gradient.
    """

    kind = "module"
    nothing_yet = (
        "There is no `forward` yet that returns something: write it, spelled so and indented like `__init__`."
    )

    def __init__(
        self,
        reference: Any,
        *,
        starts: Mapping[str, float | Spread] | None = None,
        fixed: Sequence[str] = (),
        **common: Any,
    ) -> None:
        super().__init__(reference, **common)
        self.starts, self.fixed = dict(starts or {}), tuple(fixed)
        self._known: dict[str, dict[str, Tensor]] = {}
        if unknown := sorted({*self.fixed} - self.starts.keys()):
            raise ValueError(f"`{unknown[0]}` is fixed: say in `starts` what it begins as.")

    @cached_property
    def signature(self) -> inspect.Signature:
        signature = inspect.signature(self.reference.forward)
        return signature.replace(parameters=list(signature.parameters.values())[1:])  # without self

    # -- what it begins as ----------------------------------------------------------------------------

    @property
    def parts(self) -> tuple[str, ...]:
        return (*super().parts, STARTS) if self.starts else super().parts

    def questions(self, draw: Draw) -> list[Question]:
        asked = super().questions(draw)
        if self.starts:
            kept = ("init", "weights", "fixed")
            of_the_first = {name: one for name, one in asked[0].payload.items() if name in kept}
            payload = {"inputs": {}, "starts": list(self.starts), "seed": draw.integer(0, 2**31)}
            asked.append(Question(STARTS, of_the_first | payload, rounding=0.0))
        return asked

    def again(self, questions: Sequence[Question], draw: Draw) -> list[Question]:
        return super().again([question for question in questions if question.part != STARTS], draw)

    def received(self, question: Question, outcome: Outcome) -> Outcome:
        if question.part != STARTS or outcome.failure:
            return super().received(question, outcome)
        shapes = {name: question.payload["weights"][name].shape for name in self.starts}
        value = outcome.value
        is_it = isinstance(value, dict) and {n: getattr(v, "shape", None) for n, v in value.items()} == shapes
        return outcome if is_it else Outcome(failure=Failure.told("no result"))

    def difference(self, question: Question, expected: Any, given: Any) -> Difference | None:
        if question.part != STARTS:
            return super().difference(question, expected, given)
        found = (_begins_otherwise(name, wanted, given[name]) for name, wanted in self.starts.items())
        return next((Difference.plain(said) for said in found if said), None)

    def same(self, question: Question, one: Any, other: Any) -> bool:
        if question.part != STARTS:
            return super().same(question, one, other)
        a, b = (self.difference(question, None, value) for value in (one, other))
        return (a and a.sentence) == (b and b.sentence)

    # -- asking ---------------------------------------------------------------------------------------

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
        weights = {name: draw.weights_like(weight) for name, weight in self._parameters(init).items()}
        payload |= {"init": init, "weights": weights}
        payload |= {"fixed": list(self.fixed)} if self.fixed else {}
        return Question(part, payload, sizes)

    def _parameters(self, init: dict[str, Any]) -> dict[str, Tensor]:
        """The reference's parameters by name, without their numbers; small sizes come again and again."""
        made = str(init)
        if made not in self._known:
            with torch.device("meta"):
                self._known[made] = dict(self.reference(**init).named_parameters())
        return self._known[made]

    def _in_double(self, question: Question) -> Question:
        wide = super()._in_double(question)
        wide.payload["weights"] = in_double(question.payload["weights"])
        return wide


def _begins_otherwise(name: str, wanted: float | Spread, given: Tensor) -> str:
    """What is wrong with a parameter's first values; nothing if they are as they should be."""
    if not isinstance(wanted, Spread):
        if torch.allclose(given.double(), torch.tensor(wanted).double(), rtol=1e-4, atol=1e-12):
            return ""
        return f"`{name}` begins as other numbers than {wanted:g}."
    if given.unique().numel() == 1:
        how = "" if wanted.std is None else f", with a spread of {wanted.std:g}"
        return f"`{name}` begins as one number everywhere; it is to be random{how}."
    if wanted.std is None:
        return ""
    spread = given.double().std().item()
    if abs(spread - wanted.std) > SURE * wanted.std / math.sqrt(2 * given.numel()):
        return f"`{name}` begins as random numbers with a spread of {spread:.2g}; it is to be {wanted.std:g}."
    return ""
