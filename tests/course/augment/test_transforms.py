"""What holds for all transforms: replay, independence, range, dtype, identity, probabilities."""

import pytest
import torch

from course.augment import (
    Blur,
    ColourJitter,
    Compose,
    Crop,
    CutMix,
    Flip,
    Grey,
    MixUp,
    RandAugment,
    Solarise,
    transform,
)

ALL = [
    Crop(9),
    Crop(5, scale=(0.5, 1.0)),
    Flip(),
    ColourJitter(0.8, 0.8, 0.8, 0.2, p=0.8),
    Grey(0.5),
    Blur(p=0.7),
    Solarise(p=0.5),
    RandAugment(2, 9.0),
    Compose([Crop(9), Flip(), ColourJitter(0.4, 0.4, 0.4, 0.1, p=0.8), Grey(), Blur(), Solarise()]),
]
NOTHING = [
    Crop(12, scale=(1.0, 1.0), ratio=(1.0, 1.0)),
    Flip(0.0),
    ColourJitter(),
    ColourJitter(0.8, 0.8, 0.8, 0.2, p=0.0),
    ColourJitter(hue=1e-9),
    Grey(0.0),
    Blur(p=0.0),
    Blur(sigma=(0.0, 0.0), p=1.0),
    Solarise(p=0.0),
    Solarise(threshold=1.1, p=1.0),
    Compose([]),
]


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def pictures(B=12, C=3, H=12, W=12, dtype=torch.float32):
    return torch.rand(B, C, H, W, generator=seeded(B), dtype=dtype)


@pytest.mark.parametrize("change", ALL, ids=str)
def test_replay(change):
    images = pictures()
    before = images.clone()
    first = change(images, seeded(3))
    assert torch.equal(images, before)  # what was handed in is left alone
    assert torch.equal(first, change(images, seeded(3)))
    assert not torch.equal(first, change(images, seeded(4)))
    noise = torch.rand(len(images), change.numbers, generator=seeded(3))
    assert torch.equal(first, change(images, noise=noise))


@pytest.mark.parametrize("change", ALL, ids=str)
def test_an_image_is_changed_alike_in_any_company(change, monkeypatch):
    images, noise = pictures(), torch.rand(12, change.numbers, generator=seeded(5))
    together = change(images, noise=noise)
    alone = torch.cat([change(images[i : i + 1], noise=noise[i : i + 1]) for i in range(12)])
    torch.testing.assert_close(together, alone, atol=1e-6, rtol=0)
    backwards = change(images.flip(0), noise=noise.flip(0)).flip(0)
    torch.testing.assert_close(together, backwards, atol=1e-6, rtol=0)
    monkeypatch.setattr(transform, "BLOCK", 5 * images[0].numel())  # blocks of 5, 5 and 2
    torch.testing.assert_close(together, change(images, noise=noise), atol=1e-6, rtol=0)


@pytest.mark.parametrize("change", ALL, ids=str)
def test_each_image_draws_its_own_numbers(change):
    same = pictures(1).expand(12, -1, -1, -1)
    changed = change(same, seeded(1))
    assert len({tuple(image.flatten().tolist()) for image in changed}) > 1


@pytest.mark.parametrize("change", ALL, ids=str)
def test_range_dtype_and_channels(change):
    for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16):
        images = pictures(dtype=dtype).requires_grad_()
        changed = change(images, seeded())
        assert changed.dtype == dtype and not changed.requires_grad
        assert changed.min() >= 0 and changed.max() <= 1
    extremes = pictures().round()  # only 0 and 1
    changed = change(extremes, seeded())
    assert changed.min() >= -1e-6 and changed.max() <= 1 + 1e-6
    size = tuple(changed.shape[-2:])
    assert change(pictures(C=1), seeded()).shape == (12, 1, *size)
    assert change(torch.empty(4, 3, 12, 12, device="meta")).shape == (4, 3, *size)


@pytest.mark.parametrize("change", ALL, ids=str)
def test_all_images_changed_and_chosen_afterwards_is_the_same(change, monkeypatch):
    """The way of the GPU, taken on the CPU."""
    images = pictures()
    here = change(images, seeded(2))

    def all_of_them(apply, x, chosen, *amounts):
        return torch.where(transform.per_image(chosen), apply(x, *amounts), x)

    for module in ("geometry", "colour", "rand_augment"):
        monkeypatch.setattr(f"course.augment.{module}.change_chosen", all_of_them)
    torch.testing.assert_close(here, change(images, seeded(2)), atol=1e-6, rtol=0)


@pytest.mark.parametrize("change", NOTHING, ids=str)
def test_no_strength_changes_nothing(change):
    images = pictures()
    torch.testing.assert_close(change(images, seeded()), images, atol=2e-6, rtol=0)


@pytest.mark.parametrize(
    "make",
    [Flip, Grey, lambda p: Blur((1.0, 2.0), p), lambda p: Solarise(0.5, p), lambda p: ColourJitter(0.8, p=p)],
)
@pytest.mark.parametrize("p", [0.2, 0.8, 1.0])
def test_probability(make, p):
    images = pictures(1, 3, 4, 4).expand(4000, -1, -1, -1)
    changed = (make(p)(images, seeded()) != images).flatten(1).any(1).float().mean()
    assert abs(changed - p) < 4 * (p * (1 - p) / 4000) ** 0.5 + 1e-9


