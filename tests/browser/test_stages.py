"""The pyramid of lesson 07 in a real browser: what it says at another size is what our formulas say."""

import re

import pytest
from playwright.sync_api import expect

from course.show.stages import SIZES, pyramid, stages

pytestmark = pytest.mark.browser


def gigaflops(model: str, size: int) -> str:
    return f"{sum(stage.flops for stage in stages(model, size)) / 1e9:.1f}"


def test_the_slider_changes_what_both_cost(show):
    page, frame = show(pyramid())
    said = frame.locator("#said")
    both = "In all: ViT-S/16 {}, CvT-13 {} GFLOPs"
    expect(said).to_contain_text(both.format(gigaflops("ViT-S/16", 224), gigaflops("CvT-13", 224)))
    frame.locator("#size").focus()
    page.keyboard.press("End")
    expect(said).to_contain_text(
        both.format(gigaflops("ViT-S/16", SIZES[-1]), gigaflops("CvT-13", SIZES[-1]))
    )
    expect(said).to_contain_text("stage 1 of CvT-13 has 65,536 tokens of width 64")
    expect(said).to_contain_text("46 % of the model's")


def test_a_stage_is_chosen_by_keys_and_by_a_click(show):
    page, frame = show(pyramid())
    steps = frame.locator("#steps")
    steps.focus()
    page.keyboard.press("ArrowRight")
    expect(frame.locator("#said")).to_contain_text("stage 2 of CvT-13 has 784 tokens of width 192")
    expect(frame.locator("tr.chosen")).to_contain_text("CvT-13, 2")
    frame.locator("#flat").click(position={"x": 40, "y": 200})
    expect(frame.locator("#said")).to_contain_text("ViT-S/16 has 197 tokens of width 384")
    frame.get_by_role("button", name="CvT-21", exact=True).click()
    expect(frame.locator("#said")).to_contain_text("stage 1 of CvT-21")
    entries = re.search(r"([\d,]+) weights in a head", frame.locator("#said").inner_text())[1]
    assert int(entries.replace(",", "")) == stages("CvT-21", 224)[0].entries
