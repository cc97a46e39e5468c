"""Every method by its name, around small encoders, on grey and on coloured images."""

import pytest
import torch

from course.ssl.by_name import METHODS, Images, build
from course.vision.by_name import encoder, step, usual_patch, width

SMALL = {"resnet-18": "resnet-mini", "vit-S": "vit-mini", "convnext-atto": "convnext-mini"}


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 16, 16)])
def test_it_is_built_for_the_images_and_gives_a_loss(name, shape):
    torch.manual_seed(0)
    method = build(name, Images(shape, mirror=False), SMALL[METHODS[name].usual])
    images = torch.rand(6, *shape, generator=torch.Generator().manual_seed(1))
    if name == "colourisation" and shape[0] == 1:
        with pytest.raises(ValueError, match="images must have 3 channels, colours; got 1"):
            method.views(images, torch.Generator().manual_seed(2))
        return
    loss, told = method(method.views(images, torch.Generator().manual_seed(2)))
    loss.backward()
    assert loss.isfinite() and loss.dim() == 0 and told
    plain = method.encoder.network if name == "colourisation" else method.encoder
    assert method.encoder.features(images).shape == (6, width(plain))


def test_an_upright_image_is_never_mirrored():
    """An image that is dark on the left stays so in all views that only crop."""
    images = torch.linspace(0, 1, 8).expand(64, 1, 8, 8).contiguous()
    for name in ("simclr", "mae", "maskfeat", "dino", "fcmae"):
        small = SMALL[METHODS[name].usual]
        for mirror in (True, False):
            torch.manual_seed(0)
            views = build(name, Images((1, 8, 8), mirror), small).views(
                images, torch.Generator().manual_seed(0)
            )
            seen = views["global" if name == "dino" else "images"]
            turned = (seen[..., 0] > seen[..., -1]).flatten(1).all(dim=1).any()
            assert bool(turned) == mirror, name


def test_the_same_seed_gives_the_encoder_the_same_weights_as_alone():
    for name in ("simclr", "maskfeat"):
        torch.manual_seed(5)
        method = build(name, Images((1, 8, 8)), "vit-mini/2")
        torch.manual_seed(5)
        alone = encoder("vit-mini/2", (1, 8, 8)).state_dict()
        for key, value in method.encoder.state_dict().items():
            assert torch.equal(value, alone[key]), (name, key)


@pytest.mark.parametrize("size", [8, 9, 14, 20, 28, 30, 36])
def test_small_crops_and_tiles_are_made_of_whole_patches(size):
    for name in ("dino", "jigsaw", "context", "maskfeat"):
        for encoder_name in ("vit-mini", "resnet-mini", "convnext-mini"):
            if (encoder_name == "convnext-mini" and size == 9) or (
                name == "maskfeat" and "vit" not in encoder_name
            ):
                continue  # no even number divides 9
            torch.manual_seed(0)
            method = build(name, Images((1, size, size)), encoder_name)
            loss, _ = method(method.views(torch.rand(4, 1, size, size)))
            assert loss.isfinite(), (name, encoder_name)
            if name == "dino":
                assert abs(method.crop - size / 2) <= max(step(method.encoder) / 2, 0.5)


def test_options_come_first():
    method = build("mae", Images((1, 8, 8)), "vit-mini/2", ratio=0.5, dim=48)
    assert method.ratio == 0.5 and method.decoder.mask.shape[-1] == 48


@pytest.mark.parametrize(
    ("name", "encoder_name", "options", "error", "said"),
    [
        ("byol", None, {}, ValueError, "there is no method 'byol'; there are rotation, colourisation"),
        ("simclr", "vit-XL", {}, ValueError, "there is no encoder 'vit-XL'; there are such as vit-mini/4"),
        ("simclr", "resnet-18/4", {}, ValueError, "there is no encoder 'resnet-18/4'"),
        ("simclr", "vit-mini/2", {"tua": 1}, TypeError, "simclr has no option 'tua'"),
        ("mae", "resnet-mini", {}, TypeError, "MAE needs a ViT"),
        ("ijepa", "resnet-mini", {}, TypeError, "this method needs a ViT; got resnet-mini"),
        ("fcmae", "vit-mini", {}, TypeError, "this method needs a ConvNeXt V2; got vit-mini"),
        ("rotation", "vit-mini/3", {}, ValueError, "image_size 8 is not divisible by patch 3"),
    ],
)
def test_what_does_not_fit_is_said(name, encoder_name, options, error, said):
    with pytest.raises(error, match=said):
        build(name, Images((1, 8, 8)), encoder_name, **options)


def test_the_usual_patch_gives_small_images_eight_by_eight_or_so():
    assert [usual_patch(size) for size in (8, 16, 32, 64, 224)] == [2, 2, 4, 8, 16]
    assert [usual_patch(size) for size in (9, 10, 28, 30, 31)] == [3, 2, 4, 5, 4]


def test_the_named_encoders_are_the_papers():
    counts = {"vit-S/16": 21_665_664, "resnet-18": 11_176_512, "convnext-atto": 3_387_400}
    for name, expected in counts.items():
        assert sum(p.numel() for p in encoder(name, (3, 224, 224)).parameters()) == expected, name
    with pytest.raises(ValueError, match="for square images; got 8 × 9"):
        encoder("vit-mini/2", (1, 8, 9))
