"""Where pixels are read: random resized crops, mirroring, small motions, and blurring.

A crop (Szegedy et al., 2015) takes a share of the image's area, uniform in `scale`, with an aspect ratio that
is uniform in its logarithm, and resizes it to one size for all. Here that is one affine map for each image,

    x_in = centre_x + half_width · x_out,    y_in = centre_y + half_height · y_out,    all of them −1 … 1

read by `grid_sample`; a negative half-width mirrors, so that a flip costs nothing.

What people usually get wrong: a ratio drawn uniformly (3/4 and 4/3 then are not equally likely);
`align_corners` (the crop is then of pixel centres, and does not fit the one PIL makes); a blur of one width
for everybody.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, avg_pool2d, grid_sample, pad

from course import expect
from course.augment.transform import (
    Transform,
    between,
    change_chosen,
    expect_number,
    expect_range,
    per_image,
)


@dataclass(frozen=True)
class Crop(Transform):
    """A random part of each image, resized bilinearly: (B, C, H, W) -> (B, C, size, size)

    The original draws up to ten boxes until one lies inside the image. Here each is drawn once, and a side
    longer than the image's is cut to it, which makes boxes near the whole image more frequent and a little
    smaller than drawn. Boxes are not rounded to pixels. `scale`: shares of the area; `ratio`: width / height.

    Antialiasing: where crops can be larger than `size`, each pixel is the mean of k × k points, with the
    smallest k for which no pixel of the largest possible crop is skipped; with k = 1 this is PIL's bilinear
    resizing.
    """

    size: int
    scale: tuple[float, float] = (0.2, 1.0)
    ratio: tuple[float, float] = (3 / 4, 4 / 3)

    def __post_init__(self) -> None:
        expect.whole(size=self.size)
        expect_range("scale", self.scale, 0, 1)
        expect_range("ratio", self.ratio, 0)
        if self.scale[0] == 0 or self.ratio[0] == 0:
            raise ValueError(f"scale and ratio must be above 0; got {self.scale} and {self.ratio}")

    @property
    def numbers(self) -> int:
        return 4

    def boxes(self, images: Tensor, noise: Tensor) -> Tensor:
        """Centre and half of each side, as shares of half the image (−1 … 1): (B, 4), x before y"""
        H, W = images.shape[-2:]
        share, ratio, x, y = noise.unbind(1)
        share = between(*self.scale, share)
        ratio = between(math.log(self.ratio[0]), math.log(self.ratio[1]), ratio).exp() * (H / W)
        half_width, half_height = (share * ratio).sqrt().clamp(max=1), (share / ratio).sqrt().clamp(max=1)
        x, y = between(-1, 1, x) * (1 - half_width), between(-1, 1, y) * (1 - half_height)
        return torch.stack([x, y, half_width, half_height], dim=1)  # (B, 4)

    def points(self, images: Tensor) -> int:
        """k: how many points a pixel is the mean of, along each axis."""
        H, W = images.shape[-2:]
        width = min(W, math.sqrt(self.scale[1] * self.ratio[1] * H * W))
        height = min(H, math.sqrt(self.scale[1] / self.ratio[0] * H * W))
        return math.ceil(max(width, height) / self.size - 1e-6)

    def change(self, images: Tensor, noise: Tensor) -> Tensor:
        return crop(images, self.boxes(images, noise), self.size, self.points(images))

    def then(self, following: Transform) -> Transform | None:
        """A crop takes a flip into itself."""
        return CropAndFlip(self, following) if isinstance(following, Flip) else None


@dataclass(frozen=True)
class Flip(Transform):
    """Left and right exchanged, with probability `p`."""

    p: float = 0.5

    def __post_init__(self) -> None:
        expect_number("p", self.p, 0, 1)

    @property
    def numbers(self) -> int:
        return 1

    def change(self, images: Tensor, noise: Tensor) -> Tensor:
        return change_chosen(lambda x: x.flip(-1), images, noise[:, 0] < self.p)


@dataclass(frozen=True)
class CropAndFlip(Transform):
    """What `Compose` makes of a crop and the flip behind it: the same, from one reading of the pixels."""

    crop: Crop
    flip: Flip

    @property
    def numbers(self) -> int:
        return self.crop.numbers + self.flip.numbers

    def change(self, images: Tensor, noise: Tensor) -> Tensor:
        x, y, half_width, half_height = self.crop.boxes(images, noise[:, :-1]).unbind(1)
        half_width = torch.where(noise[:, -1] < self.flip.p, -half_width, half_width)
        boxes = torch.stack([x, y, half_width, half_height], dim=1)
        return crop(images, boxes, self.crop.size, self.crop.points(images))


@dataclass(frozen=True)
class Affine(Transform):
    """Turned, moved and enlarged a little, as paper lies under a camera: (B, C, H, W) -> the same shape

    Up to `degrees` either way, up to `shift` of a side along each axis, and `zoom` times as large, uniform in
    its logarithm. What comes in from outside is 0: black, or the paper of images with bright ink.
    """

    degrees: float = 15.0
    shift: float = 0.1
    zoom: tuple[float, float] = (0.9, 1.1)

    def __post_init__(self) -> None:
        expect_number("degrees", self.degrees, 0, 180)
        expect_number("shift", self.shift, 0, 1)
        expect_range("zoom", self.zoom, 0)
        if self.zoom[0] == 0:
            raise ValueError(f"zoom must be above 0; got {self.zoom}")

    @property
    def numbers(self) -> int:
        return 4

    def change(self, images: Tensor, noise: Tensor) -> Tensor:
        angle, x, y, zoom = noise.unbind(1)
        angle = between(-math.radians(self.degrees), math.radians(self.degrees), angle)
        x, y = between(-2 * self.shift, 2 * self.shift, x), between(-2 * self.shift, 2 * self.shift, y)
        zoom = between(math.log(self.zoom[0]), math.log(self.zoom[1]), zoom).exp()
        H, W = images.shape[-2:]
        cos, sin = angle.cos() / zoom, angle.sin() / zoom
        rows = [torch.stack([cos, -sin * (H / W), x], dim=1), torch.stack([sin * (W / H), cos, y], dim=1)]
        places = affine_grid(torch.stack(rows, dim=1), list(images.shape), align_corners=False)
        return grid_sample(images, places, align_corners=False)


@dataclass(frozen=True)
class Blur(Transform):
    """A Gaussian of its own width for each image, uniform in `sigma` (pixels), with probability `p`.

    As in SimCLR the kernel is a tenth of the image wide (3 pixels for 32, where it cannot do much; 23 for
    224), but no wider than 3 of the largest sigma to either side.
    """

    sigma: tuple[float, float] = (0.1, 2.0)
    p: float = 0.5

    def __post_init__(self) -> None:
        expect_range("sigma", self.sigma, 0)
        expect_number("p", self.p, 0, 1)

    @property
    def numbers(self) -> int:
        return 2

    def change(self, images: Tensor, noise: Tensor) -> Tensor:
        chosen, sigma = noise[:, 0] < self.p, between(*self.sigma, noise[:, 1])
        side = min(images.shape[-2:])
        radius = min(math.ceil(3 * self.sigma[1]), max(1, side // 20), side - 1)
        return change_chosen(lambda x, sigma: blur(x, sigma, radius), images, chosen, sigma)


def crop(images: Tensor, boxes: Tensor, size: int, points: int = 1) -> Tensor:
    """Read a box of each image: images (B, C, H, W), boxes (B, 4) -> (B, C, size, size)

    A box is (centre x, centre y, half width, half height), with the image's left edge at −1 and its right at
    1. Each pixel is the mean of `points` × `points` places. Beyond the image, its edge goes on.
    """
    n = size * points
    middles = (torch.arange(n, device=images.device, dtype=images.dtype) * 2 + 1) / n - 1  # of the pixels
    x, y, half_width, half_height = boxes.unsqueeze(2).unbind(1)  # (B, 1) each
    columns, rows = x + half_width * middles, y + half_height * middles  # (B, n) each
    places = torch.complex(*torch.broadcast_tensors(columns[:, None, :], rows[:, :, None]))  # pairs (x, y)
    read = grid_sample(images, torch.view_as_real(places), padding_mode="border", align_corners=False)
    return read if points == 1 else avg_pool2d(read, points)


def blur(images: Tensor, sigma: Tensor, radius: int) -> Tensor:
    """Weigh pixels at a distance of d by exp(−d² / 2σ²), d up to `radius`, along rows and then along columns.

    images: (B, C, H, W), sigma: (B,) in pixels -> (B, C, H, W); mirrored at the border, the edge pixel once.
    """
    H, W = images.shape[-2:]
    distance = torch.arange(-radius, radius + 1, device=images.device, dtype=images.dtype)
    weights = torch.softmax(-(distance**2) / (2 * sigma[:, None] ** 2).clamp(min=1e-6), dim=1)  # (B, K)
    taps = [per_image(weight) for weight in weights.unbind(1)]
    wide = pad(images, [radius, radius, 0, 0], mode="reflect")
    rows = sum_of([wide[..., i : i + W] for i in range(len(taps))], taps)
    high = pad(rows, [0, 0, radius, radius], mode="reflect")
    return sum_of([high[..., i : i + H, :] for i in range(len(taps))], taps)


def sum_of(parts: list[Tensor], weights: list[Tensor]) -> Tensor:
    """The weighted sum of tensors, with one tensor's worth of memory."""
    total = parts[0] * weights[0]
    for part, weight in zip(parts[1:], weights[1:]):
        total.addcmul_(part, weight)
    return total
