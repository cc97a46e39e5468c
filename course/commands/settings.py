"""`--set name=value`: the value as the method's parameter of that name wants it, or a sentence.

Everything on a command line is text, and most texts are true: what `normalise=false` means is known only to
whoever knows that `normalise` is a truth value.
"""

import ast
import math
import types
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Union, get_args, get_origin

TRUTH = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def read(
    settings: Sequence[str], kinds: Mapping[str, Any] | None, what: str = "the method"
) -> dict[str, Any]:
    """["tau=0.2", "normalise=false"] -> {"tau": 0.2, "normalise": False}

    kinds: the parameters that `what` has, and their types; None where they are not known, and each value is
    taken for what it looks like. Raises ValueError for a setting without "=", a name that is not among them
    or comes twice, and a value that its type cannot be.
    """
    options: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name.isidentifier():
            raise ValueError(f"--set takes name=value, such as --set tau=0.2; got {setting!r}")
        if name in options:
            raise ValueError(f"--set {name} was given twice")
        if kinds is None:
            options[name] = _as_it_looks(text)
        elif name not in kinds:
            raise ValueError(f"{what} has no option {name!r}; it has {', '.join(kinds) or 'none'}")
        else:
            try:
                options[name] = _value(text.strip(), kinds[name])
            except ValueError:
                raise ValueError(f"{name} must be {_told(kinds[name])}; got {text!r}") from None
    return options


def _as_it_looks(text: str) -> Any:
    """A truth value, a number, a list, or else a text."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _value(text: str, kind: Any) -> Any:
    """A text as a value of a type. Raises ValueError where it is none."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if type(None) in parts and text.lower() == "none":
            return None
        return _first(text, [part for part in parts if part is not type(None)])
    if kind is bool:
        if text.lower() not in TRUTH:
            raise ValueError
        return TRUTH[text.lower()]
    if kind is int:
        return int(text)
    if kind is float:
        number = float(text)
        if not math.isfinite(number):
            raise ValueError
        return number
    if kind is str:
        return text
    if origin is tuple or (isinstance(origin, type) and issubclass(origin, Collection)):
        entries = [entry.strip().strip("'\"") for entry in text.strip("()[]{} ").rstrip(", ").split(",")]
        if origin is tuple and Ellipsis not in parts:
            if len(entries) != len(parts):
                raise ValueError
            return tuple(_value(entry, part) for entry, part in zip(entries, parts))
        return [_value(entry, parts[0]) for entry in entries]
    raise ValueError


def _first(text: str, kinds: Sequence[Any]) -> Any:
    for kind in kinds:
        try:
            return _value(text, kind)
        except ValueError:
            continue
    raise ValueError


def _told(kind: Any) -> str:
    """What a value of a type is, in words."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return " or ".join("none" if part is type(None) else _told(part) for part in parts)
    if origin is tuple and Ellipsis not in parts:
        return f"{len(parts)} values, such as ({', '.join('0.5' if p is float else '1' for p in parts)})"
    if isinstance(origin, type) and issubclass(origin, Collection):
        return "a list, such as one,two"
    return {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}[kind]
