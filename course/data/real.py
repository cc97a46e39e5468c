"""Data sets of photographs that papers report on, fetched once and kept, or read from COURSE_DATA.

    CIFAR-10, CIFAR-100   train 50,000   test 10,000                  32 × 32   10 and 100 classes
                          Krizhevsky 2009; 80 million tiny images scaled down by others
    SVHN                  train 73,257   test 26,032   extra 531,131  32 × 32   10 digits of house numbers
                          Netzer et al. 2011; cut out around one digit, with its neighbours in sight
    Flowers-102           train 1,020    val 1,020     test 6,149     500 or more pixels on the shorter side
                          Nilsback and Zisserman 2008; 10 a class to train on

`mean` and `std` are those of the training images, for every split; of Flowers-102, whose size is yours to
choose, those of ImageNet. CIFAR comes in the authors' binary version: the other one has to be unpickled,
which means running whatever it holds.

What people usually get wrong: SVHN labels a nought 10; training on Flowers-102's larger *test* split, as some
papers do; tuning on the test split of CIFAR, which has none for validation (`split` makes one).
"""

import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from course import expect
from course.checkpoint.files import fetch, home
from course.data.image_set import ImageSet
from course.data.pictures import decoded


@dataclass(frozen=True)
class Source:
    """A file on the web: its address, checksum, and size in megabytes."""

    url: str
    checksum: str
    megabytes: int


KRIZHEVSKY = "https://www.cs.toronto.edu/~kriz"
NETZER = "http://ufldl.stanford.edu/housenumbers"
NILSBACK = "https://www.robots.ox.ac.uk/~vgg/data/flowers/102"
SOURCES = {
    "cifar10": Source(f"{KRIZHEVSKY}/cifar-10-binary.tar.gz", "md5:c32a1d4ab5d03f1284b67883e8d87530", 170),
    "cifar100": Source(f"{KRIZHEVSKY}/cifar-100-binary.tar.gz", "md5:03b5dce01913d631647c71ecec9e9cb8", 169),
    "svhn train": Source(f"{NETZER}/train_32x32.mat", "md5:e26dedcc434d2e4c54c9b2d4a06d8373", 182),
    "svhn test": Source(f"{NETZER}/test_32x32.mat", "md5:eb5a983be6a315427106f1b164d9cef3", 64),
    "svhn extra": Source(f"{NETZER}/extra_32x32.mat", "md5:a93ce644f1a588dc4d68dda5feec44a7", 1330),
    "flowers images": Source(f"{NILSBACK}/102flowers.tgz", "md5:52808999861908f626f3c1f4e79d11fa", 345),
    "flowers labels": Source(f"{NILSBACK}/imagelabels.mat", "md5:e0620be6f572b9609742df49c70aed4d", 1),
    "flowers splits": Source(f"{NILSBACK}/setid.mat", "md5:a5357ecc9cb78c4bef273ce3793fc85c", 1),
}
MEAN = {
    "cifar10": (0.4914, 0.4822, 0.4465),
    "cifar100": (0.5071, 0.4865, 0.4409),
    "svhn": (0.4377, 0.4438, 0.4728),
    "flowers102": (0.485, 0.456, 0.406),
}
STD = {
    "cifar10": (0.2470, 0.2435, 0.2616),
    "cifar100": (0.2673, 0.2564, 0.2762),
    "svhn": (0.1980, 0.2010, 0.1970),
    "flowers102": (0.229, 0.224, 0.225),
}
FLOWER_SPLITS = {"train": "trnid", "val": "valid", "test": "tstid"}


def cifar10(split: str = "train", folder: str | Path | None = None, progress: bool = True) -> ImageSet:
    """CIFAR-10: (50,000 or 10,000, 3, 32, 32), 10 classes with equally many images; split: "train", "test"

    The file lies in `folder`, or else in COURSE_DATA, or else in the user's cache, as for all of these.
    Raises ConnectionError where it is not there and cannot be fetched.
    """
    expect.one_of("split", split, ("train", "test"))
    parts = [f"data_batch_{number}.bin" for number in range(1, 6)] if split == "train" else ["test_batch.bin"]
    return _cifar("cifar10", parts, "batches.meta.txt", 1, folder, progress)


def cifar100(split: str = "train", folder: str | Path | None = None, progress: bool = True) -> ImageSet:
    """CIFAR-100: (50,000 or 10,000, 3, 32, 32), 100 classes with equally many images; split: "train", "test"

    Of the two labels that an image has, the 20 superclasses are left aside. Raises as `cifar10` does.
    """
    expect.one_of("split", split, ("train", "test"))
    return _cifar("cifar100", [f"{split}.bin"], "fine_label_names.txt", 2, folder, progress)


def svhn(split: str = "train", folder: str | Path | None = None, progress: bool = True) -> ImageSet:
    """House numbers: (73,257, 3, 32, 32) and so on, 10 classes; split: "train", "test", "extra" (easier)

    Raises as `cifar10` does.
    """
    expect.one_of("split", split, ("train", "test", "extra"))
    contents = _mat(fetched(f"svhn {split}", folder, progress))
    images = torch.from_numpy(contents["X"]).permute(3, 2, 0, 1).contiguous()  # from (32, 32, 3, N)
    labels = torch.from_numpy(contents["y"].astype(np.int64)).flatten() % 10  # a nought is labelled 10
    return ImageSet(images, labels, tuple("0123456789"), MEAN["svhn"], STD["svhn"])


