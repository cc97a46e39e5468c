"""The files of a folder, a .tar or a .zip, one after the other, as names and bytes.

An archive is read from beginning to end and never unpacked: nothing is written, so a member that calls
itself "../../.bashrc", is a link or a device, or unpacks to gigabytes can do no harm.

What people usually get wrong: `extractall` on a file from the web; believing what a .zip says of a member's
size; taking a .tar that was cut off between two members for a shorter one, as Python's reader does.
"""

import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePath, PurePosixPath

LARGEST = 64 * 2**20  # bytes that one file may have, unpacked
CUT_OFF = "is cut off or damaged"


class Refused(Exception):
    """Why a file was left out, to be said behind its name."""


Contents = Callable[[], bytes]  # reads one file or raises Refused; before the next file is asked for


def files(path: Path) -> Iterator[tuple[str, Contents]]:
    """The name of each file, in the order in which they can be read quickest, and its contents.

    Of a folder also what its links lead to. A link that leads nowhere, and a folder that may not be read, are
    files that refuse to be read; without a suffix they end with "/", for whatever they may stand for.
    Raises FileNotFoundError, and ValueError for an archive that is damaged, as soon as that is seen.
    """
    if path.is_dir():
        return _on_disk(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no folder or archive {path}")
    return _in_zip(path) if zipfile.is_zipfile(path) else _in_tar(path)


def _on_disk(path: Path) -> Iterator[tuple[str, Contents]]:
    def contents(file: Path) -> bytes:
        try:
            _check_size(file.stat().st_size)
            return file.read_bytes()
        except OSError as error:
            raise Refused(f"cannot be read ({error.strerror})") from None

    closed: list[OSError] = []
    for directory, below, names in os.walk(path, followlinks=True, onerror=closed.append):
        below.sort()
        loops = _loops(Path(directory), below)
        for name in loops:
            yield _named(Path(directory, name).relative_to(path)), _refusing("is a link to what it lies in")
        below[:] = [name for name in below if name not in loops]
        for name in sorted(names):
            file = Path(directory, name)
            if file.is_file():
                yield clean(file.relative_to(path).as_posix()), partial(contents, file)
            elif file.is_symlink() and not file.exists():
                yield _named(file.relative_to(path)), _refusing("is a link to nothing")
            else:  # a pipe would wait for ever
                yield clean(file.relative_to(path).as_posix()), _refusing("is no plain file")
    for error in closed:
        folder = Path(error.filename)
        yield (
            clean(folder.relative_to(path).as_posix()) + "/",
            _refusing(f"cannot be read ({error.strerror})"),
        )


def _loops(directory: Path, below: list[str]) -> list[str]:
    """Which links in a folder lead to a folder that one has come through, and so to no end."""
    links = [name for name in below if Path(directory, name).is_symlink()]
    through = {os.path.realpath(folder) for folder in (directory, *directory.parents)} if links else set()
    return [name for name in links if os.path.realpath(Path(directory, name)) in through]


def _named(path: PurePath) -> str:
    """A link as it is called, with "/" where its name does not say that it is a file."""
    return clean(path.as_posix()) + ("" if path.suffix else "/")


def _refusing(why: str) -> Contents:
    def contents() -> bytes:
        raise Refused(why)

    return contents


def _in_zip(path: Path) -> Iterator[tuple[str, Contents]]:
    def contents(member: zipfile.ZipInfo) -> bytes:
        if member.flag_bits & 1:
            raise Refused("is encrypted")
        try:
            with archive.open(member) as stream:
                content = stream.read(LARGEST + 1)  # what the archive says of its size may be a lie
        except MemoryError:
            raise
        except Exception:  # whatever the reader tripped over, the member is at fault
            raise Refused(CUT_OFF) from None
        _check_size(len(content))
        return content

    with _readable(path):
        archive = zipfile.ZipFile(path)
    with archive:
        for member in archive.infolist():
            if not member.is_dir():
                yield clean(member.filename), partial(contents, member)


def _in_tar(path: Path) -> Iterator[tuple[str, Contents]]:
    def contents(member: tarfile.TarInfo) -> bytes:
        _check_size(member.size)
        with _readable(path):
            stream = archive.extractfile(member)
            return stream.read() if stream else b""

    with _readable(path):
        archive = tarfile.open(path, "r:*")  # noqa: SIM115 (closed two lines below)
    with archive:
        while True:
            with _readable(path):
                member = archive.next()
            if member is None:
                break
            if member.isreg():
                yield clean(member.name), partial(contents, member)
            elif member.issym() or member.islnk():
                yield (
                    _named(PurePosixPath(member.name)),
                    _refusing("is a link, which no archive is trusted with"),
                )
            elif not member.isdir():
                yield clean(member.name), _refusing("is no plain file")
        with _readable(path):  # tarfile takes any header that makes no sense for the end
            archive.fileobj.seek(archive.offset)
            if archive.fileobj.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
                raise tarfile.ReadError("there is no end to it")


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn whatever a damaged archive makes its reader raise into one sentence."""
    try:
        yield
    except PermissionError:
        raise
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError):
        raise ValueError(f"{path} {CUT_OFF}, or is no .tar and no .zip") from None


def _check_size(size: int) -> None:
    if size > LARGEST:
        raise Refused(f"is larger than {LARGEST // 2**20} MiB")


def clean(name: str) -> str:
    """A member's name as a plain relative path that can be printed."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    path = "/".join(parts)
    return path if path.isprintable() else "".join(sign if sign.isprintable() else "�" for sign in path)
