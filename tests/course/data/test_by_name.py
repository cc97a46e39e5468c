"""Sets by name and by path: as many images as the table says, divided once, classes the same in all parts."""

import io
import tarfile
import warnings
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from course.data import ImageSet, by_name, digit_set
from course.data.by_name import SETS, held_out, load, more_shapes
from course.data.image_set import measured
from course.data.real import SOURCES


def png(number, size=4):
    stream = io.BytesIO()
    Image.new("RGB", (size, size), (number, 2 * number, 255 - number)).save(stream, "PNG")
    return stream.getvalue()


def stored(path, names, sizes=None):
    """Images in a folder or an archive, every one of another colour."""
    files = {name: png(number, (sizes or {}).get(name, 4)) for number, name in enumerate(names)}
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    elif path.suffixes:
        with tarfile.open(path, f"w:{path.suffix[1:]}") as archive:
            for name, content in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    else:
        for name, content in files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(content)
    return path


def colours(found):
    return {tuple(image[:, 0, 0].tolist()) for image in found.images}


def flat(found):
    return found.images.flatten(1).numpy()


# --- By name -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, known in SETS.items() if not known.files])
def test_what_the_table_says_of_a_set_of_the_course(name):
    known = SETS[name]
    train, test = load(name), load(name, "test")
    assert {"train": len(train), "test": len(test)} == known.images
    assert train.images.shape[1:] == test.images.shape[1:] == known.shape
    assert len(train.classes) == known.classes and train.classes == test.classes
    assert train.labels.unique().numel() == test.labels.unique().numel() == known.classes
    assert (train.mean, train.std) == (test.mean, test.std) == measured(train.images)
    assert not {*map(bytes, flat(train))} & {*map(bytes, flat(test))}


def test_the_table_of_what_is_fetched():
    assert {name for name, known in SETS.items() if known.files} == {
        "cifar10",
        "cifar100",
        "svhn",
        "flowers102",
    }
    for known in SETS.values():
        assert set(known.files) <= SOURCES.keys() and {"train", "test"} <= known.images.keys()


def test_digits_are_divided_once_and_in_proportion():
    train, test, whole = load("digits"), load("digits", "test"), digit_set()
    assert sorted([*map(bytes, flat(train)), *map(bytes, flat(test))]) == sorted(map(bytes, flat(whole)))
    shares = test.labels.bincount() / whole.labels.bincount()
    assert (shares - 0.2).abs().max() < 0.01
    assert not torch.equal(load("digits", "test", seed=1).images, test.images)


def test_shapes_keep_their_masks_and_other_seeds_draw_others():
    train, test = load("shapes", size=16), load("shapes", "test", size=16)
    assert train.masks.shape == (4000, 16, 16) and test.segmentation().amax() == 8
    assert torch.equal(load("shapes", "test", size=16).images, test.images)
    assert not torch.equal(load("shapes", "test", size=16, seed=1).labels, test.labels)


@pytest.mark.parametrize("name", ["cifar10", "cifar100", "svhn"])
def test_what_is_fetched_is_read_and_scaled(name, monkeypatch):
    asked = []
    ramp = torch.linspace(0, 255, 32).round().to(torch.uint8).expand(2, 3, 32, 32)

    def read(split):
        asked.append(split)
        return ImageSet(ramp, torch.tensor([0, 1]), ("a", "b"), (0.5,) * 3, (0.25,) * 3)

    monkeypatch.setattr(by_name, name, read)
    assert load(name, "test").images is ramp
    small = load(name, size=8)
    assert asked == ["test", "train"] and small.mean == (0.5,) * 3
    assert small.images.shape == (2, 3, 8, 8) and small.images.dtype == torch.uint8
    expected = torch.linspace(0, 255, 32).view(8, 4).mean(dim=1)
    assert (small.images[0, 0, 0, 1:-1] - expected[1:-1]).abs().max() < 3
    assert load(name, size=64).images.shape == (2, 3, 64, 64)


def test_flowers_are_cut_to_size_where_they_are_read(monkeypatch):
    asked = []
    monkeypatch.setattr(by_name, "flowers102", lambda *given: asked.append(given))
    load("flowers102", "val"), load("flowers102", "test", size=96)
    assert asked == [("val", 64), ("test", 96)]


def test_names_that_nothing_has(tmp_path):
    every = "digits, shapes, text, cifar10, cifar100, svhn, flowers102"
    for wrong in ("cifar", str(tmp_path / "none")):
        with pytest.raises(
            ValueError, match=f"{wrong}' is no folder, no archive, and none of the sets {every}$"
        ):
            load(wrong)
    with pytest.raises(ValueError, match="digits has no split 'val'; it has train and test"):
        load("digits", "val")
    with pytest.raises(ValueError, match="flowers102 has no split 'extra'; it has train and val and test"):
        load("flowers102", "extra")
    with pytest.raises(ValueError, match="size must be a whole number"):
        load("digits", size=0)


def test_a_name_goes_before_a_folder(tmp_path, monkeypatch):
    stored(tmp_path / "digits", [f"{label}/{n}.png" for label in "ab" for n in range(5)])
    monkeypatch.chdir(tmp_path)
    assert len(load("digits")) == 1438 and len(load("./digits")) == len(load(tmp_path / "digits")) == 8


def test_more_shapes_begin_with_the_same_and_leave_out_what_is_tested_on():
    more, train, test = more_shapes(4500, 8), load("shapes", size=8), load("shapes", "test", size=8)
    assert len(more) == 4500 and torch.equal(more.images[:4000], train.images)
    assert not {*map(bytes, flat(more))} & {*map(bytes, flat(test))}
    assert (more.mean, more.std) == measured(more.images)


