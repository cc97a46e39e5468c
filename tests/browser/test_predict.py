"""Predict, then reveal, in a real browser: nothing is shown before a guess, and the distance after it."""

import numpy as np
import pytest
from playwright.sync_api import expect

from course.show.predict import predict_cell, predict_number, predict_patch

pytestmark = pytest.mark.browser

ANSWER = np.array([[0.1, 0.2, 0.05], [0.05, 0.1, 0.5]])


def press(frame, name: str) -> None:
    frame.get_by_role("button", name=name, exact=True).click()


def test_a_patch_by_mouse(show):
    _, frame = show(predict_patch("Where?", np.zeros((20, 30)), ANSWER))
    said, grid = frame.locator("#said"), frame.locator("#grid")
    expect(frame.get_by_role("button", name="Reveal")).to_be_disabled()
    hidden = grid.evaluate("canvas => canvas.toDataURL()")
    grid.click(position={"x": 60, "y": 60})
    expect(said).to_contain_text("You marked row 1, column 1. Reveal")
    press(frame, "Reveal")
    expect(said).to_contain_text(
        "You marked row 1, column 1, which has 0.10. The most, 0.50, is in row 2, column 3"
    )
    expect(said).to_contain_text("2.2 patches away, and 0.40 more")
    expect(frame.locator("#high")).to_have_text("0.50")
    grid.click(position={"x": 300, "y": 200})
    expect(said).to_contain_text("You marked row 1, column 1")  # what is revealed cannot be guessed
    press(frame, "Guess again")
    frame.locator("body").click(position={"x": 5, "y": 5})
    assert grid.evaluate("canvas => canvas.toDataURL()") == hidden  # nothing of the answer is left
    grid.click(position={"x": 370, "y": 200})
    press(frame, "Reveal")
    expect(said).to_contain_text("right, with 0.50 no other has more")


def test_a_cell_by_keyboard(show):
    page, frame = show(predict_cell("Which?", ANSWER, ["a", "b"], ["x", "y", "z"]))
    frame.locator("#grid").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(frame.locator("#spoken")).to_contain_text("row b, column y")
    page.keyboard.press("Enter")
    press(frame, "Reveal")
    expect(frame.locator("#said")).to_contain_text("row b, column z (dashed): 1.0 cell away, and 0.40 more")
    expect(frame.locator("#spoken")).to_contain_text("1.0 cell away")


def test_a_number(show):
    _, frame = show(predict_number("How many?", 86.57, 10, 200, "million"))
    expect(frame.locator("#answer")).to_be_hidden()
    frame.locator("#number").fill("120")
    press(frame, "Reveal")
    expect(frame.locator("#said")).to_contain_text(
        "It is 86.6 million. You said 120 million, which is 33.4 million too high."
    )
    expect(frame.locator("#answer")).to_be_visible()
    expect(frame.locator("#number")).to_be_disabled()
    press(frame, "Guess again")
    frame.locator("#number").fill("87")
    press(frame, "Reveal")
    expect(frame.locator("#said")).to_contain_text("as you said")
