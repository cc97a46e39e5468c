"""Images standardised at an encoder's door: the same as standardising them before a plain encoder."""

import copy

import pytest
import torch
from torch import nn

from course.data.by_name import load
from course.ssl.by_name import Images, build
from course.vision.by_name import encoder
from course.vision.convnext import ConvNeXtV2
from course.vision.resnet import CIFARResNet
from course.vision.standardised import StandardisedConv2d, standardise, standardising
from course.vision.vit import ViT

MEAN, STD = (0.5, 0.4, 0.3), (0.1, 0.2, 0.3)
PLAIN = {
    "vit": lambda: ViT(image_size=16, patch=4, dim=16, depth=1, heads=2, hidden=32, classes=0),
    "resnet": lambda: CIFARResNet(depths=(1, 1), width=8, classes=0),
    "convnext": lambda: ConvNeXtV2(depths=(1, 1), dims=(8, 16), patch=2, classes=0),
}


@pytest.mark.parametrize("family", PLAIN)
def test_an_encoder_sees_what_a_plain_one_sees_of_standardised_images(family):
    plain, images = PLAIN[family]().eval(), torch.rand(3, 3, 16, 16)
    inside = standardising(copy.deepcopy(plain))
    torch.testing.assert_close(inside(images), plain(images), atol=0, rtol=0)  # mean 0, std 1 at first
    standardise(inside, MEAN, STD)
    mean, std = (torch.tensor(numbers)[:, None, None] for numbers in (MEAN, STD))
    torch.testing.assert_close(inside(images), plain((images - mean) / std))
    assert [name for name, _ in inside.named_parameters()] == [name for name, _ in plain.named_parameters()]


def test_only_the_first_convolution_does_it():
    for name in ("vit-mini/4", "resnet-mini", "convnext-mini/2"):
        found = [m for m in encoder(name, (3, 16, 16)).modules() if isinstance(m, StandardisedConv2d)]
        assert len(found) == 1, name
        assert found[0].in_channels == 3


def test_standardised_pixels_have_mean_0_and_deviation_1_in_every_set():
    for name in ("digits", "shapes"):
        data = load(name)
        door = StandardisedConv2d(len(data.mean), 1, 1)
        standardise(door, data.mean, data.std)
        seen = (data.floats() - door.mean) / door.std  # (N, C, H, W)
        torch.testing.assert_close(seen.mean(dim=(0, 2, 3)), torch.zeros(len(data.mean)), atol=1e-3, rtol=0)
        torch.testing.assert_close(seen.std(dim=(0, 2, 3)), torch.ones(len(data.mean)), atol=1e-3, rtol=0)


def test_a_method_standardises_its_teacher_too():
    method = build("dino", Images((3, 16, 16), True, MEAN, STD), "vit-mini/4")
    doors = [module for module in method.modules() if isinstance(module, StandardisedConv2d)]
    assert len(doors) == 2
    for door in doors:
        assert door.mean.flatten().tolist() == pytest.approx(MEAN)
        assert door.std.flatten().tolist() == pytest.approx(STD)


@pytest.mark.parametrize(
    ("mean", "std", "said"),
    [
        ((0.5,), (0.1,), "3 channels need as many numbers"),
        (MEAN, (0.1, 0.0, 0.1), "each std must be above 0"),
    ],
)
def test_what_does_not_fit_is_refused(mean, std, said):
    with pytest.raises(ValueError, match=said):
        standardise(encoder("resnet-mini", (3, 8, 8)), mean, std)


def test_without_a_convolution_there_is_nothing_to_standardise():
    with pytest.raises(TypeError, match="Linear has no convolution"):
        standardising(nn.Linear(2, 2))
