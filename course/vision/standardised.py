"""Images standardised by their set, at an encoder's door: x ← (x − mean) / std, each channel for itself.

Whatever comes before an encoder, augmentation above all, wants pixels from 0 to 1; what comes behind wants
mean 0 and standard deviation 1, and without it small encoders learn little in minutes: MAE stays at the mean
colour, DINO's outputs all become alike. Hence the first convolution of every encoder of
`course.vision.by_name` does it, and its mean and std are kept and copied with its weights.

What people usually get wrong
- standardising before the colours are changed, so that brightness is no factor any more;
- padding: the zeros around an image are then its mean colour, and would be black before;
- the test images' own mean, or another set's, at evaluation.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from course.vision import hybrid


class StandardisedConv2d(nn.Conv2d):
    """A convolution of what a set's mean and std make of its images: (B, C, H, W), 0 … 1, as `nn.Conv2d`

    mean, std: (C, 1, 1), buffers; 0 and 1 at first. Weights and their names are those of `nn.Conv2d`.
    """

    def __init__(self, channels: int, *arguments: object, **options: object):
        super().__init__(channels, *arguments, **options)  # type: ignore[arg-type]
        self.register_buffer("mean", torch.zeros(channels, 1, 1))
        self.register_buffer("std", torch.ones(channels, 1, 1))
        self.mean: Tensor
        self.std: Tensor

    def forward(self, images: Tensor) -> Tensor:
        return super().forward((images - self.mean) / self.std)


class KernelsStandardised(StandardisedConv2d):
    """The same where kernels are standardised as well, as in a hybrid's ResNet: (B, C, H, W), 0 … 1"""

    eps = 1e-8

    def forward(self, images: Tensor) -> Tensor:
        seen = (images - self.mean) / self.std
        return hybrid.StandardisedConv2d.forward(self, seen)  # type: ignore[arg-type]  # has all it reads


def standardising(encoder: nn.Module) -> nn.Module:
    """The same encoder, whose first convolution standardises its images from here on; its weights stay.

    Of a hybrid it is its ResNet's.
    """
    first: Any = getattr(encoder, "backbone", encoder)
    for parent in first.modules():
        for name, child in parent.named_children():
            if isinstance(child, nn.Conv2d):
                setattr(parent, name, _standardised(child))
                return encoder
    raise TypeError(f"{type(encoder).__name__} has no convolution that could standardise its images")


def standardise(module: nn.Module, mean: Sequence[float], std: Sequence[float]) -> None:
    """Set the mean and std of every encoder in a module, a teacher's too; one number a channel, of 0 … 1."""
    for convolution in module.modules():
        if isinstance(convolution, StandardisedConv2d):
            if not len(mean) == len(std) == len(convolution.mean):
                raise ValueError(
                    f"{len(convolution.mean)} channels need as many numbers of mean and std; "
                    f"got {len(mean)} and {len(std)}"
                )
            if min(std) <= 0:
                raise ValueError(f"each std must be above 0; got {tuple(std)}")
            for buffer, values in ((convolution.mean, mean), (convolution.std, std)):
                buffer.copy_(buffer.new_tensor(values)[:, None, None])


def _standardised(plain: nn.Conv2d) -> StandardisedConv2d:
    with torch.device("meta"):  # the first weights of a copy would draw random numbers for nothing
        kernels = isinstance(plain, hybrid.StandardisedConv2d)
        made = (KernelsStandardised if kernels else StandardisedConv2d)(
            plain.in_channels,
            plain.out_channels,
            plain.kernel_size,
            plain.stride,
            plain.padding,
            groups=plain.groups,
            bias=plain.bias is not None,
        )
    made.weight, made.bias = plain.weight, plain.bias
    made.mean = torch.zeros(plain.in_channels, 1, 1, device=plain.weight.device)
    made.std = torch.ones(plain.in_channels, 1, 1, device=plain.weight.device)
    return made
