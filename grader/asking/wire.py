"""Values as JSON, for crossing between the judge and the student's process.

Only plain values and numeric arrays cross: nothing is pickled, so decoding runs no code. What cannot be
encoded becomes a `Foreign`: its type's name is all the judge gets to see.
"""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.asking import rules
from grader.asking.outcome import Failure, Outcome

LARGEST = 16 * 2**20  # bytes of one array; the checks' own are some hundred
DTYPES = {"float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool"}
_NATIVE = {np.dtype(name): name for name in DTYPES}  # in our byte order: to ask a dtype its name is slow
LONGEST_TEXT = 10_000
LONGEST_NAME = 100
DEEPEST = 20  # containers in containers
LARGEST_INTEGER = 1000  # bits: what a float can hold


class WireError(ValueError):
    """What arrived is not what this module sends."""


@dataclass(frozen=True)
class Foreign:
    """A value that does not cross, known by the name of its type only."""

    type: str


def clean(text: str, longest: int | None = None) -> str:
    """The text, cut, and without what cannot be written to a file (half a surrogate pair)."""
    return text[:longest].encode("utf-8", "replace").decode("utf-8")


def type_name(value: Any) -> str:
    """The name of the value's type, also of a value that did not cross."""
    return value.type if isinstance(value, Foreign) else type(value).__name__


def encode(value: Any) -> Any:
    """A JSON value for a plain value, a tensor or an array, or a container of these."""
    return _encode(value, DEEPEST)


def _encode(value: Any, levels: int) -> Any:
    try:
        return _encode_known(value, levels)
    except Exception:  # a class of the student's own, or a tensor without numbers of its own
        return {"foreign": type(value).__name__}


def _encode_known(value: Any, levels: int) -> Any:
    # The methods are called on the plain types: a student's subclass may have others.
    match value:
        case None | bool():
            return value
        case int() if int.bit_length(value) <= LARGEST_INTEGER:
            return int.__int__(value)
        case str():
            return clean(str.__str__(value), LONGEST_TEXT)
        case float():
            return float.__float__(value) if math.isfinite(value) else {"float": float.__repr__(value)}
        case Tensor() | np.ndarray() | np.generic():
            return _encode_array(value)
        case list() if levels:
            return [_encode(item, levels - 1) for item in value]
        case tuple() if levels:
            return {"tuple": [_encode(item, levels - 1) for item in value]}
        case dict() if levels:
            return {"dict": {clean(str(key)): _encode(item, levels - 1) for key, item in value.items()}}
        case _:
            return {"foreign": type(value).__name__}


def _encode_array(value: Any) -> Any:
    tensor, array = isinstance(value, Tensor), value
    if tensor:
        array = value.detach()
        array = (array.float() if array.dtype is torch.bfloat16 else array).numpy(force=True)
    array = np.asarray(array)
    name = _NATIVE.get(array.dtype) or array.dtype.name
    if name not in DTYPES or array.nbytes > LARGEST:
        return {"foreign": type(value).__name__, "dtype": name, "shape": list(array.shape)}
    data = base64.b64encode(array.astype(name, copy=False).tobytes()).decode("ascii")
    return {"tensor" if tensor else "array": data, "dtype": name, "shape": list(array.shape)}


def decode(value: Any) -> Any:
    """The value that was encoded.

    Raises:
        WireError: the JSON is not what `encode` writes, or something is larger than allowed.
    """
    return _decode(value, DEEPEST)


def _decode(value: Any, levels: int) -> Any:
    match value:
        case None | bool() | float():
            return value
        case int() if value.bit_length() <= LARGEST_INTEGER:
            return value
        case str():
            return clean(value, LONGEST_TEXT)
        case list() if levels:
            return [_decode(item, levels - 1) for item in value]
        case {"float": ("inf" | "-inf" | "nan") as text}:
            return float(text)
        case {"tuple": list(items)} if levels:
            return tuple(_decode(item, levels - 1) for item in items)
        case {"dict": dict(items)} if levels:
            return {clean(key): _decode(item, levels - 1) for key, item in items.items()}
        case {"tensor": str(data), "dtype": str(dtype), "shape": list(shape)}:
            return torch.from_numpy(_decode_array(data, dtype, shape))
        case {"array": str(data), "dtype": str(dtype), "shape": list(shape)}:
            return _decode_array(data, dtype, shape)
        case {"foreign": str(name), "dtype": str(dtype), "shape": list(shape)} if _are_sizes(shape):
            return Foreign(f"{_name(name)} of {_name(dtype)} with shape {tuple(shape)}")
        case {"foreign": str(name)}:
            return Foreign(_name(name))
    raise WireError("A value arrived that the judge does not understand.")


def _decode_array(data: str, dtype: str, shape: list[Any]) -> np.ndarray:
    if dtype not in DTYPES or not _are_sizes(shape) or len(data) > LARGEST * 4 // 3 + 4:
        raise WireError("An array arrived that is too large or not of numbers.")
    try:
        raw = base64.b64decode(data, validate=True)
        return np.frombuffer(raw, dtype=dtype).reshape(shape).copy()
    except (ValueError, OverflowError) as error:
        raise WireError("An array arrived whose size does not match its shape.") from error


def _are_sizes(shape: list[Any]) -> bool:
    return all(isinstance(size, int) and not isinstance(size, bool) and size >= 0 for size in shape)


def encode_outcome(outcome: Outcome) -> Any:
    """A JSON value for an outcome."""
    failure = outcome.failure
    return {"value": encode(outcome.value), "failure": None if failure is None else encode_failure(failure)}


def encode_failure(failure: Failure) -> dict[str, Any]:
    """A JSON value for a failure."""
    return {**vars(failure), "details": dict(failure.details)}


def decode_outcome(value: Any) -> Outcome:
    """The outcome that was encoded.

    Raises:
        WireError: as `decode`.
    """
    match value:
        case {"value": encoded, "failure": None}:
            return Outcome(value=decode(encoded))
        case {"failure": failure}:
            return Outcome(failure=decode_failure(failure))
    raise WireError("An outcome arrived that the judge does not understand.")


def decode_failure(value: Any) -> Failure:
    """The failure that was encoded: its texts are the student's, whoever wrote them.

    Raises:
        WireError: it is none, or it names a rule that there is not, or with other details.
    """
    match value:
        case {
            "kind": str(kind),
            "message": str(message),
            "line": (int() | None) as line,
            "source": str(source),
            "function": str(function),
            "rule": str(rule),
            "details": dict(details),
        } if (kind or rule) and (not rule or rules.crosses(rule, details)):
            kind, function = (_name(text) for text in (kind, function))
            return Failure(kind, clean(message, 500), line, clean(source, 200), function, rule, details)
    raise WireError("A failure arrived that the judge does not understand.")


def _name(text: str) -> str:
    """A name in Python, or nothing: what stands in a sentence of ours is no sentence of its own."""
    known = text in ("", "<module>", "<lambda>") or (text.isidentifier() and len(text) <= LONGEST_NAME)
    return clean(text) if known else "something without a name"
