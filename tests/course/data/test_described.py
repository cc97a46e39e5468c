"""Captions of one's own: the file beside the pictures as people write it, and what is wrong with it."""

import pytest
import torch
from PIL import Image

from course.data.described import described

COLOURS = {"a.png": "red", "b.png": "blue", "sub/c.png": "lime", "d.png": "white", "e.png": "black"}


@pytest.fixture
def pictures(tmp_path):
    (tmp_path / "sub").mkdir()
    for name, colour in COLOURS.items():
        Image.new("RGB", (12, 10), colour).save(tmp_path / name)
    return tmp_path


def write(folder, text, name="captions.csv", encoding="utf-8"):
    (folder / name).write_bytes(text.encode(encoding))
    return folder


LINES = "".join(f"{name},all {colour}\n" for name, colour in COLOURS.items())


@pytest.mark.parametrize("first", ["", "image,caption\n", "\ufeffimage,caption\n\n"])
def test_each_picture_has_its_caption(pictures, first):
    write(pictures, first + LINES)
    seen = [described(pictures, split) for split in ("train", "test")]
    assert [len(part) for part in seen] == [4, 1]
    assert {*seen[0].names} | {*seen[1].names} == {*COLOURS}
    for part in seen:
        assert part.images.shape[1:] == (3, 10, 12)
        assert part.captions == tuple(f"all {COLOURS[name]}" for name in part.names)
        for image, name in zip(part.images, part.names):
            pixel = torch.tensor(Image.new("RGB", (1, 1), COLOURS[name]).getpixel((0, 0)))
            assert (image == pixel[:, None, None]).all()


def test_a_picture_with_several_captions_is_on_one_side(pictures):
    write(pictures, LINES + LINES.replace("all", "only"))
    train, test = (described(pictures, split, size=8) for split in ("train", "test"))
    assert (len(train), len(test)) == (8, 2) and not {*train.names} & {*test.names}
    assert train.images.shape == (8, 3, 8, 8)


def test_commas_in_a_caption_and_tabs(pictures):
    write(pictures, LINES.replace("all red", "red , and nothing else").replace("all blue", '"blue, too"'))
    said = {part for split in ("train", "test") for part in described(pictures, split).captions}
    assert {"red , and nothing else", "blue, too"} <= said
    (pictures / "captions.csv").unlink()
    write(pictures, LINES.replace(",", "\t").replace("all red", 'all "red", that is'), "captions.tsv")
    said = {part for split in ("train", "test") for part in described(pictures, split).captions}
    assert 'all "red", that is' in said


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has no captions"),
        ("image,caption\n", "has no captions"),
        (LINES + "a.png,\n", "line 6: an image's name and a caption are needed"),
        (LINES + "f.png,all grey\n", "describes images that cannot be read: f.png (not there)"),
        (LINES + "broken.png,nothing\n", "broken.png (is no image of a known format)"),
        ("a.png,all red\na.png,only red\n", "describes 1 image: one to train and one to test on"),
    ],
)
def test_what_is_wrong_is_said(pictures, text, sentence):
    (pictures / "broken.png").write_text("no picture")
    write(pictures, text)
    with pytest.raises(ValueError) as refused:
        described(pictures)
    assert sentence in str(refused.value)


def test_no_captions_and_another_encoding(pictures):
    with pytest.raises(FileNotFoundError, match=r"has no captions\.csv or captions\.tsv or captions\.txt"):
        described(pictures)
    write(pictures, "a.png,grün\nb.png,blau\n", encoding="latin-1")
    with pytest.raises(ValueError, match="is not UTF-8 text: byte 8 does not fit"):
        described(pictures)