def test_compose_is_one_after_the_other():
    steps = [Crop(7), Flip(), Flip(), ColourJitter(0.8, 0.8, 0.8, 0.2), Flip(), Crop(6), Flip(), Blur()]
    both = Compose(steps)
    noise = torch.rand(12, both.numbers, generator=seeded())
    images = pictures()
    changed = both(images, noise=noise)
    for step, own in zip(steps, noise.split([step.numbers for step in steps], dim=1)):
        images = step(images, noise=own)
    torch.testing.assert_close(changed, images, atol=1e-5, rtol=0)


def test_one_pass_over_the_pixels_is_the_same(monkeypatch):
    """As torch.compile reads it: without a C++ compiler, which would take half a minute."""
    asked = []

    def read(change, **options):
        asked.append(options)
        return real(change, backend="eager", fullgraph=True, **options)

    real = torch.compile
    monkeypatch.setattr(torch, "compile", read)
    monkeypatch.setattr(transform, "can_compile", lambda device: True)
    transform.compiled.cache_clear()
    steps = [Crop(9), Flip(), ColourJitter(0.8, 0.8, 0.8, 0.2, p=0.8), Grey(0.5), Blur(), Solarise(p=0.5)]
    images = pictures()
    together = Compose(steps, compiled=True)(images, seeded(3))
    transform.compiled.cache_clear()
    torch.testing.assert_close(together, Compose(steps)(images, seeded(3)), atol=1e-5, rtol=0)
    assert len(asked) == 1
    with pytest.raises(ValueError, match="images must be numbers from 0 to 1"):
        Compose(steps, compiled=True)(255 * images, seeded(3))


def test_without_a_compiler_nothing_is_compiled(monkeypatch):
    monkeypatch.setattr(transform, "can_compile", lambda device: False)
    monkeypatch.setattr(transform, "compiled", None)
    steps, images = [ColourJitter(0.8), Grey(0.5)], pictures()
    assert torch.equal(Compose(steps, compiled=True)(images, seeded()), Compose(steps)(images, seeded()))


def test_compose_reads_the_pixels_of_a_crop_and_its_flip_once():
    steps = transform.joined([Crop(7), Flip(), Flip(), Crop(6), Grey()])
    assert [type(step).__name__ for step in steps] == ["CropAndFlip", "Flip", "Crop", "Grey"]


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda: Flip()(torch.zeros(2, 3, 4, 4, dtype=torch.uint8)), "images must be a tensor of floating"),
        (lambda: Flip()(torch.zeros(3, 4, 4)), r"images must have shape .*; got \(3, 4, 4\)"),
        (lambda: Flip()(torch.zeros(0, 3, 4, 4)), r"images must have shape .*; got \(0, 3, 4, 4\)"),
        (lambda: Grey(1.0)(torch.zeros(2, 4, 4, 4)), "3 channels, or 1 for grey; got 4"),
        (lambda: ColourJitter(hue=0.1)(torch.zeros(2, 2, 4, 4)), "3 channels, or 1 for grey; got 2"),
        (lambda: Flip()(torch.zeros(2, 3, 4, 4), noise=torch.zeros(2, 2)), r"noise must have shape \(2, 1\)"),
        (lambda: Crop(0), "size must be a whole number of at least 1; got 0"),
        (lambda: Crop(4, scale=(0.0, 1.0)), "scale and ratio must be above 0"),
        (lambda: Crop(4, scale=(0.5, 1.5)), "scale must be two numbers in order, from 0 to 1"),
        (lambda: Crop(4, ratio=(2.0, 1.0)), "ratio must be two numbers in order"),
        (lambda: Flip(1.5), "p must be a number from 0 to 1; got 1.5"),
        (lambda: ColourJitter(-0.1), "brightness must be a number from 0 to inf; got -0.1"),
        (lambda: ColourJitter(hue=0.6), "hue must be a number from 0 to 0.5; got 0.6"),
        (lambda: Blur((2.0, 1.0)), "sigma must be two numbers in order"),
        (lambda: Solarise(-1.0), "threshold must be a number from 0"),
        (lambda: RandAugment(0), "n must be a whole number"),
        (lambda: RandAugment(2, 30), "m must be a number from 0 to 10; got 30"),
        (lambda: MixUp(0.0), "alpha must be a number above 0; got 0.0"),
        (lambda: CutMix(float("inf")), "alpha must be a number above 0; got inf"),
        (
            lambda: MixUp(1.0)(torch.zeros(2, 3, 4, 4), torch.zeros(3, 5)),
            "labels has 3 rows but images",
        ),
    ],
)
def test_wrong_values(wrong, message):
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        wrong()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("change", [ALL[3], ALL[6], ALL[7], ALL[8]], ids=str)
@pytest.mark.parametrize(
    ("wrong", "given"),
    [
        (lambda x: 255 * x, r"[\d.]+ to 2[345]\d.*"),
        (lambda x: 2 * x - 1, r"-[\d.]+ to [\d.]+"),
        (lambda x: x / 0, "nan to nan|inf to inf"),
    ],
    ids=["bytes", "normalised", "not finite"],
)
def test_colours_are_from_0_to_1(change, wrong, given):
    """An index that is out of bounds, or white and black where there were colours, says nothing of it."""
    with pytest.raises(ValueError, match=f"images must be numbers from 0 to 1; got ({given})"):
        change(wrong(pictures()), seeded())
    change(pictures() * 1.0005, seeded())  # what resizing leaves


def test_wrong_kinds():
    with pytest.raises(TypeError, match="Compose takes transforms of images; got MixUp"):
        Compose([MixUp(1.0)])
    with pytest.raises(TypeError, match=r"labels must be soft targets.*got int64 of \(2,\)"):
        CutMix(1.0)(torch.zeros(2, 3, 4, 4), torch.zeros(2, dtype=torch.int64))
