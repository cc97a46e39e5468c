"""RandAugment (Cubuk et al., 2020): n operations, each drawn from fourteen, all of one magnitude m.

The list is the paper's (section 3): identity, autoContrast, equalize, rotate, solarize, color, posterize,
contrast, brightness, sharpness, shear-x, shear-y, translate-x, translate-y. m runs from 0 to 10, and strength
= m / 10:

    rotate          30° · strength, either way        posterize    8 − 4 · strength bits are kept
    shear           0.3 · strength, either way        solarize     from 256 · (1 − strength) of 255 levels on
    translate       150/331 of a side · strength      the others      f = 1 ± 0.9 · strength

so that m = 0 changes nothing but by autoContrast and equalize, which have no strength. What moves in is grey
(0.5).

What people usually get wrong: the scale of m (30 is the largest in torchvision, 10 in the paper); posterize
in the paper's own code keeps *more* bits as m grows; f between 0.1 and 1.9 there, which is no change at m =
5.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, conv2d, grid_sample

from course import expect
from course.augment.colour import blend, brighten, change_contrast, saturate, solarise
from course.augment.transform import Transform, change_chosen, expect_number, per_image

OUTSIDE = 0.5  # grey


@dataclass(frozen=True)
class RandAugment(Transform):
    """n rounds; in each, every image draws one of the operations, and a sign for those that have two ways.

    The paper's choices: CIFAR-10 n = 3, m = 4 to 7 for Wide-ResNets; ImageNet ResNet-50 n = 2, m = 9.
    """

    n: int = 2
    m: float = 9.0

    def __post_init__(self) -> None:
        expect.whole(n=self.n)
        expect_number("m", self.m, 0, 10)

    @property
    def numbers(self) -> int:
        return 2 * self.n

    def change(self, images: Tensor, noise: Tensor) -> Tensor:
        expect.from_0_to_1("images", images)
        for which, way in zip(noise[:, : self.n].unbind(1), noise[:, self.n :].unbind(1)):
            operation = (which * len(OPERATIONS)).floor()
            amount = torch.where(way < 0.5, -1.0, 1.0).to(images.dtype) * (self.m / 10)
            for number, apply in enumerate(OPERATIONS.values()):
                images = change_chosen(apply, images, operation == number, amount)
        return images


# --- The operations: images (B, C, H, W), amount (B,) from −1 to 1 -> (B, C, H, W) ---------------------


def identity(images: Tensor, amount: Tensor) -> Tensor:
    """No change."""
    return images


def auto_contrast(images: Tensor, amount: Tensor) -> Tensor:
    """Stretch each channel until its darkest pixel is 0 and its brightest 1; constant channels stay."""
    low, high = images.amin((2, 3), keepdim=True), images.amax((2, 3), keepdim=True)
    flat = high == low
    return torch.where(flat, images, (images - low) / torch.where(flat, 1, high - low))


def equalise(images: Tensor, amount: Tensor) -> Tensor:
    """Make the 256 levels about equally frequent in each channel, by PIL's rule in whole numbers."""
    B, C, H, W = images.shape
    level = levels(images).reshape(B * C, H * W).long()
    count = torch.zeros(B * C, 256, dtype=torch.long, device=images.device)
    count.scatter_add_(1, level, torch.ones_like(level))  # (B·C, 256): the histogram
    brightest = level.amax(1, keepdim=True)
    step = (H * W - count.gather(1, brightest)) // 255  # pixels a level, less those of the brightest
    below = count.cumsum(1) - count
    table = ((below + step // 2) // step.clamp(min=1)).clamp(max=255)
    equal = (table.gather(1, level).to(images.dtype) / 255).view(B, C, H, W)
    return torch.where(step.view(B, C, 1, 1) == 0, images, equal)


def rotate(images: Tensor, amount: Tensor) -> Tensor:
    """About the centre; positive is anticlockwise."""
    angle = amount * math.radians(30)
    H, W = images.shape[-2:]
    cos, sin, zero = angle.cos(), angle.sin(), torch.zeros_like(angle)
    return move(images, [cos, -sin * (H / W), zero, sin * (W / H), cos, zero])


def solarise_some(images: Tensor, amount: Tensor) -> Tensor:
    """Invert the brightest values, the more the stronger."""
    return solarise(images, (1 - amount.abs()) * (256 / 255))


def colour(images: Tensor, amount: Tensor) -> Tensor:
    """More or less saturation."""
    return saturate(images, 1 + 0.9 * amount)


def posterise(images: Tensor, amount: Tensor) -> Tensor:
    """Keep 8 to 4 bits of each value."""
    step = per_image(2 ** (4 * amount.abs()).round())
    return torch.where(step == 1, images, (levels(images) / step).floor() * step / 255)


def contrast(images: Tensor, amount: Tensor) -> Tensor:
    """More or less contrast."""
    return change_contrast(images, 1 + 0.9 * amount)


def brightness(images: Tensor, amount: Tensor) -> Tensor:
    """Brighter or darker."""
    return brighten(images, 1 + 0.9 * amount)


def sharpness(images: Tensor, amount: Tensor) -> Tensor:
    """Away from a smoothed image, or towards it; the outermost pixels stay, as in PIL."""
    C, H, W = images.shape[1:]
    if min(H, W) < 3:
        return images
    kernel = torch.ones(C, 1, 3, 3, device=images.device, dtype=images.dtype)
    kernel[:, :, 1, 1] = 5
    smooth = images.clone()
    smooth[:, :, 1:-1, 1:-1] = conv2d(images, kernel / 13, groups=C)
    return blend(images, smooth, 1 + 0.9 * amount)


def shear_x(images: Tensor, amount: Tensor) -> Tensor:
    """Rows are shifted, by 0.3 pixels a row at the most."""
    one, zero = torch.ones_like(amount), torch.zeros_like(amount)
    return move(images, [one, 0.3 * amount * (images.shape[-2] / images.shape[-1]), zero, zero, one, zero])


def shear_y(images: Tensor, amount: Tensor) -> Tensor:
    """Columns are shifted, by 0.3 pixels a column at the most."""
    one, zero = torch.ones_like(amount), torch.zeros_like(amount)
    return move(images, [one, zero, zero, 0.3 * amount * (images.shape[-1] / images.shape[-2]), one, zero])


def translate_x(images: Tensor, amount: Tensor) -> Tensor:
    """Left or right, by 150/331 of the width at the most."""
    one, zero = torch.ones_like(amount), torch.zeros_like(amount)
    return move(images, [one, zero, amount * (2 * 150 / 331), zero, one, zero])


def translate_y(images: Tensor, amount: Tensor) -> Tensor:
    """Up or down, by 150/331 of the height at the most."""
    one, zero = torch.ones_like(amount), torch.zeros_like(amount)
    return move(images, [one, zero, zero, zero, one, amount * (2 * 150 / 331)])


def move(images: Tensor, entries: list[Tensor]) -> Tensor:
    """Read through affine maps, given as six entries (B,) row by row; what lies outside is grey."""
    maps = torch.stack(entries, dim=1).view(-1, 2, 3)
    places = affine_grid(maps, list(images.shape), align_corners=False)  # (B, H, W, 2)
    return grid_sample(images - OUTSIDE, places, mode="bilinear", align_corners=False).add_(OUTSIDE)


def levels(images: Tensor) -> Tensor:
    """The nearest of 256 levels, 0 … 255."""
    return (images * 255).round()


OPERATIONS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "identity": identity,
    "autoContrast": auto_contrast,
    "equalize": equalise,
    "rotate": rotate,
    "solarize": solarise_some,
    "color": colour,
    "posterize": posterise,
    "contrast": contrast,
    "brightness": brightness,
    "sharpness": sharpness,
    "shear-x": shear_x,
    "shear-y": shear_y,
    "translate-x": translate_x,
    "translate-y": translate_y,
}
