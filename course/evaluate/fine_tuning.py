"""Fine-tuning as a measurement: all weights may change, and the accuracy on other images is what counts.

What people usually get wrong
- it answers another question than a probe: not what the features say as they are, but how good a start they
  are. The more labels there are, the less the start matters, and a random one catches up;
- the encoder that was fine-tuned is no longer the one that was to be measured: here a copy learns;
- epochs, learning rate and layer decay chosen by the test images. The recipe is fixed before.
"""

from torch import nn

from course.data.image_set import ImageSet, expect_alike
from course.evaluate.features import embed, share_right
from course.fewlabels.fine_tuning import FineTuning
from course.fewlabels.supervised import Augment
from course.fewlabels.transfer import Classifier
from course.training.loop import train
from course.training.recipe import Recipe


def fine_tune(
    encoder: nn.Module,
    labelled: ImageSet,
    test: ImageSet,
    recipe: Recipe,
    *,
    pool: str = "features",
    layer_decay: float = 0.75,
    augment: Augment | None = None,
) -> float:
    """The accuracy, 0 … 1, of a copy of the encoder with a new head, trained on labelled images.

    pool: as in `embed`. layer_decay, augment: as in `FineTuning`; the augmentation must keep the labels.
    """
    expect_alike(labelled, test)
    model = with_head(encoder, labelled, pool)
    device = next(model.parameters()).device
    train(FineTuning(model, layer_decay=layer_decay, augment=augment), labelled.to(device), recipe)
    return share_right(model, test)


def with_head(encoder: nn.Module, data: ImageSet, pool: str) -> Classifier:
    """A copy of the encoder with a new head for the classes of a set, on the encoder's device."""
    features = embed(encoder, data.take([0]), pool)  # (1, D)
    return Classifier(encoder, features.shape[1], len(data.classes), pool=pool).to(features.device)
