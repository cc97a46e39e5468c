"""The files in a folder or a zip that somebody else packed: listed, checked, and read into memory.

Nothing is ever unpacked, so no name in an archive becomes a path on this machine; a caller reads the few
members it wants and says itself where they go. An archive that could do harm is refused as a whole, with
one sentence that names the member: one that lies about one thing may lie about others.
"""

from __future__ import annotations

import contextlib
import io
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

MOST_MEMBERS = 50_000
LARGEST = 100 * 2**20  # bytes of one member
LARGEST_IN_ALL = 8 * 2**30  # bytes of all members, unpacked
LARGEST_RATIO = 300  # a notebook of nothing but zeros in its outputs stays below
RATIO_FROM = 2**20  # bytes: what is smaller than this may be packed as tightly as it likes
UTF8_FLAG = 0x800
LEFT_OUT = ("__MACOSX", ".ipynb_checkpoints", "__pycache__")


class HostileArchive(Exception):
    """The archive is refused; the message is a sentence that names the member."""


@dataclass(frozen=True)
class Member:
    """One file: where it lies in the folder or archive, when it was written there, and how to read it."""

    path: PurePosixPath
    modified: datetime | None  # local time, as zips have it
    read: Callable[[], bytes]


def members(source: Path) -> list[Member]:
    """Every file of a folder or a zip, in the order of their names.

    Files that the system put there (``__MACOSX``, checkpoints, names with a dot in front) are left out.

    Raises:
        HostileArchive: it holds something that could do harm, or is no zip.
        FileNotFoundError: there is nothing there.
    """
    if source.is_dir():
        return _wanted(_in_folder(source))
    if source.exists():
        return _wanted(_in_zip(source, source.name, source.stat().st_size))
    raise FileNotFoundError(f"There is no {source}; give a folder, or the zip that Moodle or Canvas gives.")


def inside(packed: Member) -> list[Member]:
    """Every file of a zip that is itself a member; a zip in that one is a file like any other.

    Whoever holds on to one of them holds on to the whole zip, in memory.

    Raises:
        HostileArchive: as for `members`.
    """
    content = packed.read()
    found = _wanted(_in_zip(io.BytesIO(content), packed.path.name, len(content)))
    return [replace(member, path=packed.path / member.path) for member in found]


def _wanted(found: list[Member]) -> list[Member]:
    wanted = [m for m in found if not any(p in LEFT_OUT or p.startswith(".") for p in m.path.parts)]
    return sorted(wanted, key=lambda member: member.path)


# -- a folder ---------------------------------------------------------------------------------------------


def _in_folder(folder: Path) -> list[Member]:
    found = []
    for place in sorted(folder.rglob("*")):
        path = PurePosixPath(unicodedata.normalize("NFC", place.relative_to(folder).as_posix()))
        if place.is_symlink():
            raise HostileArchive(
                f"{path} in {folder} is a link, which could lead to anybody's file: remove it."
            )
        if place.is_file():
            written = datetime.fromtimestamp(place.stat().st_mtime)
            found.append(Member(path, written, lambda place=place: _read_file(place)))  # type: ignore[misc]
    return found


def _read_file(place: Path) -> bytes:
    with place.open("rb") as file:
        return _bounded(file.read(LARGEST + 1), PurePosixPath(place.name))


# -- a zip ------------------------------------------------------------------------------------------------


def _in_zip(file: Path | BinaryIO, name: str, size: int) -> list[Member]:
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise HostileArchive(f"{name} is not a zip that can be read: get it again.") from None
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise HostileArchive(f"{name} holds {len(infos):,} files, more than the {MOST_MEMBERS:,} allowed.")
    seen: dict[str, str] = {}
    for info in infos:
        if problem := _problem(info):
            raise HostileArchive(f"{name} is refused: {_shown(_name(info, info.orig_filename))} {problem}.")
        folded = unicodedata.normalize("NFKC", _name(info).rstrip("/")).casefold()
        if folded in seen:
            raise HostileArchive(
                f"{name} is refused: {_shown(_name(info))} is there twice"
                + (f" (also as {_shown(seen[folded])})." if seen[folded] != _name(info) else ".")
            )
        seen[folded] = _name(info)
    if sum(info.file_size for info in infos) > LARGEST_IN_ALL:
        raise HostileArchive(f"{name} is refused: unpacked it has more than {LARGEST_IN_ALL >> 30} GiB.")
    packed = sum(info.compress_size for info in infos)
    if packed > size:  # members that share bytes: a small file that unpacks for ever
        largest = max(infos, key=lambda info: info.compress_size)
        raise HostileArchive(
            f"{name} is refused: {_shown(_name(largest))} shares its bytes with other members."
        )
    return [
        Member(PurePosixPath(_name(info)), _written(info), _reader(archive, info, name))
        for info in infos
        if not info.is_dir()
    ]


def _name(info: zipfile.ZipInfo, written: str = "") -> str:
    """A member's name, composed: macOS writes UTF-8 without the flag that says so, and decomposed."""
    text = written or info.filename
    if not info.flag_bits & UTF8_FLAG:
        with contextlib.suppress(UnicodeError):
            text = text.encode("cp437").decode()
    return unicodedata.normalize("NFC", text.replace("\\", "/"))


def _problem(info: zipfile.ZipInfo) -> str:
    """What is wrong with a member, as the end of a sentence; empty if nothing is."""
    name = _name(info, info.orig_filename)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if "\0" in name or not name.strip("/"):
        return "has no proper name"
    if name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        return "has an absolute path"
    if ".." in name.split("/"):
        return "leads out of its folder"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link" if kind == stat.S_IFLNK else "is not a plain file"
    if info.flag_bits & 0x1:
        return "is encrypted"
    if info.file_size > LARGEST:
        return f"has {info.file_size / 2**20:,.0f} MiB unpacked, more than the {LARGEST >> 20} allowed"
    if info.file_size > RATIO_FROM and info.file_size > LARGEST_RATIO * max(info.compress_size, 1):
        return f"unpacks to {info.file_size // max(info.compress_size, 1):,} times its size"
    return ""


def _reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with archive.open(info) as file:
                return _bounded(file.read(min(info.file_size, LARGEST) + 1), _name(info))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
            raise HostileArchive(f"{name} is damaged: {_shown(_name(info))} cannot be unpacked.") from None

    return read


def _bounded(data: bytes, name: object) -> bytes:
    if len(data) > LARGEST:
        raise HostileArchive(f"{_shown(str(name))} is larger than the {LARGEST >> 20} MiB allowed.")
    return data


def _written(info: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*info.date_time)
    except ValueError:  # zips made by programs that leave the date out
        return None


def _shown(name: str) -> str:
    """A member's name on one line, whatever is in it."""
    return ascii(name[:120]) if not name.isprintable() else f"'{name[:120]}'"
