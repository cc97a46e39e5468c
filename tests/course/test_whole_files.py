"""A file appears when it is complete, and an older one stays until then."""

import pytest

from course.whole_files import replacing


def test_it_takes_the_place_of_an_older_one_when_it_is_complete(tmp_path):
    path = tmp_path / "new" / "file.txt"
    for content in ("one", "two"):
        with replacing(path) as growing:
            growing.write_text(content)
            assert growing.parent == path.parent and (not path.exists() or path.read_text() == "one")
        assert path.read_text() == content
    assert list(path.parent.iterdir()) == [path]


def test_what_goes_wrong_leaves_the_older_one_and_nothing_else(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="full"), replacing(path) as growing:
        growing.write_text("half")
        raise RuntimeError("full")
    with pytest.raises(FileNotFoundError), replacing(path):
        pass  # nothing was written
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]
