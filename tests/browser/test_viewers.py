"""The viewers of attention where readers meet them: in JupyterLab, reloaded without a kernel, exported.

What each shows is tested beside it, on bare pages; here all four stand in one notebook, driven by keyboard.
"""

import subprocess
import sys

import nbformat
import pytest
from playwright.sync_api import FrameLocator, Page, expect

pytestmark = pytest.mark.browser

NOTEBOOK = "viewers.ipynb"
CELLS = {  # id -> source
    "data": (
        "import torch\n"
        "from course.show import Attention, alignment, attention_viewer, predict_patch, why_this_weight\n"
        "def weights(*shape): return torch.randn(*shape).softmax(-1)\n"
        "image = torch.rand(16, 24)"
    ),
    "attention": "attention_viewer(Attention(weights(2, 3, 7, 7), name='tiny'), image, (2, 3))",
    "alignment": "alignment(weights(1, 2, 3, 2), ['un', 'chien'], ['a', 'dog', '.'])",
    "why": "why_this_weight(torch.randn(3, 4), torch.randn(5, 4), torch.randn(5, 2), queries=list('xyz'))",
    "predict": "predict_patch('Where does it look?', image, weights(1, 6).view(2, 3))",
}
VIEWERS = [id for id in CELLS if id != "data"]
OF_NBCONVERT = (  # what every page that it writes asks for, ours or not
    "https://cdnjs.cloudflare.com/ajax/libs/mathjax/",
    "https://cdnjs.cloudflare.com/ajax/libs/require.js/",
)
PAPER = {"light": "rgb(250, 248, 243)", "dark": "rgb(29, 33, 38)"}


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def use_attention(page: Page, frame: FrameLocator) -> None:
    frame.locator("#image").focus()
    press(page, "Home", "ArrowDown", "End")
    expect(frame.locator("#said")).to_contain_text("From patch in row 2, column 3, layer 1")
    expect(frame.locator("#spoken")).to_contain_text("From patch in row 2, column 3")
    frame.get_by_role("slider", name="Layer").focus()
    press(page, "Home")
    expect(frame.locator("#said")).to_contain_text("From patch in row 2, column 3, layer 0")
    press(page, "End")


def use_alignment(page: Page, frame: FrameLocator) -> None:
    frame.locator("#matrix").focus()
    press(page, "ArrowDown", "ArrowDown", "End", "ArrowUp")
    expect(frame.locator("#said")).to_contain_text("Step 2 wrote “dog” and gave")
    expect(frame.locator("#said")).to_contain_text("to “chien”")
    press(page, "Home")
    expect(frame.locator("#spoken")).to_contain_text("to “un”")


def use_why(page: Page, frame: FrameLocator) -> None:
    query, key = (frame.get_by_role("combobox", name=name) for name in ("Query", "Key"))
    query.focus()
    press(page, "End")
    expect(query).to_have_value("2")
    key.focus()
    press(page, "End", "ArrowUp")
    expect(frame.locator("#spoken")).to_contain_text("Query z gives key 3")
    press(page, "Home")
    expect(frame.locator("#said")).to_contain_text("Query z gives key 0")


def use_predict(page: Page, frame: FrameLocator) -> None:
    frame.locator("#grid").focus()
    press(page, "ArrowDown", "ArrowRight", "ArrowRight", "Enter")
    expect(frame.locator("#said")).to_contain_text("You marked row 2, column 3. Reveal when you are sure.")
    press(page, "Tab", "Enter")
    expect(frame.locator("#said")).not_to_contain_text("Reveal")
    expect(frame.locator("#high")).to_be_visible()
    press(page, "Tab")
    frame.get_by_role("button", name="Guess again").press("Enter")
    expect(frame.locator("#said")).to_contain_text("Mark a patch")
    frame.locator("#grid").focus()


USE = dict(zip(VIEWERS, (use_attention, use_alignment, use_why, use_predict), strict=True))


def notebook_of(lab) -> list[list[str]]:
    """The type and the source of every cell."""
    return lab.page.evaluate(
        "window.jupyterapp.shell.currentWidget.content.widgets"
        ".map(cell => [cell.model.type, cell.model.sharedModel.source])"
    )


def follows(frame: FrameLocator, theme: str) -> None:
    expect(frame.locator("html")).to_have_attribute("data-theme", theme)
    expect(frame.locator("html")).to_have_css("background-color", PAPER[theme])


def matrix(lab) -> str:
    """The alignment as it is drawn, with the tokens' names beside it in the ink of the theme."""
    drawn = lab.cell("alignment").frame_locator("iframe").locator("#matrix")
    expect(drawn).to_be_visible()
    return drawn.evaluate("canvas => canvas.toDataURL()")


@pytest.fixture(scope="module")
def lab(open_window, open_notebook, course):
    """The notebook in JupyterLab, run and saved."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source, id=id) for id, source in CELLS.items()],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(notebook, course / NOTEBOOK)
    window = open_window()
    lab = open_notebook(window, NOTEBOOK)
    for id in CELLS:
        lab.run(lab.cell(id))
    lab.save()
    yield lab
    lab.shut_down_kernels()
    window.close()  # fails if anything was asked of the network


def test_driven_by_keyboard_in_jupyterlab_without_a_key_leaking(lab, shoot):
    before = notebook_of(lab)
    assert [source for _, source in before] == list(CELLS.values())
    for id, use in USE.items():
        cell = lab.cell(id)
        use(lab.page, cell.frame_locator("iframe"))
        for key in "abddxm":  # JupyterLab's keys for new cells, deleting, cutting, Markdown
            press(lab.page, key)
            assert notebook_of(lab) == before, (id, key)
        expect(cell.locator("img")).to_be_hidden()  # the still image makes way for the live one
        shoot(cell, id)


def test_every_viewer_follows_the_theme(lab, shoot):
    light = matrix(lab)
    for theme in ("dark", "light"):
        lab.theme(theme)
        for id in VIEWERS:
            cell = lab.cell(id)
            follows(cell.frame_locator("iframe"), theme)
            shoot(cell, f"{id}-{theme}")
        assert (matrix(lab) == light) == (theme == "light")


def test_reloaded_without_a_kernel_all_are_alive(lab):
    lab.shut_down_kernels()
    lab.open_without_kernel(NOTEBOOK)
    for id, use in USE.items():
        use(lab.page, lab.cell(id).frame_locator("iframe"))


def test_exported_and_opened_from_a_file_all_are_alive(
    lab, course, environment, open_window, tmp_path, shoot
):
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", course / NOTEBOOK, f"--output-dir={tmp_path}"],
        env=environment,
        check=True,
        capture_output=True,
    )
    window = open_window(OF_NBCONVERT)
    page = window.page()
    page.goto((tmp_path / NOTEBOOK).with_suffix(".html").as_uri())
    frames = page.locator("iframe")
    expect(frames).to_have_count(len(VIEWERS))
    for place, use in enumerate(USE.values()):
        frames.nth(place).scroll_into_view_if_needed()
        use(page, frames.nth(place).content_frame)
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")  # as in a page exported in the dark theme
    for place in range(len(VIEWERS)):
        follows(frames.nth(place).content_frame, "dark")
    shoot(page, "dark", full_page=True)
    window.close()
