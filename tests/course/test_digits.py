"""The handwritten digits: what lesson 02 says of them holds."""

import pytest
import torch
from sklearn.datasets import load_digits, load_sample_image

from course.data import digits
from course.data.photographs import NAMES, photograph


def test_shapes_types_and_range():
    images, labels = digits()
    assert images.shape == (1797, 8, 8) and images.dtype == torch.float32
    assert labels.shape == (1797,) and labels.dtype == torch.int64
    assert images.min() == 0 and images.max() == 1
    assert torch.equal(images * 16, (images * 16).round())  # counts of inked points


def test_every_digit_is_there_about_as_often():
    counts = digits()[1].bincount(minlength=10)
    assert len(counts) == 10 and (counts.min(), counts.max()) == (174, 183)


def test_always_the_same_and_each_call_its_own():
    images, labels = digits()
    assert labels[:10].tolist() == list(range(10))
    images.zero_()
    again, same = digits()
    assert again.sum() > 0 and torch.equal(labels, same)


def test_a_row_of_ink_never_vanishes():
    assert (digits()[0].flatten(1).norm(dim=-1) > 0).all()  # the lesson divides by it


def test_they_are_what_scikit_learn_loads():
    bunch = load_digits()
    images, labels = digits()
    assert torch.equal(images * 16, torch.tensor(bunch.images, dtype=torch.float32))
    assert torch.equal(labels, torch.tensor(bunch.target))


@pytest.mark.parametrize("name", NAMES)
def test_photographs_are_what_scikit_learn_loads(name):
    pixels = torch.tensor(load_sample_image(f"{name}.jpg"))
    assert torch.equal(photograph(name, multiple=1)[0], pixels.permute(2, 0, 1).float() / 255)
