"""Official weights into our models, by the tables: each tensor has its place, or is left out by name."""

import math
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from course import expect
from course.checkpoint import files, fit
from course.checkpoint.tables import LAYOUTS, Layout, Row
from course.position import LearnedPosition, interpolate


def load_official(
    model: nn.Module,
    source: str | Path,
    layout: str,
    *,
    checksum: str | None = None,
    head: bool = True,
    resize: bool = False,
) -> list[str]:
    """Read official weights into a model -> the names in the file that were left out.

    source: a `.npz`, `.safetensors`, `.pth`, `.pth.tar`, `.pt`, `.ckpt` or `.bin` file, or its URL. A URL
    needs a `checksum`, as in `fetch`; a file may have one. layout: whose names the file uses, a key of
    LAYOUTS. `head=False` keeps the model's own classifier, whatever the file has. `resize=True` resizes
    learned positions, bicubically, from the file's grid to the model's.

    Raises ValueError, TypeError, FileNotFoundError or ConnectionError, one sentence with the file's name,
    where anything does not fit; the model has not changed then.
    """
    expect.one_of("layout", layout, LAYOUTS)
    model = fit.real(model)
    source = str(source)
    if source.startswith(("http://", "https://")):
        if checksum is None:
            raise ValueError(
                f"{source} needs a checksum, such as checksum='sha256:…', to be told from another file"
            )
        source = str(files.fetch(source, checksum))
    elif checksum is not None:
        files.verify(source, checksum)
    tensors = unwrap(files.read(source), LAYOUTS[layout], source)
    fitting, left_out = match(model, tensors, layout, source, head=head, resize=resize)
    fit.copy(model, fitting)
    return left_out


def unwrap(contents: dict[str, Any], layout: Layout, source: str) -> dict[str, Tensor]:
    """The names and tensors inside what a training script saves around them, without prefixes.

    Those of the layout, and what DistributedDataParallel and torch.compile put before and into names.
    What stands beside the weights (optimiser, epoch, arguments) is left out.
    """
    for wrapper in layout.wrappers:
        if isinstance(contents.get(wrapper), dict):
            contents = contents[wrapper]
    if others := [name for name, value in contents.items() if not isinstance(value, Tensor)]:
        raise ValueError(f"{source} holds {fit.few(others)}, which are no weights of this layout")
    tensors: dict[str, Tensor] = {}
    for full, tensor in contents.items():
        name = fit.plain(full)
        for prefix in ("module.", *layout.prefixes):
            name = name.removeprefix(prefix)
        if name in tensors:
            raise ValueError(f"{source} holds {name} twice, once as {full}")
        tensors[name] = tensor
    return tensors


def match(
    model: nn.Module,
    tensors: dict[str, Tensor],
    layout: str,
    source: str,
    *,
    head: bool = True,
    resize: bool = False,
) -> tuple[dict[str, Tensor], list[str]]:
    """Official names and tensors -> ours, checked against the model, and the official names left out."""
    table, name = LAYOUTS[layout], type(model).__name__
    own = fit.state(model)
    unneeded = table.left_out + (() if head else table.head_only)
    fitting: dict[str, Tensor] = {}
    left_out: list[str] = []
    strange: list[str] = []
    for theirs, tensor in tensors.items():
        found = places(table, theirs)
        if not found:
            known = any(pattern(each).fullmatch(theirs) for each in unneeded)
            (left_out if known else strange).append(theirs)
            continue
        row, ours = next((place for place in found if place[1][0] in own), found[0])
        is_head = all(each.startswith(table.head) for each in ours)
        if is_head and not head:
            left_out.append(theirs)
        elif is_head and ours[0] not in own:
            raise ValueError(
                f"{source} has a head, {theirs}, but this {name} has none; head=False leaves it out"
            )
        elif ours[0] not in own:
            strange.append(theirs)
        elif ours[0] in fitting:
            raise ValueError(f"{source} holds {ours[0]} twice, once as {theirs}")
        else:
            parts = change(model, row, theirs, tensor, ours[0], source, resize)
            fitting.update(zip(ours, parts))
            if is_head and (classes := parts[0].shape[:1]) != (mine := own[ours[0]].shape[:1]):
                raise ValueError(
                    f"{source} has a head for {classes.numel()} classes, but this {name} has {mine.numel()}; "
                    "head=False keeps its own"
                )
    if strange:
        raise ValueError(
            f"{source} holds {fit.few(strange)}, for which the layout {layout!r} has no place in this {name}"
        )
    heads = {each for each in own if each.startswith(table.head)}
    if head and heads and not heads & fitting.keys():
        raise ValueError(f"{source} has no head, but this {name} has one; head=False keeps its own")
    counters = {each for each in own if each.endswith(table.may_lack)} if table.may_lack else set()
    fit.check(model, fitting, source, kept=counters | (set() if head else heads))
    return fitting, left_out


