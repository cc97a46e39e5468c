"""The attention viewer in a real browser: by mouse, by keyboard, in words, against numbers computed here."""

import re

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from course.show import maps
from course.show.viewer import Attention, attention_viewer

pytestmark = pytest.mark.browser

GRID, EXTRA = (3, 5), 2
N = EXTRA + GRID[0] * GRID[1]
IMAGE = np.tile(np.linspace(0, 1, 50), (30, 1))


def random_weights(seed: int) -> torch.Tensor:
    return (2 * torch.randn(4, 3, N, N, generator=torch.Generator().manual_seed(seed))).softmax(-1)


FIRST, SECOND = random_weights(0), random_weights(1)
GRADIENTS = torch.randn(FIRST.shape, generator=torch.Generator().manual_seed(2))


@pytest.fixture
def viewer(show):
    page, frame = show(attention_viewer(Attention(FIRST, GRADIENTS, "first"), IMAGE, GRID, ("CLS", "DIST")))
    expect(frame.locator("#said")).to_contain_text("From")
    return page, frame


def name(token: int) -> str:
    if token < EXTRA:
        return ("CLS", "DIST")[token]
    row, column = divmod(token - EXTRA, GRID[1])
    return f"patch in row {row + 1}, column {column + 1}"


def told(said: str) -> float:
    return float(re.search(r"most \(([\d.]+)\)", said)[1])


def agrees(frame, row: torch.Tensor, query: int) -> None:
    """The sentence names the key that gets most of this row, and its weight."""
    best = int(row.argmax())
    goal = "itself" if best == query else name(best)
    expect(frame.locator("#said")).to_contain_text(f"From {name(query)}")
    expect(frame.locator("#said")).to_contain_text(f"goes to {goal}")
    assert told(frame.locator("#said").inner_text()) == pytest.approx(row[best].item(), abs=0.01)


def test_the_mouse_chooses_holds_and_reads(viewer):
    page, frame = viewer
    agrees(frame, FIRST[3, 0, 0], 0)  # the last layer, the first head, CLS
    box = frame.locator("#image").bounding_box()

    def over(row, column):
        return box["x"] + (column + 0.5) * box["width"] / 5, box["y"] + (row + 0.5) * box["height"] / 3

    page.mouse.move(*over(1, 2))
    agrees(frame, FIRST[3, 0, EXTRA + 7], EXTRA + 7)
    page.mouse.click(*over(2, 4))
    expect(frame.locator("#lock")).to_contain_text("Held")
    page.mouse.move(*over(0, 0))
    agrees(frame, FIRST[3, 0, EXTRA + 14], EXTRA + 14)  # held
    large = frame.locator("canvas.large").bounding_box()
    page.mouse.move(large["x"] + large["width"] / 10, large["y"] + large["height"] / 6)
    weight = FIRST[3, 0, EXTRA + 14, EXTRA].item()
    expect(frame.locator("#said")).to_contain_text("to the patch in row 1, column 1")
    read = float(re.search(r"gives ([\d.]+)", frame.locator("#said").inner_text())[1])
    assert read == pytest.approx(weight, abs=0.01)
    page.mouse.click(*over(2, 4))
    expect(frame.locator("#lock")).to_contain_text("Click to hold")


def test_the_keyboard_reaches_everything_and_is_heard(viewer):
    page, frame = viewer
    frame.locator("#image").focus()
    page.keyboard.press("ArrowRight")  # from CLS to the first patch
    agrees(frame, FIRST[3, 0, EXTRA], EXTRA)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    agrees(frame, FIRST[3, 0, EXTRA + 9], EXTRA + 9)
    page.keyboard.press("ArrowRight")  # the border holds
    agrees(frame, FIRST[3, 0, EXTRA + 9], EXTRA + 9)
    expect(frame.locator("#spoken")).to_contain_text("From patch in row 2, column 5")
    frame.get_by_role("slider", name="Layer").focus()
    page.keyboard.press("Home")
    agrees(frame, FIRST[0, 0, EXTRA + 9], EXTRA + 9)
    frame.get_by_role("button", name="head 2").press("Enter")
    agrees(frame, FIRST[0, 2, EXTRA + 9], EXTRA + 9)
    expect(frame.get_by_role("button", name="head 2")).to_have_attribute("aria-pressed", "true")
    frame.get_by_role("button", name="DIST").press("Enter")
    agrees(frame, FIRST[0, 2, 1], 1)
    ring = frame.get_by_role("button", name="DIST").evaluate(
        "element => getComputedStyle(element).outlineStyle"
    )
    assert ring == "solid"


