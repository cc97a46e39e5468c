"""Transfer to another task: a class for each pixel, from features that were learned for whole images.

    logits = upsample(1 × 1 convolution(map of features))        IoU_k = |P_k ∩ T_k| / |P_k ∪ T_k|

The head is as plain as a linear probe, so that what it can do is what the encoder knows about places: a patch
of 4 × 4 pixels has one opinion, and edges are what bilinear upsampling makes of it. P_k and T_k are the
pixels of class k as predicted and in truth; mean IoU is the mean over the classes.

What people usually get wrong
- accuracy over pixels: where most of an image is background, a model that has seen nothing is mostly right;
- IoU averaged over images or batches: pixels are counted over the whole set first (`confusion` adds up);
- a class that is neither predicted nor there has no IoU. It is left out, neither 0 nor 1;
- logits are upsampled, not the classes that they make;
- an image that is mirrored and a mask that is not. Images are not augmented here.
"""

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy, interpolate

from course import expect
from course.data.image_set import ImageSet
from course.data.shapes import Shapes
from course.fewlabels.supervised import Supervised
from course.fewlabels.transfer import NewHead
from course.ssl.method import Batch, Told
from course.vision.feature_map import feature_map


class Segmenter(NewHead):
    """A 1 × 1 convolution on a copy of an encoder's map: (B, C, H, W) -> logits (B, classes, H, W)

    The encoder is a ViT, whose patches are put in their places, or offers maps(images).
    """

    def __init__(self, encoder: nn.Module, dim: int, classes: int):
        super().__init__(encoder)
        expect.whole(dim=dim, classes=classes)
        self.head: nn.Conv2d = nn.Conv2d(dim, classes, kernel_size=1)
        for parameter in self.head.parameters():
            nn.init.zeros_(parameter)

    def forward(self, images: Tensor) -> Tensor:
        features = feature_map(self.encoder, images)  # (B, dim, H/patch, W/patch)
        expect.images(features, self.head.in_channels, self.head.weight)
        return interpolate(self.head(features), size=images.shape[-2:], mode="bilinear")


class Segmentation(Supervised):
    """Cross entropy over all pixels of `Shapes`: the background, class 0, and 1 + the label on the shape.

    model: (B, C, H, W) -> logits (B, 1 + classes, H, W). Tells "accuracy" over pixels, and the batch's "iou".
    """

    def __init__(self, model: nn.Module):
        super().__init__(model)

    def batch(self, data: ImageSet, chosen: Tensor, generator: Generator | None = None) -> Batch:
        """-> images (B, C, H, W), and labels (B, H, W), int64"""
        if not isinstance(data, Shapes):
            raise TypeError(
                f"segmentation needs images with masks, such as shapes(); got {type(data).__name__}"
            )
        labels = data.masks[chosen] * (1 + data.labels[chosen][:, None, None])  # (B, H, W)
        return {"images": data.floats(chosen), "labels": labels}

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        logits, labels = self.encoder(batch["images"]), batch["labels"]  # (B, classes, H, W), (B, H, W)
        classes = logits.shape[1]
        if expect.at_hand(labels) and int(labels.max()) >= classes:
            highest = int(labels.max())
            raise ValueError(
                f"the model has {classes} classes, background included, but there is a {highest}"
            )
        loss = cross_entropy(logits.float(), labels)
        predicted = logits.detach().argmax(dim=1)  # (B, H, W)
        iou = mean_iou(confusion(predicted, labels, classes))
        return loss, {"accuracy": (predicted == labels).float().mean(), "iou": iou}


def confusion(predicted: Tensor, true: Tensor, classes: int) -> Tensor:
    """How many pixels of class i were taken for class j: two int64 tensors of one shape -> (classes, classes)

    Of several batches it is the sum of theirs. ValueError where one is no class; looked for on the CPU only.
    """
    expect.whole(classes=classes)
    for name, classified in (("predicted", predicted), ("true", true)):
        if classified.dtype != torch.int64:
            raise TypeError(f"{name} must be class numbers, int64; got {expect.kind(classified)}")
    if predicted.shape != true.shape:
        shapes = f"{tuple(predicted.shape)} and {tuple(true.shape)}"
        raise ValueError(f"predicted and true must have the same shape; got {shapes}")
    for name, classified in (("predicted", predicted), ("true", true)):
        if expect.at_hand(classified) and classified.numel():
            low, high = map(int, classified.aminmax())
            if low < 0 or high >= classes:
                wrong = low if low < 0 else high
                raise ValueError(f"{name} must be classes from 0 to {classes - 1}; got {wrong}")
    pairs = (true * classes + predicted).flatten()
    counts = pairs.new_zeros(classes**2)
    return counts.scatter_add_(0, pairs, pairs.new_ones(()).expand_as(pairs)).view(classes, classes)


def mean_iou(counts: Tensor) -> Tensor:
    """The mean over the classes that are predicted or there: a `confusion` (classes, classes) -> scalar"""
    both = counts.diagonal().double()
    either = counts.sum(dim=0) + counts.sum(dim=1) - both  # (classes,)
    return ((both / either.clamp(min=1)).sum() / (either > 0).sum()).float()
