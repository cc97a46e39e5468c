"""A photograph of the reader's own: its middle, upright, on white; or one sentence on why not."""

import pytest
import torch
from PIL import Image

from course.data.pictures import photograph


def test_the_middle_square_of_a_wide_picture(tmp_path):
    """Red, green and blue stripes of one width: the middle square is all green."""
    picture = Image.new("RGB", (90, 30))
    for left, colour in zip((0, 30, 60), ("#f00", "#0f0", "#00f")):
        picture.paste(colour, (left, 0, left + 30, 30))
    picture.save(tmp_path / "stripes.png")
    pixels = photograph(tmp_path / "stripes.png", 10)
    assert pixels.shape == (3, 10, 10)
    torch.testing.assert_close(pixels[:, 5, 5], torch.tensor([0.0, 1.0, 0.0]))
    assert pixels[1].min() > 0.7  # an edge blends a little


def test_a_camera_held_upright_and_a_hole(tmp_path):
    picture = Image.new("RGB", (20, 20), "black")
    picture.paste("white", (0, 0, 20, 10))  # the upper half
    turned = Image.Exif()
    turned[0x0112] = 6  # to be turned by a quarter, clockwise: the upper half comes to lie on the right
    picture.save(tmp_path / "turned.jpg", exif=turned)
    pixels = photograph(tmp_path / "turned.jpg", 20)
    assert pixels[:, :, :8].max() < 0.1 and pixels[:, :, 12:].min() > 0.9
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(tmp_path / "hole.png")
    assert photograph(tmp_path / "hole.png", 4).min() == 1


def test_what_is_no_picture(tmp_path):
    (tmp_path / "notes.jpg").write_text("Dear diary")
    with pytest.raises(ValueError, match=r"notes\.jpg is no image of a known format"):
        photograph(tmp_path / "notes.jpg", 8)
    with pytest.raises(FileNotFoundError):
        photograph(tmp_path / "absent.jpg", 8)
