"""Looking inside a model: hand it a dictionary, and it puts there what it computes on the way.

    record = {}
    logits = vit(images, record=record)
    record["tokens"][0]      # (B, N, D), after the embedding; then after each layer
    record["weights"][3]     # (B, heads, N, N), the attention weights of layer 3

Without a record nothing is kept, and attention takes PyTorch's fused kernel, which never holds the weights.
"""

from torch import Tensor

Record = dict[str, list[Tensor]]


def keep(record: Record | None, name: str, tensor: Tensor) -> None:
    """Append a tensor to the list of this name; without a record, do nothing."""
    if record is not None:
        record.setdefault(name, []).append(tensor)
