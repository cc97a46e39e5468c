"""Rollout, relevance, mass, entropy and distance, against loops and against the bugs of published tools."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.show import checks
from course.show.maps import distance, entropy, gradient_weighted, mass, relevance, rollout


def random_weights(*shape: int, seed: int = 0, sharpness: float = 3.0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return (sharpness * torch.randn(*shape, generator=generator, dtype=torch.float64)).softmax(-1)


def rollout_by_loops(weights: np.ndarray, discard: float) -> np.ndarray:
    """One item, (layers, heads, N, N), element by element."""
    layers, heads, N, _ = weights.shape
    total = np.eye(N)
    for layer in range(layers):
        step = np.zeros((N, N))
        for i in range(N):
            row = [sum(weights[layer, head, i, j] for head in range(heads)) / heads for j in range(N)]
            for j in sorted(range(N), key=lambda j: row[j])[: int(discard * N)]:
                row[j] = 0
            for j in range(N):
                step[i, j] = (row[j] / sum(row) + (i == j)) / 2
        total = step @ total
    return total


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(2, 7),
    st.sampled_from([0, 0.3, 0.9]),
    st.integers(0, 99),
)
def test_rollout_equals_the_loops_in_every_item_of_a_batch(layers, heads, N, discard, seed):
    weights = random_weights(layers, 3, heads, N, N, seed=seed)
    found = rollout(weights, discard)
    assert found.shape == (layers, 3, N, N)
    torch.testing.assert_close(found.sum(-1), torch.ones(layers, 3, N, dtype=torch.float64))
    for item in range(3):
        expected = rollout_by_loops(weights[:, item].numpy(), discard)
        np.testing.assert_allclose(found[-1, item].numpy(), expected, atol=1e-12)
        torch.testing.assert_close(found[:, item], rollout(weights[:, item], discard))  # no batch at all


def test_rollout_of_heads_that_look_at_themselves_is_the_identity():
    weights = torch.eye(5).expand(4, 2, 5, 5)
    torch.testing.assert_close(rollout(weights), torch.eye(5).expand(4, 5, 5))


@pytest.mark.parametrize("discard", [0.0, 0.3, 0.999999999])
def test_what_attends_to_nothing_is_what_comes_around(discard):
    weights = random_weights(3, 2, 5, 5)
    weights[1, :, 2] = 0  # a query that may look at nothing
    found = rollout(weights, discard)
    torch.testing.assert_close(found.sum(-1), torch.ones(3, 5, dtype=found.dtype))
    torch.testing.assert_close(found[1, 2], found[0, 2])


def test_the_share_that_is_discarded_is_not_rounded_away():
    weights = torch.arange(1.0, 101.0).expand(1, 1, 100, 100) / 5050
    kept = rollout(weights, 0.29)[0, 99] > 0  # in floats 0.29 · 100 is 28.99…
    assert kept.sum() == 71


def test_rollout_is_accumulated_layer_by_layer():
    weights = random_weights(4, 2, 6, 6)
    for layers in range(1, 5):
        torch.testing.assert_close(rollout(weights)[layers - 1], rollout(weights[:layers])[-1])


def test_relevance_equals_the_loops():
    weights, gradients = random_weights(3, 2, 4, 5, 5), torch.randn(3, 2, 4, 5, 5, dtype=torch.float64)
    for item in range(2):
        total = np.eye(5)
        for layer in range(3):
            step = np.zeros((5, 5))
            for i in range(5):
                for j in range(5):
                    products = (weights * gradients)[layer, item, :, i, j].tolist()
                    step[i, j] = sum(max(product, 0) for product in products) / 4
            total = total + step @ total
        np.testing.assert_allclose(relevance(weights, gradients)[-1, item].numpy(), total, atol=1e-12)


def test_relevance_without_a_positive_gradient_is_the_identity():
    weights = random_weights(3, 2, 5, 5)
    torch.testing.assert_close(
        relevance(weights, -weights), torch.eye(5, dtype=torch.float64).expand(3, 5, 5)
    )


def test_the_gradient_weighted_map_finds_the_key_that_decides():
    """The answer is value 2 alone: every head's gradient is positive there, whatever the weights."""
    weights = random_weights(1, 4, 6, 6).requires_grad_()
    values = torch.nn.functional.one_hot(torch.tensor(2), 6).double()
    answer = (weights[0, :, 0] @ values).sum()
    (gradients,) = torch.autograd.grad(answer, weights)
    found = gradient_weighted(weights.detach(), gradients)[0, 0]
    assert found.argmax() == 2 and (found[[0, 1, 3, 4, 5]] == 0).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.floats(0.01, 1.0), st.integers(0, 99))
def test_mass_is_the_smallest_set_that_holds_the_share(N, share, seed):
    weights = random_weights(3, 2, N, seed=seed)
    chosen = mass(weights, share)
    for row, keys in zip(weights.flatten(0, 1), chosen.flatten(0, 1)):
        held = row[keys].sum().item()
        assert held >= share - 1e-5
        assert held - row[keys].min().item() < share  # one fewer would not do
        assert row[keys].min() >= row[~keys].max() if not keys.all() else True


