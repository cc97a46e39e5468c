"""What a worker reports: nothing in it is trusted further than it has to be."""

import json

import pytest

from grader.batch.grade import _Log
from grader.batch.ledger import Ledger, Record, reasons
from grader.batch.result import LONGEST_REASON, Result, Status, from_json, not_gradable, plain, to_json


def test_a_report_arrives_as_it_was_sent():
    files = {"a.ipynb": b"\x00\xff", "data/b.txt": b""}
    mended, replies = ("Cells were put back: x.",), {"k": "reply"}
    sent = Result("zoé", Status.STUDENT_ERROR, "why", files, 1.5, mended, replies)
    assert from_json(to_json(sent)) == sent
    assert "\n" not in to_json(sent)


GOOD = {"student": "ada", "status": "graded", "reason": "", "files": {}, "seconds": 1}
GOOD |= {"mended": [], "replies": {}}


@pytest.mark.parametrize(
    "change",
    [
        {"status": "excellent"},
        {"files": {"../ben/01/01.ipynb": ""}},
        {"files": {"/etc/passwd": ""}},
        {"files": {"..\\ben": ""}},
        {"files": {"": ""}},
        {"files": {"a": "not base64"}},
        {"files": {"a": 1}},
        {"files": None},
        {"seconds": "soon"},
        {"reason": None, "seconds": None},
        {"mended": 1},
        {"replies": ["a reply of no known question"]},
    ],
    ids=str,
)
def test_a_report_that_is_none_is_refused(change):
    with pytest.raises(ValueError):
        from_json(json.dumps(GOOD | change))


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{", "[" * 100_000, '"graded"'], ids=lambda text: text[:5]
)
def test_a_line_that_is_no_report_is_refused(text):
    with pytest.raises(ValueError):
        from_json(text)


def test_a_reason_cannot_steer_the_terminal():
    steering = "\x1b[2J\x1b]0;owned\x07graded\r\n  ada: graded\u202e"
    assert plain(steering) == "[2J ]0;owned graded ada: graded"
    assert not_gradable("ada", "x" * 10_000).reason == "x" * (LONGEST_REASON - 1) + "…"


def test_the_last_whole_record_of_a_student_counts(tmp_path):
    ledger = Ledger(tmp_path, "01")
    ledger.path.parent.mkdir()
    assert ledger.read() == {} and reasons(tmp_path, "01") == {}
    first = Record("ada", "f1", Status.NOT_GRADABLE, "it was a link", 0.1, {}, {})
    second = Record("ada", "f2", Status.GRADED, "", 0.1, {"a.ipynb": 3}, {"a": {"x": 1.0, "y": None}}, 60.0)
    other = Record("ben", "f1", Status.NOT_GRADABLE, "it was empty", 0.1, {}, {})
    ledger.add([first, other])
    assert reasons(tmp_path, "01") == {"ada": "it was a link", "ben": "it was empty"}
    ledger.add([second])
    whole = ledger.path.read_text()
    for torn in ('{"student": "ada", "inp', '{"student": "ada"}\n', "\x00\x00\n"):
        ledger.path.write_text(whole + torn)
        assert ledger.read() == {"ada": second, "ben": other}
    ledger.compact()
    assert ledger.path.read_text().count("\n") == 2 and ledger.read() == {"ada": second, "ben": other}


def test_the_reason_is_the_exception_and_not_the_cell_that_it_quotes():
    log = _Log()
    log.logger.error("There was an error processing assignment 01")
    assert log.reason() == "There was an error processing assignment 01"
    told = "nbclient.exceptions.CellTimeoutError: A cell timed out."
    log.logger.error(f"Traceback (most recent call last):\n  File x, line 1\n{told}\n------\nx = 1\n------\n")
    assert log.reason() == told
    log.logger.error("Traceback (most recent call last):\n  File x, line 1\nStopIteration")
    assert log.reason() == "StopIteration"
