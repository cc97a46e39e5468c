"""The figures of lesson 03 in a real browser: what they compute is what the course computes."""

import re

import pytest
import torch
from playwright.sync_api import expect

from course.norm import normalise
from course.position import sinusoidal
from course.show.head_flow import head_flow
from course.show.norm_cut import norm_cut
from course.show.positions import similarity
from course.show.waves import LENGTH, waves

pytestmark = pytest.mark.browser

BATCHES = torch.randn(6, 3, 4, 6, generator=torch.Generator().manual_seed(0))
X, AT = BATCHES[-1], (0, 1, 1)  # where the figure starts


def becomes(frame) -> float:
    told = re.search(r"It becomes (−?\d+\.\d+)", frame.locator("#said").inner_text())[1]
    return float(told.replace("−", "-"))


def press(frame, name: str) -> None:
    frame.get_by_role("button", name=name, exact=True).click()


def expected(name: str, x: torch.Tensor) -> float:
    if name == "group":
        return normalise(x.unflatten(2, (2, 3)), (1, 3)).flatten(2)[AT].item()
    return normalise(x, {"batch": (0, 1), "layer": (2,), "instance": (1,)}[name])[AT].item()


def test_each_norm_is_the_courses(show):
    page, frame = show(norm_cut(BATCHES))
    changed = X.clone()
    changed[-1] += 5
    for name in ("layer", "instance", "group", "batch"):
        press(frame, name)
        assert becomes(frame) == pytest.approx(expected(name, X), abs=0.006)
    frame.locator("#disturb").focus()
    page.keyboard.press("End")  # 5 is added to all of the last image
    for name in ("layer", "instance", "group", "batch"):
        press(frame, name)
        assert becomes(frame) == pytest.approx(expected(name, changed), abs=0.006)
    assert abs(expected("batch", X) - expected("batch", changed)) > 0.1  # it is the one that moves


def test_evaluation_looks_at_no_other_image(show):
    page, frame = show(norm_cut(BATCHES))
    press(frame, "evaluation")
    past = BATCHES[:-1]
    mean, variance = past.mean((0, 1, 2)), past.var((0, 1, 2), unbiased=False)
    remembered = ((X - mean) / (variance + 1e-5).sqrt())[AT].item()
    assert becomes(frame) == pytest.approx(remembered, abs=0.006)
    frame.locator("#disturb").focus()
    page.keyboard.press("End")
    assert becomes(frame) == pytest.approx(remembered, abs=0.006)


def test_a_cell_is_chosen_by_mouse_and_keyboard(show):
    page, frame = show(norm_cut(BATCHES))
    said, cells = frame.locator("#said"), frame.locator("#cells")
    cells.focus()
    for key in ("ArrowDown", *6 * ["ArrowRight"]):
        page.keyboard.press(key)
    expect(said).to_contain_text(f"Image 2, token 3, channel 2 holds {X[1, 2, 1]:.2f}".replace("-", "−"))
    box = cells.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    expect(said).to_contain_text("Image 1, token 1, channel 1")


def test_the_waves_are_the_courses_positions(show):
    page, frame = show(waves(d=2, p=20))
    said = frame.locator("#said")
    for steps, d in ((0, 2), (3, 8), (3, 24)):
        frame.get_by_label("d, width").focus()
        for _ in range(steps):
            page.keyboard.press("ArrowRight")
        row = similarity(sinusoidal(LENGTH, d))[0]
        expect(said).to_contain_text(f"With d = {d}, PE(20) and its neighbour have a cosine of {row[1]:.2f}")
        half = int((row <= 0.5).argmax())
        expect(said).to_contain_text(f"It falls to a half or less at {half} steps")
    box = frame.locator("#map").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 200)
    page.mouse.up()
    expect(said).not_to_contain_text("PE(20)")  # the map was dragged to another place


def test_the_shapes_of_several_heads_follow_the_sliders(show):
    page, frame = show(head_flow(L=6, h=4))
    shape = frame.locator("#shape")
    expect(frame.get_by_role("button", name="Back")).to_be_disabled()
    shapes = []
    for _ in range(7):
        press(frame, "Next")
        shapes.append(shape.inner_text())
    assert shapes == [
        "(2, 6, 16)",
        "(2, 4, 6, 4)",
        *2 * ["(2, 4, 6, 6)"],
        "(2, 4, 6, 4)",
        *2 * ["(2, 6, 16)"],
    ]
    expect(frame.get_by_role("button", name="Next")).to_be_disabled()
    for _ in range(4):
        press(frame, "Back")
    frame.get_by_label("h, heads").focus()
    page.keyboard.press("End")
    expect(shape).to_have_text("(2, 8, 6, 6)")
