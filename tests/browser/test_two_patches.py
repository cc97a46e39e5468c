"""Two patches picked in a real browser, by mouse and by keys: label, distance and the net's answer change."""

import pytest
import torch
from playwright.sync_api import expect

from course.show.two_patches import two_patches
from course.ssl.relvit import relation_labels

pytestmark = pytest.mark.browser


@pytest.fixture
def block():
    """A net that knows all relations of the first image, and says LU of each pair of the second."""
    images = torch.zeros(2, 8, 8)
    images[:, 2:6, 2:6] = 1
    knows = torch.nn.functional.one_hot(relation_labels(4, 4), 9).movedim(-1, 0).float()  # (9, 16, 16)
    always = torch.zeros(9, 16, 16)
    always[0] = 1
    return two_patches(images, torch.stack([0.6 * knows + 0.4 / 9, always]))


def test_picked_by_mouse_and_by_keys(show, shoot, block):
    page, frame = show(block)
    said, image = frame.locator("#said"), frame.locator("#image")
    expect(said).to_contain_text("Patch 0, as seen from patch 5: LU. Distance 1.41 steps")
    expect(said).to_contain_text(
        "The net says LU, with 64 % (right). Of the 256 pairs of this image it has 256"
    )
    before = frame.locator("#nine").evaluate("canvas => canvas.toDataURL()")

    image.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("Patch 2, as seen from patch 5: RU. Distance 1.41 steps")
    expect(frame.locator("#spoken")).to_contain_text("Patch 2, as seen from patch 5")
    assert frame.locator("#nine").evaluate("canvas => canvas.toDataURL()") != before
    page.keyboard.press("ArrowUp")  # there is nothing above
    expect(said).to_contain_text("Patch 2, as seen from patch 5")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(said).to_contain_text("Patch 2, as seen from patch 9: RU. Distance 2.24 steps")

    image.click(position={"x": 250, "y": 250})  # j is the one that moves now
    expect(said).to_contain_text("Patch 2, as seen from patch 15: LU")
    frame.get_by_role("button", name="change i and j round").click()
    expect(said).to_contain_text("Patch 15, as seen from patch 2: RD")
    shoot(page, "picked")

    frame.get_by_role("button", name="image 2").click()
    expect(said).to_contain_text(
        "The net says LU, with 100 % (wrong). Of the 256 pairs of this image it has 36"
    )
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")  # as JupyterLab's dark theme says it
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    shoot(page, "dark")
