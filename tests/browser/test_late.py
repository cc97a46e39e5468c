"""The late sound in a real browser: the slider changes the map, and the numbers are those of that map."""

import numpy as np
import pytest
from playwright.sync_api import expect

from course.show.late import late_sound

pytestmark = pytest.mark.browser

M, N = 6, 12  # frames, and moments of the sound
NOTES = np.array([[-1, 0, 1, 1, 2, -1], [-1, 1, 0, 2, 2, -1]])
RNG = np.random.default_rng(0)


def maps(late: int) -> np.ndarray:
    """Each moment looks at the frame that its sound was made with, and a quarter of it anywhere: (2, N, M)"""
    own = np.clip(np.arange(N) // 2 - late, 0, M - 1)
    return np.stack([0.75 * np.eye(M)[own] + 0.25 / M] * 2)


DELAYS = (-1, 0, 1)


def measures(film: int, late: int) -> tuple[str, str]:
    """How far behind, and how much on its own note, computed here once more."""
    weights, notes = maps(late)[film], NOTES[film]
    frame = np.arange(N) // 2 - late
    heard = np.where((frame >= 0) & (frame < M), notes[np.clip(frame, 0, M - 1)], -1)
    behind = (np.arange(N) + 0.5) / 2 - weights @ (np.arange(M) + 0.5)
    own = (weights * (notes == heard[:, None])).sum(axis=1)
    tone = heard >= 0
    return f"{behind[tone].mean():.1f}".replace("-", "−"), f"{round(100 * own[tone].mean())} %"


@pytest.fixture
def figure(show):
    frames, sounds = RNG.random((2, M, 4, 4)), RNG.uniform(-0.5, 0.5, (2, 600))
    bands = {late: RNG.random((2, N, 3)) for late in DELAYS}
    weights = {late: maps(late) for late in DELAYS}
    return show(late_sound(frames, NOTES, ["one", "two"], weights, bands, sounds, 8000))


def test_a_slider_makes_the_sound_late_and_the_numbers_follow(figure):
    page, frame = figure
    said = frame.locator("#said")
    for key, late, when in (
        ("Home", -1, "early by 1 frame"),
        ("ArrowRight", 0, "in time"),
        ("End", 1, "late by 1 frame"),
    ):
        frame.locator("#late").focus()
        page.keyboard.press(key)
        behind, own = measures(0, late)
        expect(said).to_contain_text(f"The sound is {when}")
        expect(said).to_contain_text(f"looks {behind} frames behind")
        expect(said).to_contain_text(f"{own} of the look")


def test_another_film_has_other_numbers_and_playing_comes_to_an_end(figure):
    _, frame = figure
    frame.locator("#film").select_option("two")
    behind, own = measures(1, 0)
    expect(frame.locator("#said")).to_contain_text(f"looks {behind} frames behind")
    expect(frame.locator("#said")).to_contain_text(f"{own} of the look")
    play = frame.locator("#play")
    play.click()  # a film of 0.075 seconds
    expect(play).to_have_text("Play")