# --- By path -------------------------------------------------------------------------------------------

DIVIDED = ["train/a/0.png", "train/a/1.png", "train/b/2.png", "test/b/3.png"]


@pytest.fixture(autouse=True)
def no_warning_unseen():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("kind", ["folder", "a.zip", "a.tar", "a.tar.xz"])
@pytest.mark.parametrize("above", ["", "photographs/"])
def test_a_path_that_is_divided(kind, above, tmp_path):
    path = stored(tmp_path / kind, [above + name for name in DIVIDED])
    train, test = load(path), load(path, "test")
    assert train.names == tuple(above + name for name in DIVIDED[:3])
    assert train.labels.tolist() == [0, 0, 1] and test.labels.tolist() == [1], "a is missing, b is still 1"
    assert train.classes == test.classes == ("a", "b")
    assert np.array_equal(test.images[0].permute(1, 2, 0), np.array(Image.open(io.BytesIO(png(3)))))
    with pytest.raises(ValueError, match=f"{kind} has no folder val/; it has train and test"):
        load(path, "val")


def test_a_validation_folder_is_a_split_of_its_own(tmp_path):
    path = stored(tmp_path / "folder", [*DIVIDED, "val/a/4.png", "valley/a/5.png"])
    assert load(path, "val").names == ("val/a/4.png",)


@pytest.mark.parametrize("name", ["val", "valid", "validation"])
def test_without_a_test_folder_the_validation_folder_is_held_out(name, tmp_path):
    path = stored(tmp_path / "folder", [*DIVIDED[:3], f"{name}/a/4.png"])
    split, found = held_out(path)
    assert split == "val" and found.names == (f"{name}/a/4.png",) and found.classes == ("a", "b")
    assert held_out("digits")[0] == "test" and len(held_out("digits")[1]) == 359
    assert held_out(stored(tmp_path / "both", [*DIVIDED, "val/a/4.png"]))[0] == "test"


def test_where_nothing_is_held_out_that_is_said(tmp_path):
    with pytest.raises(ValueError, match=r"has train/ but no test/ and no val/: there is nothing to test on"):
        held_out(stored(tmp_path / "train only", DIVIDED[:3]))
    with pytest.raises(ValueError, match="val/ and valid/ mean the same: keep one"):
        held_out(stored(tmp_path / "twice", [*DIVIDED, "val/a/4.png", "valid/a/5.png"]))
    with pytest.raises(ValueError, match="the class 'c', which is none of a, b"):
        held_out(stored(tmp_path / "more", [*DIVIDED, "test/c/4.png"]))
    with pytest.raises(ValueError, match="'nowhere' is no folder"):
        held_out("nowhere")


@pytest.mark.parametrize("kind", ["folder", "a.zip", "a.tar.gz"])
def test_all_splits_have_the_size_of_the_first_image_to_train_on(kind, tmp_path):
    path = stored(tmp_path / kind, DIVIDED, {"test/b/3.png": 6})
    assert load(path).images.shape[2:] == (4, 4)
    with pytest.warns(UserWarning, match="1 of 1 images .* resized to 4 × 4"):
        assert load(path, "test").images.shape[2:] == (4, 4)


@pytest.mark.parametrize("kind", ["folder", "a.tar.gz"])
def test_a_path_that_is_not_divided(kind, tmp_path):
    names = [f"{label}/{number}.png" for label in ("a", "b") for number in range(20)]
    path = stored(tmp_path / kind, names)
    train, test = load(path), load(path, "test")
    assert (len(train), len(test)) == (32, 8) and test.labels.bincount().tolist() == [4, 4]
    assert sorted(train.names + test.names) == sorted(names)
    assert not colours(train) & colours(test)
    assert (train.mean, train.std) == (test.mean, test.std) == measured(train.images)
    assert load(path, "test").names == test.names != load(path, "test", seed=1).names
    with pytest.raises(ValueError, match=f"{kind} is not divided into folders; .* not 'val'"):
        load(path, "val")


def test_a_training_folder_alone_is_not_divided_again(tmp_path):
    path = stored(tmp_path / "folder", DIVIDED[:3])
    assert len(load(path)) == 3
    with pytest.raises(ValueError, match=r"folder has no folder test/; it has train$"):
        load(path, "test")


@pytest.mark.parametrize("above", ["", "vehicles/"])
def test_a_class_called_train_is_no_split(above, tmp_path):
    names = [f"{above}{label}/{number}.png" for label in ("car", "train") for number in range(5)]
    path = stored(tmp_path / "folder", names)
    assert load(path).classes == ("car", "train") and len(load(path)) == 8


def test_an_image_beside_the_classes_of_a_split_is_none(tmp_path):
    path = stored(tmp_path / "folder", [*DIVIDED, "train/0.png", "test/0.png"])
    for split in ("train", "test"):
        with pytest.warns(
            UserWarning, match=rf"1 of \d images .* out: {split}/0\.png lies beside the folders"
        ):
            assert load(path, split).classes == ("a", "b")


def test_the_size_of_a_path_is_yours(tmp_path):
    path = stored(tmp_path / "folder", DIVIDED)
    with pytest.warns(UserWarning, match="3 of 3 images .* resized to 6 × 6"):
        assert load(path, size=6).images.shape == (3, 3, 6, 6)


def test_nothing_to_read(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="empty holds no images that can be read"):
        load(tmp_path / "empty")
