"""What a layer costs, measured: PyTorch runs it without any numbers in it, and we watch.

    measure(vit.build("B/16"), (2, 3, 224, 224)).flops      # 70,255,312,896, in a fraction of a second
    print(table(model, formula, (2, 3, 224, 224)))          # formula | measured, line by line

Two runs, neither of which needs memory or changes the module:

- FLOPs on the `meta` device, by PyTorch's own counter, which needs help: by itself it drops a matrix times a
  vector, and on the CPU the fused attention kernel (ViT-B/16: 33.7 instead of 35.1 GFLOPs). What it is told
  stands in `course.cost.prices`.
- Activation memory under `FakeTensorMode`, which plays the CPU: each tensor that autograd packs away for the
  backward pass is looked at, and its storage counted once, whole. (A slice keeps its whole storage alive: a
  head that reads the CLS token alone keeps all tokens.)

The CPU's fused attention keeps q, k, v, the output and one float a query and head (the logarithm of the
softmax's denominator). A GPU has kernels of its own, which may keep somewhat more or less: these figures are
not about them. Nor are they about autocast, under which products keep copies of their factors in 2 bytes an
entry, of the weights too.

A batch of one is cheaper than half of a batch of two wherever a slice of it happens to be contiguous, so that
PyTorch need not copy; the formulas are about batches of two and more.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.autograd.graph import saved_tensors_hooks
from torch.func import functional_call
from torch.utils.flop_counter import FlopCounterMode

from course.cost.formula import Cost, human, multiply_adds
from course.cost.prices import PRICES, Seen, unpriced

Run = nn.Module | Callable[..., Any]
Input = tuple[int, ...] | Tensor


@dataclass(frozen=True)
class Figures:
    """What a layer costs in numbers. Formulas and measurements both end up here, so that == compares them."""

    parameters: int
    flops: int
    output_shape: tuple[int, ...]
    output_bytes: int
    activation_bytes: int


def measure(run: Run, *inputs: Input, numbers: bool = False, **options: Any) -> Figures:
    """Run a module or a function on inputs of these shapes: its FLOPs, output and activation memory.

    A shape stands for float32 numbers that an earlier layer made (so they need a gradient); a tensor, of
    token numbers for example, stands for its own shape and dtype. `options` are handed to the run: with
    `record={}` a model takes the explicit path of attention. A million tokens take milliseconds and no
    memory, and the module handed in is left as it is. It is measured in the mode that it is in, which is
    training for a module just built; where a run returns several tensors, `output_shape` is the first's.

    With `numbers=True` it runs on the CPU, on these very tensors (and zeros for shapes), as a recurrent
    network must whose steps depend on how long the sentences are.

    Products of matrices and vectors, convolutions and distances count; what works entry by entry, softmax,
    activations and normalisation count as nothing. A decomposition, a Fourier transform or another operator
    that multiplies and has no price is warned of by name: the FLOPs are then too low.
    The attention matrix alone: `measure(lambda q, k: q @ k.mT, (L, n), (L, n)).output_bytes`.
    """
    counter = FlopCounterMode(display=False, custom_mapping=PRICES)
    with _place(numbers, "meta"), Seen() as seen, counter, torch.no_grad():
        forward, _ = _prepare(run, inputs, options, numbers, "meta")
        output = forward()
    if without := unpriced(seen.operators, counter.flop_registry):
        warnings.warn(f"the FLOPs are too low: {', '.join(without)} have no price", stacklevel=2)
    first = output if isinstance(output, Tensor) else output[0]
    parameters = sum(p.numel() for p in run.parameters()) if isinstance(run, nn.Module) else 0
    flops, kept = counter.get_total_flops(), _kept_bytes(run, inputs, options, numbers)
    return Figures(parameters, flops, tuple(first.shape), first.nbytes, kept)


def _kept_bytes(run: Run, inputs: tuple[Input, ...], options: dict[str, Any], numbers: bool) -> int:
    """The bytes of the storages that autograd keeps from one forward pass, parameters and buffers aside."""
    kept: dict[int, torch.UntypedStorage] = {}  # by address, and held on to: no address is used twice
    with _place(numbers, "cpu"):
        forward, own = _prepare(run, inputs, options, numbers, "cpu")

        def pack(tensor: Tensor) -> Tensor:
            storage = tensor.untyped_storage()
            if storage._cdata not in own:
                kept[storage._cdata] = storage
            return tensor

        with saved_tensors_hooks(pack, lambda tensor: tensor):
            forward()
    return sum(storage.nbytes() for storage in kept.values())


def _place(numbers: bool, device: str) -> AbstractContextManager[Any]:
    """Where it runs: the CPU without kernels that nobody sees into; a fake CPU; `meta`."""
    if numbers:
        return _in_the_open()
    return FakeTensorMode(allow_non_fake_inputs=True) if device == "cpu" else nullcontext()


@contextmanager
def _in_the_open() -> Iterator[None]:
    """Without oneDNN's recurrent layers, and without the encoder layer in one piece that PyTorch has."""
    onednn, *_ = torch.backends.mkldnn.set_flags(False)
    in_one_piece = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mkldnn.set_flags(onednn)
        torch.backends.mha.set_fastpath_enabled(in_one_piece)


