"""Lines of text: what is said to be written is, and where it is said to be."""

from importlib import import_module

import matplotlib
import pytest
import torch

from course.data import characters, text_lines
from course.data.text_lines import FAMILIES


@pytest.fixture
def clean(monkeypatch):
    """Black ink on white paper without noise."""
    module = import_module("course.data.text_lines")  # `course.data.text_lines` is the function
    monkeypatch.setattr(module, "_shaded", lambda ink, rng: (255 - 255 * ink).round().astype("uint8"))


def test_shapes_types_and_fonts():
    lines = text_lines(60, height=24, width=100)
    assert lines.images.shape == (60, 1, 24, 100) and lines.images.dtype == torch.uint8
    assert lines.classes == FAMILIES and len(set(lines.labels.tolist())) == 8
    assert [len(text) for text in lines.texts] == [len(boxes) for boxes in lines.boxes]
    assert len(set(lines.texts)) > 40


def test_the_same_seed_gives_the_same_lines():
    first, again, other = text_lines(9, seed=3), text_lines(9, seed=3), text_lines(9, seed=4)
    assert torch.equal(first.images, again.images) and first.texts == again.texts
    assert all(torch.equal(a, b) for a, b in zip(first.boxes, again.boxes))
    assert not torch.equal(first.images, other.images)


def test_boxes_hold_all_ink_and_touch_it_on_every_side(clean):
    lines = text_lines(60)
    ink = 255 - lines.images[:, 0].int()
    for image, boxes in zip(ink, lines.boxes):
        covered = torch.zeros_like(image, dtype=torch.bool)
        for left, top, right, bottom in boxes.tolist():
            covered[top:bottom, left:right] = True
            inside = image[top:bottom, left:right]
            if right > left:
                assert inside[0].any() and inside[-1].any() and inside[:, 0].any() and inside[:, -1].any()
        assert not image[~covered].any()
        assert image.max() > 150
        starts = boxes[boxes[:, 2] > boxes[:, 0], 0]
        assert (starts.diff() >= 0).all(), "from left to right"


def test_each_character_looks_like_itself(clean):
    """All that is in the box of a letter, drawn alone by Pillow in the same font, is that letter."""
    from PIL import Image, ImageDraw, ImageFont

    fonts = [f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSansMono.ttf"]
    lines = text_lines(5, texts=["xo i"], fonts=fonts)
    for image, boxes in zip(lines.images[:, 0], lines.boxes):
        assert boxes[2, 0] == boxes[2, 2], "a space has no ink"
        for letter, (left, top, right, bottom) in zip("xo i", boxes.tolist()):
            drawn = 255 - image[top:bottom, left:right].int()
            best = 1e9
            for size in range(5, 40):
                page = Image.new("L", (60, 60))
                ImageDraw.Draw(page).text((5, 5), letter, fill=255, font=ImageFont.truetype(fonts[0], size))
                box = page.getbbox()
                if letter == " " or (box[2] - box[0], box[3] - box[1]) != (right - left, bottom - top):
                    continue
                alone = torch.tensor(list(page.crop(box).tobytes())).view(bottom - top, right - left)
                best = min(best, (alone - drawn).abs().float().mean().item())
            assert letter == " " or best == 0


def test_ink_and_paper_can_always_be_told_apart():
    lines = text_lines(80)
    for image, boxes in zip(lines.images[:, 0].float(), lines.boxes):
        inside = torch.zeros(image.shape, dtype=torch.bool)
        for left, top, right, bottom in boxes.tolist():
            inside[top:bottom, left:right] = True
        paper = image[~inside].mean()
        assert (image[inside] - paper).abs().quantile(0.95) > 50
    means = lines.images.float().mean(dim=(1, 2, 3))
    assert means.std() > 40, "pages of all shades"


def test_long_texts_shrink_and_too_long_ones_are_refused(clean):
    long = "a quick brown fox jumps over it"
    lines = text_lines(10, texts=[long])
    assert all((boxes[:, 2] <= 160).all() and (boxes[:, 0] >= 0).all() for boxes in lines.boxes)
    with pytest.raises(ValueError, match=r"'w{99}' does not fit into 160 × 32 pixels"):
        text_lines(1, texts=["w" * 99])


@pytest.mark.parametrize(("height", "width"), [(12, 48), (32, 64), (64, 64)])
def test_words_of_the_course_fit_into_narrow_images(height, width):
    assert text_lines(60, height, width).images.shape == (60, 1, height, width)


def test_accents_and_parts():
    lines = text_lines(6, texts=["été", "où"])
    assert set(lines.texts) <= {"été", "où"}
    part = lines.take([4, 0])
    assert part.texts == (lines.texts[4], lines.texts[0]) and torch.equal(part.boxes[1], lines.boxes[0])


def test_characters_are_cut_out_and_sorted(clean):
    lines = text_lines(40, texts=["0 1", "90"], width=64)
    found = characters(lines, 8)
    assert found.classes == ("0", "1", "9") and found.images.shape[1:] == (1, 8, 8)
    assert len(found) == 80
    said = [found.classes[label] for label in found.labels.tolist()]
    assert "".join(said) == "".join(lines.texts).replace(" ", "")
    large = characters(lines, 32).floats()
    is_one = found.labels == 1
    middle = large[:, 0, 12:20, 14:18].mean(dim=(1, 2))
    assert middle[is_one].mean() < 0.4 < middle[found.labels == 0].mean(), "a 1 has ink where a 0 has a hole"
    with pytest.raises(ValueError, match="size must be a whole number"):
        characters(lines, 0)


def test_refusals(tmp_path):
    with pytest.raises(ValueError, match="height must be at least 12 pixels, for text to be read; got 8"):
        text_lines(1, height=8)
    for texts in ("word", [], ["a", " "]):
        with pytest.raises(ValueError, match="texts must be a list of texts, of which none is empty"):
            text_lines(1, texts=texts)
    with pytest.raises(FileNotFoundError, match=r"there is no file .*none\.ttf"):
        text_lines(1, fonts=[tmp_path / "none.ttf"])
    (tmp_path / "a.ttf").write_bytes(b"no font")
    with pytest.raises(ValueError, match=r"a\.ttf is no font that Pillow can read"):
        text_lines(1, fonts=[tmp_path / "a.ttf"])
    with pytest.raises(ValueError, match="fonts must name at least one file"):
        text_lines(1, fonts=[])
