"""The handwritten digits: what lesson 02 says of them holds."""

import torch

from course.data import digits


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
