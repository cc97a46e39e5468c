"""The strategies: the same steps for all, images moved whole, letters that keep their names, and rounds."""

import pytest
import torch
from torch import nn

from course.data.by_name import load
from course.fewlabels import rounds as self_training
from course.fewlabels import strategies
from course.fewlabels.rounds import rounds, sure_of, together
from course.fewlabels.strategies import (
    LETTERS,
    NEAREST,
    STRATEGIES,
    Given,
    Headed,
    Reader,
    StandardHead,
    letters_read,
    nearest,
    new,
    printed_letters,
    repeated,
    scattered,
    scored,
)


@pytest.fixture(scope="module")
def digits():
    return load("digits", "test")


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(strategies, "EPOCHS", 1)


def test_a_set_is_repeated_evenly(digits):
    few = digits.few(1)
    many = repeated(few, 25)
    assert len(many) == 25 and sorted(many.labels.bincount().tolist()) == [2] * 5 + [3] * 5


def test_images_are_moved_whole(digits):
    moved = scattered(digits)
    assert moved.images.shape[-2:] == (10, 10) and torch.equal(moved.labels, digits.labels)
    assert torch.equal(moved.images.sum((1, 2, 3)), digits.images.sum((1, 2, 3)))
    places = {tuple(torch.nonzero(image[0])[0].tolist()) for image in moved.images}
    assert len(places) > 5
    assert torch.equal(scattered(digits).images, moved.images)


def test_letters_keep_their_names_and_are_bright_on_black():
    few, many = printed_letters(3, 0), printed_letters(30, 0)
    assert few.classes == many.classes == LETTERS and len(LETTERS) == 52
    assert (few.images[:, 0, 0, 0] == 0).float().mean() > 0.9
    assert few.images.amax((1, 2, 3)).float().mean() > 250


def test_letters_are_read_but_for_their_case():
    class Capital(nn.Module):
        """Says the capital of whatever letter it is; each image holds its number."""

        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(1))

        def forward(self, images):
            numbers = (255 * images[:, 0, 0, 0]).round().long()
            upper = torch.tensor([LETTERS.index(letter.upper()) for letter in LETTERS])
            return nn.functional.one_hot(upper[numbers], 52).float()

    data = printed_letters(3, 0)
    data.images[:, 0, 0, 0] = data.labels.to(torch.uint8)
    exactly, but_for_case = letters_read(Capital(), data)
    assert but_for_case == 1 and exactly == pytest.approx((data.labels < 26).float().mean().item())


def test_every_strategy_gives_a_share(digits, short):
    images = scattered(digits)
    given = Given(images.few(2), images, new(1), new(2), seed=0)
    for name in (NEAREST, *STRATEGIES):
        assert 0 <= scored(name, given, images) <= 1, name
    assert nearest(images, images) == 1


def test_frozen_is_frozen(digits, short):
    images, letters = scattered(digits), new(1)
    given = Given(images.few(2), images, letters, new(2), seed=0)
    model = STRATEGIES["letters, frozen"](given)
    assert torch.equal(model.reader.first.weight, letters.first.weight)
    assert model.head.linear.weight.abs().sum() > 0


def test_a_head_does_not_care_how_large_features_are():
    features = torch.rand(40, 6) + 1
    one, other = StandardHead(features, 3), StandardHead(1000 * features, 3)
    for head in (one, other):
        torch.nn.init.ones_(head.linear.weight)
    assert torch.allclose(one(features), other(1000 * features), rtol=0.1, atol=0.1)
    assert StandardHead(torch.ones(4, 2), 3)(torch.ones(4, 2)).isfinite().all()


def test_a_head_of_any_kind():
    reader = Reader()
    images = torch.rand(3, 1, 10, 10)
    assert torch.equal(Headed(reader, reader.head)(images), reader(images))


# --- rounds ----------------------------------------------------------------------------------------------


def test_sure_is_a_probability():
    sure, labels = sure_of(torch.tensor([[0.0, 3.0], [0.1, 0.0]]), 0.9)
    assert sure.tolist() == [True, False] and labels.tolist() == [1, 0]


def test_rounds_count_what_is_believed_and_wrong(digits, short, monkeypatch):
    images = scattered(digits)
    few = images.few(2)

    def all_are_zero(said, threshold):
        return torch.ones(len(said), dtype=torch.bool), torch.zeros(len(said), dtype=torch.int64)

    told = rounds(few, images, images, 0.5, count=1, choose=all_are_zero)
    assert (told[0].believed, told[0].wrong) == (0, 0)
    assert told[1].believed == len(images)
    assert told[1].wrong == int((images.labels != 0).sum())
    assert len(rounds(few, images, images, 1.1, count=2)) == 3  # nothing is believed, and nothing breaks


def test_labels_of_the_others_are_not_learned_from(digits, short):
    images = scattered(digits)
    few = images.few(2)
    wrong = self_training.replace(images, labels=images.labels.flip(0))
    one, other = (rounds(few, data, images, 0.0, count=1)[1] for data in (images, wrong))
    assert one.right == other.right and one.wrong != other.wrong


def test_together_keeps_the_first_ones_mean(digits):
    both = together(digits.few(1), digits.few(2))
    assert len(both) == 30 and both.mean == digits.mean
