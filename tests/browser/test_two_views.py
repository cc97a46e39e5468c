"""The figures of lesson 10 in a real browser: a choice is charged by NT-Xent, a run spreads points."""

import math
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from course.show.sphere import sphere, start
from course.show.twins import find_the_twin

pytestmark = pytest.mark.browser

RNG = np.random.default_rng(0)
PAINTS = RNG.random((2, 4, 3, 1, 1)) * np.ones((4, 4))  # a colour of its own for each image
VIEWS = np.concatenate([PAINTS, PAINTS], axis=1)  # the twins are the same


def order() -> np.ndarray:
    """The first round's order, drawn as the figure draws it."""
    return np.random.default_rng(0).permutation(8)


def test_a_choice_costs_what_nt_xent_says(show):
    _, frame = show(find_the_twin({"as they are": VIEWS}))
    said, score = frame.locator("#said"), frame.locator("#score tr")
    expect(said).to_contain_text("Round 1 of 2")
    twin = list(order()).index((order()[0] + 4) % 8)
    frame.locator("#views button").nth(twin).click()
    cost = -math.log(math.exp(3) / (math.exp(3) + 6))
    expect(said).to_contain_text(f"Right. At 1/τ = 3 this choice costs {cost:.2f} nats")
    expect(score.nth(0)).to_contain_text(f"{cost:.2f}")
    expect(score.nth(1).locator("td").nth(2)).to_have_text("1")  # colour alone was right too
    frame.locator("#sure").fill("0")
    expect(score.nth(0)).to_contain_text(f"{math.log(7):.2f}")


def test_a_wrong_choice_is_told_and_the_next_round_comes(show):
    _, frame = show(find_the_twin({"as they are": VIEWS}))
    twin = list(order()).index((order()[0] + 4) % 8)
    wrong = next(place for place in range(1, 8) if place != twin)
    frame.locator("#views button").nth(wrong).click()
    cost = -math.log(1 / (math.exp(3) + 6))
    expect(frame.locator("#said")).to_contain_text(f"it was view {twin + 1}. At 1/τ = 3")
    expect(frame.locator("#said")).to_contain_text(f"{cost:.2f} nats")
    frame.get_by_role("button", name="Next round").click()
    expect(frame.locator("#said")).to_contain_text("Round 2 of 2")


def measures(places: np.ndarray, noise: np.ndarray) -> list[str]:
    """Alignment and uniformity, computed here once more."""
    u, v = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in places + noise)
    apart = ((places[:, None] - places) ** 2).sum(-1)[~np.eye(len(places), dtype=bool)]
    numbers = ((u - v) ** 2).sum(-1).mean(), np.log(np.exp(-2 * apart).mean())
    return [f"{number:.2f}".replace("-", "−") for number in numbers]


def test_points_spread_and_a_high_temperature_leaves_them_less_even(show):
    page, frame = show(sphere(2.0))
    said, found = frame.locator("#said"), {}
    alignment, uniformity = measures(*start())
    expect(said).to_contain_text(f"alignment {alignment}, uniformity {uniformity}")
    for key in ("End", "ArrowLeft"):
        frame.locator("#tau").focus()
        page.keyboard.press(key)
        for _ in range(12 if key == "ArrowLeft" else 0):  # from 2 down to 0.2 or so
            page.keyboard.press(key)
        frame.get_by_role("button", name="From the start").click()
        expect(said).to_contain_text("Step 0")
        frame.get_by_role("button", name="Run 100 steps").click()
        expect(said).to_contain_text("Step 100")
        number = re.search(r"uniformity (−?[\d.]+)", said.inner_text())[1]
        found[key] = float(number.replace("−", "-"))
    assert found["ArrowLeft"] < found["End"] < -1
