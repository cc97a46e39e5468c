"""Sentences put together from sentences."""

import pytest

from grader.naming.words import clause, renamed, two_things


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The mask has no effect: it is ignored.", "the mask has no effect"),
        ("It returns a pair; one value is asked for.", "it returns a pair"),
        ("√d is missing.", "√d is missing"),
        ("`q` and `k` have changed places.", "`q` and `k` have changed places"),
        ("L is taken for d: they differ.", "L is taken for d"),
        ("dv stands where d belongs.", "dv stands where d belongs"),
        ("NaN is replaced by 0 afterwards: lost.", "NaN is replaced by 0 afterwards"),
        ("FLOPs are asked for.", "FLOPs are asked for"),
        ("A transpose is missing.", "a transpose is missing"),
    ],
)
def test_a_first_clause_stands_inside_a_sentence(sentence, expected):
    assert clause(sentence) == expected


def test_two_things():
    assert two_things("The sign is lost.", "It returns a pair; one is asked for.") == (
        "Two things: the sign is lost; and it returns a pair."
    )


def test_sizes_get_the_names_that_they_have_here():
    assert renamed("Lk stands where `Lq` belongs; dv is right.", {"Lk": "L", "dv": "d", "x @ y": "z"}) == (
        "L stands where `Lq` belongs; d is right."
    )
