"""The probe's optimum beside scikit-learn's, how λ is chosen, and what a probe must not depend on."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from course.evaluate import linear_probe
from course.evaluate.probe import choose_l2, hold_out, logistic_regression, logits


def clouds(each, D=6, classes=3, noise=1.0, seed=0, centres=7):
    """Points around a centre for each class, the same for every seed: -> (classes · each, D), labels"""
    middle = 2 * torch.randn(classes, D, generator=torch.Generator().manual_seed(centres))
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(classes).repeat_interleave(each)
    return middle[labels] + noise * torch.randn(len(labels), D, generator=generator), labels


@pytest.mark.parametrize("l2", [1.0, 1e-1, 1e-2])
@pytest.mark.parametrize("classes", [2, 4])
def test_the_optimum_is_that_of_scikit_learn(l2, classes):
    x, labels = clouds(25, classes=classes, noise=3.0)
    x = x.double()
    ours = logistic_regression(x, labels, classes, l2)
    # two classes: scikit-learn has one row of weights, w; ours are w/2 and −w/2, which halves the penalty
    strength = 1 / (len(x) * l2) * (2 if classes == 2 else 1)
    theirs = LogisticRegression(C=strength, tol=1e-10, max_iter=10_000).fit(x.numpy(), labels.numpy())
    expected = theirs.decision_function(x.numpy())
    scores = logits(x, ours)
    if classes == 2:
        np.testing.assert_allclose(scores[:, 1] - scores[:, 0], expected, atol=1e-4)
        return
    centred = scores - scores.mean(dim=1, keepdim=True)  # the same number for all classes changes nothing
    np.testing.assert_allclose(centred, expected - expected.mean(axis=1, keepdims=True), atol=1e-4)
    np.testing.assert_allclose(ours[:-1].T, theirs.coef_, atol=1e-4)


def test_the_gradient_is_zero_at_the_optimum_from_any_start():
    x, labels = clouds(20, noise=2.0)
    x = x.double()
    start = torch.randn(7, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    for begin in (None, start):
        weights = logistic_regression(x, labels, 3, 0.01, begin)
        residue = logits(x, weights).softmax(dim=1) - torch.eye(3, dtype=torch.float64)[labels]  # (N, 3)
        gradient = x.T @ residue / len(x) + 0.01 * weights[:-1]  # (6, 3)
        assert gradient.abs().max() < 1e-6 and residue.mean(dim=0).abs().max() < 1e-6


def test_scales_and_shifts_of_channels_do_not_matter():
    train, labels = clouds(12, noise=3.0)
    test, truth = clouds(60, noise=3.0, seed=1)
    expected = linear_probe(train, labels, test, truth)
    assert 0.5 < expected < 1
    scale, shift = torch.tensor([1e-2, 1.0, 10, 1e3, 1, 1]), torch.tensor([0.0, 5, -100, 0, 1, 2])
    assert linear_probe(train * scale + shift, labels, test * scale + shift, truth) == expected
    constant = torch.cat([train, torch.full((36, 1), 3.0)], dim=1)
    other = torch.cat([test, torch.full((180, 1), 3.0)], dim=1)
    assert linear_probe(constant, labels, other, truth) == expected


def test_test_images_one_at_a_time_get_the_same_answers():
    train, labels = clouds(12, noise=3.0)
    test, truth = clouds(1, noise=3.0, seed=1)
    alone = [linear_probe(train, labels, z[None], label[None]) for z, label in zip(test, truth)]
    assert np.mean(alone) == pytest.approx(linear_probe(train, labels, test, truth))


def test_noise_wants_a_larger_penalty():
    def chosen(noise):
        x, labels = clouds(20, D=30, noise=noise)
        return choose_l2(x.double(), labels, 3, (1.0, 1e-1, 1e-2, 1e-3), seed=0)

    assert chosen(0.3) < chosen(30.0)


def test_the_grid_decides_by_held_out_images_and_its_order_does_not_matter():
    x, labels = clouds(20, noise=4.0)
    x = x.double()
    fitted, held = hold_out(labels, seed=3)
    grid = (1e-4, 10.0, 1e-2, 1.0)
    surprise = {
        l2: torch.nn.functional.cross_entropy(
            logits(x[held], logistic_regression(x[fitted], labels[fitted], 3, l2)), labels[held]
        ).item()
        for l2 in grid
    }
    best = min(grid, key=surprise.__getitem__)
    assert choose_l2(x, labels, 3, grid, seed=3) == choose_l2(x, labels, 3, grid[::-1], seed=3) == best


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(0, 9))
def test_what_is_held_out(labels, seed):
    labels = torch.tensor(labels)
    fitted, held = hold_out(labels, seed)
    assert sorted([*fitted.tolist(), *held.tolist()]) == list(range(len(labels)))
    for label in set(labels.tolist()):
        size, out = (int((part == label).sum()) for part in (labels, labels[held]))
        assert out == (0 if size == 1 else max(round(size / 4), 1))
    assert torch.equal(held, hold_out(labels, seed)[1])


def test_one_label_a_class_takes_the_middle_of_the_grid():
    x, labels = clouds(1, noise=0.1)
    assert choose_l2(x.double(), labels, 3, (1.0, 1e-4, 1e-2), seed=0) == 1e-2
    test, truth = clouds(30, noise=0.1, seed=1)
    assert linear_probe(x, labels, test, truth) == 1


def test_inside_of_no_grad_and_of_autocast_nothing_changes():
    train, labels = clouds(12, noise=3.0)
    test, truth = clouds(60, noise=3.0, seed=1)
    expected = linear_probe(train, labels, test, truth)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        assert linear_probe(train.requires_grad_(), labels, test, truth) == expected
    assert train.grad is None


def test_wrong_grids():
    x, labels = clouds(2)
    for grid in ((), (0.0, 1.0)):
        with pytest.raises(ValueError, match="the grid must be of numbers above 0, at least one"):
            linear_probe(x, labels, x, labels, grid=grid)
