"""The drawing of attention in a real browser: every step says its own numbers."""

import pytest
import torch
from playwright.sync_api import expect

from course.attention import attention, attention_weights
from course.show.mechanism import mechanism

pytestmark = pytest.mark.browser

Q = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
K = torch.tensor([[4.0, 1.0], [3.0, 0.0], [0.0, 4.0]])
V = torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]])


def test_a_query_is_stepped_through(show):
    page, frame = show(mechanism(Q, K, V, queries=["left", "right"], keys=["a", "b", "c"]))
    said, forward = frame.locator("#said"), frame.get_by_role("button", name="Next step")
    expect(frame.get_by_role("button", name="Back")).to_be_disabled()
    expect(said).to_contain_text("A query, 3 keys")
    expect(frame.locator("rect.bar")).to_have_count(0)
    forward.focus()
    page.keyboard.press("Enter")
    expect(said).to_contain_text("With a: 1·4 + 0·1 = 4.")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("4 / 1.41 = 2.83")
    page.keyboard.press("Enter")
    weights = attention_weights(Q, K)
    expect(said).to_contain_text(f"= {weights[0, 0]:.3f} for a")
    expect(frame.locator("rect.bar")).to_have_count(3)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    first, second = attention(Q, K, V)[0].tolist()
    expect(said).to_contain_text(f"[{first:.2f}, {second:.2f}]: a mean of the values in which a counts most")
    expect(frame.locator("#spoken")).to_contain_text("a counts most")
    expect(forward).to_be_disabled()

    frame.get_by_role("combobox", name="Query").select_option("right")
    expect(said).to_contain_text("in which c counts most")
    frame.get_by_role("button", name="Back").click()
    expect(said).to_contain_text(f"c hands over {weights[1, 2]:.3f} of its value")
    expect(frame.locator("#step")).to_have_text("step 4 of 5")