def _prepare(
    run: Run, inputs: tuple[Input, ...], options: dict[str, Any], numbers: bool, device: str
) -> tuple[Callable[[], Any], set[int]]:
    """A forward pass that is ready to go, and where the parameters and buffers lie that it uses."""
    options = deepcopy(options)  # a record is not to be filled with tensors without contents
    if numbers:
        copy = deepcopy(run)
        state = _tensors(copy)
        given = [x if isinstance(x, Tensor) else torch.zeros(x, requires_grad=True) for x in inputs]
        return lambda: copy(*given, **options), _addresses(state)
    state = {
        name: torch.empty(x.shape, dtype=x.dtype, device=device, requires_grad=x.requires_grad)
        for name, x in _tensors(run).items()
    }
    given = [
        torch.empty(x.shape, dtype=x.dtype, device=device)
        if isinstance(x, Tensor)
        else torch.empty(x, device=device, requires_grad=device == "cpu")  # the counter wants none
        for x in inputs
    ]
    if not isinstance(run, nn.Module):
        return lambda: run(*given, **options), set()
    return lambda: functional_call(run, state, tuple(given), options), _addresses(state)


def _tensors(run: Run) -> dict[str, Tensor]:
    return dict([*run.named_parameters(), *run.named_buffers()]) if isinstance(run, nn.Module) else {}


def _addresses(tensors: dict[str, Tensor]) -> set[int]:
    return {tensor.untyped_storage()._cdata for tensor in tensors.values()}


def table(run: Run, formula: Cost, *inputs: Input, **options: Any) -> str:
    """A formula and a measurement side by side: `print(table(model, vit(**sizes), (2, 3, 224, 224)))`

    The formula is that of one sample; how many there are is the first input's first dimension.
    """
    first = inputs[0]
    B = len(first) if isinstance(first, Tensor) else first[0]
    expected, measured = formula.batch(B).at(), measure(run, *inputs, **options)
    rows = [(f"batch of {B}", "formula", "measured", "")]
    for name, mine, its, unit in (
        ("parameters", expected.parameters, measured.parameters, "parameters"),
        ("FLOPs", expected.flops, measured.flops, "FLOPs"),
        ("multiply–adds", multiply_adds(expected.flops), multiply_adds(measured.flops), "multiply–adds"),
        ("activation memory", expected.activation_bytes, measured.activation_bytes, "B"),
    ):
        rows.append((name, f"{mine:,}", f"{its:,}", human(its, unit) if mine == its else "THEY DIFFER"))
    name_width, mine_width, its_width, _ = (max(map(len, column)) for column in zip(*rows))
    return "\n".join(
        f"{name:<{name_width}}  {mine:>{mine_width}}  {its:>{its_width}}  {note}".rstrip()
        for name, mine, its, note in rows
    )
