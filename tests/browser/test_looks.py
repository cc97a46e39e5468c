"""What every live figure owes the eye: no empty ground below it; words that stand out, in light and dark."""

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from course.show import palette, scaling
from course.show.align import alignment
from course.show.beam import beam_tree
from course.show.cost_curves import cost_curves
from course.show.predict import predict_cell, predict_number, predict_patch
from course.show.viewer import Attention, attention_viewer
from course.show.weights import beside, colours
from course.show.why import why_this_weight

pytestmark = pytest.mark.browser

BLACK = np.zeros((30, 50))
WIDTHS = (500, 860, 1260)  # of the window; a notebook in JupyterLab gives its figures about 800
GROUND = {"light": "#ffffff", "dark": "#111111"}


def weights(*shape: int) -> torch.Tensor:
    return (3 * torch.randn(*shape, generator=torch.Generator().manual_seed(0))).softmax(-1)


def viewer(grid=(3, 5), heads=3, models=1):
    N = 1 + grid[0] * grid[1]
    other = Attention(weights(2, heads, N, N), name="after") if models == 2 else None
    return attention_viewer(Attention(weights(2, heads, N, N), name="before"), BLACK, grid, other=other)


FIGURES = {
    "viewer, wide": viewer,
    "viewer, square": lambda: viewer((7, 7), heads=12),
    "viewer, two models": lambda: viewer(models=2),
    "beam": lambda: beam_tree(
        {"": {"it": 0.6, "a": 0.4}, "it": {"■": 1.0}, "a": {"dog": 1.0}, "a dog": {"■": 1.0}}
    ),
    "alignment": lambda: alignment(weights(1, 4, 3, 2), ["un", "chien"], ["a", "dog", "."]),
    "patch": lambda: predict_patch("Where?", BLACK, weights(1, 15).view(3, 5)),
    "cell": lambda: predict_cell("Which?", weights(3, 3), list("abc"), list("xyz")),
    "number": lambda: predict_number("How much?", 0.3, 0, 1),
    "why": lambda: why_this_weight(torch.randn(3, 4), torch.randn(5, 4), torch.randn(5, 2)),
    "scaling": lambda: scaling.guess(scaling.measure(keys=100, draws=2)),
    "cost": cost_curves,
}


@pytest.fixture(params=FIGURES)
def figure(request, show):
    page, frame = show(FIGURES[request.param]())
    frame.locator("#spoken").wait_for(state="attached")
    return page, frame


# The frame's height less that of what is in it: the lowest thing to be seen, the padding and the border.
BLANK = """() => {
    const seen = [...document.body.children].filter((each) => !each.matches("script, .spoken"));
    return innerHeight - 15 - Math.max(...seen.map((each) => each.getBoundingClientRect().bottom));
}"""


def fits(page, frame) -> None:
    inside = page.frames[1]
    inside.wait_for_function(f"() => Math.abs(({BLANK})()) <= 1")


def test_the_frame_is_as_high_as_what_is_in_it(figure):
    page, frame = figure
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 1000})
        fits(page, frame)
        assert page.frames[1].evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    for summary in frame.locator("summary").all():
        for _ in ("open", "shut"):
            summary.click()
            fits(page, frame)


def test_four_maps_of_two_models_stand_side_by_side_in_a_notebook(show):
    page, frame = show(viewer(models=2))
    page.set_viewport_size({"width": 816, "height": 1000})  # the frame has 800
    tops = {round(each.bounding_box()["y"]) for each in frame.locator("#large figure").all()}
    assert len(tops) == 1


def test_what_is_said_under_the_pointer_moves_no_page(show):
    page, frame = show(viewer())
    page.set_viewport_size({"width": 500, "height": 1000})
    fits(page, frame)
    box = frame.locator("#image").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    frame.locator("#said").evaluate("said => { said.style.minHeight = 0; said.textContent = ''; }")
    page.wait_for_timeout(100)
    assert page.frames[1].evaluate(BLANK) > 10  # the sentence is gone, its place is not


