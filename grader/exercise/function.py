"""Exercises whose answer is a function."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from grader.asking.outcome import Failure, Outcome
from grader.exercise.base import Exercise, Question, some
from grader.exercise.compare import Difference, difference
from grader.exercise.solution import of_code
from grader.questions.draw import Draw
from grader.questions.probes import Probe, draw_inputs, in_double, read
from grader.slips.build import build
from grader.slips.patch import PatchError, patch
from grader.slips.slip import apply
from grader.slips.tree import parse

Inputs = Callable[[Draw], dict[str, Any]]
SHARED, PADDING = "shared", "padding"
FORGOTTEN = (
    "The numbers are right, but no gradient reaches `{}`: the result hangs on a copy that is cut off from it "
    "(detach, numpy, item, no_grad)."
)
NOTHING = 1e-6  # up to this a gradient is none
NO_GRADIENT = "No gradient reaches an input."
WRONG_GRADIENT = (
    "The numbers are right, but the gradient with respect to `{}` is not: part of the computation is cut off "
    "from it, or it is not finite."
)
UNWANTED = (
    "The numbers are right, but a gradient reaches `{}`, which is a constant here: cut it off (detach, "
    "no_grad)."
)
LONG = 1024  # tokens at which a matrix of pairs shows
SCALES = (1024.0, 256.0, 64.0, 32.0, 16.0, 8.0, 4.0)  # of large numbers; the first that is stable is taken
LAST_DIGIT = 1e-7  # of a float32, relative to the number
MOVES = 4  # times that inputs are moved, to see how far the result goes
CALM = 1e-4  # of the largest number of a result: within what right answers are to agree on large numbers
MOST_DRAWS = 20
STABLE_RTOL, STABLE_ATOL = 2e-5, 2e-6


class OfGradient(Difference):
    """A value is right, and a gradient of it is not."""


@dataclass(frozen=True)
class Axis:
    """One way in which every function is asked: what it is called, and how its inputs are drawn."""

    part: str
    probe: Probe


AXES = {
    "one": Axis("one example", Probe()),
    "equal": Axis("all sizes equal", Probe(equal=True)),
    "batch": Axis("a batch", Probe(leading=1)),
    "heads": Axis("two axes in front", Probe(leading=2)),
    "single": Axis("an axis of length one", Probe()),
    "large": Axis("large numbers", Probe()),
    "shared": Axis("a mask (Lq, Lk) for the whole batch", Probe(leading=1, mask=SHARED)),
    "padding": Axis("a mask of padding, (B, 1, Lk)", Probe(leading=1, mask=PADDING)),
    "long": Axis("nothing on the way grows with {}²", Probe()),
    "gradient": Axis("the gradient reaches every input", Probe()),
    "strides": Axis("inputs in another order in memory", Probe()),
}


class Function(Exercise):
    """The student writes a function; it must give what the reference gives on fresh inputs.

    Args:
        reference: the right answer. Its source is the solution; its signature and docstring are the stub.
        inputs: the signature from which questions are derived (`grader.questions.probes`).
        cases: further properties, each with the function of a `Draw` that gives its inputs.
        without: names of `AXES` that are not asked.
        advised: names of `AXES` that are told and cost no points.
        linear_in: the size in whose square nothing may grow.
        constants: floats of which nobody asks whether a gradient reaches them: they come as numbers do. Of
            the others it is asked: it has to arrive where it reaches the reference's, and nowhere else.
        say: other words for an axis of questions.
        words: what slips call a step, a layer or an expression.
        gives: "floats", or a dtype by its name, "int64": the result must be a tensor, no array of numpy, of
            that dtype. Left out, an array is as good, and so are shorter integers.
        same_as: the function of the course that the reference must equal, by its dotted name.
    """

    kind = "function"
    nothing_yet = "Nothing is written here yet, or a `return` is missing."
    candidates: Any = None  # `grader.naming.candidates` makes them, where none were recorded

    def __init__(
        self,
        reference: Callable[..., Any],
        *,
        inputs: str = "",
        cases: Mapping[str, Inputs] | None = None,
        without: Sequence[str] = (),
        advised: Sequence[str] = ("strides",),
        linear_in: str = "",
        constants: Sequence[str] = (),
        say: Mapping[str, str] | None = None,
        words: Mapping[str, str] | None = None,
        gives: str = "",
        same_as: str = "",
        **common: Any,
    ) -> None:
        super().__init__(reference=reference, **common)
        self.arguments = read(inputs)
        self.cases = dict(cases or {})
        self.linear_in, self.words, self.same_as = linear_in, dict(words or {}), same_as
        self.constants, self.gives = tuple(constants), gives
        self._without, self._advised, self._say = tuple(without), tuple(advised), dict(say or {})
        if unknown := ({*self._without, *self._advised, *self._say} - {*AXES}):
            raise ValueError(f"{sorted(unknown)[0]!r} is not one of the axes {', '.join(AXES)}.")

    def place(self, id: str, lesson: str = "", text: str = "") -> None:
        super().place(id, lesson, text)
        if self.reference.__name__ != id:
            raise ValueError(f"{id}: the reference is called {self.reference.__name__}; it must be {id}.")
        if unknown := ({*self.constants} - {*self.signature.parameters}):
            raise ValueError(f"{id}: its constant {sorted(unknown)[0]!r} is no input of it.")
        for written in self.slips:
            self._patched(written)

    @cached_property
    def signature(self) -> inspect.Signature:
        """The signature that the inputs go through."""
        return inspect.signature(self.reference)

    @property
    def forms(self) -> tuple[Any, ...]:
        """The right answers that stand in the file as code, the reference first."""
        return (self.reference, *(answer for answer in self.also_right if callable(answer)))

    @cached_property
    def alternatives(self) -> tuple[Any, ...]:
        return tuple(self._patched(a) if isinstance(a, str) else a for a in self.also_right)

    def _patched(self, written: str) -> Any:
        """A form with a patch made in it: the first form that the patch fits.

        Raises:
            PatchError: it fits none.
        """
        reasons = []
        for form in self.forms:
            try:
                changed = apply(parse(form), patch(parse(form), written))
            except PatchError as error:
                reasons.append(str(error))
            else:
                return build(changed, form.__name__, vars(sys.modules[form.__module__]))
        raise PatchError(f"{self.id}: {reasons[0]}")

    @cached_property
    def _axes(self) -> dict[str, Axis]:
        """The axes that are asked, by name."""
        asked = [name for name in AXES if name not in self._without and self._makes_sense(name)]
        return {name: self._axis(name, self._say.get(name)) for name in asked}

    def _makes_sense(self, name: str) -> bool:
        """Whether an axis can be asked of these inputs."""
        floats = any(argument.kind == "float" for argument in self.arguments)
        match name:
            case "one" | "single":
                return bool(self.arguments)
            case "batch" | "heads":
                return any("*" in argument.shape for argument in self.arguments)
            case "equal":
                return len({name for argument in self.arguments for name in argument.sizes}) > 1
            case "shared" | "padding":
                return self._takes_mask
            case "long":
                return bool(self.linear_in)
            case "gradient":
                return floats or bool(self._smooth_cases)
        return floats

    @cached_property
    def _smooth_cases(self) -> tuple[Inputs, ...]:
        """The cases of which gradients are asked where no inputs are drawn: floats go in, and nothing but
        tensors of floats comes out."""
        return () if self.arguments else tuple(case for case in self.cases.values() if self._is_smooth(case))

    def _is_smooth(self, case: Inputs) -> bool:
        question = self._of_case("", case, Draw(0))
        value = self.outcome(self.reference, question).value
        values = value if isinstance(value, tuple) else (value,)
        return all(map(_is_float, values)) and any(map(_is_float, question.payload["inputs"].values()))

    def _axis(self, name: str, said: str | None) -> Axis:
        axis = AXES[name]
        part = said or axis.part.format(self.linear_in)
        if name == "long":
            return Axis(part, Probe(fixed=((self.linear_in, LONG),)))
        return replace(axis, part=part)

    @property
    def _takes_mask(self) -> bool:
        return any(argument.kind == "bool" and argument.optional for argument in self.arguments)

    @property
    def parts(self) -> tuple[str, ...]:
        graded = tuple(axis.part for name, axis in self._axes.items() if name not in self._advised)
        return (*graded, *self.cases) if self.arguments else (*self.cases, *graded)

    @property
    def advice(self) -> tuple[str, ...]:
        return tuple(axis.part for name, axis in self._axes.items() if name in self._advised)

    # -- asking ---------------------------------------------------------------------------------------

    def questions(self, draw: Draw) -> list[Question]:
        first = draw.integer(0, 9)  # of the axes that are one long in turn
        return [question for turn in range(self.rounds) for question in self._round(draw, turn, first)]

    def again(self, questions: Sequence[Question], draw: Draw) -> list[Question]:
        return some([question for question in questions if "most_numbers" not in question.payload], draw)

    def _round(self, draw: Draw, turn: int, first: int) -> Iterator[Question]:
        if self.arguments:
            yield from self._of_inputs(draw, turn, first)
        for part, case in self.cases.items():
            yield self._of_case(part, case, draw)
        if "gradient" in self._axes:
            for case in self._smooth_cases[turn :: self.rounds]:  # in all rounds together, each of them
                yield self._with_gradient(self._of_case(self._axes["gradient"].part, case, draw), draw)

    def _of_inputs(self, draw: Draw, turn: int, first: int) -> Iterator[Question]:
        for name, axis in self._axes.items():
            if name == "long" and turn > 0:
                continue  # once is enough, and dear
            probe = self._probe(name, turn)
            probe = replace(probe, single=first + turn) if name == "single" else probe
            question = self._drawn(axis.part, draw, probe)
            if name == "gradient":
                question = self._with_gradient(question, draw)
            elif name == "strides":
                question.payload["strided"] = True
            elif name == "long":
                question.payload["most_numbers"] = LONG * LONG // 2
            elif turn == 0:
                question.payload["twice"] = True
            yield question

    def _with_gradient(self, question: Question, draw: Draw) -> Question:
        """The question, which asks for gradients as well."""
        question.payload["cotangent"] = draw.integer(0, 2**31)
        if self.constants:
            question.payload["constants"] = list(self.constants)
        return question

    def _of_case(self, part: str, case: Inputs, draw: Draw) -> Question:
        """A question whose inputs the author draws."""
        return Question(part, self._in_order(case(draw)))

    def _drawn(self, part: str, draw: Draw, probe: Probe) -> Question:
        """A question; of large numbers one on which right answers agree, which they do on nearly all."""
        for _ in range(MOST_DRAWS):
            inputs, sizes = draw_inputs(self.arguments, draw, probe)
            question = self._question(part, inputs, draw, sizes)
            if not probe.scale or self.rounding_of(question) <= self._calm(question):
                break
        return question

    def _calm(self, question: Question) -> float:
        """How far right answers may be apart on a question that is worth asking."""
        values = [value.detach() for value in _tensors(self.outcome(self.reference, question).value)]
        return CALM * max((float(value.abs().max()) for value in values if value.numel()), default=1.0)

    def _probe(self, name: str, turn: int) -> Probe:
        """An axis's probe in one of its rounds: some are asked differently each time."""
        probe = self._axes[name].probe
        leading = 1 if turn and any("*" in argument.shape for argument in self.arguments) else 0
        if name == "large":
            return replace(probe, scale=self._scale)
        if name == "padding" and turn == 1:
            return replace(probe, equal=True)  # as in self-attention; a transposed mask fits only here
        if name == "gradient" and self._takes_mask:
            return replace(probe, leading=leading, mask=("", SHARED, PADDING)[turn])
        if name in ("gradient", "strides"):
            return replace(probe, leading=leading)
        return probe

    @cached_property
    def _scale(self) -> float:
        """The largest scale of numbers at which the reference gives in float32 what it gives in float64."""
        stable = (scale for scale in SCALES if all(self._is_stable(scale, seed) for seed in range(6)))
        return next(stable, 1.0)

    def _is_stable(self, scale: float, seed: int) -> bool:
        draw = Draw(seed)
        inputs, sizes = draw_inputs(self.arguments, draw, Probe(scale=scale))
        question = self._question(self._axes["large"].part, inputs, draw, sizes)
        narrow = self.outcome(self.reference, question).value
        wide = self.outcome(self.reference, self._in_double(question)).value
        if not (isinstance(narrow, Tensor) and narrow.is_floating_point()):
            return True
        return bool(narrow.isfinite().all()) and torch.allclose(
            narrow.double(), wide, STABLE_RTOL, STABLE_ATOL
        )

    def _question(self, part: str, inputs: dict[str, Any], draw: Draw, sizes: dict[str, int]) -> Question:
        return Question(part, self._in_order(inputs), sizes)

    def _in_order(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Inputs in the reference's order; behind one that is left out, they go in by name."""
        names = [name for name in self.signature.parameters if name in inputs]
        by_place = list(self.signature.parameters)[: len(names)]
        payload: dict[str, Any] = {"inputs": {name: inputs[name] for name in names}}
        if self.gives:
            payload["gives"] = self.gives
        if by_name := [name for name in names if name not in by_place]:
            payload["by_name"] = by_name
        return payload

    def circumstances(self, question: Question) -> str:
        inputs = question.payload["inputs"].items()
        shapes = [f"`{name}` {_unbroken(value.shape)}" for name, value in inputs if isinstance(value, Tensor)]
        return f"The shapes were {', '.join(shapes)}." if shapes else ""

    # -- comparing ------------------------------------------------------------------------------------

    def received(self, question: Question, outcome: Outcome) -> Outcome:
        if outcome.failure:
            return outcome
        if "cotangent" in question.payload and not _has_gradient(outcome.value):
            return Outcome(failure=Failure.told("no result"))
        if not _holds_a_float(outcome.value):
            return outcome
        return Outcome(_with_scalars(outcome.value, self.right_outcome(question).value))

    def difference(self, question: Question, expected: Any, given: Any) -> Difference | None:
        found = self._difference(question, expected, given, 0.0)
        if found is not None and self.rounding_of(question) > 0:
            found = self._difference(question, expected, given, self.rounding_of(question))
        return found

    def _difference(
        self, question: Question, expected: Any, given: Any, rounding: float
    ) -> Difference | None:
        if "cotangent" not in question.payload:
            return difference(expected, given, rounding)
        if found := difference(expected["value"], given["value"], rounding):
            return found
        for name, right in expected["gradient"].items():
            gradient = given["gradient"].get(name)
            if right is None and gradient is not None and gradient.abs().max() > NOTHING:
                return OfGradient.plain(UNWANTED.format(name))
            if right is None or not right.abs().max() > NOTHING:
                continue  # nothing to learn there
            if gradient is None:
                return OfGradient(FORGOTTEN.format(name), NO_GRADIENT)
            if difference(right, gradient, rounding):
                return OfGradient.plain(WRONG_GRADIENT.format(name))
        return None

    def counted(
        self, questions: Sequence[Question], found: Sequence[Difference | None]
    ) -> Sequence[Difference | None]:
        """A wrong value counts once: where it is asked for, and not against the gradient as well.

        Unless no other part shows it, or no gradient at all has been right.
        """
        asked = list(zip(questions, found, strict=True))
        of_gradients = [what for question, what in asked if "cotangent" in question.payload]
        shown = any(what for q, what in asked if q.part in self.parts and "cotangent" not in q.payload)
        if not shown or all(of_gradients):
            return found
        return [
            None if "cotangent" in question.payload and not isinstance(what, OfGradient) else what
            for question, what in asked
        ]

    def same(self, question: Question, one: Any, other: Any) -> bool:
        if "cotangent" not in question.payload:
            return type(one) is type(other) and difference(one, other) is None
        values, gradients = (one["value"], other["value"]), (one["gradient"], other["gradient"])
        if type(values[0]) is not type(values[1]) or difference(*values) is not None:
            return False
        return all(_same_gradient(*(found.get(name) for found in gradients)) for name in gradients[0])

    def score(self, held: Mapping[str, bool]) -> float:
        """Nothing for what is wrong on one example: that it is right elsewhere is chance, or means little.

        Nor for what grows with a square that it is to avoid: the numbers are those of the obvious way.
        """
        needed = [self._axes[name].part for name in ("one", "long") if name in self._axes]
        return super().score(held) if all(held.get(part, True) for part in needed) else 0.0

    def rounding_of(self, question: Question) -> float:
        """How far right answers may be apart on this question; 0 where that says nothing.

        It is how far the reference's float32 is from its float64, or how far the result moves when the inputs
        move in their last digit: where two huge scores nearly tie, each order of sums picks another one.
        """
        if question.rounding is None:
            wide = self._in_double(question)
            exact = _tensors(self.right_outcome(wide).value)
            moved = (self.right_outcome(_moved(wide, seed)) for seed in range(MOVES))
            others = (self.right_outcome(question), *moved)
            gaps = (gap for other in others for gap in map(_gap, _tensors(other.value), exact))
            question.rounding = max(gaps, default=0.0)
        return question.rounding

    def _in_double(self, question: Question) -> Question:
        payload = {**question.payload, "inputs": in_double(question.payload["inputs"])}
        payload.pop("twice", None)  # nobody asks whether the reference gives the same again
        return Question(question.part, payload)

    # -- in the lesson --------------------------------------------------------------------------------

    @property
    def call(self) -> str:
        return f"check({self.id})"

    @property
    def solution(self) -> str:
        return of_code(self.reference)


def _has_gradient(value: Any) -> bool:
    """Whether it is what `grader.asking.call` gives for a question about gradients."""
    match value:
        case {"value": _, "gradient": dict(gradients)}:
            floats = (g is None or _is_float(g) for g in gradients.values())
            return all(floats)
    return False


def _holds_a_float(value: Any) -> bool:
    """Whether a Python number is the value, or one of several."""
    if isinstance(value, dict):
        value = value.get("value")
    values = value if isinstance(value, (tuple, list)) else (value,)
    return any(isinstance(one, float) for one in values)


def _with_scalars(value: Any, right: Any) -> Any:
    """The value with a tensor for each Python float that stands where a tensor of one float is asked for.

    One number is the same in either; where it hangs on no gradient any more, the gradient tells.
    """
    if isinstance(value, dict) and isinstance(right, dict):
        return {**value, "value": _with_scalars(value["value"], right["value"])}
    if isinstance(value, (tuple, list)) and isinstance(right, (tuple, list)) and len(value) == len(right):
        return tuple(map(_with_scalars, value, right))
    scalar = isinstance(value, float) and _is_float(right) and not right.dim()
    return torch.tensor(value) if scalar else value


def _same_gradient(one: Tensor | None, other: Tensor | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.shape == other.shape and torch.allclose(one, other, rtol=1e-3, atol=1e-4, equal_nan=True)


def _moved(question: Question, seed: int) -> Question:
    """The question with its inputs moved by as much as float32 rounds them."""
    generator = torch.Generator().manual_seed(seed)
    inputs = {
        name: value * (1 + LAST_DIGIT * torch.randn(value.shape, generator=generator))
        if isinstance(value, Tensor) and value.is_floating_point()
        else value
        for name, value in question.payload["inputs"].items()
    }
    return Question(question.part, {**question.payload, "inputs": inputs})


def _tensors(value: Any) -> list[Tensor]:
    gradients: Iterable[Any] = ()
    if isinstance(value, dict) and "gradient" in value:
        value, gradients = value["value"], value["gradient"].values()
    values = value if isinstance(value, (tuple, list)) else [value]
    return [v for v in (*values, *gradients) if _is_float(v)]


def _is_float(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_floating_point()


def _gap(narrow: Tensor, wide: Tensor) -> float:
    gap = (narrow.detach().double() - wide.detach().double()).abs()
    finite = gap[gap.isfinite()]
    return float(finite.max()) if len(finite) else 0.0


def _unbroken(shape: torch.Size) -> str:
    """A shape that no line ends in."""
    return str(tuple(shape)).replace(", ", ",\u00a0")
