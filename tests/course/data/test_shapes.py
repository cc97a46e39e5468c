"""Images of shapes: what is said of them is true of the pixels."""

import math
import time

import pytest
import torch

from course.data import shapes
from course.data.shapes import COLOURS, FACTORS, PAINTS, POSITIONS, SHAPES, TEXTURES


@pytest.fixture(scope="module")
def some():
    return shapes(800, 32)


def test_shapes_types_and_words(some):
    assert some.images.shape == (800, 3, 32, 32) and some.images.dtype == torch.uint8
    assert some.masks.shape == (800, 32, 32) and some.masks.dtype == torch.bool
    assert some.factors.shape == (800, 6) and len(some.captions) == 800
    assert some.classes == SHAPES and torch.equal(some.labels, some.factors[:, 0])


def test_every_image_follows_from_the_seed_and_its_number():
    first, again, other, longer = shapes(40), shapes(40), shapes(40, seed=1), shapes(300)
    assert torch.equal(first.images, again.images) and first.captions == again.captions
    assert not torch.equal(first.images, other.images)
    assert torch.equal(longer.images[:40], first.images) and longer.captions[:40] == first.captions
    assert torch.equal(longer.masks[:40], first.masks)
    state = torch.random.get_rng_state()
    shapes(3)
    assert torch.equal(state, torch.random.get_rng_state()), "nobody else's random numbers are used up"


def test_two_thousand_in_under_two_seconds():
    best = math.inf
    for _ in range(3):
        start = time.process_time()
        shapes(2000, 32)
        best = min(best, time.process_time() - start)
    assert best < 2


def test_every_word_occurs_about_as_often_and_factors_are_independent(some):
    large = shapes(4000, 8).factors
    sizes = [len(words) for words in FACTORS.values()]
    for column, size in enumerate(sizes):
        counts = large[:, column].bincount(minlength=size)
        assert (counts / 4000 * size - 1).abs().max() < 0.2
        for other in range(column):
            table = torch.zeros(size, sizes[other])
            table.index_put_((large[:, column], large[:, other]), torch.ones(4000), accumulate=True)
            expected = 4000 / table.numel()
            chi = ((table - expected) ** 2 / expected).sum()
            freedom = (size - 1) * (sizes[other] - 1)
            assert chi < freedom + 5 * math.sqrt(2 * freedom)