def test_mass_by_hand():
    row = torch.tensor([0.1, 0.5, 0.05, 0.35])
    assert mass(row, 0.5).tolist() == [False, True, False, False]
    assert mass(row, 0.6).tolist() == [False, True, False, True]
    assert mass(row, 1.0).all()


def test_entropy_in_bits():
    assert entropy(torch.full((2, 8), 1 / 8)).tolist() == pytest.approx([3, 3])
    assert entropy(torch.tensor([0.0, 1.0, 0.0])).item() == 0
    assert entropy(torch.tensor([0.5, 0.25, 0.25])).item() == pytest.approx(1.5)


@pytest.mark.parametrize(("grid", "extra"), [((3, 3), 0), ((2, 5), 1), ((4, 2), 3)])
def test_distance_equals_the_loops(grid, extra):
    H, W = grid
    N = extra + H * W
    weights = random_weights(2, 3, N, N)
    places = [(y, x) for y in range(H) for x in range(W)]
    for layer in range(2):
        for head in range(3):
            means = []
            for i, a in enumerate(places):
                row = weights[layer, head, extra + i, extra:].tolist()
                means.append(sum(w * math.dist(a, b) for w, b in zip(row, places)) / sum(row))
            found = distance(weights, grid, extra, patch=16)[layer, head].item()
            assert found == pytest.approx(16 * sum(means) / len(means))


def test_a_head_that_looks_at_itself_looks_no_distance_far():
    weights = torch.eye(7).expand(1, 1, 7, 7)
    assert distance(weights, (2, 3), extra=1).item() == 0


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: rollout(random_weights(1, 1, 3, 3), discard=1),
            "discard must be at least 0 and below 1; got 1",
        ),
        (lambda: mass(torch.ones(3) / 3, 1.5), "share must be above 0 and at most 1; got 1.5"),
        (lambda: distance(random_weights(7, 7), (2, 2), 1), r"weights of \(7, 7\) do not fit 1 extra tokens"),
        (lambda: relevance(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 3, 3)), "must have the same shape; got"),
    ],
)
def test_wrong_use_of_the_maps_is_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


# --- checks ---


def test_weights_that_are_right_come_as_float32():
    values = random_weights(2, 3, 7, 7)
    for given_ in (values, values.numpy(), values.float().requires_grad_(), values.bfloat16()):
        found = checks.weights(given_, grid=(2, 3), extra=1)
        assert found.dtype == np.float32 and found.shape == (2, 3, 7, 7)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda w: w[0], r"weights must have shape \(layers, heads, queries, keys\); got \(3, 7, 7\)"),
        (lambda w: w[:, None], "got .*: pick one image of the batch"),
        (
            lambda w: w.mT,
            r"each row of weights must sum to one, over the keys; query \d of layer \d, head \d",
        ),
        (lambda w: w * 0.98, "each row of weights must sum to one, over the keys; .* sums to 0.98"),
        (
            lambda w: torch.where(w == w[0, 0, 0, 0], torch.nan, w),
            "weights must be finite, but 1 entries are NaN",
        ),
        (
            lambda w: 2 * torch.eye(7).expand(1, 1, 7, 7) - 1 / 7,
            "weights must not be negative; the smallest is -0.143",
        ),
        (
            lambda w: w[..., :6, :6] / w[..., :6, :6].sum(-1, keepdim=True),
            r"about 6 tokens, but grid \(2, 3\)",
        ),
        (lambda w: "weights", "weights must be an array of numbers; got str"),
    ],
)
def test_weights_that_are_wrong_are_named(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        checks.weights(change(random_weights(2, 3, 7, 7)), grid=(2, 3), extra=1)


def test_images_come_as_bytes_whatever_their_layout():
    grey = np.linspace(0, 1, 12).reshape(3, 4)
    found = checks.image(grey)
    assert found.shape == (3, 4, 3) and found.dtype == np.uint8 and found[-1, -1].tolist() == [255, 255, 255]
    colours = torch.rand(3, 5, 4)
    expected = (255 * colours).round().byte().permute(1, 2, 0).numpy()
    np.testing.assert_array_equal(checks.image(colours), expected)
    np.testing.assert_array_equal(checks.image(expected), expected)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (torch.randn(3, 8, 8), "must hold numbers from 0 to 1, or bytes; got .*: undo its normalisation"),
        (
            torch.rand(2, 3, 8, 8),
            r"image must have shape \(H, W\), \(H, W, 3\) or \(3, H, W\); got \(2, 3, 8, 8\)",
        ),
        (torch.rand(4, 8, 8), r"got \(4, 8, 8\)"),
    ],
)
def test_images_that_are_wrong_are_named(values, sentence):
    with pytest.raises(ValueError, match=sentence):
        checks.image(values)