# --- Names ---------------------------------------------------------------------------------------------


def places(table: Layout, theirs: str) -> list[tuple[Row, list[str]]]:
    """The rows that know this official name, each with our names for it."""
    hits = [(row, pattern(row.theirs).fullmatch(theirs)) for row in table.rows]
    return [(row, names(row, hit.groupdict())) for row, hit in hits if hit]


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A name of the tables as a regular expression: {i} and {j} are numbers, {x} is a word, * is anything."""
    form = re.escape(name).replace(r"\*", ".*").replace(r"\{x\}", r"(?P<x>\w+)")
    return re.compile(re.sub(r"\\\{([ij])(\\\+1)?\\\}", r"(?P<\1>\\d+)", form))


def names(row: Row, found: dict[str, str]) -> list[str]:
    """What a row calls ours, given what its pattern found: one name, or three where they are fused."""
    found = {
        key: str(int(value) - 1) if f"{{{key}+1}}" in row.theirs else value for key, value in found.items()
    }
    parts = ("query", "key", "value") if "{qkv}" in row.ours else ("",)
    return [row.ours.format(**found, qkv=part) for part in parts]


# --- Tensors -------------------------------------------------------------------------------------------

Change = Callable[[Tensor], tuple[Tensor, ...]]

# what a row may do to a tensor: how many dimensions it must have, and what is done
CHANGES: dict[str, tuple[tuple[int, ...], Change]] = {
    "transpose": ((2,), lambda x: (x.T,)),  # (in, out) -> (out, in)
    "HWIO": ((4,), lambda x: (x.permute(3, 2, 0, 1),)),  # (H, W, in, out) -> (out, in, H, W)
    "1 × 1": ((2, 4), lambda x: (x.flatten(1),)),  # (out, in, 1, 1) -> (out, in)
    "qkv": ((1, 2), lambda x: x.tensor_split(3)),  # (3 · out, …) -> (out, …) three times
    "into heads": ((3,), lambda x: (x.flatten(1).T,)),  # (dim, h, D) -> (h · D, dim)
    "heads": ((2,), lambda x: (x.flatten(),)),  # (h, D) -> (h · D,)
    "from heads": ((3,), lambda x: (x.flatten(0, 1).T,)),  # (h, D, dim) -> (dim, h · D)
    "flat": ((1, 2, 4), lambda x: (x.flatten(),)),  # (1, 1, 1, C) -> (C,)
    "token": ((1,), lambda x: (x[None, None],)),  # (dim,) -> (1, 1, dim)
}


def change(
    model: nn.Module, row: Row, theirs: str, tensor: Tensor, ours: str, source: str, resize: bool
) -> tuple[Tensor, ...]:
    """One tensor of the file in the form that ours has: what the row's third column says."""
    if row.how == "as is":
        return (tensor,)
    if row.how == "position":
        return (position(model, theirs, tensor, ours, source, resize),)
    dimensions, function = CHANGES[row.how]
    if tensor.dim() not in dimensions:
        raise ValueError(f"{source} has other shapes than this layout: {theirs} {tuple(tensor.shape)}")
    if "heads" in row.how:  # flat, they would fit a model with another number of heads
        heads = tensor.shape[1 if row.how == "into heads" else 0]
        mine = getattr(model.get_submodule(ours.rsplit(".", 2)[0]), "heads", heads)
        if heads != mine:
            name = type(model).__name__
            raise ValueError(f"{source} has {heads} heads in {theirs}, but this {name} has {mine}")
    return function(tensor)


def position(model: nn.Module, theirs: str, tensor: Tensor, ours: str, source: str, resize: bool) -> Tensor:
    """Learned positions, (1, extra + H·W, dim), resized from a square grid to the model's if asked to."""
    learned = model.get_submodule(ours.rpartition(".")[0])
    assert isinstance(learned, LearnedPosition)
    if tensor.dim() == 2:  # CLIP's have no axis for the batch
        tensor = tensor[None]
    if tensor.dim() != 3 or tensor.shape[1] == learned.table.shape[1]:
        return tensor
    patches = tensor.shape[1] - learned.extra
    side, (H, W) = math.isqrt(max(patches, 0)), learned.grid
    if side * side != patches or side == 0:
        raise ValueError(
            f"{source} has {tensor.shape[1]} positions in {theirs}, "
            f"which are not {learned.extra} and a square grid"
        )
    if not resize:
        raise ValueError(
            f"{source} has positions for a grid of {side} × {side}, "
            f"but this {type(model).__name__} has {H} × {W}; resize=True resizes them"
        )
    extra, grid = tensor.split([learned.extra, patches], dim=1)
    return torch.cat([extra, interpolate(grid, (side, side), (H, W))], dim=1)
