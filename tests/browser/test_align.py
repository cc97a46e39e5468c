"""The alignment viewer in a real browser: read by mouse and keyboard, played step by step."""

import re

import pytest
import torch
from playwright.sync_api import expect

from course.show.align import alignment

pytestmark = pytest.mark.browser

SOURCE, TARGET = ["un", "chien", "court"], ["a", "dog", "runs", "."]
WEIGHTS = (2 * torch.randn(2, 3, 4, 3, generator=torch.Generator().manual_seed(0))).softmax(-1)


@pytest.fixture
def viewer(show):
    page, frame = show(alignment(WEIGHTS, SOURCE, TARGET))
    expect(frame.locator("#said")).to_contain_text("Step 4")
    return page, frame


def agrees(frame, rows: torch.Tensor, step: int, place: int) -> None:
    """The sentence tells the weight of this pair, and the source token that gets most."""
    said = frame.locator("#said")
    expect(said).to_contain_text(f"Step {step + 1} wrote “{TARGET[step]}” and gave")
    expect(said).to_contain_text(f"to “{SOURCE[place]}”, source token {place + 1}")
    text = said.inner_text()
    assert float(re.search(r"gave ([\d.]+)", text)[1]) == pytest.approx(rows[step, place].item(), abs=0.01)
    best = int(rows[step].argmax())
    assert ("No other gets more" in text) == (best == place)
    if best != place:
        assert f"went to “{SOURCE[best]}”" in text


def test_a_pair_is_read_by_keyboard(viewer):
    page, frame = viewer
    mean = WEIGHTS[1].mean(0)  # the last layer
    agrees(frame, mean, 3, int(mean[3].argmax()))
    frame.locator("#matrix").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    agrees(frame, mean, 2, 0)
    page.keyboard.press("ArrowRight")
    agrees(frame, mean, 2, 1)
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")  # the border holds
    agrees(frame, mean, 2, 2)
    expect(frame.locator("#spoken")).to_contain_text("Step 3 wrote “runs”")


def test_a_pair_is_read_by_mouse_in_any_layer_and_head(viewer):
    page, frame = viewer
    frame.get_by_role("combobox", name="Head").select_option("2")
    frame.get_by_role("slider", name="Layer").fill("0")
    box = frame.locator("#matrix").bounding_box()
    right, bottom = box["x"] + box["width"], box["y"] + box["height"]
    page.mouse.move(right - 10, bottom - 10)  # the last cell
    agrees(frame, WEIGHTS[0, 2], 3, 2)
    page.mouse.move(right - 10, bottom - 10 - 2 * 26)  # two steps earlier
    agrees(frame, WEIGHTS[0, 2], 1, 2)


def test_the_decoding_is_played(viewer):
    _, frame = viewer
    play = frame.get_by_role("button", name="Play")
    play.click()
    expect(frame.locator("#step-said")).to_have_text("2 of 4")
    frame.get_by_role("button", name="Pause").click()
    expect(frame.locator("#step-said")).not_to_have_text("4 of 4")
    frame.get_by_role("button", name="Play").click()
    expect(frame.locator("#step-said")).to_have_text("4 of 4")
    expect(frame.get_by_role("button", name="Play from the start")).to_be_visible()
    frame.get_by_role("slider", name="Step").fill("1")
    agrees(frame, WEIGHTS[1].mean(0), 0, int(WEIGHTS[1].mean(0)[0].argmax()))


def test_the_table_holds_the_step(viewer):
    _, frame = viewer
    frame.get_by_text("This step as a table").click()
    weights, order = WEIGHTS[1].mean(0)[3].sort(descending=True)
    for line, (weight, place) in enumerate(zip(weights.tolist(), order.tolist())):
        cells = frame.locator("#cells tr").nth(line).locator("td")
        expect(cells.first).to_have_text(SOURCE[place])
        assert float(cells.last.inner_text()) == pytest.approx(weight, abs=0.01)
