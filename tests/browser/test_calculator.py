"""The cost calculator in Chromium: its numbers are `course.cost`'s over a grid; it is handled by keyboard."""

from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import expect

from course.cost import vision
from course.cost.formula import FLOAT32
from course.cost.layers import encoder_layer
from grader.site import calculator

pytestmark = pytest.mark.browser

SITE = Path(calculator.__file__).parent
GRID = [
    dict(image=image, patch=patch, d=d, h=h, depth=depth, n=n, B=B)
    for image, patch in ((224, 16), (32, 4), (384, 32))
    for d, h, n in ((192, 3, 768), (768, 12, 3072), (64, 64, 7))
    for depth, B in ((1, 1), (12, 64), (48, 4096))
]
LENGTHS = (1, 197, 65_536)
ASKED = """grid => grid.map(sizes => Object.fromEntries(['tokens', 'image'].map(
    model => [model, Object.entries(cost[model]).map(([name, formula]) => [name, formula(sizes)])])))"""


@pytest.fixture
def page(chromium_browser):
    """The calculator alone: what stands in its page of HTML, with its scripts."""
    html = calculator.PAGE[calculator.PAGE.index("<form") : calculator.PAGE.index("<noscript>")]
    scripts = calculator.script(), (SITE / "static" / "calculator.js").read_text(encoding="utf-8")
    opened = chromium_browser.new_page(viewport={"width": 360, "height": 740})
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.set_content(f"<main>{html}</main>" + "".join(f"<script>{text}</script>" for text in scripts))
    yield opened
    opened.close()
    assert wrong == []


def told(page, name):
    """What the table says beside a name: the number, and the note behind it."""
    row = page.locator("#costs tr").filter(has=page.locator("th", has_text=name)).first
    return row.locator("td > *").all_inner_texts()


def test_the_pages_formulas_are_the_courses_over_a_grid(page):
    grid = [sizes | {"L": L} for sizes, L in product(GRID, LENGTHS)]
    for sizes, found in zip(grid, page.evaluate(ASKED, grid), strict=True):
        d, h, n, depth, L, B = (sizes[name] for name in ("d", "h", "n", "depth", "L", "B"))
        whole = {
            fused: {
                "tokens": depth * encoder_layer(L, d, n, h, fused=fused),
                "image": vision.vit(sizes["image"], sizes["patch"], d, depth, h, n, fused=fused),
            }
            for fused in (True, False)
        }
        for model in ("tokens", "image"):
            here = dict(found[model])
            fused, explicit = (whole[kind][model] for kind in (True, False))
            assert here.pop("length", 1 + (sizes["image"] // sizes["patch"]) ** 2) > 1
            assert here == {  # beyond 2⁵³ a number of JavaScript is no longer exact
                "parameters": fused.parameters,
                "flops": pytest.approx(B * fused.flops, rel=1e-15),
                "keptFused": pytest.approx(B * fused.activation_bytes / FLOAT32, rel=1e-15),
                "keptExplicit": pytest.approx(B * explicit.activation_bytes / FLOAT32, rel=1e-15),
            }


def test_it_opens_on_vit_b_and_says_what_that_costs(page):
    assert told(page, "Tokens, L")[0] == "197"
    assert told(page, "Parameters") == ["86,567,656", "330 MiB of weights"]
    assert told(page, "Work, forward") == ["35.1 GFLOPs", "17.6 G multiply–adds"]
    assert page.locator("svg text.end").first.text_content() == "1 MFLOPs"
    assert told(page, "Attention matrices")[1] == "1.78 MiB in one layer, for one image: 12 × 197²"
    expect(page.locator("figure").first).to_contain_text(
        "Attention costs less than the MLP up to L = n − 2d = 1,536"
    )


def test_a_size_may_be_typed_and_what_cannot_be_is_said(page):
    page.get_by_label("Heads").fill("7")
    expect(page.get_by_role("alert")).to_have_text("Width 768 is not divisible by 7 heads.")
    expect(page.locator("#costs")).to_be_hidden()
    page.get_by_label("Heads").fill("")
    expect(page.get_by_role("alert")).to_contain_text("The number of heads must be a whole number from 1")
    page.get_by_label("Heads").fill("6")
    expect(page.get_by_label("Start from")).to_have_value("sizes of your own")
    page.get_by_label("MLP ratio").fill("2")
    expect(page.locator("figure").first).to_contain_text("attention costs more than the MLP at every length")
    page.get_by_label("Side of a patch").fill("15")
    expect(page.get_by_role("alert")).to_contain_text("224 is not divisible by 15")


def test_a_sequence_is_chosen_by_keyboard_and_precision_halves_memory(page):
    page.get_by_label("an image, cut into patches").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_label("Tokens, L").fill("1024")
    assert told(page, "Tokens, L")[0] == "1,024"
    assert told(page, "Attention matrices")[0] == "576 MiB"
    page.get_by_label("Precision").select_option("16 bits")
    assert told(page, "Attention matrices")[0] == "288 MiB"
    page.get_by_label("Start from").select_option("ViT-L/16")
    assert told(page, "Parameters")[0] == f"{(24 * encoder_layer(1, 1024, 4096, 16)).parameters:,}"


def test_it_fits_on_a_phone(page):
    page.add_style_tag(path=str(SITE / "static" / "site.css"))
    page.evaluate("dispatchEvent(new Event('resize'))")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    names = page.locator("#calculator :is(input, select)").evaluate_all(
        "all => all.map(e => e.labels.length)"
    )
    assert names and set(names) == {1}
