"""The latent walk of lesson 09 in a real browser: what it says of a point is what the decoder draws there."""

import re

import pytest
import torch
from playwright.sync_api import expect

from course.show.latent_walk import latent_walk
from course.ssl.autoencoder import Decoder

pytestmark = pytest.mark.browser


@torch.no_grad()
def ink(decoder: Decoder, *z: float) -> float:
    return 100 * decoder(torch.tensor([z], dtype=torch.float32)).mean().item()


def test_the_image_of_a_place_is_the_decoders(show):
    torch.manual_seed(0)
    decoder = Decoder(2, (1, 8, 8), 16)
    torch.nn.init.normal_(decoder.draw.weight)
    page, frame = show(latent_walk(decoder, [[1.0, 0.0], [-2.0, 1.0]], [0, 1], ["zero", "one"]))
    said = frame.locator("#said")

    def told() -> float:
        return float(re.search(r"draws ([\d.]+) %", said.inner_text())[1])

    expect(said).to_contain_text("z = (0.0, 0.0)")
    expect(said).to_contain_text("a zero, 1.00 away")
    assert told() == pytest.approx(ink(decoder, 0, 0), abs=0.06)
    frame.locator("#map").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(said).to_contain_text("z = (0.5, −0.1)")
    assert told() == pytest.approx(ink(decoder, 0.5, -0.1), abs=0.06)
    frame.locator("#first").focus()
    page.keyboard.press("Home")
    expect(said).to_contain_text("z = (−3.0, −0.1)")
    assert told() == pytest.approx(ink(decoder, -3, -0.1), abs=0.06)
    assert abs(told() - ink(decoder, 0, 0)) > 1
    box = frame.locator("#map").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 2)
    page.mouse.up()
    expect(said).to_contain_text("z = (0.0, 3.0)")
    assert told() == pytest.approx(ink(decoder, 0, 3), abs=0.06)
