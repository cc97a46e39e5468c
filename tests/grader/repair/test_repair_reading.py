"""Whatever bytes there are: a notebook's cells, or one sentence."""

import json

import pytest

from grader.repair import NotGradable, reading
from grader.repair.reading import read
from grader.repair.text import names, parses


def notebook(*sources, **more):
    cells = [{"cell_type": "code", "metadata": {}, "source": s, "outputs": []} for s in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more})


def sources(data):
    return [cell.source for cell in read(data).cells]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings(encoding):
    assert sources(notebook("x = 'ü'").encode(encoding)) == ["x = 'ü'"]


def test_line_ends_and_lists_of_lines_become_one_text():
    assert sources(notebook("a\r\nb\rc").encode()) == ["a\nb\nc"]
    assert sources(notebook(["a\n", "b", None, 3]).encode()) == ["a\nb"]
    assert sources(notebook(None, 7, {}).encode()) == ["", "", ""]


def test_half_a_surrogate_pair_can_be_written_again():
    assert sources(b'{"cells": [{"cell_type": "code", "source": "a\\ud800b"}]}') == ["a?b"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'{"cells": [{"cell_type": "code", "source": "a", "n": NaN}]}', "NaN"),
        (b'{"cells": [{"cell_type": "code", "source": "a"}]} rest', "after the end"),
        (b'{"cells": [{"cell_type": "code", "source": "a", "outputs": null}]}', "Outputs"),
        (b'{"cells": [{"cell_type": "code", "source": "a"}, null]}', "no cells"),
        (b'{"cells": [{"cell_type": "code", "source": "a"}, {"cell_ty', "damaged"),
        (b'{"worksheets": [{"cells": [{"cell_type": "code", "input": "a"}]}]}', "before 2015"),
        (b'{"cells": [{"cell_type": "code", "source": "a", "x": "\xff"}]}', "no text"),
    ],
)
def test_what_is_mended_in_the_file_is_said(data, says):
    done = read(data)
    assert [cell.source for cell in done.cells] == ["a"]
    assert len(done.mended) == 1 and says in done.mended[0]


def test_whole_says_whether_a_cell_can_be_missing():
    data = notebook("a", "b").encode()
    assert read(data).whole
    assert read(data[: data.index(b'"metadata": {}, "nbformat"')]).whole  # broken after the last cell
    assert not read(data[: data.index(b'"b"')]).whole


def test_a_number_of_a_million_digits_is_no_error():
    assert sources(b'{"cells": [{"cell_type": "code", "source": "a", "n": ' + b"1" * 10**6 + b"}]}") == ["a"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\0" * 100, "empty"),
        (b"PK\x03\x04 a zip", "no notebook"),
        (b"{}", "JSON but no notebook"),
        (b'{"cells": 3}', "JSON but no notebook"),
        (b'{"cells": [', "No cell"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (notebook(*["x"] * (reading.MAX_CELLS + 1)).encode(), "1,001 cells"),
        (notebook("x" * (reading.MAX_CHARACTERS + 1)).encode(), "characters"),
        (b" " * (reading.MAX_BYTES + 1), "MB"),
    ],
)
def test_what_is_no_notebook_is_refused_in_one_sentence(data, says):
    with pytest.raises(NotGradable, match=says) as error:
        read(data)
    assert str(error.value).count(". ") == 0 and str(error.value).endswith(".")


def test_only_pictures_are_kept_of_attachments():
    kept = {"a.png": {"image/png": "iVBOR", "text/html": "<script>"}, "b": {"text/html": "x"}, "c": 3}
    cell = {"cell_type": "markdown", "metadata": {}, "source": "", "attachments": kept}
    [done] = read({"cells": [cell]}).cells
    assert done.attachments == {"a.png": {"image/png": "iVBOR"}}


def test_names_are_read_from_python_from_magics_and_from_what_does_not_parse():
    assert names("def f():\n    a = 1\nimport b.c as d\nfor e in []: pass") == {"f", "d", "e"}
    assert parses("%matplotlib inline\nfiles = !ls\nx = 1") and names("%time\nx = 1") == {"x"}
    assert parses("x = (5\n     % 3)")
    assert not parses("def f(:\n  1") and names("def f(:\n  1\ng = 2\nif h == 1") == {"f", "g"}


@pytest.mark.parametrize("text", ["(" * 50_000, "\0", "x = " + "-" * 100_000 + "1", "\ud800"])
def test_no_text_makes_parsing_fail(text):
    assert not parses(text)
