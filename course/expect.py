"""Wrong use, said at once and in the reader's words: what was given, and what was expected.

Each function looks at one kind of argument, returns nothing, and raises ValueError (shapes, sizes), TypeError
(kinds and dtypes) or RuntimeError (devices) with one sentence.
"""

from collections.abc import Collection, Sequence
from itertools import zip_longest

import torch
from torch import Tensor


def whole(**sizes: int) -> None:
    """Sizes are whole numbers of at least 1: `whole(dim=64, heads=4)`."""
    for name, size in sizes.items():
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            if torch.jit.is_tracing() and isinstance(size, Tensor):
                continue  # what `torch.jit.trace` makes of a tensor's size
            raise ValueError(f"{name} must be a whole number of at least 1; got {size!r}")


def divisible(name: str, size: int, by_name: str, by: int) -> None:
    """`divisible("dim", 65, "heads", 4)` says: dim 65 is not divisible by heads 4."""
    whole(**{name: size, by_name: by})
    if size % by:
        raise ValueError(f"{name} {size} is not divisible by {by_name} {by}")


def rate(**rates: float) -> None:
    """Rates of dropping are fractions: `rate(dropout=0.1)`; 1 would leave nothing."""
    for name, value in rates.items():
        if not isinstance(value, int | float) or not 0 <= value < 1:
            raise ValueError(f"{name} must be at least 0 and below 1; got {value!r}")


def share(**shares: float) -> None:
    """Shares are from 0 to 1, with both ends: `share(momentum=0.996)`."""
    for name, value in shares.items():
        if not isinstance(value, int | float) or not 0 <= value <= 1:
            raise ValueError(f"{name} must be from 0 to 1; got {value!r}")


def stages(**sizes: Sequence[int]) -> None:
    """A whole number of at least 1 for each stage, in all: `stages(depths=(2, 2), dims=(64, 128))`."""
    counts = [len(numbers) for numbers in sizes.values()]
    if len(set(counts)) > 1 or 0 in counts:
        given = ", ".join(f"{count} {name}" for count, name in zip(counts, sizes))
        raise ValueError(f"each stage, of at least one, needs one of each; got {given}")
    for name, numbers in sizes.items():
        whole(**{f"{name}[{stage}]": size for stage, size in enumerate(numbers)})


def one_of(name: str, value: object, known: Collection[object]) -> None:
    """`one_of("norm", "mid", ["pre", "post"])` says: norm must be 'pre' or 'post'; got 'mid'."""
    if value not in known:
        *most, last = map(repr, known)
        choices = f"{', '.join(most)} or {last}" if most else last
        raise ValueError(f"{name} must be {choices}; got {value!r}")


def variant(name: str, table: Collection[str]) -> None:
    """Is this one of an architecture's variants? `table` may be the VARIANTS dictionary itself."""
    if name not in table:
        raise ValueError(f"there is no variant {name!r}; there are {', '.join(map(repr, table))}")


def floating(name: str, tensor: Tensor) -> None:
    """A tensor of floating-point numbers."""
    if not isinstance(tensor, Tensor) or not tensor.is_floating_point():
        raise TypeError(f"{name} must be a tensor of floating-point numbers; got {kind(tensor)}")


def together(name: str, tensor: Tensor, other_name: str, other: Tensor) -> None:
    """Two tensors that meet live on one device and have one dtype (which autocast is free to choose)."""
    same_device(name, tensor, other_name, other)
    if tensor.dtype != other.dtype and not _autocast(tensor.device.type):
        dtypes = f"{name} ({kind(tensor)}) and {other_name} ({kind(other)})"
        raise TypeError(f"{dtypes} must have the same dtype")


def same_device(name: str, tensor: Tensor, other_name: str, other: Tensor) -> None:
    """Two tensors that meet live on one device."""
    if tensor.device != other.device:
        places = f"{name} ({tensor.device}) and {other_name} ({other.device})"
        raise RuntimeError(f"{places} must be on the same device")


def _autocast(device: str) -> bool:
    """Is autocast at work here? Of a device without it, such as "meta", PyTorch does not allow to ask."""
    return torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device)


def channels_last(name: str, x: Tensor, width: int, weight: Tensor) -> None:
    """Anything with its channels in the last axis, (…, D), that a layer of this width and weight can take."""
    floating(name, x)
    if x.dim() == 0:
        raise ValueError(f"{name} must have shape (…, {width}); got a single number")
    if x.shape[-1] != width:
        raise ValueError(f"{name} has width {x.shape[-1]} but this layer was made for width {width}")
    together(name, x, "the layer", weight)


def tokens(name: str, x: Tensor, width: int, weight: Tensor) -> None:
    """A batch of sequences, (B, N, D), that a layer of this width and with this weight can take."""
    floating(name, x)
    if x.dim() != 3:
        raise ValueError(f"{name} must have shape (batch, tokens, width); got {tuple(x.shape)}")
    channels_last(name, x, width, weight)


