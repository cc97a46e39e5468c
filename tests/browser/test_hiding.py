"""Hiding patches in a real browser: what it computes there is what PyTorch computes of the same patches."""

import re

import pytest
import torch
from playwright.sync_api import expect

from course.checkpoints import shelf
from course.checkpoints.masked import decibels, nearest_visible, predicted_zero
from course.data.shapes import shapes
from course.show.hiding import CHECKPOINT, PICTURES, SEED, hiding
from course.ssl.mae import patchify

pytestmark = pytest.mark.browser


def by_torch(picture: int, gone: set[int]) -> list[float]:
    """Decibels of the three painters, with these patches hidden."""
    method = shelf.load(CHECKPOINT).module
    images = shapes(PICTURES, seed=SEED).floats()[picture : picture + 1]
    true, hidden = patchify(images, 4), torch.tensor([[patch in gone for patch in range(64)]])
    method.ratio = len(gone) / 64
    with torch.no_grad():
        painted, its = method.predict({"images": images, "noise": hidden.float() + torch.arange(64) / 1e4})
    assert torch.equal(its, hidden)
    others = [paint(true, hidden, (8, 8)) for paint in (nearest_visible, predicted_zero)]
    return [decibels(patches, true, hidden) for patches in (painted, *others)]


def said(frame) -> list[float]:
    return [float(cell) for cell in re.findall(r"-?\d+\.\d", frame.locator("#rows").inner_text())]


def point(board, page, patch: int) -> None:
    box = board.bounding_box()
    row, column = divmod(patch, 8)
    page.mouse.move(box["x"] + (column + 0.5) * box["width"] / 8, box["y"] + (row + 0.5) * box["height"] / 8)


def test_what_is_hidden_by_hand_is_painted_as_by_pytorch(show):
    page, frame = show(hiding())
    expect(frame.locator("#said")).to_contain_text("48 of 64 patches are hidden")
    before = said(frame)
    frame.locator("#share").focus()
    page.keyboard.press("Home")
    expect(frame.locator("#said")).to_contain_text("Nothing is hidden")
    board = frame.locator("#board")
    point(board, page, 18)
    page.mouse.down()
    for patch in (19, 20, 28, 36, 35):
        point(board, page, patch)
    page.mouse.up()
    expect(frame.locator("#said")).to_contain_text("6 of 64 patches are hidden")
    assert said(frame) != before
    assert said(frame) == pytest.approx(by_torch(0, {18, 19, 20, 28, 36, 35}), abs=0.06)


def test_keys_hide_too_and_another_picture_is_another_answer(show):
    page, frame = show(hiding())
    frame.locator("#share").focus()
    page.keyboard.press("Home")
    frame.locator("#board").focus()
    for key in ("ArrowDown", "ArrowRight", " ", "ArrowRight", " "):
        page.keyboard.press(key)
    expect(frame.locator("#said")).to_contain_text("2 of 64")
    assert said(frame) == pytest.approx(by_torch(0, {9, 10}), abs=0.06)
    frame.get_by_role("button", name="picture 4", exact=True).click()
    assert said(frame) == pytest.approx(by_torch(3, {9, 10}), abs=0.06)
    frame.get_by_role("button", name="zero, true means pasted in").click()
    expect(frame.locator("tr.chosen")).to_contain_text("zero")
