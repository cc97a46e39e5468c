"""Values as JSON, for crossing between the judge and the student's process.

Only plain values and numeric arrays cross: nothing is pickled, so decoding runs no code. What cannot be
encoded becomes a `Foreign`: its type's name is all the judge gets to see.
"""

from __future__ import annotations

import base64
import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grader.outcome import Failure, Outcome

LARGEST = 16 * 2**20  # bytes of one array; the checks' own are some hundred
DTYPES = {"float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool"}
LONGEST_TEXT = 10_000


class WireError(ValueError):
    """What arrived is not what this module sends."""


@dataclass(frozen=True)
class Foreign:
    """A value that does not cross, known by the name of its type only."""

    type: str


def encode(value: Any) -> Any:
    """A JSON value for a plain value, a tensor or an array, or a container of these."""
    match value:
        case None | bool() | int():
            return value
        case str():
            return value[:LONGEST_TEXT]
        case float():
            return value if math.isfinite(value) else {"float": str(value)}
        case Tensor() | np.ndarray() | np.generic():
            return _encode_array(value)
        case list():
            return [encode(item) for item in value]
        case tuple():
            return {"tuple": [encode(item) for item in value]}
        case dict():
            return {"dict": {str(key): encode(item) for key, item in value.items()}}
        case type() if value is type(Ellipsis):
            return {"foreign": "ellipsis"}
        case _:
            return {"foreign": type(value).__name__}


def _encode_array(value: Any) -> Any:
    tensor = isinstance(value, Tensor)
    if tensor:
        value = value.detach().cpu().resolve_conj().resolve_neg()
        value = value.float() if value.dtype is torch.bfloat16 else value
    array = np.asarray(value)
    if array.dtype.name not in DTYPES or array.nbytes > LARGEST:
        return {"foreign": f"{type(value).__name__} of {array.dtype.name} with shape {array.shape}"}
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
    return {"tensor" if tensor else "array": data, "dtype": array.dtype.name, "shape": list(array.shape)}


def decode(value: Any) -> Any:
    """The value that was encoded.

    Raises:
        WireError: the JSON is not what `encode` writes, or an array is larger than allowed.
    """
    match value:
        case None | bool() | int() | float() | str():
            return value
        case list():
            return [decode(item) for item in value]
        case {"float": ("inf" | "-inf" | "nan") as text}:
            return float(text)
        case {"tuple": list(items)}:
            return tuple(decode(item) for item in items)
        case {"dict": dict(items)}:
            return {key: decode(item) for key, item in items.items()}
        case {"tensor": str(data), "dtype": str(dtype), "shape": list(shape)}:
            return torch.from_numpy(_decode_array(data, dtype, shape))
        case {"array": str(data), "dtype": str(dtype), "shape": list(shape)}:
            return _decode_array(data, dtype, shape)
        case {"foreign": str(name)}:
            return Foreign(name[:200])
    raise WireError("A value arrived that the judge does not understand.")


def _decode_array(data: str, dtype: str, shape: list[Any]) -> np.ndarray:
    whole = all(isinstance(size, int) and not isinstance(size, bool) and size >= 0 for size in shape)
    if dtype not in DTYPES or not whole or len(data) > LARGEST * 4 // 3 + 4:
        raise WireError("An array arrived that is too large or not of numbers.")
    try:
        raw = base64.b64decode(data, validate=True)
        return np.frombuffer(raw, dtype=dtype).reshape(shape).copy()
    except ValueError as error:
        raise WireError("An array arrived whose size does not match its shape.") from error


def encode_outcome(outcome: Outcome) -> Any:
    """A JSON value for an outcome."""
    return {
        "value": encode(outcome.value),
        "failure": asdict(outcome.failure) if outcome.failure is not None else None,
    }


def decode_outcome(value: Any) -> Outcome:
    """The outcome that was encoded.

    Raises:
        WireError: as `decode`.
    """
    match value:
        case {"value": encoded, "failure": None}:
            return Outcome(value=decode(encoded))
        case {
            "failure": {
                "kind": str(kind),
                "message": str(message),
                "line": (int() | None) as line,
                "source": str(source),
                "function": str(function),
            }
        }:
            return Outcome(failure=Failure(kind[:100], message[:500], line, source[:200], function[:100]))
    raise WireError("An outcome arrived that the judge does not understand.")
