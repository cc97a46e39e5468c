"""One large shape over clutter that says nothing."""

import pytest
import torch

from course.data import clutter
from course.data.drawing import PAINTS


def test_shapes_and_the_same_from_the_same_seed():
    found = clutter(20, 24, seed=3)
    assert found.images.shape == (20, 3, 24, 24) and found.masks.shape == (20, 24, 24)
    assert found.classes == tuple(PAINTS)
    assert torch.equal(found.images, clutter(20, 24, seed=3).images)
    assert not torch.equal(found.images, clutter(20, 24, seed=4).images)


def test_the_label_is_the_colour_under_the_mask():
    found = clutter(200)
    paints = torch.tensor([paint[:3] for paint in PAINTS.values()])
    for image, mask, label in zip(found.floats(), found.masks, found.labels):
        colour = image[:, mask].median(dim=1).values
        assert (paints - colour).norm(dim=1).argmin() == label


def test_the_shape_is_large_whole_and_anywhere():
    masks = clutter(300).masks.float()
    cover = masks.mean(dim=(1, 2))
    assert cover.min() > 0.04 and 0.12 < cover.mean() < 0.25 and cover.max() < 0.4
    middle = (masks * torch.arange(32)).sum(dim=(1, 2)) / masks.sum(dim=(1, 2))
    assert middle.min() < 10 and middle.max() > 21


def test_the_clutter_is_alike_in_all_images():
    """Its mean varies no more from image to image than that of so many squares does by chance."""
    found = clutter(300)
    behind = [image[:, ~mask].mean() for image, mask in zip(found.floats(), found.masks)]
    assert torch.stack(behind).std() < 0.5 / 12**0.5 / (3 * 150) ** 0.5 * 1.5


def test_what_is_refused():
    with pytest.raises(ValueError, match="size must be at least 8 pixels, for a shape to be seen; got 7"):
        clutter(1, 7)