def images(x: Tensor, channels: int, weight: Tensor) -> None:
    """A batch of images or feature maps, (B, C, H, W), that a layer with this weight can take."""
    floating("images", x)
    if x.dim() != 4:
        raise ValueError(f"images must have shape (batch, channels, height, width); got {tuple(x.shape)}")
    if x.shape[1] != channels:
        raise ValueError(f"images have {x.shape[1]} channels but this layer was made for {channels}")
    together("images", x, "the layer", weight)


def from_0_to_1(name: str, tensor: Tensor) -> None:
    """Numbers from 0 to 1, where they are `at_hand`; a thousandth beyond is what resizing may leave."""
    if tensor.numel() and at_hand(tensor):
        low, high = map(float, tensor.detach().aminmax())
        if not (low >= -1e-3 and high <= 1 + 1e-3):  # NaN is not either
            raise ValueError(f"{name} must be numbers from 0 to 1; got {low:.4g} to {high:.4g}")


def token_ids(name: str, ids: Tensor, vocabulary: int, weight: Tensor) -> None:
    """A batch of sequences of token numbers, (B, L), int64, below the size of the vocabulary.

    The numbers themselves are looked at where they are `at_hand`.
    """
    if not isinstance(ids, Tensor) or ids.dtype != torch.int64:
        raise TypeError(f"{name} must be a tensor of token numbers, int64; got {kind(ids)}")
    if ids.dim() != 2:
        raise ValueError(f"{name} must have shape (batch, length); got {tuple(ids.shape)}")
    same_device(name, ids, "the layer", weight)
    if ids.numel() and at_hand(ids):
        low, high = int(ids.min()), int(ids.max())
        if low < 0 or high >= vocabulary:
            wrong = low if low < 0 else high
            raise ValueError(f"{name} holds token {wrong}, but the vocabulary is 0 to {vocabulary - 1}")


def next_tokens(name: str, ids: Tensor) -> None:
    """One token number for each row of a batch, (B,): what a decoder reads in one step."""
    if not isinstance(ids, Tensor) or ids.dim() != 1:
        given = tuple(ids.shape) if isinstance(ids, Tensor) else kind(ids)
        raise ValueError(f"{name} must have shape (batch,), one token a row; got {given}")


def not_empty(name: str, ids: Tensor) -> None:
    """At least one sequence, of at least one token."""
    if 0 in ids.shape:
        raise ValueError(f"{name} has shape {tuple(ids.shape)}, and so not a single token")


def padding_behind(name: str, real: Tensor) -> None:
    """Sentences first, then their padding: real (B, L), True where a token is."""
    if (real[..., 1:] & ~real[..., :-1]).any():
        raise ValueError(f"{name} has padding before a token: a sentence comes first, then its padding")


def at_hand(tensor: Tensor) -> bool:
    """May its numbers be looked at? On the CPU only: on a GPU that would wait for the device.

    The fake tensors of `course.cost` and of a compiler have none.
    """
    return type(tensor) is Tensor and tensor.device.type == "cpu" and not torch.compiler.is_compiling()


def a_token(name: str, token: int, vocabulary: int) -> None:
    """A token number that a role is given to: `a_token("padding", 0, vocabulary)`."""
    if not isinstance(token, int) or isinstance(token, bool) or not 0 <= token < vocabulary:
        raise ValueError(f"{name} must be a token of the vocabulary, 0 to {vocabulary - 1}; got {token!r}")


def same_batch(name: str, tensor: Tensor, other_name: str, other: Tensor) -> None:
    """Two batches of equally many rows: row i of one belongs to row i of the other."""
    if tensor.shape[0] != other.shape[0]:
        raise ValueError(f"{name} has {tensor.shape[0]} rows but {other_name} has {other.shape[0]}")


def batches(name: str, tensor: Tensor, other_name: str, other: Tensor) -> None:
    """The axes in front of (L, d) broadcast with each other: one batch for both, or for one of them none."""
    batch, other_batch = tuple(tensor.shape[:-2]), tuple(other.shape[:-2])
    if _broadcast(batch, other_batch) is None:
        raise ValueError(f"{name} has batch dimensions {batch} but {other_name} has {other_batch}")


def mask(mask: Tensor, scores: Sequence[int]) -> None:
    """A boolean mask, True where attending is allowed, that broadcasts to the scores' shape (…, Lq, Lk)."""
    if not isinstance(mask, Tensor) or mask.dtype != torch.bool:
        raise TypeError(f"mask must be boolean, True where attending is allowed; got {kind(mask)}")
    if _broadcast(mask.shape, scores) != tuple(scores):
        shape = tuple(scores)
        raise ValueError(f"mask has shape {tuple(mask.shape)}, which does not fit the scores' shape {shape}")


def _broadcast(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...] | None:
    """The shape that two shapes broadcast to; None where they do not fit.

    `torch.broadcast_shapes` would tell, and loads sympy for it: two seconds, at a reader's first attention.
    """
    sizes = []
    for a, b in zip_longest(reversed(one), reversed(other), fillvalue=1):  # the last axes first
        if a != b and 1 not in (a, b):
            return None
        sizes.append(b if a == 1 else a)
    return tuple(reversed(sizes))


def kind(thing: object) -> str:
    """What a value is, in a word: a tensor's dtype, or the name of its type."""
    return str(thing.dtype).removeprefix("torch.") if isinstance(thing, Tensor) else type(thing).__name__
