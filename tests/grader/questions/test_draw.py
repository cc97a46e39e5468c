"""Drawn inputs: fresh for each seed, the same for the same seed, and such that mistakes show."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.questions.draw import Draw

seeds = st.integers(0, 2**60)


@given(seeds, st.integers(1, 8))
def test_sizes_are_distinct_and_moderate(seed, count):
    sizes = Draw(seed).sizes(count)
    assert len(set(sizes)) == count
    assert all(2 <= size <= 9 for size in sizes)


@settings(max_examples=200)
@given(seeds, st.lists(st.integers(1, 4), max_size=2), st.integers(2, 9))
def test_every_row_of_a_mask_allows_some_keys_and_forbids_some(seed, rows, keys):
    mask = Draw(seed).mask(*rows, keys)
    assert mask.shape == (*rows, keys) and mask.dtype is torch.bool
    assert mask.any(-1).all() and (~mask).any(-1).all()


def everything(draw):
    return [
        draw.sizes(3),
        draw.normal(2, 3).tolist(),
        draw.mask(3, 4).tolist(),
        draw.integer(0, 10**6),
        draw.choice(range(10**6)),
        draw.shuffled(range(20)),
        draw.weights_like(torch.zeros(3, 4)).tolist(),
    ]


@settings(max_examples=50)
@given(seeds, st.text())
def test_the_same_seed_draws_the_same_whatever_the_key(seed, key):
    assert everything(Draw(seed, key)) == everything(Draw(seed))


@given(seeds)
def test_another_seed_draws_otherwise(seed):
    assert Draw(seed).normal(4).tolist() != Draw(seed + 1).normal(4).tolist()


def test_drawing_leaves_the_global_generators_alone():
    torch.manual_seed(3)
    before = torch.get_rng_state()
    everything(Draw(0))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("seed", range(50))
def test_a_softmax_is_not_saturated(seed):
    """The largest weight of scaled scores stays well below one, so that a wrong scale shows."""
    draw = Draw(seed)
    Lq, Lk, d = draw.sizes(3)
    weights = (draw.normal(Lq, d) @ draw.normal(Lk, d).T / d**0.5).softmax(-1)
    assert weights.max(-1).values.median() < 0.99


def test_numbers_are_standard_normal():
    numbers = Draw(0).normal(20_000)
    assert numbers.dtype is torch.float32
    assert abs(numbers.mean()) < 0.05 and abs(numbers.std() - 1) < 0.05


@given(seeds, st.integers(-5, 5), st.integers(0, 3))
def test_integers_include_both_ends(seed, low, more):
    draw = Draw(seed)
    assert {draw.integer(low, low + more) for _ in range(200)} == set(range(low, low + more + 1))


@pytest.mark.parametrize("shape", [(), (5,), (400, 100)])
def test_weights_are_scaled_to_their_width(shape):
    weight = Draw(0).weights_like(torch.zeros(shape))
    assert weight.shape == shape
    if len(shape) == 2:
        assert weight.std() == pytest.approx(0.1, rel=0.05)


def test_personal_draws_depend_on_key_and_exercise_only():
    def drawn(seed, key, exercise):
        return everything(Draw(seed, key).personal(exercise))

    assert drawn(1, "ada", "gflops") == drawn(2, "ada", "gflops")
    assert drawn(1, "ada", "gflops") != drawn(1, "ben", "gflops")
    assert drawn(1, "ada", "gflops") != drawn(1, "ada", "bytes")
