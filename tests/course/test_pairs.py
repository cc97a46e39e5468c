"""Pairs of sentences from files: as they are, and refused in one sentence where they are not."""

import gzip

import pytest

from course.data import multi30k, pairs


def written(folder, french, english):
    for name, content in (("a.fr", french), ("a.en", english)):
        folder.joinpath(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder / "a.fr", folder / "a.en"


def test_pairs_in_order(tmp_path):
    files = written(tmp_path, "un\ndeux été\n", "one\ntwo summer")  # the last newline may be missing
    assert pairs(*files) == [("un", "one"), ("deux été", "two summer")]
    assert pairs(str(files[0]), str(files[1])) == pairs(*files)


def test_compressed_files_named_with_and_without_gz(tmp_path):
    for name, text in (("b.fr.gz", "un\n"), ("b.en.gz", "one\n")):
        tmp_path.joinpath(name).write_bytes(gzip.compress(text.encode()))
    assert pairs(tmp_path / "b.fr", tmp_path / "b.en") == [("un", "one")]
    assert pairs(tmp_path / "b.fr.gz", tmp_path / "b.en.gz") == [("un", "one")]


def test_long_and_empty_lines_are_left_out_together(tmp_path):
    files = written(tmp_path, "un\n\ntrois\nquatre\n", "one\ntwo\nthree\nfour\n")
    assert pairs(*files) == [("un", "one"), ("trois", "three"), ("quatre", "four")]
    assert pairs(*files, longest=5) == [("un", "one"), ("trois", "three")]
    assert pairs(*files, longest=1) == []


def test_lines_end_where_every_tool_thinks_they_do(tmp_path):
    """A line separator or a form feed inside a sentence, a mark at the beginning, and Windows' line ends."""
    files = written(tmp_path, "\ufeffun\u2028deux\r\ntrois\x0cquatre\r\n", "one\r\ntwo\r\n")
    assert pairs(*files) == [("un\u2028deux", "one"), ("trois\x0cquatre", "two")]


def test_empty_files(tmp_path):
    assert pairs(*written(tmp_path, "", "")) == []


def test_refusals(tmp_path):
    french, english = written(tmp_path, "un\ndeux\n", "one\n")
    with pytest.raises(ValueError, match=r"a\.fr has 2 lines but .*a\.en has 1: line i of one"):
        pairs(french, english)
    with pytest.raises(FileNotFoundError, match=r"there is no file .*a\.de, nor a\.de\.gz beside it"):
        pairs(tmp_path / "a.de", english)
    with pytest.raises(FileNotFoundError, match="there is no file"):
        pairs(tmp_path, english)  # a folder is no file
    english.write_bytes("étés\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"a\.en is not UTF-8 text: byte 0 does not fit"):
        pairs(english, french)
    broken = tmp_path / "c.gz"
    for content in (
        b"plain",
        gzip.compress(b"un\n" * 99)[:-9],
        gzip.compress(b"un\n" * 99)[:-20] + b"x" * 20,
    ):
        broken.write_bytes(content)
        with pytest.raises(ValueError, match=r"c\.gz ends with \.gz but gzip cannot read it"):
            pairs(broken, french)
    with pytest.raises(ValueError, match="longest must be a whole number of at least 1; got 0"):
        pairs(french, english, longest=0)


def test_multi30k_names_what_it_needs(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_DATA", raising=False)
    with pytest.raises(FileNotFoundError, match="set the environment variable COURSE_DATA to a folder"):
        multi30k()
    with pytest.raises(ValueError, match="split must be 'train', 'val' or 'test_2016_flickr'; got 'test'"):
        multi30k("test")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"train\.fr, nor train\.fr\.gz beside it"):
        multi30k()
    folder = tmp_path / "multi30k"
    folder.mkdir()
    for name, text in (("val.fr", "un\n"), ("val.en", "one\n")):
        folder.joinpath(name).write_text(text)
    assert multi30k("val") == multi30k("val", folder=folder) == [("un", "one")]


def test_the_real_multi30k(root):
    folder = root.parent / "shared" / "data" / "multi30k"
    if not folder.is_dir():
        pytest.skip("no Multi30k beside the repository, in ../shared/data/multi30k")
    train = multi30k("train", folder=folder)
    assert len(train) == 29_000
    assert train[3][1] == "A man in a blue shirt is standing on a ladder cleaning a window."
    assert [len(multi30k(split, folder=folder)) for split in ("val", "test_2016_flickr")] == [1014, 1000]
    short = multi30k("train", longest=60, folder=folder)
    assert len(short) == 10_628 and max(len(text) for pair in short for text in pair) == 60
