"""Published numbers as dots: what crosses into the page, and what is refused."""

import pytest

from course.show.lecture_tables import days_of_computing, in_which_order, two_diets
from course.show.masked_table import EPOCHS, PROBE, TUNED, masked_on_imagenet
from course.show.published import Row, published
from tests.course.crossed import data_of

ROWS = [Row("A", "small", {"days": 1, "right": 50}), Row("B", "large", {"days": 30}, note="At 384 pixels.")]


def test_every_row_crosses_and_the_words_tell_the_first_picture():
    block = published(ROWS, ["days"], ["right"], "Nobody 2020.")
    data = data_of(block)
    assert data["kinds"] == ["small", "large"]
    assert data["rows"][1] == {
        "model": "B",
        "kind": "large",
        "numbers": {"days": 30},
        "note": "At 384 pixels.",
    }
    assert block.alt == "right against days, a dot for each row: A (small) 1, 50."


def test_what_it_refuses():
    with pytest.raises(ValueError, match="quantity must be 'days' or 'right'; got 'weeks'"):
        published(ROWS, ["weeks"], ["right"], "")
    with pytest.raises(ValueError, match="4 kinds"):
        published([Row("A", str(kind), {"days": 1}) for kind in range(5)], ["days"], ["days"], "")


def test_the_lectures_tables_are_whole():
    """Eight models, five of them with two numbers less one; the slides' gains are these rows' differences."""
    rows = data_of(two_diets())["rows"]
    assert len(rows) == 12
    found = {(row["model"], row["kind"][:3], row["numbers"]["images before, M"]): row for row in rows}
    gain = {
        model: found[model, "ViT", 303]["numbers"]["ImageNet, %"]
        - found[model, "ViT", 1.28]["numbers"]["ImageNet, %"]
        for model in ("ViT-B/16", "ViT-B/32", "ViT-L/16", "ViT-L/32")
    }
    assert max(gain, key=gain.get) == "ViT-L/32"
    assert gain["ViT-L/32"] == pytest.approx(13.21)
    assert len(data_of(days_of_computing())["rows"]) == 5


def test_masked_images_as_the_slides_print_them():
    """Deck 0: 82.3 82.6 83.1, then 83.6 85.9 86.9 87.8, 88.9 with 659 M; deck 2: 76.5."""
    rows = data_of(masked_on_imagenet())["rows"]
    of = {(row["model"], row["kind"]): row["numbers"] for row in rows}
    tuned = {at: numbers[TUNED] for at, numbers in of.items() if TUNED in numbers}
    sizes = ("ViT-B", "ViT-L", "ViT-H")
    assert [tuned[size, "labels alone"] for size in sizes] == [82.3, 82.6, 83.1]
    assert [tuned[size, "pixels"] for size in (*sizes, "ViT-H, 448")] == [83.6, 85.9, 86.9, 87.8]
    assert tuned["V2-H, 512", "pixels"] == 88.9 and tuned["ViT-L, 2021", "labels alone"] == 76.5
    assert all(numbers.keys() & {TUNED, PROBE} for numbers in of.values())
    assert all(EPOCHS in numbers for (_, kind), numbers in of.items() if kind != "labels alone")


def test_frames_in_order_are_found_most_often_and_first():
    """Deck 3's table of MMT."""
    rows = {(row["model"], row["kind"]): row["numbers"] for row in data_of(in_which_order())["rows"]}
    best = rows["MMT", "frames in order"]
    assert best == {"R@5, %": 54.0, "median rank": 4.0, "mean rank": 26.7}
    assert all(best["R@5, %"] > other["R@5, %"] for key, other in rows.items() if other is not best)
    assert all(best["mean rank"] < other["mean rank"] for other in rows.values() if other is not best)
