"""What every method of learning offers, so that one loop (`course.training.loop`) trains them all.

    batch = method.batch(data, chosen, generator)   # all randomness: crops, colours, masks, tiles
    loss, told = method(batch)                      # a scalar, and numbers to log
    loss.backward(); optimiser.step()
    method.after_step(progress)                     # what follows rules of its own: teachers, centres

A self-supervised method writes `views`, from images alone; one that learns from labels (`course.fewlabels`)
writes `batch`. `method.encoder` is what is kept when training is over. Losses and maskers are pure functions,
beside each method: fed the same numbers, a reference implementation gives the same result.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from torch import Generator, Tensor, nn

from course.data.image_set import ImageSet
from course.ssl import collapse
from course.training.trainable import Told

Batch = Mapping[str, Tensor]
WATCHED = 256  # images whose embeddings are looked at for collapse


class Method(nn.Module):
    """A method around an encoder. Subclasses write `views`, `forward` and, where needed, the rest."""

    def __init__(self, encoder: nn.Module):
        super().__init__()
        self.encoder = encoder

    def batch(self, data: ImageSet, chosen: Tensor, generator: Generator | None = None) -> Batch:
        """What a step is about: the views of some images of a set; chosen: (B,), their numbers."""
        return self.views(data.floats(chosen), generator)

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        """What the loss is about, drawn at random: images (B, C, H, W), 0 … 1 -> tensors by name"""
        raise NotImplementedError

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        """The loss, a scalar, and numbers to log (detached scalars)."""
        raise NotImplementedError

    def after_step(self, progress: float) -> None:
        """Called behind each step of the optimiser, with the share of the training that is over, 0 … 1."""

    def health(self, data: ImageSet) -> Told:
        """Numbers that show whether the encoder's embeddings of the first images of a set collapse."""
        return collapse.health(self.encoder, data.floats(slice(WATCHED)))

    def groups(self, weight_decay: float) -> list[dict[str, Any]]:
        """What the optimiser trains: "params", "weight_decay", and "scale", a factor of the learning rate.

        Matrices and kernels are decayed; biases, norms and single tokens are not: pulling a scale of
        LayerNorm to 0 regularises nothing. Frozen parameters are left out.
        """
        return decayed(self.parameters(), weight_decay)


def decayed(
    parameters: Iterable[nn.Parameter], weight_decay: float, scale: float = 1.0
) -> list[dict[str, Any]]:
    """Two groups for the optimiser: what weight decay pulls to 0 and what it leaves alone."""
    trained = [parameter for parameter in parameters if parameter.requires_grad]
    pulled = [parameter for parameter in trained if sum(size > 1 for size in parameter.shape) > 1]
    kept = [parameter for parameter in trained if sum(size > 1 for size in parameter.shape) <= 1]
    groups = ((pulled, weight_decay), (kept, 0.0))
    return [dict(params=members, weight_decay=decay, scale=scale) for members, decay in groups if members]
