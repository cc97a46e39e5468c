"""What every self-supervised method offers, so that one loop trains them all.

    batch = method.views(images, generator)    # all randomness: crops, colours, masks, tiles
    loss, told = method(batch)                 # a scalar, and numbers to log
    loss.backward(); optimiser.step()
    method.after_step(progress)                # what follows its own rule: teachers, centres, temperatures

`method.encoder` is what is kept when training is over. Losses and maskers are pure functions, beside each
method: fed the same numbers, a reference implementation gives the same result.
"""

from collections.abc import Mapping

from torch import Generator, Tensor, nn

Batch = Mapping[str, Tensor]
Told = dict[str, Tensor]


class Method(nn.Module):
    """A method around an encoder. Subclasses write `views`, `forward` and, where needed, `after_step`."""

    def __init__(self, encoder: nn.Module):
        super().__init__()
        self.encoder = encoder

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        """What the loss is about, drawn at random: images (B, C, H, W), 0 … 1 -> tensors by name"""
        raise NotImplementedError

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        """The loss, a scalar, and numbers to log (detached scalars)."""
        raise NotImplementedError

    def after_step(self, progress: float) -> None:
        """Called behind each step of the optimiser, with the share of the training that is over, 0 … 1."""
