"""AlexNet: five convolutions and three linear layers, the network with which it began.

    layer        kernel, stride, padding      map behind it, of a 224 × 224 image
    1            11 × 11, 4, 2                 64 × 55 × 55, pooled to  64 × 27 × 27
    2            5 × 5, 1, 2                  192 × 27 × 27, pooled to 192 × 13 × 13
    3, 4, 5      3 × 3, 1, 1                  384, 256, 256 × 13 × 13, pooled to 256 × 6 × 6
    6, 7, 8      linear                       9,216 -> 4,096 -> 4,096 -> classes

Every layer but the last has a ReLU (Krizhevsky et al. 2012, section 3.1), every pool is a 3 × 3 maximum of
stride 2, so that neighbours overlap (section 3.4), and in training half of what layers 6 and 7 are given is
dropped (in the paper's section 4.2, half of what they give).

What people usually get wrong
- this is the network with *one* column, of Krizhevsky's "One weird trick" (2014), which torchvision made
  common. The paper's has two, one for each of the graphics cards of the day: 96, 256, 384, 384, 256 kernels,
  of which layers 2, 4 and 5 see their own column only (groups = 2); 60,965,224 parameters;
- the paper normalises layers 1 and 2 by their neighbouring channels (section 3.3), which nobody does today;
- it says 224 × 224, but only 227 × 227, or a padding of 2 as here, gives 55 × 55;
- 96 % of the parameters are in the three linear layers, and nearly all the work is in the convolutions.

Parameters with 1,000 classes: 61,100,840. Any image from 63 × 63 on: the last map is pooled to 6 × 6.
Paper: ImageNet 2012 top-5 error 18.2 % (one network), 15.3 % (seven); 26.2 % for the best of the others.
"""

from typing import Any

from torch import Tensor, nn
from torch.nn.functional import max_pool2d, relu

from course import expect
from course.record import Record, keep
from course.vision.vit import classifier

SMALLEST = 63  # pixels, of which the last pool leaves one


class AlexNet(nn.Module):
    """images: (B, channels, H, W), H and W at least 63 -> logits (B, classes)

    With `classes=0` there is no head and the model returns its features (B, 4096). `dropout` acts in front of
    layers 6 and 7. A `record` keeps "maps", the five convolutions' behind their ReLU and before the pool.
    """

    def __init__(self, classes: int = 1000, channels: int = 3, *, dropout: float = 0.5):
        super().__init__()
        expect.whole(channels=channels)
        expect.rate(dropout=dropout)
        self.convolution1 = nn.Conv2d(channels, 64, kernel_size=11, stride=4, padding=2)
        self.convolution2 = nn.Conv2d(64, 192, kernel_size=5, padding=2)
        self.convolution3 = nn.Conv2d(192, 384, kernel_size=3, padding=1)
        self.convolution4 = nn.Conv2d(384, 256, kernel_size=3, padding=1)
        self.convolution5 = nn.Conv2d(256, 256, kernel_size=3, padding=1)
        self.resize = nn.AdaptiveAvgPool2d(6)  # changes nothing at 224
        self.linear6 = nn.Linear(256 * 6 * 6, 4096)
        self.linear7 = nn.Linear(4096, 4096)
        self.dropout = nn.Dropout(dropout)
        self.head = classifier(4096, classes)

    def forward(self, images: Tensor, record: Record | None = None) -> Tensor:
        return self.head(self.features(images, record))

    def features(self, images: Tensor, record: Record | None = None) -> Tensor:
        """What the head sees, layer 7: (B, channels, H, W) -> (B, 4096)"""
        x = self.resize(self.maps(images, record)).flatten(1)  # (B, 256, 6, 6) -> (B, 9216)
        x = relu(self.linear6(self.dropout(x)))  # (B, 4096)
        return relu(self.linear7(self.dropout(x)))  # (B, 4096)

    def maps(self, images: Tensor, record: Record | None = None) -> Tensor:
        """What the convolutions make of it: (B, channels, H, W) -> (B, 256, ~H/37, ~W/37), 6 × 6 at 224"""
        expect.images(images, self.convolution1.in_channels, self.convolution1.weight)
        H, W = images.shape[-2:]
        if min(H, W) < SMALLEST:
            raise ValueError(f"images must be at least {SMALLEST} × {SMALLEST} pixels; got {H} × {W}")
        x = relu(self.convolution1(images))  # (B, 64, H/4, W/4)
        keep(record, "maps", x)
        x = relu(self.convolution2(pool(x)))  # (B, 192, H/8, W/8)
        keep(record, "maps", x)
        x = relu(self.convolution3(pool(x)))  # (B, 384, H/16, W/16)
        keep(record, "maps", x)
        x = relu(self.convolution4(x))  # (B, 256, H/16, W/16)
        keep(record, "maps", x)
        x = relu(self.convolution5(x))
        keep(record, "maps", x)
        return pool(x)  # (B, 256, H/32, W/32), and a little less


def pool(x: Tensor) -> Tensor:
    """The largest of 3 × 3, at every second pixel: (B, C, H, W) -> (B, C, (H − 1) // 2, (W − 1) // 2)"""
    return max_pool2d(x, kernel_size=3, stride=2)


VARIANTS: dict[str, dict[str, Any]] = {"AlexNet": {}}


def build(variant: str = "AlexNet", **overrides: Any) -> AlexNet:
    """The one there is: `build()`, `build(classes=10)`."""
    expect.variant(variant, VARIANTS)
    return AlexNet(**{**VARIANTS[variant], **overrides})
