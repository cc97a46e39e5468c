"""Data sets that are fetched: read from files of the authors' formats made here; offline in one sentence."""

import hashlib
import io
import tarfile
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.io import savemat

from course.data import cifar10, cifar100, flowers102, svhn
from course.data.real import FLOWERS, MEAN, SOURCES, STD

real = import_module("course.data.real")
RNG = np.random.default_rng(0)


@pytest.fixture
def put(tmp_path, monkeypatch):
    """Lay a file where the data set looks for it, and have it be the right one."""
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    sources = dict(SOURCES)
    monkeypatch.setattr(real, "SOURCES", sources)

    def put(name, content):
        source = SOURCES[name]
        (tmp_path / source.url.rpartition("/")[2]).write_bytes(content)
        sources[name] = replace(source, checksum=f"md5:{hashlib.md5(content).hexdigest()}")

    return put


def packed(files):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def records(labels, images):
    return b"".join(bytes(label) + image.tobytes() for label, image in zip(labels, images))


def test_cifar10(put):
    images = RNG.integers(0, 256, (12, 3, 32, 32), dtype=np.uint8)
    labels = RNG.integers(0, 10, 12, dtype=np.uint8)
    files = {
        f"cifar-10-batches-bin/data_batch_{n}.bin": records(
            labels[2 * n - 2 : 2 * n, None], images[2 * n - 2 : 2 * n]
        )
        for n in (3, 1, 2, 5, 4)  # the order in the archive is not to be relied upon
    }
    names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
    files["cifar-10-batches-bin/test_batch.bin"] = records(labels[10:, None], images[10:])
    files["cifar-10-batches-bin/batches.meta.txt"] = ("\n".join(names) + "\n\n").encode()
    put("cifar10", packed(files))
    train, test = cifar10(), cifar10("test")
    assert np.array_equal(train.images.numpy(), images[:10]) and train.labels.tolist() == labels[:10].tolist()
    assert np.array_equal(test.images.numpy(), images[10:]) and test.labels.tolist() == labels[10:].tolist()
    assert train.classes == test.classes == tuple(names)
    assert test.mean == train.mean == MEAN["cifar10"] and test.std == STD["cifar10"]
    train.images.zero_()  # a copy of its own, that may be written to
    del files["cifar-10-batches-bin/data_batch_4.bin"]
    put("cifar10", packed(files))
    with pytest.raises(ValueError, match=r"cifar-10-binary\.tar\.gz lacks data_batch_4\.bin"):
        cifar10()


def test_cifar100_takes_the_fine_labels(put):
    images = RNG.integers(0, 256, (4, 3, 32, 32), dtype=np.uint8)
    pairs = [(3, 99), (19, 0), (0, 50), (7, 8)]
    names = [f"class_{n}" for n in range(100)]
    files = {
        "cifar-100-binary/train.bin": records(pairs[:3], images[:3]),
        "cifar-100-binary/test.bin": records(pairs[3:], images[3:]),
        "cifar-100-binary/fine_label_names.txt": "\n".join(names).encode(),
        "cifar-100-binary/coarse_label_names.txt": b"a\nb",
    }
    put("cifar100", packed(files))
    train = cifar100()
    assert train.labels.tolist() == [99, 0, 50] and cifar100("test").labels.tolist() == [8]
    assert np.array_equal(train.images.numpy(), images[:3]) and train.classes == tuple(names)


def test_svhn_turns_ten_into_nought(put):
    X = RNG.integers(0, 256, (32, 32, 3, 4), dtype=np.uint8)
    stream = io.BytesIO()
    savemat(stream, {"X": X, "y": np.array([[1], [10], [9], [10]], dtype=np.uint8)})
    put("svhn test", stream.getvalue())
    found = svhn("test")
    assert found.labels.tolist() == [1, 0, 9, 0] and found.classes == tuple("0123456789")
    assert found.images.is_contiguous() and found.images.shape == (4, 3, 32, 32)
    for n in range(4):
        assert np.array_equal(found.images[n].permute(1, 2, 0).numpy(), X[:, :, :, n])


