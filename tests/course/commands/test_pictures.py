"""What a training leaves to be looked at: the network's work, and no truth in it that it was not shown."""

import re

import pytest
import torch
from matplotlib import pyplot

from course.commands import pictures
from course.commands.pictures import painting
from course.ssl import by_name
from course.ssl.mae import patch_statistics, patchify

GREY = torch.rand(3, 1, 8, 8, generator=torch.Generator().manual_seed(0))
COLOURED = torch.rand(3, 3, 8, 8, generator=torch.Generator().manual_seed(0))
ENCODERS = {"mae": "vit-mini/2", "fcmae": "convnext-mini"}


@pytest.fixture
def columns(monkeypatch):
    """What was handed to be drawn: columns by title, and the other arguments."""
    handed = []
    monkeypatch.setattr(pictures, "side_by_side", lambda columns, **others: handed.append((columns, others)))
    return handed


def method_named(name, shape=(1, 8, 8), **options):
    torch.manual_seed(0)
    encoder = ENCODERS.get(name, "resnet-mini")
    return by_name.build(name, by_name.Images(shape, mirror=False), encoder, **options).eval()


@torch.no_grad()
def painted(name, images=GREY, **options):
    return painting(method_named(name, tuple(images.shape[1:]), **options), images, f"{name} on noise")


@pytest.mark.parametrize("name", ["mae", "fcmae"])
def test_nothing_of_a_normalised_painting_is_the_true_patchs_mean(name, columns):
    """A network that says 0 everywhere leaves its hidden patches mid-grey, whatever the truth is."""
    method = method_named(name)
    torch.nn.init.zeros_((method.decoder if name == "mae" else method).prediction.weight)
    with torch.no_grad():
        painting(method, GREY, "untrained")
    [(drawn, others)] = columns
    hidden = torch.from_numpy(others["hidden"])
    patch = 8 // hidden.shape[1]
    pixels = hidden.repeat_interleave(patch, 1).repeat_interleave(patch, 2)[:, None]
    assert set(drawn) == {"shown to it", "painted", "the truth"}
    assert (drawn["painted"][pixels] == 0.5).all()
    assert torch.equal(drawn["painted"][~pixels], drawn["the truth"][~pixels])
    target = patchify(drawn["shown to it"], patch)
    mean, std = patch_statistics(target)
    target = ((target - mean) / std)[hidden.flatten(1)].view(3, -1)
    for words, row in zip(others["said"], target):
        error, grey = map(float, re.findall(r"[\d.]+", words))
        assert error == grey == pytest.approx(row.square().mean().item(), rel=0.05)
    assert "mean taken away and its contrast made 1" in others["caption"]


def test_pixels_that_were_learnt_as_they_are_are_shown_as_they_are(columns):
    painted("mae", normalise=False)
    [(drawn, others)] = columns
    assert torch.equal(drawn["the truth"], drawn["shown to it"])
    assert "contrast" not in others["caption"]


@pytest.mark.parametrize(
    ("name", "images", "told"),
    [
        ("autoencoder", GREY, "numbers that the encoder keeps of each"),
        ("vae", GREY, "the means of the 32 latents of each"),
        ("colourisation", COLOURED, "its colours alone are its work"),
    ],
)
def test_other_methods_that_paint(name, images, told, columns):
    painted(name, images)
    [(drawn, others)] = columns
    assert torch.equal(drawn["the truth"], images)
    assert told in others["caption"] and others["caption"].startswith(f"{name} on noise: training images")
    assert len(others["said"]) == 3
    assert all(x.min() >= 0 and x.max() <= 1 and len(x) == 3 for x in drawn.values())


def test_a_grey_guess_is_what_colours_are_measured_by(columns):
    grey = COLOURED.mean(dim=1, keepdim=True).expand(-1, 3, -1, -1)
    painted("colourisation", grey)
    [(drawn, others)] = columns
    torch.testing.assert_close(drawn["shown to it"], grey, atol=2e-3, rtol=0)
    assert all(float(words.split(": ")[1]) < 1e-4 for words in others["said"])


def test_a_method_that_paints_nothing_leaves_no_painting(columns):
    assert painted("rotation") is None and columns == []


@pytest.mark.parametrize("name", ["mae", "vae"])
def test_what_is_drawn_stays_inside_its_figure(name):
    fig = painted(name)
    fig.canvas.draw()
    width, height = fig.bbox.size
    texts = [fig._suptitle, *(ax.xaxis.label for ax in fig.axes), *(ax.title for ax in fig.axes)]
    for box in (text.get_window_extent() for text in texts if text.get_text()):
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
    pyplot.close(fig)
