"""Lesson 04's beam search in a real browser: width, length penalty and step, each with its own numbers."""

import math

import pytest
from playwright.sync_api import expect

from course.show.beam import beam_tree
from tests.lessons.test_04_transformer import lesson

pytestmark = pytest.mark.browser

TREE = lesson("tree = {")["tree"]


def score(p, length, alpha):
    return f"{math.log(p) / ((5 + length) / 6) ** alpha:.2f}".replace("-", "−")


def test_a_search_is_stepped_through_and_another_sentence_wins(show):
    page, frame = show(beam_tree(TREE))
    said, forward = frame.locator("#said"), frame.get_by_role("button", name="Next step")
    expect(frame.get_by_role("button", name="Back")).to_be_disabled()
    expect(said).to_contain_text("the 2 most probable")
    forward.focus()
    page.keyboard.press("Enter")
    expect(said).to_contain_text("Goes on with “it” and “a”. No sentence has ended yet.")
    expect(frame.locator("g.dropped")).to_have_count(1)
    for _ in range(4):
        page.keyboard.press("Enter")
    best = frame.locator("tr.best td")
    expect(best.first).to_have_text("a dog runs fast")
    expect(best.last).to_have_text(score(0.4 * 0.9 * 0.75 * 0.55, 5, 0))
    expect(forward).to_be_disabled()

    width, alpha = frame.get_by_role("slider", name="Width"), frame.get_by_role("slider", name="α")
    width.fill("1")
    expect(best.first).to_have_text("it is")
    width.fill("3")
    expect(best.first).to_have_text("it rains")
    alpha.fill("0.4")
    expect(best.first).to_have_text("it rains")
    expect(best.last).to_have_text(score(0.175, 3, 0.4))
    alpha.fill("0.5")
    expect(best.first).to_have_text("a dog runs fast")
    expect(best.last).to_have_text(score(0.4 * 0.9 * 0.75 * 0.55, 5, 0.5))
    expect(frame.locator("#spoken")).to_contain_text("a dog runs fast")
