"""Why this weight, in a real browser: every number it shows is the one that Python computes."""

import re

import pytest
import torch
from playwright.sync_api import expect

from course.attention import attention
from course.show.why import why_this_weight

pytestmark = pytest.mark.browser

GENERATOR = torch.Generator().manual_seed(0)
Q, K, V = (torch.randn(*shape, generator=GENERATOR) for shape in ((3, 4), (5, 4), (5, 2)))
MASK = torch.ones(3, 5, dtype=torch.bool)
MASK[1, 4] = False
OUTPUT, WEIGHTS = attention(Q, K, V, MASK, return_weights=True)


def numbers(locator) -> list[float]:
    return [
        float(text) for text in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", locator.inner_text().replace("−", "-"))
    ]


@pytest.mark.parametrize("scale", [1, 1000])  # and where e^score is larger than any number
def test_every_number_is_the_one_that_python_computes(show, scale):
    block = why_this_weight(scale * Q, K, V, MASK, queries=list("xyz"), keys=list("abcde"), query=1, key=2)
    _, frame = show(block)
    output, weights = attention(scale * Q, K, V, MASK, return_weights=True)

    for query, key in ((1, 2), (1, 4), (0, 3)):
        frame.get_by_role("combobox", name="Query").select_option(str(query))
        frame.get_by_role("combobox", name="Key").select_option(str(key))
        products = numbers(frame.locator("#products tr").nth(2))
        expected = (scale * Q[query] * K[key]).tolist()
        assert products == pytest.approx([*expected, sum(expected)], abs=0.01 * scale)
        assert numbers(frame.locator("#scaled"))[-1] == pytest.approx(sum(expected) / 2, abs=0.01 * scale)
        rows = frame.locator("#softmax tbody tr")
        expect(rows).to_have_count(6)
        for place in range(5):
            shown = frame.locator("#softmax tbody tr").nth(place).locator("td").nth(3)
            assert numbers(shown) == [pytest.approx(weights[query, place].item(), abs=0.006)]
        brought = (weights[query, key] * V[key]).tolist()
        assert numbers(frame.locator("#values tr").nth(1))[1:] == pytest.approx(brought, abs=0.01)
        assert numbers(frame.locator("#values tr").nth(2)) == pytest.approx(output[query].tolist(), abs=0.01)


def test_the_mask_is_said_and_rows_can_be_clicked(show):
    _, frame = show(why_this_weight(Q, K, V, MASK, query=1, key=4))
    expect(frame.locator("#said")).to_contain_text("The mask forbids query 1 to look at key 4")
    best = int(WEIGHTS[1].argmax())
    frame.locator("#softmax tbody tr").nth(best).click()
    expect(frame.locator("#said")).to_contain_text("the most of 5 keys")
    expect(frame.locator("#spoken")).to_contain_text(f"gives key {best}")
