"""What colours become: brightness, contrast, saturation, hue, grey, and solarisation.

Brightness, contrast and saturation lie on a line between the image and an image without any of it (PIL's
`ImageEnhance`): black, the mean grey, and each pixel's grey. With a factor f, drawn for each image,

    x' = clamp(f · x + (1 − f) · without),    grey = 0.299 R + 0.587 G + 0.114 B  (ITU-R 601)

Hue turns the colour circle of HSV: value = max, chroma = max − min, and the hue, in sixths of the circle,
from the largest channel. What people usually get wrong: weights of 1/3 for grey; the mean of contrast taken
over each channel; a hue rotated in another space (YIQ), which changes the value.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from course import expect
from course.augment.transform import Transform, between, change_chosen, expect_number, per_image

GREY = (0.299, 0.587, 0.114)
TINY = 1e-12  # instead of no chroma at all, which nothing can be divided by


@dataclass(frozen=True)
class ColourJitter(Transform):
    """Three strengths s give factors from 1 − s to 1 + s; hue a turn between −s and s of the circle.

    With probability `p`; otherwise the image stays as it is. SimCLR draws the order of the four; here it is
    always brightness, contrast, saturation, hue. SimCLR at strength 1: (0.8, 0.8, 0.8, 0.2, p=0.8).
    """

    pixelwise: ClassVar[bool] = True
    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    hue: float = 0.0
    p: float = 1.0

    def __post_init__(self) -> None:
        for name in ("brightness", "contrast", "saturation"):
            expect_number(name, getattr(self, name), 0)
        expect_number("hue", self.hue, 0, 0.5)
        expect_number("p", self.p, 0, 1)

    @property
    def numbers(self) -> int:
        return 5

    def change(self, images: Tensor, noise: Tensor) -> Tensor:
        expect.from_0_to_1("images", images)
        chosen, *factors, turn = noise.unbind(1)
        strengths = (self.brightness, self.contrast, self.saturation)
        factors = [between(max(0.0, 1 - s), 1 + s, factor) for s, factor in zip(strengths, factors)]
        turn = between(-self.hue, self.hue, turn)
        return change_chosen(self.jitter, images, chosen < self.p, *factors, turn)

    def jitter(
        self, images: Tensor, brightness: Tensor, contrast: Tensor, saturation: Tensor, turn: Tensor
    ) -> Tensor:
        """All that has a strength, with the numbers given: (B,) each."""
        if self.brightness:
            images = brighten(images, brightness)
        if self.contrast:
            images = change_contrast(images, contrast)
        if self.saturation:
            images = saturate(images, saturation)
        return turn_hue(images, turn) if self.hue else images


@dataclass(frozen=True)
class Grey(Transform):
    """Each pixel's grey in all channels, with probability `p`."""

    pixelwise: ClassVar[bool] = True
    p: float = 0.2

    def __post_init__(self) -> None:
        expect_number("p", self.p, 0, 1)

    @property
    def numbers(self) -> int:
        return 1

    def change(self, images: Tensor, noise: Tensor) -> Tensor:
        return change_chosen(lambda x: grey(x).expand_as(x), images, noise[:, 0] < self.p)


@dataclass(frozen=True)
class Solarise(Transform):
    """Values of at least `threshold` are inverted, with probability `p` (BYOL: the second view, p = 0.2)."""

    pixelwise: ClassVar[bool] = True
    threshold: float = 0.5
    p: float = 0.2

    def __post_init__(self) -> None:
        expect_number("threshold", self.threshold, 0)
        expect_number("p", self.p, 0, 1)

    @property
    def numbers(self) -> int:
        return 1

    def change(self, images: Tensor, noise: Tensor) -> Tensor:
        expect.from_0_to_1("images", images)
        threshold = torch.full_like(noise[:, 0], self.threshold)
        return change_chosen(solarise, images, noise[:, 0] < self.p, threshold)


def grey(images: Tensor) -> Tensor:
    """The weighted mean of the channels: (B, 3, H, W) -> (B, 1, H, W); one channel is grey already."""
    if has_no_colour(images):
        return images
    r, g, b = images.unbind(1)
    return (r * GREY[0]).add_(g, alpha=GREY[1]).add_(b, alpha=GREY[2]).unsqueeze(1)


def blend(images: Tensor, without: Tensor, factor: Tensor) -> Tensor:
    """f · x + (1 − f) · without, held in 0 … 1: (B, C, H, W), something that broadcasts to it, (B,)"""
    f = per_image(factor)
    return (images * f).add_((1 - f) * without).clamp_(0, 1)


def brighten(images: Tensor, factor: Tensor) -> Tensor:
    """0 gives black, 1 the image: (B, C, H, W), (B,) -> (B, C, H, W)"""
    return (images * per_image(factor)).clamp_(0, 1)


def change_contrast(images: Tensor, factor: Tensor) -> Tensor:
    """0 gives the mean grey of the image, 1 the image: (B, C, H, W), (B,) -> (B, C, H, W)"""
    return blend(images, grey(images.mean((2, 3), keepdim=True)), factor)


def saturate(images: Tensor, factor: Tensor) -> Tensor:
    """0 gives the image in grey, 1 the image: (B, C, H, W), (B,) -> (B, C, H, W)"""
    return blend(images, grey(images), factor)


def turn_hue(images: Tensor, turn: Tensor) -> Tensor:
    """Turn the hue by a share of the colour circle, −½ … ½: (B, C, H, W), (B,) -> (B, C, H, W)

    A pixel's distance from red, in sixths of the circle, is 1 + (g + b − r − low) / chroma: in each sixth one
    of the three channels moves by the whole chroma. It lies towards green where g > b, else towards blue.
    Back again, a channel's share of the chroma is 1 up to a distance of 1 from the channel's own hue, and
    falls to 0 at 2. Between −6 and 6, the distance of h from 0 on a circle of 6 is 3 − | |h| − 3 |; a turn
    that is held between −3 and 3 keeps h there. No case is told apart, which is what makes it fast.
    """
    if has_no_colour(images):
        return images
    r, g, b = images.unbind(1)  # (B, H, W) each
    low = torch.minimum(torch.minimum(r, g), b)
    chroma = torch.maximum(torch.maximum(r, g), b).sub_(low)
    from_red = (g + b).sub_(r).sub_(low).div_(chroma.clamp(min=TINY)).add_(1)  # 0 … 3; 1 for greys, unused
    hue = from_red.copysign_(g - b)  # −3 … 3, green above 0
    centres = torch.arange(0, 6, 2, device=images.device, dtype=images.dtype)  # red, green, blue
    moved = 6 * turn[:, None] - centres  # (B, 3), −7 … 3
    moved = torch.where(moved < -3, moved + 6, moved)  # −3 … 3
    share = (hue.unsqueeze(1) + moved[:, :, None, None]).abs_().sub_(3).abs_().clamp_(1, 2)
    return share.mul_(chroma.unsqueeze(1)).add_(low.sub_(chroma).unsqueeze(1))  # share is one too large


def solarise(images: Tensor, threshold: Tensor) -> Tensor:
    """Invert what is at least the threshold: (B, C, H, W), (B,) -> (B, C, H, W)"""
    return torch.where(images < per_image(threshold), images, 1 - images)


def has_no_colour(images: Tensor) -> bool:
    """Is there one channel only? With three there is colour; anything else is refused."""
    if images.shape[1] not in (1, 3):
        raise ValueError(f"colours are of images with 3 channels, or 1 for grey; got {images.shape[1]}")
    return images.shape[1] == 1