# Of each text that can be seen: its contrast with the nearest opaque ground behind it, as WCAG 2 defines it.
CONTRASTS = """() => {
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const luminance = (colour) =>
        colour.slice(0, 3).reduce((sum, c, i) => sum + [0.2126, 0.7152, 0.0722][i] * linear(c / 255), 0);
    const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const opaque = (colour) => { const [, , , a = 1] = numbers(colour); return a === 1; };
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode.textContent.trim(), element = texts.currentNode.parentElement;
        if (!text || !element.getClientRects().length) continue;
        if (element.closest(":disabled, script, .spoken")) continue;
        let behind = element;
        while (behind && !opaque(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
        const style = getComputedStyle(element);
        const ink = element instanceof SVGElement ? style.fill : style.color;
        const [low, high] = [ink, getComputedStyle(behind).backgroundColor]
            .map((colour) => luminance(numbers(colour))).sort((a, b) => a - b);
        found.push([text, (high + 0.05) / (low + 0.05)]);
    }
    return found;
}"""


def test_words_stand_out_from_their_ground(figure):
    page, frame = figure
    for theme, ground in GROUND.items():
        page.evaluate("colour => { document.body.style.background = colour; }", ground)
        expect(frame.locator("html")).to_have_attribute("data-theme", theme)
        found = page.frames[1].evaluate(CONTRASTS)
        assert found
        assert [(text, round(contrast, 2)) for text, contrast in found if contrast < 4.5] == []


def luminance(colour) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in np.asarray(colour) / 255]
    return float(np.dot((0.2126, 0.7152, 0.0722), linear))


def test_numbers_stand_out_from_every_colour_of_a_scale(chromium_browser):
    page = chromium_browser.new_page()
    for name in (palette.sequential, palette.diverging):
        scale = colours(name).tolist()
        inks = page.evaluate(f"(scale) => {{ {beside('weights.js')}; return scale.map(inkOn); }}", scale)
        for colour, ink in zip(scale, inks):
            low, high = sorted([luminance(colour), 0.0 if ink == "#000000" else 1.0])
            assert (high + 0.05) / (low + 0.05) >= 4.5
    page.close()


def test_a_black_image_does_not_swallow_the_map(show):
    """The dark end of the scale on a black image was navy on black."""
    page, frame = show(viewer())
    expect(frame.locator("#said")).to_contain_text("From")
    pixels = page.frames[1].evaluate(
        """() => {
            const canvas = document.querySelector("canvas.large");
            return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data];
        }"""
    )
    seen = np.unique(np.reshape(pixels, (-1, 4))[:, :3], axis=0)
    assert min(map(luminance, seen)) > 0.03 and max(map(luminance, seen)) > 0.5


def test_small_weights_are_seen_on_the_scale_of_an_alignment(show):
    """Even rows have no weight above 1/20: on a scale up to 1 all of them would be one dark."""
    page, frame = show(alignment(torch.full((1, 1, 2, 20), 0.05), list("abcdefghijklmnopqrst"), list("xy")))
    expect(frame.locator("#scale-high")).to_have_text("0.0500")
    brightest = page.frames[1].evaluate(
        """() => {
            const canvas = document.getElementById("matrix");
            const [x, y] = [canvas.width / 2, canvas.height - 15];
            const { data } = canvas.getContext("2d").getImageData(x, y, 30, 5);
            return Math.max(...data.filter((_, i) => i % 4 === 0));  // of red: the dark end has 68
        }"""
    )
    assert brightest > 200


def test_a_guessed_number_is_said_inside_the_frame(show):
    _, frame = show(predict_number("How much?", 0.3, 0, 1))
    frame.locator("#number").fill("0.7")
    frame.get_by_role("button", name="Reveal").click()
    said, line = frame.locator("#number-said"), frame.locator("#line")
    expect(said).to_have_text("your guess: 0.7")
    inside, whole = said.bounding_box(), line.bounding_box()
    assert inside["height"] < 30  # one line
    assert inside["x"] >= whole["x"] and inside["x"] + inside["width"] <= whole["x"] + whole["width"] + 1
    assert (
        inside["y"] >= frame.locator("#answer").bounding_box()["y"] + 30
    )  # below the two lines of the answer
