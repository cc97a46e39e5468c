"""The gallery, from models that have learnt next to nothing: all is there, and alive from a file."""

import re

import pytest
import torch

from course.gallery import models
from course.gallery.__main__ import build
from course.gallery.page import Section, page

EFFORT = 0.01


@pytest.fixture(scope="module")
def trained():
    painters = [models.train_painter(seed, units, EFFORT) for units in models.WIDTHS for seed in range(2)]
    return models.train_reader(EFFORT), models.train_translator(EFFORT), painters


@pytest.fixture(scope="module")
def html(trained):
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("MPLBACKEND", "Agg")
        return build(*trained)


def test_nothing_held_out_is_learnt_from(trained):
    reader, translator, _ = trained
    images, _, unseen, _ = models.split()
    assert len(images) == reader.learnt_from and len(reader.images) == models.HELD_OUT
    assert len(images) + len(unseen) == 1797
    assert torch.equal(reader.images, models.enlarged(unseen))
    assert len(translator.pairs) == len(set(translator.pairs)) == 100
    assert translator.learnt_from == 900


def test_weights_and_gradients_are_those_of_the_logit(trained):
    reader, *_ = trained
    weights, gradients = models.attention_of(reader.after, reader.images[0], 3)
    N = 1 + models.GRID[0] * models.GRID[1]
    assert weights.shape == gradients.shape == (3, 3, N, N)
    torch.testing.assert_close(weights.sum(-1), torch.ones(3, 3, N))
    assert gradients[-1, :, 0].abs().sum() > 0  # CLS is what the head sees
    assert gradients[-1, :, 1:].abs().sum() == 0  # in the last layer no other query is


def test_half_of_each_image_is_hidden_and_the_painter_does_not_see_it():
    holes = models.holes_for(5, torch.Generator().manual_seed(0))
    assert holes.flatten(1).sum(1).tolist() == [8] * 5
    seen = []
    images = torch.rand(5, 8, 8)
    models._painted(lambda x: seen.append(x) or x[:, :64], images, holes)
    visible, told = seen[0][:, :64].view(5, 8, 8), seen[0][:, 64:].view(5, 8, 8)
    hidden = models.at_pixels(holes)
    assert (visible[hidden] == 0).all() and torch.equal(visible[~hidden], images[~hidden])
    assert torch.equal(told.bool(), hidden)


def test_every_section_is_listed_and_every_picture_described(html):
    listed = re.findall(r'<li><a href="#([\w-]+)">', html)
    assert listed == re.findall(r'<section id="([\w-]+)"', html)
    assert len(listed) == len(set(listed)) >= 14
    assert html.count("<h1>") == 1 and html.count("<h2 ") == len(listed)
    for image in re.findall(r"<img [^>]*>", html):
        assert re.search(r' alt="[^"]{20,}"', image)
    for frame in re.findall(r"<iframe .*?>", html):
        assert re.search(r' title="[^"]{20,}"', frame)
    assert "attention_viewer" not in html and "nan" not in re.sub(r"<[^>]*>", "", html)


def test_the_accuracies_are_those_of_the_run(html, trained):
    reader, translator, _ = trained
    assert f"and {reader.accuracy(reader.after):.1%} of the" in html
    assert f"it writes {translator.accuracy:.0%} without one wrong letter" in html


def test_text_is_escaped_and_anchors_are_made_of_titles():
    made = page("a & b", "<p>in</p>", [Section("Why < this?", "text", [])], "end")
    assert "<title>a &amp; b</title>" in made and '<a href="#why-this">Why &lt; this?</a>' in made


@pytest.mark.browser
def test_it_opens_from_a_file_and_asks_no_network(html, chromium_browser, tmp_path):
    path = tmp_path / "gallery.html"
    path.write_text(html, encoding="utf-8")
    opened = chromium_browser.new_page(color_scheme="dark")
    asked, errors = [], []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(path.as_uri())
    frames = opened.locator("iframe")
    for place in range(frames.count()):
        frames.nth(place).scroll_into_view_if_needed()
        alive = frames.nth(place).content_frame
        alive.locator("html[data-theme=dark]").wait_for()
        assert alive.locator(".stopped").count() == 0
    assert frames.count() == html.count("<iframe ") >= 6 and errors == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:"))] == []
    assert opened.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    opened.close()
