"""Our own checkpoints: one safetensors file with all weights and what is needed to build the model again."""

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from course.checkpoint import files, fit
from course.whole_files import replacing


def save(
    model: nn.Module, path: str | Path, metadata: dict[str, Any] | None = None, half: bool = False
) -> None:
    """Write all weights and buffers, and `metadata` that JSON can hold, to a `.safetensors` file.

    Such as `{"architecture": "vit", "variant": "B/16", "overrides": {"classes": 10}, "command": sys.argv}`.
    The file appears when it is complete and takes the place of an older one in a single step. The same
    weights and metadata make the same bytes. `half` stores
    floating-point numbers in 16 bits. A weight that the model uses under several names is stored once.
    """
    from safetensors.torch import save_file

    model, path = fit.real(model), Path(path)
    if path.suffix != ".safetensors":
        raise ValueError(f"a checkpoint of ours is named .safetensors; got {path.name}")
    stored: dict[str, Tensor] = {}
    tied: dict[str, str] = {}  # name -> the name under which the same weight is stored
    first: dict[int, str] = {}
    for name, tensor in fit.state(model, keep_vars=True).items():
        if first.setdefault(id(tensor), name) == name:
            stored[name] = (
                _halved(name, tensor)
                if half
                else tensor.detach().clone(memory_format=torch.contiguous_format)
            )
        else:
            tied[name] = first[id(tensor)]
    header = {"metadata": json.dumps(metadata or {}), "tied": json.dumps(tied)}
    with replacing(path) as growing:
        save_file(stored, growing, header)
        _put_in_order(growing)


def load(model: nn.Module, path: str | Path) -> dict[str, Any]:
    """Read a file of `save` into a model of the same shape -> the metadata it was saved with.

    Weights go to the model's device and precision. The names may be those of a compiled model, or of one in a
    DistributedDataParallel. Raises ValueError or TypeError, one sentence with the
    file's name, where anything does not fit or the file is damaged; the model has not changed then.
    """
    model = fit.real(model)
    header, tensors = _header(path), files.read(path)
    for name, same in json.loads(header["tied"]).items():
        tensors[name] = tensors[same]
    tensors = fit.unwrapped(tensors, model)
    fit.check(model, tensors, str(path))
    fit.copy(model, tensors)
    return json.loads(header["metadata"])


def metadata(path: str | Path) -> dict[str, Any]:
    """What a checkpoint was saved with, without reading the weights."""
    return json.loads(_header(path)["metadata"])


def _put_in_order(path: Path) -> None:
    """Sort the header, whose entries the library writes in another order each time.

    A file is the header's length, 8 bytes, the header as JSON, then the tensors, which stay where they are.
    """
    with open(path, "r+b") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        text = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert len(text) <= length
        file.seek(8)
        file.write(text.ljust(length))


def _header(path: str | Path) -> dict[str, str]:
    from safetensors import SafetensorError, safe_open

    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no file {path}")
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
    except SafetensorError as error:
        raise ValueError(f"{path} is truncated, or is no .safetensors file") from error
    if not {"metadata", "tied"} <= header.keys():
        raise ValueError(f"{path} was not written by course.checkpoint.save; is it for load_official?")
    return header


def _halved(name: str, tensor: Tensor) -> Tensor:
    if not tensor.is_floating_point():
        return tensor.detach().clone()
    small = tensor.detach().to(torch.float16, copy=True, memory_format=torch.contiguous_format)
    if small.isinf().any() and not tensor.isinf().any():
        raise ValueError(f"{name} holds numbers above 65,504, too large for 16 bits: save with half=False")
    return small
