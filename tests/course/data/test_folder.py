"""Folders of images, also in archives: the same from everything, unharmed by the broken and the hostile."""

import gzip
import io
import os
import tarfile
import warnings
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from course.data import archives, folder


def picture(size=(6, 8), kind="PNG", mode="RGB", seed=0, **options):
    """An image file, and its pixels as they should be read."""
    depth = {"L": (), "RGB": (3,), "RGBA": (4,)}[mode]
    pixels = np.random.default_rng(seed).integers(0, 256, (*size, *depth), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind, **options)
    return stream.getvalue(), pixels


FILES = {
    f"{label}/{n}.png": picture(seed=10 * n + len(label))[0] for label in ("cat", "horse") for n in range(3)
}


def stored(path, files, order=None):
    """The files in a folder, or in the kind of archive that the name says."""
    names = order or list(files)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in names:
                archive.writestr(name, files[name])
    elif ".tar" in path.name:
        with tarfile.open(path, f"w:{path.suffix[1:].removesuffix('tar')}") as archive:
            for name in names:
                member = tarfile.TarInfo(name)
                member.size = len(files[name])
                archive.addfile(member, io.BytesIO(files[name]))
    else:
        for name in names:
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(files[name])
    return path


KINDS = ["folder", "a.zip", "a.tar", "a.tar.gz", "a.tar.xz", "a.tar.bz2"]


@pytest.fixture(autouse=True)
def no_warning_unseen():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_from_everything(kind, tmp_path):
    found = folder(stored(tmp_path / kind, FILES, order=sorted(FILES, reverse=True)))
    assert found.classes == ("cat", "horse") and found.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert found.names == tuple(sorted(FILES)) and found.refused == ()
    assert found.images.shape == (6, 3, 6, 8) and found.images.dtype == torch.uint8
    for image, name in zip(found.images, found.names):
        _, pixels = picture(seed=10 * int(name[-5]) + len(name.split("/")[0]))
        assert np.array_equal(image.permute(1, 2, 0).numpy(), pixels)
    assert found.mean == pytest.approx((found.images.double().mean(dim=(0, 2, 3)) / 255).tolist())
    assert found.take([4]).names == ("horse/1.png",)


@pytest.mark.parametrize("kind", ["folder", "a.zip", "a.tar.gz"])
def test_broken_images_are_named_and_the_good_ones_kept(kind, tmp_path):
    jpeg = picture((40, 40), "JPEG")[0]
    files = {
        **FILES,
        "cat/cut.png": FILES["cat/0.png"][:-40],
        "cat/cut.jpg": jpeg[: len(jpeg) // 2],
        "cat/empty.png": b"",
        "horse/page.jpg": b"<!DOCTYPE html><title>Not found</title>",
        "horse/flipped.png": FILES["horse/0.png"][:60] + b"\0\0\0\0" + FILES["horse/0.png"][64:],
        "horse/notes.txt": b"no image, and nobody said so",
        "horse/.DS_Store.png": b"rubbish of the system",
        "__MACOSX/horse/._0.png": b"rubbish of the system",
    }
    with pytest.warns(UserWarning, match="5 of 11 images in .* were left out: .*cut") as told:
        found = folder(stored(tmp_path / kind, files))
    assert len(told) == 1 and "\n" not in str(told[0].message)
    assert dict(found.refused) == {
        "cat/cut.png": "is cut off or damaged",
        "cat/cut.jpg": "is cut off or damaged",
        "cat/empty.png": "is empty",
        "horse/page.jpg": "is no image of a known format",
        "horse/flipped.png": "is cut off or damaged",
    }
    assert all(name in str(told[0].message) for name, _ in found.refused)
    assert found.names == tuple(sorted(FILES)) and torch.equal(
        found.images, folder(stored(tmp_path / "good", FILES)).images
    )


@pytest.mark.parametrize("kind", KINDS[1:])
@pytest.mark.parametrize("kept", [0, 100, 0.3, 0.7, 0.95])
def test_a_truncated_archive_is_refused(kind, kept, tmp_path):
    path = stored(tmp_path / kind, FILES)
    whole = path.read_bytes().rstrip(b"\0")  # a .tar is filled up behind its end
    path.write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else kept])
    with pytest.raises(ValueError, match=rf"{kind} is cut off or damaged, or is no \.tar and no \.zip"):
        folder(path)


def test_a_tar_that_ends_between_two_files(tmp_path):
    """Which the library that reads it takes for a shorter archive."""
    path = stored(tmp_path / "a.tar", FILES)
    with tarfile.open(path) as archive:
        third = archive.getmembers()[3].offset
    whole = path.read_bytes()
    for damaged in (whole[:third], whole[:third] + b"\xff" * 512 + whole[third + 512 :]):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"a\.tar is cut off or damaged"):
            folder(path)
        path.with_suffix(".tar.gz").write_bytes(gzip.compress(damaged))
        with pytest.raises(ValueError, match=r"a\.tar\.gz is cut off or damaged"):
            folder(path.with_suffix(".tar.gz"))


