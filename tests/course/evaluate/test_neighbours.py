"""kNN against a slow loop, and what must not matter to it: lengths, order, chunks, a tiny temperature."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.evaluate import knn, neighbours


def features(N, D, classes, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(N, D, generator=generator), torch.randint(classes, (N,), generator=generator)


def by_loops(train, train_labels, test, k, tau, classes):
    """The votes of each class for each test image, one similarity at a time: -> (M, classes)"""
    train, test = train.double().numpy(), test.double().numpy()
    votes = np.zeros((len(test), classes))
    for i, u in enumerate(test):
        sims = [u @ v / math.sqrt(u @ u) / math.sqrt(v @ v) for v in train]
        for j in sorted(range(len(train)), key=lambda j: -sims[j])[:k]:
            votes[i, train_labels[j]] += math.exp(sims[j] / tau)
    return votes


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.integers(2, 5), st.floats(0.05, 1.0), st.integers(0, 1000), st.data())
def test_the_votes_by_a_loop(N, D, tau, seed, data):
    k = data.draw(st.integers(1, N))
    train, train_labels = features(N, D, 3, seed)
    test, test_labels = features(9, D, 3, seed + 1)
    votes = by_loops(train, train_labels, test, k, tau, 3)
    ours = neighbours.vote(train, train_labels, test, k, tau, 3)
    np.testing.assert_allclose(ours, votes / votes.sum(axis=1, keepdims=True), atol=1e-4)
    expected = (votes.argmax(axis=1) == test_labels.numpy()).mean()
    assert knn(train, train_labels, test, test_labels, k, tau) == pytest.approx(expected)


def test_by_hand():
    train = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 2.0]])
    labels = torch.tensor([0, 1, 1])
    test = torch.tensor([[1.0, 0.5]])  # cosines 0.894, 0.447, 0.447
    assert knn(train, labels, test, torch.tensor([0]), k=3, tau=0.07) == 1  # one near outweighs two far
    assert knn(train, labels, test, torch.tensor([1]), k=3, tau=100.0) == 1  # almost a plain majority
    assert knn(train, labels, test, torch.tensor([1]), k=1, tau=100.0) == 0


def test_lengths_the_order_and_chunks_do_not_matter(monkeypatch):
    train, labels = features(60, 4, 4, seed=0)
    test, truth = features(50, 4, 4, seed=1)
    expected = knn(train, labels, test, truth, k=7)
    assert 0 < expected < 1
    lengths = torch.linspace(0.1, 9, 60)[:, None]
    order = torch.randperm(60, generator=torch.Generator().manual_seed(2))
    assert knn(train * lengths, labels, test * lengths[:50], truth, k=7) == expected
    assert knn(train[order], labels[order], test, truth, k=7) == expected
    monkeypatch.setattr(neighbours, "CHUNK", 8)
    assert knn(train, labels, test, truth, k=7) == expected


def test_a_set_knows_itself_even_at_a_tiny_temperature():
    train, labels = features(30, 6, 5, seed=0)
    assert knn(train, labels, train, labels, k=30, tau=1e-3) == 1
    assert knn(train, labels, train, (labels + 1) % 5, k=30, tau=1e-3) == 0


def test_of_classes_with_the_same_votes_the_first_wins():
    train = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    for labels in (torch.tensor([2, 1]), torch.tensor([1, 2])):
        assert knn(train, labels, train[:1], torch.tensor([1]), k=2) == 1


def test_more_classes_than_labels_change_nothing_and_fewer_are_refused():
    train, labels = features(20, 3, 3, seed=0)
    labels[0] = 2
    test, truth = features(20, 3, 3, seed=1)
    assert knn(train, labels, test, truth, 5, classes=10) == knn(train, labels, test, truth, 5)
    with pytest.raises(ValueError, match="labels of 2 classes end at 1; got 2"):
        knn(train, labels, test, truth, 5, classes=2)


def test_wrong_numbers():
    train, labels = features(4, 3, 2, seed=0)
    with pytest.raises(
        ValueError, match="20 neighbours were asked for, but there are only 4 labelled images"
    ):
        knn(train, labels, train, labels)
    with pytest.raises(ValueError, match="k must be a whole number"):
        knn(train, labels, train, labels, k=0)
    for tau in (0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="tau, a temperature, must be above 0"):
            knn(train, labels, train, labels, k=1, tau=tau)


def test_half_precision_is_compared_in_float32():
    train, labels = features(40, 8, 4, seed=0)
    test, truth = features(40, 8, 4, seed=1)
    half = knn(train.bfloat16(), labels, test.bfloat16(), truth, k=5)
    assert half == knn(train.bfloat16().float(), labels, test.bfloat16().float(), truth, k=5)
    with torch.autocast("cpu", torch.bfloat16):
        votes = neighbours.vote(train, labels, test, 5, 0.07, 4)
    assert torch.equal(votes, neighbours.vote(train, labels, test, 5, 0.07, 4))