def test_every_mode_shows_what_python_computes(viewer):
    _, frame = viewer
    mode = frame.get_by_role("combobox", name="Show")
    mode.select_option("rollout")
    agrees(frame, maps.rollout(FIRST)[3, 0], 0)
    expect(frame.locator("#heads")).to_be_hidden()
    mode.select_option("gradient")
    agrees(frame, maps.relevance(FIRST, GRADIENTS)[3, 0], 0)
    mode.select_option("mass")
    kept = int(maps.mass(FIRST[3, 0, 0], 0.6).sum())
    expect(frame.locator("#said")).to_contain_text(f"{kept} of {N} keys hold 60 %")
    frame.locator("#share").fill("95")
    kept = int(maps.mass(FIRST[3, 0, 0], 0.95).sum())
    expect(frame.locator("#said")).to_contain_text(f"{kept} of {N} keys hold 95 %")
    bits = maps.entropy(FIRST).mean(-1)[3, 0].item()
    expect(frame.locator("#said")).to_contain_text(f"{bits:.1f} of at most {np.log2(N):.1f} bits")


def test_the_tables_hold_the_numbers(viewer):
    _, frame = viewer
    frame.get_by_text("The keys that get most").click()
    lines = frame.locator("#keys tr")
    expect(lines).to_have_count(10)
    weight, _ = FIRST[3, 0, 0].sort(descending=True)
    for place in (0, 9):
        assert float(lines.nth(place).locator("td").last.inner_text()) == pytest.approx(
            weight[place].item(), abs=0.01
        )
    frame.get_by_text("All heads of all layers").click()
    expect(frame.locator("#summary tr")).to_have_count(5)


def test_the_scale_is_stated_for_one_map_or_for_all(viewer):
    _, frame = viewer
    patches = FIRST[3, :, 0, EXTRA:]
    expect(frame.locator("#scale-high")).to_contain_text(f"{patches[0].max():.2f}, for the large map")
    frame.get_by_role("combobox", name="Colours").select_option("one")
    expect(frame.locator("#scale-high")).to_contain_text(f"{patches.max():.2f}, for all maps")


def test_two_models_and_their_difference(show):
    block = attention_viewer(
        Attention(FIRST, name="before"), IMAGE, GRID, ("CLS", "DIST"), Attention(SECOND, name="after")
    )
    _, frame = show(block)
    expect(frame.locator("canvas.large")).to_have_count(3)
    compare = frame.get_by_role("combobox", name="Heads of")
    compare.select_option("1")
    agrees(frame, SECOND[3, 0, 0], 0)
    compare.select_option("2")
    difference = SECOND[3, 0, 0] - FIRST[3, 0, 0]
    expect(frame.locator("#said")).to_contain_text(name(int(difference.abs().argmax())))
    expect(frame.locator("#scale-high")).to_contain_text("the middle is 0")


def test_the_query_is_seen_on_the_map_in_light_and_dark(viewer):
    page, frame = viewer
    page.emulate_media(color_scheme="dark")
    page.evaluate("document.body.style.background = '#111'")
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    frame.locator("#image").focus()
    page.keyboard.press("ArrowRight")
    agrees(frame, FIRST[3, 0, EXTRA], EXTRA)
    white = frame.locator("canvas.large").evaluate(
        """canvas => {
            const [width, height] = [Math.round(canvas.width / 5), Math.round(canvas.height / 3)];
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            let count = 0;
            for (let i = 0; i < data.length; i += 4) count += data[i] + data[i + 1] + data[i + 2] > 750;
            return count;
        }"""
    )
    assert white > 50  # the frame around the first patch