def test_flowers102(put):
    def flower(number):
        stream = io.BytesIO()
        Image.new("RGB", (60, 50 + number), (40 * number, 0, 0)).save(stream, "JPEG")
        return stream.getvalue()

    def mat(**arrays):
        stream = io.BytesIO()
        savemat(stream, arrays)
        return stream.getvalue()

    order = (4, 1, 3, 2, 5)
    put("flowers images", packed({f"jpg/image_{n:05d}.jpg": flower(n) for n in order}))
    put("flowers labels", mat(labels=np.array([[102, 7, 1, 50, 8]])))
    put("flowers splits", mat(trnid=np.array([[3, 1]]), valid=np.array([[2]]), tstid=np.array([[5, 4]])))
    train, val, test = (flowers102(split, size=16) for split in ("train", "val", "test"))
    assert train.images.shape == (2, 3, 16, 16)
    assert [round(image[0].float().mean().item() / 40) for image in train.images] == [1, 3]
    assert (
        train.labels.tolist() == [101, 0] and val.labels.tolist() == [6] and test.labels.tolist() == [49, 7]
    )
    assert train.classes == FLOWERS
    put("flowers images", packed({"jpg/image_00003.jpg": flower(3)}))
    with pytest.raises(ValueError, match=r"102flowers\.tgz lacks 1 of the 2 images of 'train'"):
        flowers102()


def test_a_wrong_file_is_not_used_and_offline_is_said_in_one_sentence(tmp_path, monkeypatch):
    import pooch

    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    asked = []

    class Offline:
        def __init__(self, **options):
            asked.append(options)

        def __call__(self, url, path, pooch):
            raise OSError("no route to host")

    monkeypatch.setattr(pooch, "HTTPDownloader", Offline)
    (tmp_path / "cifar-10-binary.tar.gz").write_bytes(b"cut off")
    names = {cifar10: "cifar-10", cifar100: "cifar-100", svhn: "train_32", flowers102: "102flowers"}
    for load, name in names.items():
        with pytest.raises(
            ConnectionError, match=f"{name}.* could not be fetched .*offline.*put it into"
        ) as no:
            load()
        assert "\n" not in str(no.value)
    assert len(asked) == 4 and all(options["progressbar"] for options in asked)
    with pytest.raises(ConnectionError):
        cifar10(folder=tmp_path / "elsewhere", progress=False)
    assert not asked[-1]["progressbar"]


@pytest.mark.parametrize(
    ("load", "sentence"),
    [
        (cifar10, "split must be 'train' or 'test'; got 'val'"),
        (cifar100, "split must be 'train' or 'test'; got 'val'"),
        (svhn, "split must be 'train', 'test' or 'extra'; got 'val'"),
        (lambda split: flowers102("extra"), "split must be 'train', 'val' or 'test'; got 'extra'"),
        (lambda split: flowers102(split, size=0), "size must be a whole number"),
    ],
)
def test_splits_that_do_not_exist(load, sentence, monkeypatch):
    with pytest.raises(ValueError, match=sentence):
        load("val")


def test_the_tables_are_complete():
    assert len(FLOWERS) == len(set(FLOWERS)) == 102 and FLOWERS[0] == "pink primrose"
    assert FLOWERS[-1] == "blackberry lily" and FLOWERS[88] == "watercress"
    for source in SOURCES.values():
        assert len(source.checksum) == len("md5:") + 32
    assert MEAN.keys() == STD.keys()
    assert torch.tensor(list(MEAN.values())).shape == torch.tensor(list(STD.values())).shape == (4, 3)


def test_a_file_lies_where_it_is_looked_for(put, tmp_path):
    for name in SOURCES:
        put(name, name.encode())
        assert real.place(name) == real.fetched(name) and real.place(name).parent == tmp_path
        assert real.place(name, "elsewhere").parent.name == "elsewhere"