def test_hostile_names_write_nothing_and_read_nothing(tmp_path, monkeypatch):
    secret = tmp_path / "secret" / "key.png"
    stored(tmp_path / "secret", {"key.png": picture(seed=99)[0]})
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    names = {
        "../../up/0.png": "up",
        "/etc/root/1.png": "root",
        "C:\\drive\\2.png": "drive",
        "a/../../back/3.png": "back",
        "signs\x1b[31m\n/4.png": "signs�[31m�",
        "~/home/5.png": "home",
    }
    files = {name: picture()[0] for name in names}
    before = sorted(tmp_path.rglob("*"))
    for kind in ("a.zip", "a.tar"):
        path = stored(inside / kind, files)
        if kind == "a.tar":
            with tarfile.open(path, "a") as archive:
                types = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE]
                for number, type_ in enumerate(types):
                    special = tarfile.TarInfo(f"special/{number}.png")
                    special.type, special.linkname = type_, str(secret)
                    archive.addfile(special)
        if kind == "a.tar":
            with pytest.warns(UserWarning) as told:
                found = folder(path)
            assert [str(one.message).partition(" in ")[0] for one in told] == [
                "4 of 10 images",
                "nothing was read of the folders special",
            ]
            assert {why for _, why in found.refused} == {
                "is a link, which no archive is trusted with",
                "is no plain file",
            }
        else:
            found = folder(path)
        assert set(found.classes) == set(names.values()) and len(found) == len(names)
        assert all(name.isprintable() and not name.startswith(("/", "..")) for name in found.names)
        path.unlink()
    assert sorted(tmp_path.rglob("*")) == before


