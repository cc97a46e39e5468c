"""A digit moved over its sheet, in a real browser: by mouse and by keys, and what is said changes."""

import pytest
import torch
from playwright.sync_api import expect

from course.show.shifts import shifts

pytestmark = pytest.mark.browser


def in_the_middle(x):
    """Reads 1 where most ink is in the middle of the sheet, else 0: (B, 1, 12, 12) -> (B, 10)"""
    ink = x[:, 0, 4:8, 4:8].sum(dim=(1, 2)) / x[:, 0].sum(dim=(1, 2))
    return torch.nn.functional.one_hot((ink > 0.9).long(), 10) * 5.0


def anywhere(x):
    return torch.nn.functional.one_hot(torch.ones(len(x), dtype=torch.long), 10) * 5.0


@pytest.fixture
def block():
    images = torch.zeros(2, 8, 8)
    images[:, 2:6, 2:6] = 1
    return shifts(images, torch.tensor([1, 3]), {"here": in_the_middle, "anywhere": anywhere})


def test_moved_by_keys_and_by_mouse(show, shoot, block):
    page, frame = show(block)
    said, sheet, place = frame.locator("#said"), frame.locator("#sheet"), frame.locator("#place")
    expect(said).to_contain_text("A 1, in the middle: here reads 1 (right; right at 1 of 25 places)")
    expect(said).to_contain_text("anywhere reads 1 (right; right at 25 of 25 places)")
    before = frame.locator("#bars").evaluate("canvas => canvas.toDataURL()")

    sheet.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(place).to_have_text("1 to the right, 1 down")
    expect(said).to_contain_text("here reads 0 (wrong")
    expect(frame.locator("#spoken")).to_contain_text("1 to the right, 1 down")
    assert frame.locator("#bars").evaluate("canvas => canvas.toDataURL()") != before
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(place).to_have_text("2 to the right, 1 down")  # the sheet ends there

    box = sheet.bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 100 - 4 * 18, box["y"] + 100 - 3 * 18, steps=4)
    page.mouse.up()
    expect(place).to_have_text("2 to the left, 2 up")
    shoot(page, "moved")

    frame.get_by_role("button", name="a 3").click()
    expect(said).to_contain_text("A 3, 2 to the left, 2 up: here reads 0 (wrong; right at 0 of 25 places)")
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")  # as JupyterLab's dark theme says it
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    shoot(page, "dark")
