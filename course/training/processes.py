"""Several processes that train one model, started by torchrun: one a GPU, or several on CPUs.

    torchrun --nproc-per-node 2 -m course pretrain …

Each runs the same program on its share of every batch; their gradients are averaged, so all make the same
step. Outside of torchrun there is one process, and everything here does nothing.

PyTorch's DistributedDataParallel does the same while the backward pass is still under way. On one machine and
for models of this size that saves little, and it wants to know beforehand which parameters get no gradient.

What people usually get wrong: each process must draw *other* images but the *same* first weights; what a
method sums over a batch beside its gradients, such as DINO's centre, has to be summed over processes too
(`summed`); only one of them may write files (`is_first`).
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist
from torch import Tensor, nn


@contextmanager
def together(device: torch.device) -> Iterator[None]:
    """Join the other processes of this torchrun, where there are any, and leave them behind it."""
    if "TORCHELASTIC_RUN_ID" not in os.environ or dist.is_initialized():
        yield
        return
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield
    finally:
        dist.destroy_process_group()


def count() -> int:
    """How many processes train together; 1 outside of torchrun."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """The number of this process among them, from 0."""
    return dist.get_rank() if dist.is_initialized() else 0


def local_rank() -> int:
    """The number of this process on its machine, which is that of its GPU."""
    return int(os.environ.get("LOCAL_RANK", 0))


def is_first() -> bool:
    """Whether this is the process that writes and prints."""
    return rank() == 0


def summed(tensor: Tensor) -> Tensor:
    """The sum over processes; the tensor itself where there is one."""
    if count() == 1:
        return tensor
    tensor = tensor.clone()
    dist.all_reduce(tensor)
    return tensor


@torch.no_grad()
def average_gradients(parameters: Iterable[nn.Parameter]) -> None:
    """Give each parameter the mean of its gradients in all processes; one message for all of them."""
    if count() == 1:
        return
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    dist.all_reduce(flat)
    flat /= count()
    for gradient, mean in zip(gradients, flat.split([gradient.numel() for gradient in gradients])):
        gradient.copy_(mean.view_as(gradient))


def any_of(happened: bool, device: torch.device) -> bool:
    """Whether it happened in any of the processes, so that all go the same way."""
    if count() == 1:
        return happened
    return bool(summed(torch.tensor(float(happened), device=device)))
