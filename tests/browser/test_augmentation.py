"""The augmentation bench in a real browser: moved, it says which label training would see, the right one."""

import pytest
import torch
from playwright.sync_api import expect

from course.show.augmentation import augmentation_bench

pytestmark = pytest.mark.browser

PICTURES = {"left": (torch.eye(8), "black"), "right": (torch.ones(8, 8), "white")}


@pytest.fixture
def bench(show):
    page, frame = show(augmentation_bench(PICTURES))
    return page, frame, frame.locator("#said")


def test_a_turn_leaves_the_label_alone(bench):
    page, frame, said = bench
    expect(said).to_contain_text("1.00 black")
    frame.get_by_label("turned", exact=True).focus()
    page.keyboard.press("End")
    expect(frame.locator("output[for=turn]")).to_have_text("180°")
    expect(said).to_have_text("The label that training sees: 1.00 black.")


def test_mixup_shares_the_label(bench):
    page, frame, said = bench
    frame.get_by_label("MixUp, λ").focus()
    page.keyboard.press("Home")
    expect(said).to_contain_text("1.00 white")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("0.25 black, 0.75 white")


def test_cutmix_counts_what_was_pasted(bench):
    page, frame, said = bench
    side, place = frame.get_by_label("CutMix, side"), frame.get_by_label("CutMix, across")
    side.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("0.75 black, 0.25 white")
    place.focus()
    page.keyboard.press("Home")
    expect(said).to_contain_text("The box that was drawn is 25.0 % of the picture, pasted are 12.5 %")
    expect(said).to_contain_text("0.88 black, 0.12 white")
    frame.get_by_role("button", name="as it was").click()
    expect(said).to_have_text("The label that training sees: 1.00 black.")


def test_the_partner_may_be_of_the_same_class(bench):
    page, frame, said = bench
    frame.get_by_label("partner").select_option("left")
    frame.get_by_label("MixUp, λ").focus()
    page.keyboard.press("Home")
    expect(said).to_have_text("The label that training sees: 1.00 black.")
