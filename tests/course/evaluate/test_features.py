"""Features of a whole set: in evaluation mode, without changing the encoder, by CLS or by the mean."""

import pytest
import torch
from torch import nn

from course.data import ImageSet
from course.evaluate import embed
from course.evaluate.features import count_classes
from course.ssl.ijepa import PatchViT
from course.vision.deit import DeiT
from course.vision.resnet import build
from course.vision.vit import ViT

TINY = dict(image_size=8, patch=4, dim=12, depth=1, heads=2, hidden=16, classes=0, channels=1)


def a_set(N=7, channels=1, size=8):
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(256, (N, channels, size, size), generator=generator).to(torch.uint8)
    return ImageSet(images, torch.arange(N) % 2, ("a", "b"), (0.5,) * channels, (0.25,) * channels)


@pytest.mark.parametrize("batch", [1, 3, 7, 100])
def test_in_batches_of_any_size_the_images_in_their_order(batch):
    torch.manual_seed(0)
    vit, data = ViT(**TINY, dropout=0.5), a_set()
    z = embed(vit, data, batch=batch)
    with torch.no_grad():
        expected = vit.eval().features(data.images.float() / 255)
    torch.testing.assert_close(z, expected)
    assert z.shape == (7, 12) and not z.requires_grad


@pytest.mark.parametrize("kind, front", [(ViT, 1), (PatchViT, 0), (DeiT, 2)])
def test_the_mean_is_over_the_patches_alone(kind, front):
    torch.manual_seed(0)
    vit, data = kind(**TINY), a_set()
    with torch.no_grad():
        tokens = vit.eval().tokens(data.floats())
    assert tokens.shape[1] == front + 4
    torch.testing.assert_close(embed(vit, data, "patches"), tokens[:, front:].mean(dim=1))
    if front:
        assert (embed(vit, data, "features") - embed(vit, data, "patches")).abs().max() > 0.01


def test_the_mean_of_maps_is_what_the_head_of_a_resnet_sees():
    resnet, data = build("CIFAR-18", classes=0, channels=1), a_set(4)
    torch.testing.assert_close(embed(resnet, data, "patches"), embed(resnet, data))


def test_each_module_keeps_its_own_mode_and_batch_norm_learns_nothing():
    resnet = build("CIFAR-18", classes=0, channels=1)
    frozen = next(module for module in resnet.modules() if isinstance(module, nn.BatchNorm2d))
    resnet.train()
    frozen.eval()
    modes = [module.training for module in resnet.modules()]
    before = {name: value.clone() for name, value in resnet.state_dict().items()}
    embed(resnet, a_set(4))
    assert [module.training for module in resnet.modules()] == modes and True in modes and False in modes
    for name, value in resnet.state_dict().items():
        assert torch.equal(value, before[name]), name

    resnet.features = lambda images: 1 / 0
    with pytest.raises(ZeroDivisionError):
        embed(resnet, a_set(4))
    assert [module.training for module in resnet.modules()] == modes


def test_under_autocast_and_in_another_precision_features_are_float32():
    vit, data = ViT(**TINY), a_set()
    exact = embed(vit, data, "patches")
    with torch.autocast("cpu", torch.bfloat16):
        rounded = embed(vit, data, "patches")
    assert rounded.dtype == torch.float32 and 0 < (rounded - exact).abs().max() < 0.05
    wide = embed(vit.double(), data)
    assert wide.dtype == torch.float32


@pytest.mark.parametrize("buffer", [False, True])
def test_pixels_are_features_too(buffer):
    """An encoder without parameters, to compare with: it is where its buffers are, or on the CPU."""

    class Pixels(nn.Flatten):
        features = nn.Flatten.forward

    pixels, data = Pixels(), a_set()
    if buffer:
        pixels.register_buffer("count", torch.zeros((), dtype=torch.int64))
    torch.testing.assert_close(embed(pixels, data, batch=3), data.floats(torch.arange(7)).flatten(1))


def test_what_cannot_be_embedded():
    with pytest.raises(ValueError, match="pool must be 'features' or 'patches'; got 'max'"):
        embed(ViT(**TINY), a_set(), "max")
    with pytest.raises(ValueError, match="not a single image"):
        embed(ViT(**TINY), a_set().take([]))
    with pytest.raises(ValueError, match="batch"):
        embed(ViT(**TINY), a_set(), batch=0)
    with pytest.raises(TypeError, match="got Linear"):
        embed(nn.Linear(1, 1), a_set(2), "patches")


def test_features_and_labels_must_belong_together():
    z, labels = torch.randn(4, 3), torch.tensor([0, 1, 2, 1])
    assert count_classes(z, labels, z, labels) == 3
    assert count_classes(z, labels, z, labels + 2) == 5
    for wrong, sentence in (
        ((z[:3], labels, z, labels), r"3 train features need a label each; got labels of shape \(4,\)"),
        ((z, labels, z, labels[:, None]), "4 test features need a label each"),
        ((z, labels, z[:, :2], labels), "same width; got 3 and 2"),
        ((z[0], labels, z, labels), r"train must be features \(count, width\)"),
        ((z[:0], labels[:0], z, labels), "not empty"),
        ((z, labels - 1, z, labels), "train_labels holds -1"),
        ((z, labels, z / 0, labels), "test holds numbers that are infinite or NaN"),
    ):
        with pytest.raises(ValueError, match=sentence):
            count_classes(*wrong)
    with pytest.raises(TypeError, match="test_labels must be a tensor of int64"):
        count_classes(z, labels, z, labels.float())
    with pytest.raises(TypeError, match="same dtype"):
        count_classes(z, labels, z.double(), labels)
