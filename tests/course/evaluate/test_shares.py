"""Few labels: about the share of each class, at least one image, and each part within the larger ones."""

from itertools import pairwise

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.data import ImageSet, digit_set
from course.evaluate import label_shares


def numbers(part):
    return set((part.images[:, 0, 0, 0].int() + 256 * part.images[:, 0, 0, 1].int()).tolist())


def a_set(labels):
    N = torch.arange(len(labels))
    images = torch.stack([N % 256, N // 256], dim=1).view(-1, 1, 1, 2).to(torch.uint8)
    return ImageSet(images, torch.tensor(labels), tuple("abcd"), (0.5,), (0.25,))


@settings(max_examples=50, deadline=None)
@given(
    labels=st.lists(st.integers(0, 3), min_size=1, max_size=300),
    shares=st.lists(st.floats(0.005, 1.0), min_size=1, max_size=4),
    seed=st.integers(0, 9),
)
def test_nested_and_in_proportion(labels, shares, seed):
    parts = label_shares(a_set(labels), shares, seed)
    assert len(parts) == len(shares)
    for share, part in zip(shares, parts):
        for label in set(labels):
            count, total = int((part.labels == label).sum()), labels.count(label)
            assert count == max(round(share * total), 1)
    ordered = sorted(map(numbers, parts), key=len)
    assert all(small <= large for small, large in pairwise(ordered))


def test_the_digits_at_one_ten_and_a_hundred_percent():
    one, ten, all_of_them = label_shares(digit_set())
    assert len(one) == 20 and 175 <= len(ten) <= 185 and len(all_of_them) == 1797
    assert one.labels.unique().tolist() == list(range(10))
    other = label_shares(digit_set(), (0.1,), seed=1)[0]
    assert len(other) == len(ten) and not torch.equal(other.images, ten.images)
