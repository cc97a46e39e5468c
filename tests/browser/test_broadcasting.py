"""Two shapes in a real browser: typed, clicked, pointed at; what it says is what PyTorch does."""

import pytest
import torch
from playwright.sync_api import expect

from course.show.broadcasting import broadcasting

pytestmark = pytest.mark.browser


def test_what_is_typed_is_what_pytorch_does(show):
    _, frame = show(broadcasting())
    first, second, said = (frame.locator(f"#{name}") for name in ("first", "second", "said"))
    expect(said).to_contain_text("The result is (3, 5): 15 numbers.")
    for one, other in (
        ((64,), (64, 1)),
        ((5, 3), (5,)),
        ((2, 1, 3), (4, 1)),
        ((), (3,)),
        ((7, 1), (0,)),
        ((2, 3), (3, 3)),
    ):
        first.fill(", ".join(map(str, one)))
        second.fill(str(other))
        try:
            result = (torch.zeros(one) + torch.zeros(other)).shape
            expect(said).to_contain_text(f"The result is {tuple(result)}: {result.numel():,} number")
        except RuntimeError:
            expect(said).to_contain_text("do not fit")
    expect(said).to_contain_text("in axis -2, 2 stands over 3, and neither is 1")
    first.fill("two")
    expect(said).to_contain_text("A shape is whole numbers with commas between them")


def test_a_cell_says_what_it_is_made_of(show):
    page, frame = show(broadcasting((3, 5), (3, 1)))
    frame.get_by_role("button", name="… on a square").click()
    expect(frame.locator("#said")).to_contain_text("The result is (5, 5): 25 numbers.")
    frame.locator("#cells").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(frame.locator("#of-cell")).to_have_text("result[1, 2] is made of first[1, 2] and second[2].")
    frame.get_by_role("button", name="… with keepdim=True").click()
    expect(frame.locator("#of-cell")).to_have_text("result[1, 2] is made of first[1, 2] and second[1, 0].")
    frame.get_by_role("button", name="predictions and targets").click()
    expect(frame.locator("#said")).to_contain_text("(64, 64): 4,096 numbers, more than either of them holds")
    expect(frame.locator("#cells")).to_be_hidden()
