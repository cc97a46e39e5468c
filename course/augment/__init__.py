"""Augmentation in batches, on the images' device: one call for all, each image by its own random numbers.

    views = Compose([Crop(32), Flip(), ColourJitter(0.4, 0.4, 0.4, 0.1, p=0.8), Grey(0.2)])
    one, two = views(images, generator), views(images, generator)

Images are (B, C, H, W), floating-point numbers 0 … 1, before and after. Every transform is a frozen dataclass
that draws its numbers and hands them to a pure function beside it: `Blur` draws widths for `blur(images,
sigma)`.
"""

from course.augment.colour import ColourJitter, Grey, Solarise
from course.augment.geometry import Affine, Blur, Crop, Flip
from course.augment.mixing import CutMix, MixUp
from course.augment.rand_augment import RandAugment
from course.augment.transform import Compose, Transform

__all__ = [
    "Affine",
    "Blur",
    "ColourJitter",
    "Compose",
    "Crop",
    "CutMix",
    "Flip",
    "Grey",
    "MixUp",
    "RandAugment",
    "Solarise",
    "Transform",
]
