"""Contact sheets: which images are drawn, in which order, with what under them."""

import sys

import numpy as np
import pytest

from course.data import shapes, text_lines
from course.show.contact_sheet import contact_sheet


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    figures = []
    module = sys.modules["course.show.contact_sheet"]
    monkeypatch.setattr(module, "figure", lambda fig, alt: figures.append((fig, alt)))
    return figures


def test_the_first_images_in_order_with_their_classes(shown):
    some = shapes(20, 16)
    contact_sheet(some, rows=2, columns=4)
    [(fig, alt)] = shown
    assert len(fig.axes) == 8
    for ax, image, label in zip(fig.axes, some.images, some.labels):
        assert np.array_equal(ax.images[0].get_array(), image.permute(1, 2, 0).numpy())
        assert ax.get_xlabel() == some.classes[label]
    assert alt.startswith("A contact sheet: the first 8 of 20 images, each of 3 × 16 × 16, from 8 classes.")


def test_grey_images_and_a_last_row_that_is_not_full(shown):
    some = text_lines(8, height=12, width=60)
    contact_sheet(some.take(range(5)), rows=9, columns=3)
    [(fig, _)] = shown
    drawn = [ax.images[0] for ax in fig.axes if ax.images]
    assert len(drawn) == 5 and len(fig.axes) == 6
    assert np.array_equal(drawn[4].get_array()[..., 0], some.images[4, 0])
    contact_sheet(some.take([7]), texts=["seven"])
    assert shown[1][0].axes[0].get_xlabel() == "seven"


def test_texts_take_the_place_of_classes_and_do_not_overlap(shown):
    some = shapes(8, 16)
    contact_sheet(some, rows=2, columns=4, texts=some.captions)
    [(fig, _)] = shown
    assert fig.axes[0].get_xlabel().replace("\n", " ") == some.captions[0]
    fig.canvas.draw()
    boxes = [ax.xaxis.label.get_window_extent() for ax in fig.axes]
    images = [ax.get_window_extent() for ax in fig.axes]
    assert not any(box.overlaps(other) for i, box in enumerate(boxes) for other in boxes[:i])
    assert not any(box.overlaps(image) for box in boxes for image in images)


def test_refusals(shown):
    some = shapes(4, 16)
    with pytest.raises(ValueError, match="4 images need as many texts; got 1"):
        contact_sheet(some, texts=["a"])
    with pytest.raises(ValueError, match="there is nothing to show: the set has no images"):
        contact_sheet(some.take([]))
    with pytest.raises(ValueError, match="rows must be a whole number"):
        contact_sheet(some, rows=0)
    assert not shown