@pytest.mark.parametrize("size", [16, 32, 61])
def test_the_mask_is_where_the_position_says_and_as_large_as_the_size_says(size):
    found = shapes(600, size)
    Y, X = torch.meshgrid(*[(torch.arange(size) + 0.5) * 2 / size - 1] * 2, indexing="ij")
    area = found.masks.sum(dim=(1, 2))
    assert area.min() >= 3
    bottom = torch.where(found.masks, Y, -2).amax(dim=(1, 2)) + torch.where(found.masks, Y, 2).amin(
        dim=(1, 2)
    )
    right = torch.where(found.masks, X, -2).amax(dim=(1, 2)) + torch.where(found.masks, X, 2).amin(dim=(1, 2))
    row, column = (found.factors[:, 3] // 3 - 1), (found.factors[:, 3] % 3 - 1)
    assert torch.equal((bottom / 2 / 0.44).round().long().clamp(-1, 1), row)
    assert torch.equal((right / 2 / 0.44).round().long().clamp(-1, 1), column)
    for label in range(len(SHAPES)):
        of = found.labels == label
        small, large = (area[of & (found.factors[:, 4] == value)] for value in (0, 1))
        assert small.max() < large.min()


def test_every_shape_has_the_area_that_geometry_gives_it():
    """The mean area of the large ones, in units of their mean squared radius."""
    found = shapes(2000, 48)
    star = 5 * 0.45 * math.sin(math.pi / 5)
    heart = (2 * 0.46) ** 2 + math.pi * 0.46**2
    areas = {
        "circle": math.pi * 0.92**2,
        "ring": math.pi * (0.95**2 - 0.49**2),
        "square": (2 * 0.74) ** 2,
        "cross": 2 * 1.9 * 0.6 - 0.6**2,
        "triangle": 3 * math.sqrt(3) / 4,
        "star": star,
        "heart": heart,
    }
    for name, area in areas.items():
        of = (found.labels == SHAPES.index(name)) & (found.factors[:, 4] == 1)
        pixels = found.masks[of].sum(dim=(1, 2)).float().mean() / 24**2
        radius = (0.45**2 + 0.06**2 / 12) ** 0.5
        assert pixels / radius**2 == pytest.approx(area, rel=0.05), name


def test_shapes_lie_within_the_image():
    found = shapes(2000, 32)
    edge = found.masks.clone()
    edge[:, 1:-1, 1:-1] = False
    assert (edge.sum(dim=(1, 2)) <= 5).float().mean() > 0.99


def test_the_colour_is_the_nearest_of_all_colours(some):
    paints = torch.tensor(list(PAINTS.values()))[:, :3]
    plain = (some.factors[:, 2] == TEXTURES.index("plain")).nonzero()[:, 0].tolist()
    for number in plain:
        inside = some.floats()[number][:, some.masks[number]].median(dim=1).values  # (3,)
        nearest = (paints - inside).norm(dim=1).argmin()
        assert nearest == some.factors[number, 1], some.captions[number]


def test_a_textured_shape_has_two_shades_and_a_plain_one_has_one():
    found = shapes(160, 64)
    for number in range(160):
        inside = found.floats()[number].mean(dim=0)
        core = torch.nn.functional.max_pool2d((~found.masks[number]).float()[None], 3, 1, 1)[0] == 0
        spread = inside[core].std()
        if found.factors[number, 2] == 0:
            assert spread < 0.01, found.captions[number]
        else:
            assert spread > 0.02, found.captions[number]


def test_captions_say_what_the_factors_are(some):
    for caption, row in zip(some.captions, some.factors.tolist()):
        shape, colour, texture, position, size, background = (
            words[n] for words, n in zip(FACTORS.values(), row)
        )
        assert f"{colour} {shape} " in caption and caption.startswith(f"a {size} ")
        assert caption.endswith(f"on a {background} background") and position in caption
        assert (texture in caption.partition(",")[0]) == (texture != "plain")
    assert {"in the centre", "on the left", "at the top right"} <= {
        caption.partition(",")[0].partition(some.classes[label] + " ")[2]
        for caption, label in zip(some.captions, some.labels.tolist())
    }


def test_another_question_about_the_same_images(some):
    colours = some.about("colour")
    assert colours.classes == COLOURS and torch.equal(colours.labels, some.factors[:, 1])
    assert colours.images is some.images and some.classes == SHAPES
    assert colours.about("position").classes == POSITIONS
    with pytest.raises(ValueError, match=r"factor must be 'shape', 'colour', .*; got 'smell'"):
        some.about("smell")


def test_segmentation_and_parts_keep_everything_together(some):
    classes = some.segmentation()
    assert classes.dtype == torch.int64 and torch.equal(classes > 0, some.masks)
    assert torch.equal(classes.amax(dim=(1, 2)), 1 + some.labels)
    part = some.take([5, 2])
    assert part.captions == (some.captions[5], some.captions[2])
    assert torch.equal(part.segmentation(), classes[[5, 2]])
    train, test = some.split(0.75, 0.25)
    assert len(train.captions) == len(train) == len(train.masks) and abs(len(test) - 200) <= 4
    assert some.to("meta").masks.device.type == "meta"


@pytest.mark.parametrize("size", [8, 9, 97])
def test_any_size(size):
    assert shapes(3, size).images.shape == (3, 3, size, size)


def test_refusals():
    with pytest.raises(ValueError, match="size must be at least 8 pixels, for a shape to be seen; got 7"):
        shapes(2, 7)
    with pytest.raises(ValueError, match="count must be a whole number of at least 1; got 0"):
        shapes(0)
