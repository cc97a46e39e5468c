"""The figures of lesson 06 in a real browser: moved, they say other numbers, and the right ones."""

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from course.checkpoints.placing import neighbours
from course.position import sinusoidal_2d
from course.show.growing import growing_grid
from course.show.lecture_tables import days_of_computing, two_diets
from course.show.positions import similarity
from course.show.squares import shuffled_squares

pytestmark = pytest.mark.browser

GRID = torch.cat([torch.ones(1, 16), sinusoidal_2d(4, 4, 16)])  # (17, 16)
NOISE = torch.randn(17, 16, generator=torch.Generator().manual_seed(0))


def beside_and_far(table: torch.Tensor, row: int, column: int) -> list[str]:
    """The two means of the sentence, computed here once more."""
    alike = similarity(table[1:])[4 * row + column]
    apart = np.array([abs(n // 4 - row) + abs(n % 4 - column) for n in range(16)])
    means = [alike[apart == 1].mean(), alike[apart > 1].mean()]
    return [f"{mean:.2f}".replace("-", "−") for mean in means]


def test_the_grid_grows_under_the_slider(show):
    page, frame = show(growing_grid(torch.stack([NOISE, GRID]), [0, 1], patch=(2, 3)))
    said = frame.locator("#said")
    near, far = beside_and_far(NOISE, 2, 3)
    expect(said).to_contain_text(
        f"After 0 % of the training, the position of this patch has a cosine of {near}"
    )
    frame.get_by_label("training").focus()
    page.keyboard.press("End")
    near, far = beside_and_far(GRID, 2, 3)
    expect(said).to_contain_text(
        f"After 100 % of the training, the position of this patch has a cosine of {near}"
    )
    expect(said).to_contain_text(f"and {far} with all others")
    assert neighbours(GRID)[0] > neighbours(GRID)[1]


def test_a_patch_is_chosen_by_mouse_and_keyboard(show):
    page, frame = show(growing_grid(torch.stack([NOISE, GRID]), [0, 1], patch=(2, 3)))
    maps, said = frame.locator("#maps"), frame.locator("#said")
    box = maps.bounding_box()
    page.mouse.click(box["x"] + 10, box["y"] + 30)
    near, _ = beside_and_far(NOISE, 0, 0)
    expect(said).to_contain_text(f"a cosine of {near}")
    frame.get_by_label("its column").focus()
    page.keyboard.press("ArrowRight")
    near, _ = beside_and_far(NOISE, 0, 1)
    expect(said).to_contain_text(f"a cosine of {near}")


def test_moving_squares_changes_what_one_network_says(show):
    images = np.linspace(0, 1, 3 * 16).reshape(3, 4, 4)
    answers = {
        "with positions": np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]]),
        "without": np.array([[0.7, 0.3]] * 3),
    }
    page, frame = show(shuffled_squares(images, answers, ["three", "eight"], label=0))
    said = frame.locator("#said")
    expect(said).to_contain_text("with positions: three, with 0.90; without: three, with 0.70")
    frame.get_by_label("shuffle more").focus()
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("Step 1 of 2")
    expect(said).to_contain_text("with positions: three, with 0.60; without: three, with 0.70")
    page.keyboard.press("End")
    expect(said).to_contain_text("with positions: eight, with 0.80; without: three, with 0.70")


def test_a_published_number_is_pointed_at_and_read_out(show):
    page, frame = show(two_diets())
    frame.locator('[data-model="ViT-H/14"]').hover()
    expect(frame.locator("#said")).to_contain_text("ViT-H/14, ViT, after JFT-300M. parameters, M: 632")
    expect(frame.locator("#said")).to_contain_text("ImageNet, %: 88.04")
    frame.locator("#plot").focus()
    page.keyboard.press("ArrowLeft")
    expect(frame.locator("#said")).to_contain_text("ViT-L/32, ViT, after JFT-300M")
    frame.get_by_label("along").select_option("images before, M")
    expect(frame.locator("#said")).to_contain_text("ResNet-50, ResNet, after ImageNet")


def test_a_number_that_is_not_printed_has_no_dot_and_is_named(show):
    _, frame = show(days_of_computing())
    expect(frame.locator("#plot .dot")).to_have_count(5)
    frame.get_by_label("up").select_option("VTAB, %")
    expect(frame.locator("#plot .dot")).to_have_count(4)
    expect(frame.locator("#missing")).to_contain_text("Noisy Student (after JFT-300M, no labels)")
