"""The small models are what they are said to be; what they learn: benchmarks/results/multimodal.md."""

import pytest
import torch

from course.data.captioned import captioned
from course.multimodal import small
from course.multimodal.captioning import HardCaptioner, written
from course.multimodal.retrieval import ranked, scores

TINY = dict(count=64, epochs=1)


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_a_seed_gives_one_matcher_and_shuffled_captions_another():
    model, words, data = small.matcher(**TINY)
    again, _, _ = small.matcher(**TINY)
    assert same(model, again) and not same(model, small.matcher(1, **TINY)[0])
    _, _, shuffled = small.matcher(**TINY, shuffled=True)
    assert sorted(shuffled.captions) == sorted(data.captions) and shuffled.captions != data.captions
    ids = words.encode(data.captions[:2], begin=True)
    assert model(data.normalised(slice(3)), ids).shape == (3, 2)


@pytest.mark.parametrize("hard", [False, True])
def test_a_teller_writes_words(hard):
    model, words, _ = small.teller(**TINY, hard=hard)
    assert isinstance(model, HardCaptioner) == hard
    test = captioned(3, "unseen")
    record = {}
    model(test.normalised(), words.encode(test.captions, begin=True)[:, :-1], record)
    assert record["cross_weights"][0].shape == (3, 1, 8, 64)
    assert len(written(model, test.normalised(), words)) == 3


@pytest.mark.parametrize("order", small.ORDERS)
def test_a_finder_gives_scores(order):
    model, words, data = small.finder(**TINY, order=order)
    assert data.features["sound"].shape[1] == (1 if order == "pooled" else 4)
    table = scores(model, data, words)
    assert table.shape == (64, 64) and 1 <= ranked(table).median <= 64


def test_a_listener_learns_from_what_it_is_given():
    model, _, data = small.listener(**TINY)
    assert data.frames.std() > 0 and data.bands.std() > 0.5
    blind, _, grey = small.listener(**TINY, senses="blind")
    assert (grey.frames == 0.5).all() and not same(model, blind)
    assert (small.listener(**TINY, senses="deaf")[2].bands == 0).all()
    assert not torch.equal(small.listener(**TINY, late=True)[2].bands, data.bands)


def test_a_place_knows_where_it_is():
    seen = small.WithCoordinates()(torch.zeros(2, 3, 4, 5))
    assert seen.shape == (2, 5, 4, 5)
    assert seen[0, 3, :, 0].tolist() == pytest.approx([-1, -1 / 3, 1 / 3, 1])
    assert torch.equal(seen[1, 4, 2], torch.linspace(-1, 1, 5))
