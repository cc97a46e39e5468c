"""Networks of one size, images that are drawn fairly, and a loop that sees each of them as often."""

import pytest
import torch
from torch import nn

from course.data.by_name import load
from course.fewlabels import few_images
from course.fewlabels.few_images import cnn, few, learn, measured, mlp, pair, right, vit


def test_all_networks_are_of_one_size():
    sizes = [sum(p.numel() for p in make().parameters()) for make in (cnn, vit, mlp)]
    assert max(sizes) / min(sizes) < 1.01
    images = torch.randn(3, 1, 8, 8)
    assert all(make()(images).shape == (3, 10) for make in (cnn, vit, mlp))


def test_loud_positions_are_all_that_differs():
    torch.manual_seed(0)
    quiet = vit()
    torch.manual_seed(0)
    loud = vit(1.0)
    assert loud.position.table.std() > 20 * quiet.position.table.std()
    for name, weight in quiet.named_parameters():
        assert name == "position.table" or torch.equal(weight, loud.get_parameter(name)), name


def test_few_images_are_as_many_of_each_class():
    data = load("digits")
    assert few(data, 50, seed=1).labels.bincount().tolist() == [5] * 10
    assert few(data, None, seed=1) is data
    with pytest.raises(ValueError, match="count must be a multiple of the 10 classes; got 55"):
        few(data, 55, seed=0)


class Counting(nn.Module):
    """Keeps which images it saw: each image holds its own number."""

    def __init__(self):
        super().__init__()
        self.weight, self.seen = nn.Parameter(torch.zeros(2)), []

    def forward(self, images):
        self.seen += images[:, 0, 0, 0].int().tolist()
        return self.weight.expand(len(images), 2)


@pytest.mark.parametrize("count", [5, 32, 50])
def test_each_image_is_seen_as_often(count):
    net = Counting()
    images = torch.arange(count * 1.0)[:, None, None, None]
    list(learn(net, (images, torch.zeros(count, dtype=torch.int64)), steps=25))
    seen = torch.tensor(net.seen).bincount(minlength=count)
    assert len(net.seen) == 25 * few_images.BATCH and seen.max() - seen.min() <= 1


def test_it_learns_and_the_same_seed_gives_the_same():
    data = pair(few(load("digits"), 20, seed=0))
    torch.manual_seed(0)
    net = mlp()
    losses = list(learn(net, data, steps=60))
    assert losses[-1] < losses[0] / 3 and right(net, data) == 1
    assert measured(mlp, data, data, seed=3, steps=5) == measured(mlp, data, data, seed=3, steps=5)
