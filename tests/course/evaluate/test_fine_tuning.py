"""Fine-tuning measures a copy: it learns, and the encoder stays what it was."""

from dataclasses import replace

import pytest
import torch

from course.evaluate import Reading, compare, fine_tune, fine_tuning
from course.evaluate.features import share_right
from course.training.recipe import Recipe

FAST = Recipe(epochs=15, batch=16, lr=1e-2)


@pytest.mark.parametrize("pool", ["features", "patches"])
def test_it_learns_and_leaves_the_encoder_alone(tiny, bright, pool):
    torch.manual_seed(0)
    encoder = tiny()
    encoder.train()
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    untrained = fine_tuning.with_head(encoder, bright(8), pool)
    assert share_right(untrained, bright(50, seed=1)) == 0.5
    assert fine_tune(encoder, bright(32), bright(50, seed=1), FAST, pool=pool) > 0.9
    assert encoder.training and all(
        torch.equal(value, before[name]) for name, value in encoder.state_dict().items()
    )


def test_all_weights_change_the_lower_ones_more_slowly(tiny, bright, monkeypatch):
    encoder, seen = tiny(), []
    monkeypatch.setattr(
        fine_tuning, "train", lambda method, data, recipe: seen.append((method, data, recipe))
    )
    labelled, crop = bright(6), lambda images, generator: images
    fine_tune(encoder, labelled, bright(4), FAST, layer_decay=0.5, augment=crop)
    ((method, data, recipe),) = seen
    assert len(data) == 6 and recipe == FAST and method.augment is crop
    assert {group["scale"] for group in method.groups(0.1)} == {0.25, 0.5, 1.0}
    trained = sum(len(group["params"]) for group in method.groups(0.1))
    assert trained == len(list(encoder.parameters())) + 2  # and the head's two


def test_images_of_another_size_are_refused(tiny, bright):
    large = bright(4)
    large = replace(large, images=large.images.repeat(1, 1, 2, 2))
    with pytest.raises(ValueError, match="load both with the same size"):
        fine_tune(tiny(), bright(4), large, FAST)
    with pytest.raises(ValueError, match="load both with the same size"):
        Reading().measure(tiny(), bright(4), large)
    with pytest.raises(ValueError, match="load both with the same size"):
        compare(tiny, {}, bright(4), large, None)


def test_a_head_for_the_classes_of_the_data(tiny, bright):
    model = fine_tuning.with_head(tiny(), bright(4), "patches")
    assert model.head.weight.shape == (2, 12) and model.pool == "patches"
