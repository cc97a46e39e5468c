"""The figure of lesson 14 in a real browser: another cost held equal, another order."""

import pytest
from playwright.sync_api import expect

from course.show.held_equal import Run, held_equal

pytestmark = pytest.mark.browser

RUNS = [
    Run("small", {"images": 100, "steps": 10}, (60.0, 62.0)),
    Run("small", {"images": 400, "steps": 40}, (90.0, 94.0)),
    Run("large", {"images": 400, "steps": 10}, (80.0, 80.0)),
]


def test_the_order_turns_round_with_what_is_held_equal(show):
    page, frame = show(held_equal(RUNS, {"images": 400, "steps": 10}, "made up"))
    said = frame.locator("#said")
    expect(said).to_contain_text("At most 400 images. The best first: small 92 ± 2.8 · large 80 ± 0.")
    frame.locator("#quantity").select_option("steps")
    expect(said).to_contain_text("At most 10 steps. The best first: large 80 ± 0 · small 61 ± 1.4.")
    frame.locator("#budget").focus()
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("At most 40 steps. The best first: small 92")
    frame.locator("#quantity").select_option("images")
    frame.locator("#budget").focus()
    page.keyboard.press("Home")
    expect(said).to_contain_text("At most 100 images. The best first: small 61 ± 1.4.")