def flowers102(
    split: str = "train", size: int = 64, folder: str | Path | None = None, progress: bool = True
) -> ImageSet:
    """Flowers: (1,020, 3, size, size), 102 classes; split: "train" and "val" (10 a class), "test" (6,149)

    Photographs are scaled until they cover the square, and cut to it around the middle. Raises as `cifar10`.
    """
    expect.one_of("split", split, FLOWER_SPLITS)
    expect.whole(size=size)
    paths = {part: fetched(f"flowers {part}", folder, progress) for part in ("images", "labels", "splits")}
    numbers = _mat(paths["splits"])[FLOWER_SPLITS[split]].flatten().tolist()  # of photographs, from 1
    every_label = _mat(paths["labels"])["labels"].flatten()
    file_of = {f"jpg/image_{number:05d}.jpg": number for number in numbers}
    read = decoded(paths["images"], file_of.__contains__, size, channels=3)
    missing = len(file_of) - len(read.names)
    if missing:
        raise ValueError(f"{paths['images']} lacks {missing} of the {len(file_of)} images of {split!r}")
    images = dict(zip((file_of[name] for name in read.names), read.images))
    labels = torch.tensor([int(every_label[number - 1]) - 1 for number in sorted(images)])
    stack = torch.stack([images[number] for number in sorted(images)])  # (N, 3, size, size)
    return ImageSet(stack, labels, FLOWERS, MEAN["flowers102"], STD["flowers102"])


def fetched(name: str, folder: str | Path | None = None, progress: bool = True) -> Path:
    """The local copy of one of SOURCES, downloaded where it is not there or not what it should be.

    Raises ConnectionError where that fails, and ValueError for a wrong checksum, as `checkpoint.fetch` does.
    """
    source = SOURCES[name]
    return fetch(source.url, source.checksum, folder, progress)


def place(name: str, folder: str | Path | None = None) -> Path:
    """Where the local copy of one of SOURCES lies, or would: `folder`, else COURSE_DATA, else the cache."""
    return Path(folder or home()) / SOURCES[name].url.rpartition("/")[2]


def _mat(path: Path) -> dict[str, np.ndarray]:
    from scipy.io import loadmat  # type: ignore[import-untyped]  # slow to import, and only needed here

    return loadmat(path)


def _cifar(
    name: str, parts: list[str], words: str, labels: int, folder: str | Path | None, progress: bool
) -> ImageSet:
    """Records of `labels` bytes, the last of which counts, and 3 · 32 · 32 of the image, plane by plane."""
    path = fetched(name, folder, progress)
    contents: dict[str, bytes] = {}
    with tarfile.open(path) as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isreg() else None
            if stream is not None and (last := member.name.rpartition("/")[2]) in (*parts, words):
                contents[last] = stream.read()
    if lacking := [part for part in (*parts, words) if part not in contents]:
        raise ValueError(f"{path} lacks {', '.join(lacking)}")
    records = np.frombuffer(b"".join(contents[part] for part in parts), dtype=np.uint8)
    records = records.reshape(-1, labels + 3 * 32 * 32)  # (N, labels + 3072)
    images = torch.from_numpy(records[:, labels:].copy()).view(-1, 3, 32, 32)
    numbers = torch.from_numpy(records[:, labels - 1].astype(np.int64))
    classes = tuple(contents[words].decode("ascii").split())
    return ImageSet(images, numbers, classes, MEAN[name], STD[name])


# the official files have numbers only; these are the names that usually go with them
FLOWERS = tuple(
    """
    pink primrose, hard-leaved pocket orchid, canterbury bells, sweet pea, english marigold, tiger lily,
    moon orchid, bird of paradise, monkshood, globe thistle, snapdragon, colt's foot, king protea, spear
    thistle, yellow iris, globe-flower, purple coneflower, peruvian lily, balloon flower, giant white arum
    lily, fire lily, pincushion flower, fritillary, red ginger, grape hyacinth, corn poppy, prince of
    wales feathers, stemless gentian, artichoke, sweet william, carnation, garden phlox, love in the mist,
    mexican aster, alpine sea holly, ruby-lipped cattleya, cape flower, great masterwort, siam tulip,
    lenten rose, barberton daisy, daffodil, sword lily, poinsettia, bolero deep blue, wallflower,
    marigold, buttercup, oxeye daisy, common dandelion, petunia, wild pansy, primula, sunflower,
    pelargonium, bishop of llandaff, gaura, geranium, orange dahlia, pink-yellow dahlia, cautleya spicata,
    japanese anemone, black-eyed susan, silverbush, californian poppy, osteospermum, spring crocus,
    bearded iris, windflower, tree poppy, gazania, azalea, water lily, rose, thorn apple, morning glory,
    passion flower, lotus, toad lily, anthurium, frangipani, clematis, hibiscus, columbine, desert-rose,
    tree mallow, magnolia, cyclamen, watercress, canna lily, hippeastrum, bee balm, ball moss, foxglove,
    bougainvillea, camellia, mallow, mexican petunia, bromelia, blanket flower, trumpet creeper,
    blackberry lily
    """.replace("\n    ", " ")
    .strip()
    .split(", ")
)
