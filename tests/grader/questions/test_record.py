"""Records of numbers that a notebook showed: anybody may have written what stands in one."""

import json

import pytest

from grader.questions.record import MOST, Record, read_records

MADE = Record.prove("a key", "ada", "gflops", '{"dict": {"L": 1.0}}')


def test_only_the_key_and_the_text_prove_it():
    assert MADE.is_proven("a key") and not MADE.is_proven("another")
    assert not Record("ada", "gflops", '{"dict": {"L": 2.0}}', MADE.proof).is_proven("a key")
    assert not Record("ada", "gflops", MADE.values, "not even ASCII: ß").is_proven("a key")


def test_it_survives_a_file():
    assert read_records([json.loads(json.dumps(MADE.to_json()))]) == [MADE]


@pytest.mark.parametrize("found", [None, "text", {}, {"student": "ada"}, 3, [None], [[]], ["ada"]])
def test_what_is_no_list_of_records_is_left_out(found):
    assert read_records(found) == []


@pytest.mark.parametrize(
    "change",
    [
        {"student": 3},
        {"student": "\ud800"},  # half of a surrogate pair, which no file can hold
        {"student": "ada\nben"},
        {"values": "1" * 10_001},
        {"proof": None},
        {"more": "than is asked for"},
    ],
    ids=str,
)
def test_what_is_no_record_is_left_out(change):
    assert read_records([MADE.to_json() | change, MADE.to_json()]) == [MADE]


def test_there_is_no_end_of_them():
    many = [MADE.to_json() | {"exercise": f"e{i}"} for i in range(3 * MOST)]
    assert [record.exercise for record in read_records(many)][-1] == f"e{3 * MOST - 1}"
    assert len(read_records(many)) == MOST
