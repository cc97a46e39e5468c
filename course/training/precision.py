"""In which precision numbers are computed: bfloat16 for what is large, float32 where the last digits count.

bfloat16 has float32's range and 8 bits for the digits, so no loss has to be scaled, as float16 needs it.
Parameters and the optimiser's state stay float32; only products of matrices and convolutions are rounded.
"""

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor

from course import expect

PRECISIONS = ("32", "bf16")


def computing(device: torch.device, precision: str) -> AbstractContextManager:
    """Inside of this, large products are in bfloat16 ("bf16"), or everything as it is ("32")."""
    expect.one_of("precision", precision, PRECISIONS)
    return torch.autocast(device.type, torch.bfloat16) if precision == "bf16" else nullcontext()


def full_precision(x: Tensor) -> AbstractContextManager:
    """Products in the tensor's own precision, whatever autocast says: a loss needs its last digits."""
    device = x.device.type
    return torch.autocast(device, enabled=False) if torch.amp.is_autocast_available(device) else nullcontext()
