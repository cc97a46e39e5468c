"""A comparison is fair: same weights, same labels, same budget; and nothing else is touched."""

import pytest
import torch

from course.evaluate import Reading, as_markdown, compare, comparison, embed, knn, label_shares, linear_probe
from course.evaluate.comparison import repeated, seeded
from course.evaluate.table import RANDOM, SUPERVISED
from course.fewlabels.supervised import Supervised
from course.ssl.method import Method
from course.training.recipe import Recipe

RECIPE = Recipe(epochs=2, batch=16, lr=1e-2)


class Brightness(Method):
    """Learns to say how bright an image is, without labels."""

    def __init__(self, encoder, dim=12):
        super().__init__(encoder)
        self.head = torch.nn.Linear(dim, 1)

    def views(self, images, generator=None):
        return {"images": images}

    def forward(self, batch):
        images = batch["images"]
        said = self.head(self.encoder.features(images))[:, 0]
        return (said - images.mean(dim=(1, 2, 3))).square().mean(), {}


@pytest.fixture
def spied(monkeypatch):
    """Each training: the method's state before it, the method, the images and the recipe."""
    calls, real = [], comparison.train

    def train(method, data, recipe):
        state = {name: value.clone() for name, value in method.encoder.state_dict().items()}
        calls.append((state, method, data, recipe))
        return real(method, data, recipe)

    monkeypatch.setattr(comparison, "train", train)
    return calls


def test_the_same_weights_labels_and_budget(tiny, bright, spied):
    data, test = bright(40), bright(30, seed=1)
    rows = compare(
        tiny, {"one": Brightness, "two": Brightness}, data, test, RECIPE, shares=(0.1, 0.5), seeds=(4, 7)
    )
    assert [(row.name, row.labels) for row in rows] == [
        (name, labels) for labels in (4, 20) for name in (RANDOM, SUPERVISED, "one", "two")
    ]
    for row in rows:
        assert row.steps == (0 if row.name == RANDOM else 4) and row.knn.seeds == (4, 7)
        assert (row.fine_tuned is None) == (row.name != SUPERVISED)
    assert len(spied) == 2 * (2 + 2)  # a method once a seed, a supervised run for each share besides
    for seed, calls in ((4, spied[:4]), (7, spied[4:])):
        with seeded(seed):
            start = tiny().state_dict()
        parts = label_shares(data, (0.1, 0.5), seed)
        for state, method, images, recipe in calls:
            assert recipe.seed == seed and (recipe.epochs, recipe.batch) == (2, 16) and len(images) == 40
            inside = "encoder." if isinstance(method, Supervised) else ""
            for name, value in start.items():
                assert torch.equal(state[inside + name], value), name
        for part, (_, method, images, _) in zip(parts, calls[2:]):
            assert isinstance(method, Supervised)
            assert torch.equal(images.images.unique(dim=0), part.images.unique(dim=0))


def test_the_numbers_are_those_of_the_encoders(tiny, bright, spied):
    data, test = bright(40), bright(30, seed=1)
    (random, supervised, method) = compare(
        tiny, {"a": Brightness}, data, test, RECIPE, shares=(0.2,), seeds=(3,), reading=Reading(k=5)
    )
    (labelled,) = label_shares(data, (0.2,), 3)
    with seeded(3):
        start = tiny()
    trained = {RANDOM: start, "a": spied[0][1].encoder, SUPERVISED: spied[1][1].encoder.encoder}
    for row in (random, supervised, method):
        z, other = (embed(trained[row.name], part) for part in (labelled, test))
        assert row.knn.values == (knn(z, labelled.labels, other, test.labels, k=5),)
        assert row.probe.values == (linear_probe(z, labelled.labels, other, test.labels, seed=3),)
    assert any(not torch.equal(a, b) for a, b in zip(start.parameters(), trained["a"].parameters()))


def test_it_is_repeatable_and_draws_nothing_from_outside(tiny, bright):
    def scores():
        rows = compare(
            tiny, {"a": Brightness}, bright(40), bright(30, seed=1), RECIPE, shares=(0.1,), seeds=(0,)
        )
        return [(row.knn, row.probe, row.fine_tuned) for row in rows]

    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first = scores()
    assert torch.equal(torch.rand(3), expected)
    torch.manual_seed(6)
    assert scores() == first


def test_fine_tuning_where_asked_and_what_is_told(tiny, bright):
    told = []
    reading = Reading(pool="patches", fine_tuning=Recipe(epochs=10, batch=16, lr=1e-2))
    rows = compare(
        tiny,
        {"a": Brightness},
        bright(40),
        bright(30, seed=1),
        RECIPE,
        shares=(1.0,),
        seeds=(0, 1, 2),
        reading=reading,
        show=told.append,
    )
    assert all(row.fine_tuned is not None and len(row.fine_tuned.values) == 3 for row in rows)
    assert rows[2].fine_tuned.mean > 0.9 and rows[2].probe.mean > 0.9
    assert (
        len(told) == 6 and told[0].startswith("seed 0: a, ") and told[5].startswith(f"seed 2: {SUPERVISED}")
    )
    assert "100 % of the labels, 40 images, 3 seeds" in as_markdown(rows)


def test_repeated_is_even(bright):
    data = bright(6)
    many = repeated(data, 15)
    assert len(many) == 15 and torch.equal(many.images[:6], data.images)
    assert torch.equal(many.images[6:12], data.images) and torch.equal(many.labels[12:], data.labels[:3])


def test_what_is_no_comparison(tiny, bright):
    data = bright(8)
    for wrong, sentence in (
        (dict(seeds=()), "at least one seed, and none twice"),
        (dict(seeds=(1, 1)), r"none twice; got \(1, 1\)"),
        (dict(shares=(0.1, 0.1)), "at least one share"),
        (dict(methods={RANDOM: Brightness}), "is the name of a baseline"),
    ):
        options = {"methods": {"a": Brightness}, **wrong}
        with pytest.raises(ValueError, match=sentence):
            compare(tiny, data=data, test=data, recipe=RECIPE, **options)
