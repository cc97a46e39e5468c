"""The figures to handle: by mouse and keyboard, in light and dark, without a kernel, exported."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

pytestmark = pytest.mark.browser

# What every page that nbconvert writes asks for, ours or not: without a network formulas stay in TeX.
OF_NBCONVERT = (
    "https://cdnjs.cloudflare.com/ajax/libs/mathjax/",
    "https://cdnjs.cloudflare.com/ajax/libs/require.js/",
)


def drag(page: Page, handle: Locator, right: float, down: float) -> None:
    """Take a handle by its middle and move it by so many pixels."""
    handle.hover()  # waits until the page around it is at rest, which takes a reloaded notebook a while
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=3)
    page.mouse.up()


def use_guess(page: Page, frame: FrameLocator) -> None:
    """Five points to set, and the measurement to reveal."""
    points = frame.get_by_role("slider")
    expect(points).to_have_count(5)
    reveal = frame.get_by_role("button", name="Reveal the measurement")
    expect(reveal).to_be_disabled()
    said = frame.locator("#said")
    expect(said).to_contain_text("Drag the five handles")

    last = points.last
    before = float(last.get_attribute("aria-valuenow"))
    drag(page, last, 0, -60)
    dragged = float(last.get_attribute("aria-valuenow"))
    assert dragged > before + 0.1

    page.keyboard.press("ArrowDown")  # the point that was dragged has the focus
    assert before < float(last.get_attribute("aria-valuenow")) < dragged
    page.keyboard.press("Home")
    expect(last).to_have_attribute("aria-valuenow", "0.00")

    reveal.click()
    expect(said).to_contain_text("Your line is")
    expect(said).to_contain_text("d = 1,024: you said 0, measured")
    frame.get_by_role("button", name="variance 1").click()
    expect(said).to_contain_text("With scores of variance 1")
    last.focus()


def use_cost(page: Page, frame: FrameLocator) -> None:
    """Three sliders, a choice, curves and a table."""
    said, flops = frame.locator("#said"), frame.locator("#mlp td").nth(1)
    length, width = frame.get_by_label("L, tokens"), frame.get_by_label("d, width")
    tokens = frame.locator("output").first
    expect(tokens).to_have_text("784 = 28²")
    told, price = said.inner_text(), flops.inner_text()

    length.focus()
    page.keyboard.press("ArrowRight")
    expect(tokens).to_have_text("1,024 = 32²")
    expect(flops).not_to_have_text(price)
    expect(said).not_to_have_text(told)
    page.keyboard.press("End")
    expect(said).to_contain_text("More than 99 %")
    page.keyboard.press("Home")

    drag(page, width, 1 - width.bounding_box()["width"] / 2, 0)
    expect(width).to_have_attribute("aria-valuetext", "16")
    page.keyboard.press("End")
    expect(width).to_have_attribute("aria-valuetext", "8,192")

    expect(said).to_contain_text("It is more expensive at every length")
    page.keyboard.press("Home")
    frame.get_by_role("button", name="d wide").click()
    expect(said).to_contain_text("overtakes the MLP at L = ")

    box = frame.locator("canvas").bounding_box()  # and the plot itself
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + box["height"] / 2)
    expect(tokens).not_to_have_text("16 = 4²")
    width.focus()


def use_norms(page: Page, frame: FrameLocator) -> None:
    """A norm, training or evaluation, a cell, and another image that is changed."""
    said, cells = frame.locator("#said"), frame.locator("#cells")
    frame.get_by_role("button", name="batch", exact=True).click()
    frame.get_by_role("button", name="training", exact=True).click()
    cells.focus()
    told = said.inner_text()
    page.keyboard.press("ArrowRight")
    expect(said).not_to_have_text(told)
    disturb = frame.get_by_label("add to all of the last image")
    disturb.focus()
    page.keyboard.press("End")
    expect(said).to_contain_text("Before the last image was changed it became")
    frame.get_by_role("button", name="evaluation", exact=True).click()
    expect(said).to_contain_text("remembered from training")
    frame.get_by_role("button", name="layer", exact=True).click()
    expect(said).to_contain_text("with 6 cells")
    disturb.focus()
    page.keyboard.press("Home")
    cells.focus()


def wait_until_drawn(frame: FrameLocator) -> None:
    """Until every canvas shows the accent colour of the present theme (SVG needs no drawing)."""
    for canvas in frame.locator("canvas").element_handles():
        canvas.owner_frame().wait_for_function(
            """canvas => {
                const accent = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
                const hex = (byte) => byte.toString(16).padStart(2, "0");
                const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                for (let i = 0; i < data.length; i += 4)
                    if ("#" + hex(data[i]) + hex(data[i + 1]) + hex(data[i + 2]) === accent) return true;
                return false;
            }""",
            arg=canvas,
        )


@dataclass(frozen=True)
class Figure:
    lesson: str
    call: str  # in the cell that shows it
    use: Callable[[Page, FrameLocator], None]


FIGURES = [
    Figure("02_attention", "scaling.guess(", use_guess),
    Figure("03_heads_positions", "norm_cut(", use_norms),
    Figure("05_cost", "cost_curves(L=", use_cost),
]


@pytest.fixture(scope="module", params=FIGURES, ids=lambda figure: figure.lesson)
def figure(request):
    return request.param


@pytest.fixture(scope="module")
def lab(figure, open_window, open_lesson):
    """The lesson in JupyterLab, with its first cell and its figure run, and saved."""
    window = open_window()
    lab = open_lesson(window, figure.lesson)
    lab.run(lab.cell_with("from grader import check"))
    lab.run(lab.cell_with(figure.call))
    lab.save()
    yield lab
    lab.shut_down_kernels()
    window.close()


def test_handled_in_jupyterlab(lab, figure, shoot):
    cell = lab.cell_with(figure.call)
    frame = cell.frame_locator("iframe")
    cells = lab.cells()
    shoot(cell, "untouched")
    figure.use(lab.page, frame)
    for key in "abddxm":  # JupyterLab's keys for new cells, deleting, cutting, Markdown
        lab.page.keyboard.press(key)
    assert lab.cells() == cells
    expect(cell.locator("img")).to_be_hidden()  # the still image makes way for the live one

    for theme in ("dark", "light"):
        lab.theme(theme)
        expect(frame.locator("html")).to_have_attribute("data-theme", theme)
        shoot(cell, f"turned-{theme}")
        wait_until_drawn(frame)
    shoot(cell, "light")


def test_reloaded_without_a_kernel(lab, figure, shoot):
    lab.shut_down_kernels()
    lab.open_without_kernel(f"lessons/{figure.lesson}/{figure.lesson}.ipynb")
    cell = lab.cell_with(figure.call)
    figure.use(lab.page, cell.frame_locator("iframe"))
    shoot(lab.page, "page")


def test_exported_as_html(lab, figure, course, environment, open_window, tmp_path, shoot):
    notebook = course / "lessons" / figure.lesson / f"{figure.lesson}.ipynb"
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", notebook, f"--output-dir={tmp_path}"],
        env=environment,
        check=True,
        capture_output=True,
    )
    window = open_window(OF_NBCONVERT)
    page = window.page()
    page.goto((tmp_path / f"{figure.lesson}.html").as_uri())
    page.locator("iframe").scroll_into_view_if_needed()
    frame = page.frame_locator("iframe")
    figure.use(page, frame)
    shoot(page, "light")
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")  # as in a page exported in the dark theme
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    wait_until_drawn(frame)
    window.close()
