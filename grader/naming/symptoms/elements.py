"""A function of the right numbers: what was done too much, or what is not done yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import torch
from torch import Tensor
from torch.nn.functional import normalize

from grader.naming.symptoms.law import ENOUGH, Law, telling
from grader.naming.symptoms.view import View

LOOKED_AT = 100  # numbers, of all, to see whether they vary

Step = Callable[[Tensor], Tensor]


def _centred(x: Tensor) -> Tensor:
    return x - x.mean(-1, keepdim=True)


def _standardised(x: Tensor) -> Tensor:
    return _centred(x) / x.std(-1, correction=0, keepdim=True)


def _shares(x: Tensor) -> Tensor:
    return x / x.sum(-1, keepdim=True)


_OF_NUMBERS: dict[str, Step] = {
    "The sign of every number is turned.": torch.neg,
    "The sign is lost: these are the absolute values.": torch.abs,
    "It is the logarithm of what is expected.": torch.log,
    "It is the negative logarithm of what is expected.": lambda x: -x.log(),
    "It is the logarithm to base 2 of what is expected.": torch.log2,
    "It is the logarithm to base 10 of what is expected.": torch.log10,
    "It is the exponential of what is expected.": torch.exp,
    "It is the exponential of minus what is expected.": lambda x: (-x).exp(),
    "It is the square of what is expected.": torch.square,
    "It is the root of what is expected.": torch.sqrt,
    "It is one divided by what is expected.": torch.reciprocal,
    "It is one divided by the root of what is expected.": torch.rsqrt,
    "It is 1 minus what is expected.": lambda x: 1 - x,
    "Negative numbers are set to 0; the rest is right.": torch.relu,
    "Positive numbers are set to 0; the rest is right.": lambda x: x.clamp(max=0),
    # Of those that cut off, the one that claims least comes first.
    "Numbers above 1 are set to 1; the rest is right.": lambda x: x.clamp(max=1),
    "The numbers are cut off at 0 and 1.": lambda x: x.clamp(0, 1),
    "The numbers are cut off at −1 and 1.": lambda x: x.clamp(-1, 1),
    "The numbers are rounded to whole ones.": torch.round,
    "The numbers are rounded down to whole ones.": torch.floor,
    "The numbers are rounded up to whole ones.": torch.ceil,
    "The numbers are cut off at the decimal point.": torch.trunc,
    "Only the signs are left: 1, 0 or −1.": torch.sign,
    "It has gone through a sigmoid.": torch.sigmoid,
    "It has gone through tanh.": torch.tanh,
}
_OF_ROWS: dict[str, Step] = {
    "A softmax has been taken over the last axis of it.": lambda x: x.softmax(-1),
    "A log-softmax has been taken over the last axis of it.": lambda x: x.log_softmax(-1),
    "The numbers of each row are summed up one after the other (a cumulative sum).": lambda x: x.cumsum(-1),
    "The mean of each row has been subtracted.": _centred,
    "Each row has been brought to mean 0 and variance 1.": _standardised,
    "Each row has been divided by its length.": lambda x: normalize(x, dim=-1),
    "Each row has been divided by its sum.": _shares,
    "The largest number of each row has been subtracted.": lambda x: x - x.amax(-1, keepdim=True),
    "Each row has been divided by its largest number.": lambda x: x / x.amax(-1, keepdim=True),
    "The numbers of each row are the right ones, sorted upwards.": lambda x: x.sort(-1).values,
    "The numbers of each row are the right ones, sorted downwards.": lambda x: (
        x.sort(-1, descending=True).values
    ),
}
_OF_COLUMNS: dict[str, Step] = {
    "A softmax has been taken over the columns of it.": lambda x: x.softmax(-2),
    "The numbers of each column are summed up one after the other (a cumulative sum).": lambda x: x.cumsum(
        -2
    ),
    "The mean of each column has been subtracted.": lambda x: x - x.mean(-2, keepdim=True),
}
_NOT_YET: dict[str, Step] = {
    "A softmax over the last axis of it would be right.": lambda x: x.softmax(-1),
    "A log-softmax over the last axis of it would be right.": lambda x: x.log_softmax(-1),
    "It would be right with negative numbers set to 0.": torch.relu,
    "A sigmoid of it would be right.": torch.sigmoid,
    "The tanh of it would be right.": torch.tanh,
    "Its exponential would be right.": torch.exp,
    "It would be right with each row divided by its length.": lambda x: normalize(x, dim=-1),
    "It would be right with the mean of each row subtracted.": _centred,
    "It would be right with each row brought to mean 0 and variance 1.": _standardised,
    "It would be right summed up along each row (a cumulative sum).": lambda x: x.cumsum(-1),
    "It would be right rounded to whole numbers.": torch.round,
}


def functions(wrong: Sequence[View]) -> Iterator[Law]:
    """What was done to the right numbers."""
    if all(view.is_boolean for view in wrong):
        yield Law("True and False are exchanged.", lambda view: view.gives(1 - view.expected))
        return
    if not all(view.is_numeric and view.same_shape for view in wrong) or not _vary(wrong):
        return
    for sentence, step in _OF_NUMBERS.items():
        yield Law(sentence, partial(_gives, step=step))
    for sentence, step in _OF_ROWS.items():
        yield Law(sentence, partial(_gives, step=step, axis=-1))
    for sentence, step in _OF_COLUMNS.items():
        yield Law(sentence, partial(_gives, step=step, axis=-2))


def steps_to_come(wrong: Sequence[View]) -> Iterator[Law]:
    """What would have to be done to the given numbers."""
    if all(view.is_numeric and view.same_shape for view in wrong) and _vary(wrong):
        for sentence, step in _NOT_YET.items():
            yield Law(sentence, partial(_would_give, step=step))


def _gives(view: View, step: Step, axis: int = 0) -> bool:
    right = view.expected
    if right.dim() < -axis or not view.same_shape:
        return False
    made = step(right)
    # A logarithm of negative numbers is NaN whatever was done.
    return 4 * int(made.isfinite().sum()) >= made.numel() and view.gives(made)


def _would_give(view: View, step: Step) -> bool:
    return view.same_shape and view.given.dim() > 0 and view.would_give(step(view.given))


def _vary(wrong: Sequence[View]) -> bool:
    """Whether there are enough different numbers to tell one function from another."""
    numbers = torch.cat([view.expected.flatten() for view in telling(wrong)])
    return len(set(numbers[numbers.isfinite()][:LOOKED_AT].tolist())) >= ENOUGH
