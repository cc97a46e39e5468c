"""The sliders of the lesson on cost: their formulas are PyTorch's counts, the lesson's sizes are on them."""

import html
import json
import re

import pytest

from course import cost
from course.show.cost_curves import LENGTHS, UNITS, WIDTHS, cost_curves
from grader.formula import parse


@pytest.fixture(scope="module")
def block():
    return cost_curves(L=784, d=1024, n=2048)


@pytest.fixture(scope="module")
def page(block):
    return html.unescape(re.search(r'srcdoc="([^"]*)"', block.html)[1])


def in_the_script(page, name, **sizes):
    """The value of one of the script's formulas, read from the JavaScript."""
    formula = re.search(rf"\b{name}: \(L, d, n\) => (.*),\n", page)[1]
    python = re.sub(r"Math\.pow\((\w), (\d)\)", r"\1**\2", formula)
    return parse(python, ["L", "d", "n"]).value(**sizes)


@pytest.mark.parametrize("sizes", [{"L": 50, "d": 16, "n": 64}, {"L": 784, "d": 1024, "n": 2048}], ids=str)
def test_the_formulas_in_the_browser_are_what_pytorch_counts(page, sizes):
    L, d, n = sizes.values()
    mlp = cost.measure(cost.TwoLayers(d, n, device="meta"), (L, d))
    attention = cost.measure(cost.AttentionLayer(d, n, device="meta"), (L, d))
    assert in_the_script(page, "mlpParameters", **sizes) == mlp.parameters
    assert in_the_script(page, "mlpFlops", **sizes) == mlp.flops
    assert in_the_script(page, "attentionParameters", **sizes) == attention.parameters
    parts = [in_the_script(page, f"attention{part}", **sizes) for part in ("Projections", "Pairs")]
    assert sum(parts) == attention.flops
    assert parts[1] == 2 * cost.measure(lambda q, k: q @ k.mT, (L, n), (L, n)).flops
    assert in_the_script(page, "mlpMiddle", **sizes) == 4 * L * n
    assert in_the_script(page, "attentionMiddle", **sizes) == 4 * L * L


def test_it_starts_where_it_is_told_and_the_lessons_sizes_are_on_the_sliders(page):
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    assert data["start"] == {"L": 784, "d": 1024, "n": 2048}
    assert data["choices"] == {"L": LENGTHS, "d": WIDTHS, "n": UNITS}
    assert {50, 784, 1024, 1_048_576} <= set(LENGTHS)
    assert {768, 1024} <= set(WIDTHS)
    assert {2048, 3072, 4096} <= set(UNITS)
    for choices in data["choices"].values():
        assert choices == sorted(set(choices))


def test_a_size_that_is_on_no_slider_is_refused():
    with pytest.raises(ValueError, match="L = 783 is not on the slider"):
        cost_curves(L=783)


def test_every_element_that_the_script_looks_for_is_on_the_page(page):
    body, script = page.split("const cost = {")
    wanted = set(re.findall(r'element\("([\w-]+)"\)', script)) | {"L", "d", "n", "wide-n", "wide-d"}
    assert wanted | {"mlp", "attention"} <= set(re.findall(r'\bid="([\w-]+)"', body))


def test_it_has_a_text_and_a_still_image_for_those_who_cannot_run_it(block):
    bundle = block._repr_mimebundle_()
    assert "crosses the projections at L = 2d" in bundle["text/plain"]
    assert bundle["image/png"]
