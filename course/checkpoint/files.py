"""Reading a file of weights, and fetching it first where it is far away.

A checkpoint is read as data and never as a program: `.npz` without pickles, `.pth` with `weights_only=True`,
`.safetensors`, which holds nothing else. A file that cannot be read is refused by its name.
"""

import argparse
import hashlib
import os
import re
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import torch

from course.whole_files import replacing

# --- Reading -------------------------------------------------------------------------------------------


def read(path: str | Path) -> dict[str, Any]:
    """What a file of weights holds, on the CPU: names and tensors, or dictionaries of them in a `.pth`.

    Raises FileNotFoundError, and ValueError for a file that is truncated, of another kind than its name says,
    or that wants to run code.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    kind = next((suffix for suffix in READERS if path.name.endswith(suffix)), None)
    if kind is None:
        raise ValueError(f"a file of weights is named {', '.join(READERS)}; got {path.name}")
    try:
        contents = READERS[kind](path)
    except (MemoryError, PermissionError):
        raise
    except Exception as error:  # whatever the reader tripped over, the file is at fault
        if code := re.search(r"GLOBAL (\S+)", str(error)):
            raise ValueError(
                f"{path} is refused: it holds {code[1]}, which is code and not weights"
            ) from None
        if "allow_pickle" in str(error):
            raise ValueError(f"{path} is refused: it holds pickled objects and not only weights") from None
        raise ValueError(f"{path} is truncated, or is no {kind} file") from error
    if not isinstance(contents, dict) or not contents:
        raise ValueError(f"{path} holds no weights")
    return contents


def _npz(path: Path) -> dict[str, Any]:
    if not zipfile.is_zipfile(path):
        raise ValueError("no zip archive")
    with np.load(path, allow_pickle=False) as arrays:
        return {name: torch.from_numpy(arrays[name]) for name in arrays.files}


def _pth(path: Path) -> dict[str, Any]:
    # the training scripts of DeiT, DINO and MAE keep their arguments beside the weights; a Namespace is inert
    with torch.serialization.safe_globals([argparse.Namespace]):
        return torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))


def _safetensors(path: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return load_file(path)


TORCH = (".pth", ".pt", ".bin", ".ckpt", ".pth.tar")
READERS = {".npz": _npz, **dict.fromkeys(TORCH, _pth), ".safetensors": _safetensors}


# --- Fetching ------------------------------------------------------------------------------------------


class TextBar:
    """A bar of text for pooch, whose own is a widget in a notebook: it would be broken when that is reloaded.

    pooch says the total, in bytes, when the server has answered: then the bar begins.
    """

    def __init__(self) -> None:
        self._bar: Any = None

    @property
    def total(self) -> int:
        """Bytes."""
        return int(self._bar.total)

    @total.setter
    def total(self, size: int) -> None:
        from tqdm import tqdm

        self._bar = tqdm(total=size, unit="B", unit_scale=True, ncols=79)

    def update(self, size: int) -> None:
        """So many bytes more."""
        self._bar.update(size)

    def reset(self) -> None:
        """None yet."""
        self._bar.reset()

    def close(self) -> None:
        """That was all."""
        self._bar.close()


def fetch(url: str, checksum: str, folder: str | Path | None = None, progress: bool = True) -> Path:
    """The local copy of a file on the web, downloaded once and checked every time.

    `checksum` is "sha256:…" or "md5:…"; at least the first 6 digits, which is what some papers publish. The
    file lies in `folder`, or else in COURSE_DATA, or else in the user's cache, by the last part of its URL.
    One that was put there by hand is taken if its checksum is right.

    Raises ConnectionError where the URL cannot be reached, and ValueError for a wrong checksum; what was
    downloaded is not kept then.
    """
    import pooch

    algorithm, digits = _checksum(checksum)
    folder = Path(folder or home())
    path = folder / unquote(Path(urlsplit(url).path).name)
    if path.is_file() and _digest(path, algorithm).startswith(digits):
        return path
    folder.mkdir(parents=True, exist_ok=True)
    try:
        bar = TextBar() if progress else False
        with replacing(path) as arriving:
            pooch.HTTPDownloader(progressbar=bar, timeout=30)(url, str(arriving), None)
            verify(arriving, checksum, url)
    except OSError as error:  # what requests raises is an OSError too
        answer = getattr(getattr(error, "response", None), "status_code", None)
        why = f"it answered {answer}" if answer else f"{type(error).__name__}; is this machine offline?"
        raise ConnectionError(
            f"{url} could not be fetched ({why}); "
            f"download it elsewhere and pass its path, or put it into {folder}"
        ) from error
    return path


def home() -> Path:
    """Where what is fetched or made once lies: in COURSE_DATA, or else in the user's cache."""
    import pooch

    return Path(os.environ.get("COURSE_DATA") or pooch.os_cache("attention-course"))


def verify(path: str | Path, checksum: str, name: str | None = None) -> None:
    """Raise ValueError unless the file has this checksum; `name` is what the sentence calls it."""
    algorithm, digits = _checksum(checksum)
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no file {path}")
    digest = _digest(Path(path), algorithm)
    if not digest.startswith(digits):
        raise ValueError(f"{name or path} has the {algorithm} checksum {digest[: len(digits)]}, not {digits}")


def _checksum(checksum: str) -> tuple[str, str]:
    form = re.fullmatch(r"(sha256|md5):([0-9a-fA-F]{6,64})", checksum)
    if form is None:
        raise ValueError(
            f"a checksum is 'sha256:' or 'md5:' and at least 6 hexadecimal digits; got {checksum!r}"
        )
    return form[1], form[2].lower()


def _digest(path: Path, algorithm: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
