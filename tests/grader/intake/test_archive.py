"""Folders and zips of strangers: what is harmless is read, what is not is refused by name."""

import io
import os
import stat
import struct
import zipfile

import pytest

from grader.intake import archive
from grader.intake.archive import HostileArchive, members


def info(name, mode=stat.S_IFREG | 0o644):
    found = zipfile.ZipInfo(name, date_time=(2026, 3, 1, 12, 30, 0))
    found.external_attr = mode << 16
    found.compress_type = zipfile.ZIP_DEFLATED
    return found


@pytest.fixture
def packed(tmp_path):
    """A zip of (name or ZipInfo, content) pairs."""

    def pack(*pairs, damage=None):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
            for name, content in pairs:
                made.writestr(name if isinstance(name, zipfile.ZipInfo) else info(name), content)
        file = tmp_path / "class.zip"
        file.write_bytes(damage(data.getvalue()) if damage else data.getvalue())
        return file

    return pack


def encrypted(data):
    """The same zip with the bit set that says a member is encrypted."""
    data = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.index(signature)
        struct.pack_into("<H", data, place + offset, 1)
    return bytes(data)


def understated(data):
    """The same zip, whose directory says that the last member is small."""
    data = bytearray(data)
    place = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, place + 24, 10)
    return bytes(data)


def test_members_of_a_zip_are_read_in_order(packed):
    found = members(packed(("b/x.ipynb", b"two"), ("a/Zoë Müller/x.ipynb", b"one"), ("a/", b"")))
    assert [str(m.path) for m in found] == ["a/Zoë Müller/x.ipynb", "b/x.ipynb"]
    assert [m.read() for m in found] == [b"one", b"two"]
    assert found[0].modified.isoformat() == "2026-03-01T12:30:00"


def test_what_systems_leave_behind_is_left_out(packed):
    names = ["a/x.ipynb", "__MACOSX/a/._x.ipynb", "a/.ipynb_checkpoints/x.ipynb", "a/.DS_Store"]
    assert [str(m.path) for m in members(packed(*((name, b"") for name in names)))] == ["a/x.ipynb"]


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([("../../etc/passwd", b"")], "'../../etc/passwd' leads out of its folder"),
        ([("a/../../x.ipynb", b"")], "leads out of its folder"),
        ([("a\\..\\..\\x.ipynb", b"")], "leads out of its folder"),
        ([("/etc/cron.d/x", b"")], "'/etc/cron.d/x' has an absolute path"),
        ([("\\\\server\\x", b"")], "has an absolute path"),
        ([("C:\\x.ipynb", b"")], "has an absolute path"),
        ([(info("a/x.ipynb", stat.S_IFLNK | 0o777), b"/etc/passwd")], "'a/x.ipynb' is a link"),
        ([(info("a/pipe", stat.S_IFIFO | 0o666), b"")], "'a/pipe' is not a plain file"),
        ([("a/x.ipynb", b"1"), ("A/X.ipynb", b"2")], "'A/X.ipynb' is there twice (also as 'a/x.ipynb')"),
        ([("a/Ｘ.ipynb", b"1"), ("a/x.ipynb", b"2")], "is there twice"),
        ([("a/\u00e9.ipynb", b"1"), ("a/e\u0301.ipynb", b"2")], "is there twice"),
        ([("a/zeros.ipynb", bytes(2**24))], "'a/zeros.ipynb' unpacks to"),
        ([("a/\x1b[31mred", b""), ("../x", b"")], "'../x' leads out of its folder"),
    ],
)
def test_a_hostile_zip_is_refused_by_the_members_name(packed, pairs, said):
    with pytest.raises(HostileArchive) as refused:
        members(packed(*pairs))
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_an_encrypted_member_is_refused(packed):
    with pytest.raises(HostileArchive, match=r"'a/x\.ipynb' is encrypted"):
        members(packed(("a/x.ipynb", b"secret"), damage=encrypted))


def test_too_many_members_too_large_ones_and_too_much_in_all(packed, monkeypatch):
    monkeypatch.setattr(archive, "MOST_MEMBERS", 2)
    with pytest.raises(HostileArchive, match="holds 3 files, more than the 2 allowed"):
        members(packed(*((f"{n}/x.ipynb", b"") for n in range(3))))
    monkeypatch.setattr(archive, "LARGEST", 2**20)
    with pytest.raises(HostileArchive, match=r"'a/x\.ipynb' has 2 MiB unpacked, more than the 1 allowed"):
        members(packed(("a/x.ipynb", os.urandom(2**21))))
    monkeypatch.setattr(archive, "LARGEST_IN_ALL", 2**20)
    with pytest.raises(HostileArchive, match="unpacked it has more than"):
        members(packed(("a/x.ipynb", os.urandom(2**19)), ("b/x.ipynb", os.urandom(2**20))))


def test_a_member_that_lies_about_its_size_is_never_read_whole(packed):
    (found,) = members(packed(("a/x.ipynb", b"0123456789" * 1000), damage=understated))
    try:
        assert len(found.read()) <= 11
    except HostileArchive as error:
        assert "cannot be unpacked" in str(error)


def test_members_that_share_their_bytes_are_refused(packed):
    def overlapping(data):  # the second entry of the directory points at the first member
        data = bytearray(data)
        first, second = data.index(b"PK\x01\x02"), data.rindex(b"PK\x01\x02")
        data[second + 16 : second + 28] = data[first + 16 : first + 28]  # checksum and sizes
        data[second + 42 : second + 46] = data[first + 42 : first + 46]  # place
        return bytes(data)

    file = packed(("a/x.ipynb", os.urandom(4000)), ("b/y.ipynb", b"small"), damage=overlapping)
    with pytest.raises(HostileArchive, match="shares its bytes"):
        members(file)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_zip_is_refused(tmp_path, content):
    (tmp_path / "class.zip").write_bytes(content)
    with pytest.raises(HostileArchive, match=r"class\.zip is not a zip that can be read"):
        members(tmp_path / "class.zip")


def test_a_damaged_member_is_named(packed):
    file = packed(("a/x.ipynb", b"some text " * 500), damage=lambda d: d[:45] + b"\xff" * 20 + d[65:])
    with pytest.raises(HostileArchive, match=r"damaged: 'a/x\.ipynb' cannot be unpacked"):
        members(file)[0].read()


def test_a_link_in_a_folder_is_refused(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x.ipynb").symlink_to("/etc/passwd")
    with pytest.raises(HostileArchive, match=r"a/x\.ipynb in .* is a link"):
        members(tmp_path)


def test_nothing_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="give a folder, or the zip"):
        members(tmp_path / "none.zip")