def test_bombs_are_refused_before_they_unfold(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST", 100_000)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10_000)
    big = b"\0" * 3_000_000
    wide = io.BytesIO()
    Image.new("L", (120, 120)).save(wide, "PNG")  # of which Pillow would only warn
    huge = io.BytesIO()
    Image.new("L", (400, 400)).save(huge, "PNG")
    files = {**FILES, "cat/big.png": big, "cat/huge.png": huge.getvalue(), "cat/wide.png": wide.getvalue()}
    for kind in ("folder", "a.zip", "a.tar.xz"):
        with pytest.warns(UserWarning, match="3 of 9 images"):
            found = folder(stored(tmp_path / kind, files))
        assert dict(found.refused) == {
            "cat/big.png": "is larger than 0 MiB",
            "cat/huge.png": "has more than 10,000 pixels",
            "cat/wide.png": "has more than 10,000 pixels",
        }


def test_a_zip_that_lies_is_encrypted_or_damaged_inside(tmp_path):
    path = stored(tmp_path / "a.zip", FILES)
    contents = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        first, second = archive.infolist()[:2]
    contents[first.header_offset + 60] ^= 255  # the compressed bytes of the first
    central = contents.index(b"PK\x01\x02", second.header_offset)
    central = contents.index(b"PK\x01\x02", central + 1)
    contents[central + 8] |= 1  # the second says that it is encrypted
    path.write_bytes(contents)
    with pytest.warns(UserWarning, match="2 of 6 images"):
        found = folder(path)
    assert dict(found.refused) == {first.filename: "is cut off or damaged", second.filename: "is encrypted"}
    assert found.names == tuple(list(FILES)[2:])


def test_scripts_that_call_themselves_images_are_not_run(tmp_path):
    """Pillow would hand this to Ghostscript."""
    files = {**FILES, "cat/a.png": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"}
    with pytest.warns(UserWarning, match=r"cat/a\.png is no image of a known format"):
        assert len(folder(stored(tmp_path / "folder", files))) == 6


def test_resizing_is_told_and_keeps_proportions(tmp_path):
    white = io.BytesIO()
    page = Image.new("RGB", (40, 20), "red")
    page.paste("white", (10, 0, 30, 20))  # the middle square
    page.save(white, "PNG")
    files = {"cat/0.png": picture((10, 10))[0], "cat/1.png": white.getvalue()}
    path = stored(tmp_path / "folder", files)
    with pytest.warns(UserWarning, match=r"1 of 2 images in .*folder were resized to 10 × 10"):
        found = folder(path)
    assert found.images.shape == (2, 3, 10, 10)
    assert found.images[1, :, :, 1:-1].min() > 240, "cut around the middle"
    with pytest.warns(UserWarning, match="2 of 2 images in .* were resized to 4 × 6"):
        assert folder(path, size=(4, 6)).images.shape == (2, 3, 4, 6)
    with pytest.warns(UserWarning, match="resized to 5 × 5"):
        assert folder(path, size=5).images.shape == (2, 3, 5, 5)


def test_grey_transparent_turned_and_deep_images(tmp_path):
    grey, pixels = picture(mode="L")
    clear, see_through = picture(mode="RGBA", seed=1)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned by 90°
    turned, _ = picture((8, 6), exif=exif.tobytes())
    deep = io.BytesIO()
    Image.fromarray(np.full((6, 8), 40_000, dtype=np.uint16)).save(deep, "PNG")
    files = {"a/0.png": grey, "a/1.png": clear, "a/2.png": turned, "a/3.png": deep.getvalue()}
    with pytest.warns(UserWarning, match=r"a/3\.png has more than 8 bits a channel"):
        found = folder(stored(tmp_path / "folder", files))
    assert (found.images[0].numpy() == pixels).all(), "the same in all three channels"
    alpha = see_through[..., 3:] / 255
    on_white = see_through[..., :3] * alpha + 255 * (1 - alpha)
    assert np.abs(found.images[1].permute(1, 2, 0).numpy() - on_white).max() <= 1
    upright = np.rot90(np.array(Image.open(io.BytesIO(turned))), -1)
    assert np.array_equal(found.images[2].permute(1, 2, 0).numpy(), upright)
    with pytest.warns(UserWarning):
        assert folder(tmp_path / "folder", channels=1).images.shape == (3, 1, 6, 8)


def test_parts_of_a_folder(tmp_path):
    files = {f"{part}/{name}": content for part in ("test", "train") for name, content in FILES.items()}
    del files["test/cat/0.png"], files["test/cat/1.png"], files["test/cat/2.png"]
    path = stored(tmp_path / "a.zip", files)
    with pytest.raises(ValueError, match=r"the class 'horse' in test and in train: name one with within="):
        folder(path)
    train = folder(path, within="train")
    assert train.classes == ("cat", "horse") and len(train) == 6
    assert folder(path, within="test").labels.tolist() == [0, 0, 0], (
        "without cats, a horse is the first class"
    )
    test = folder(path, within="test/", classes=train.classes)
    assert test.labels.tolist() == [1, 1, 1] and test.classes == train.classes
    with pytest.raises(ValueError, match="holds the class 'horse', which is none of cat, dog"):
        folder(path, within="test", classes=("cat", "dog"))
    two = tuple(f"train/{label}/{n}.png" for label in ("cat", "horse") for n in (0, 1))
    assert folder(path, within="train", each=2).names == two


def test_images_without_a_folder_of_their_own(tmp_path):
    path = stored(tmp_path / "flowers", {"0.png": picture()[0], "1.png": picture(seed=1)[0]})
    assert folder(path).classes == ("flowers",)


def test_files_that_cannot_be_read_and_pipes_that_would_wait(tmp_path, monkeypatch):
    path = stored(tmp_path / "folder", FILES)
    os.mkfifo(path / "cat" / "pipe.png")
    (path / "cat" / "gone.png").symlink_to(path / "nowhere")
    with pytest.warns(
        UserWarning, match=r"2 of 8 .*gone\.png is a link to nothing; cat/pipe\.png is no plain"
    ):
        assert len(folder(path)) == 6
    (path / "cat" / "gone.png").unlink(), (path / "cat" / "pipe.png").unlink()
    readable = type(path).read_bytes

    def read_bytes(self):
        if self.name == "1.png":
            raise PermissionError(13, "Permission denied")
        return readable(self)

    monkeypatch.setattr(type(path), "read_bytes", read_bytes)
    with pytest.warns(
        UserWarning, match=r"2 of 6 .*: cat/1\.png cannot be read \(Permission denied\); horse/1"
    ):
        assert len(folder(path)) == 4


def told(path, **options):
    """A folder, and what is said of it."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = folder(path, **options)
    return found, [str(one.message).replace(f"{path}", "PATH") for one in said]


def test_linked_folders_and_files_are_read_and_endless_ones_named(tmp_path):
    path = stored(tmp_path / "folder", {"cat/0.png": FILES["cat/0.png"]})
    stored(tmp_path / "elsewhere", {"1.png": FILES["cat/1.png"], "2.png": FILES["cat/2.png"]})
    (path / "dog").symlink_to(tmp_path / "elsewhere")
    (path / "cat" / "3.png").symlink_to(tmp_path / "elsewhere" / "1.png")
    assert folder(path).names == ("cat/0.png", "cat/3.png", "dog/1.png", "dog/2.png")
    (path / "horse").symlink_to(tmp_path / "nowhere")
    (tmp_path / "elsewhere" / "loop").symlink_to(path)
    found, said = told(path)
    assert found.classes == ("cat", "dog") and len(found) == 4
    assert said == [
        "2 of 6 images in PATH were left out: "
        "horse/ is a link to nothing; dog/loop/ is a link to what it lies in",
        "nothing was read of the folders dog/loop, horse in PATH",
    ]


def test_suffixes_that_pillow_knows(tmp_path):
    files = {}
    for suffix, kind in (
        ("JFIF", "JPEG"),
        ("jpe", "JPEG"),
        ("avif", "AVIF"),
        ("jp2", "JPEG2000"),
        ("pnm", "PPM"),
    ):
        files[f"cat/0.{suffix}"] = picture(kind=kind)[0]
    assert len(folder(stored(tmp_path / "folder", files))) == 5


@pytest.mark.parametrize("kind", ["folder", "a.zip", "a.tar.gz"])
def test_what_is_not_read_is_said_with_its_count(kind, tmp_path):
    files = {
        **FILES,
        "cat/new.heic": b"x",
        "lizard/0.heic": b"x",
        "lizard/1.HEIC": b"x",
        "lizard/raw": b"x",
        "lizard/notes.txt": b"nobody would take this for an image",
        "labels.csv": b"nor this",
    }
    found, said = told(stored(tmp_path / kind, files))
    assert found.classes == ("cat", "horse")
    assert said == [
        "4 files in PATH are not named like images and were left out: 3 .heic, 1 without a suffix",
        "nothing was read of the folders lizard in PATH",
    ]


@pytest.mark.parametrize("kind", ["folder", "a.zip", "a.tar.gz"])
def test_an_image_beside_the_classes_is_no_class(kind, tmp_path):
    for above in ("", "animals/"):
        files = {above + name: content for name, content in FILES.items()}
        files[above + "0 banner.png"] = picture((30, 3))[0]
        found, said = told(stored(tmp_path / f"{len(above)}{kind}", files))
        assert found.classes == ("cat", "horse") and found.images.shape[2:] == (6, 8)
        assert said == [
            f"1 of 7 images in PATH were left out: {above}0 banner.png lies beside the folders of the classes"
        ]


def test_folders_in_the_folder_of_a_class_are_said(tmp_path):
    found, said = told(stored(tmp_path / "folder", {**FILES, "cat/more/9.png": FILES["cat/1.png"]}))
    assert found.classes == ("cat", "horse", "more")
    assert said == ["in PATH, folders in the folder of a class became classes of their own: cat/more (1)"]
    even = {f"{kind}/{name}": content for kind in ("pets",) for name, content in FILES.items()}
    assert folder(stored(tmp_path / "even", even)).classes == ("cat", "horse")


def test_nothing_to_read(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder or archive .*none"):
        folder(tmp_path / "none")
    (tmp_path / "empty" / "cat").mkdir(parents=True)
    with pytest.raises(ValueError, match=r"empty holds no images that can be read$"):
        folder(tmp_path / "empty")
    for kind in ("a.zip", "a.tar"):
        with pytest.raises(ValueError, match="holds no images that can be read"):
            folder(stored(tmp_path / kind, {}))
    path = stored(tmp_path / "folder", {"cat/0.png": b"x", "cat/1.png": b""})
    with pytest.raises(ValueError, match=r"read; the first, cat/0\.png, is no image of a known format"):
        folder(path)
    with pytest.raises(ValueError, match=r"folder, within 'dog', holds no images"):
        folder(path, within="dog")
    (tmp_path / "a.txt").write_text("no archive")
    with pytest.raises(ValueError, match=r"a\.txt is cut off or damaged, or is no \.tar and no \.zip"):
        folder(tmp_path / "a.txt")


def test_arguments(tmp_path):
    for wrong in ({"size": 0}, {"size": (3, 0)}, {"each": 0}, {"channels": 2}):
        with pytest.raises(ValueError, match="must be"):
            folder(stored(tmp_path / "folder", FILES), **wrong)


def test_the_real_cifar10(root):
    path = root.parent / "shared" / "data" / "cifar10-jpeg.tar.xz"
    if not path.is_file():
        pytest.skip("no CIFAR-10 beside the repository, in ../shared/data/cifar10-jpeg.tar.xz")
    found = folder(path, within="train", each=40)
    assert found.images.shape == (400, 3, 32, 32) and found.refused == ()
    assert found.classes == (
        *("airplane", "automobile", "bird", "cat", "deer"),
        *("dog", "frog", "horse", "ship", "truck"),
    )
    assert found.labels.bincount().tolist() == [40] * 10
    assert found.mean == pytest.approx((0.4914, 0.4822, 0.4465), abs=0.03)
    assert found.std == pytest.approx((0.2470, 0.2435, 0.2616), abs=0.03)
