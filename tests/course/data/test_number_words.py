"""French and English number words, against spellings looked up one by one and against each other."""

import random

import pytest

from course.data import number_words

SPELT = {
    0: ("zéro", "zero"),
    1: ("un", "one"),
    16: ("seize", "sixteen"),
    17: ("dix-sept", "seventeen"),
    21: ("vingt et un", "twenty-one"),
    22: ("vingt-deux", "twenty-two"),
    61: ("soixante et un", "sixty-one"),
    70: ("soixante-dix", "seventy"),
    71: ("soixante et onze", "seventy-one"),
    77: ("soixante-dix-sept", "seventy-seven"),
    80: ("quatre-vingts", "eighty"),
    81: ("quatre-vingt-un", "eighty-one"),
    91: ("quatre-vingt-onze", "ninety-one"),
    99: ("quatre-vingt-dix-neuf", "ninety-nine"),
    100: ("cent", "one hundred"),
    101: ("cent un", "one hundred and one"),
    200: ("deux cents", "two hundred"),
    280: ("deux cent quatre-vingts", "two hundred and eighty"),
    999: ("neuf cent quatre-vingt-dix-neuf", "nine hundred and ninety-nine"),
    1100: ("mille cent", "one thousand, one hundred"),
}


def test_spelling():
    pairs = number_words(1101, "all")
    assert len(pairs) == 1101 and {number: pairs[number] for number in SPELT} == SPELT


def test_no_two_numbers_are_spelt_alike():
    for words in zip(*number_words(split="all")):
        assert len(set(words)) == 1000


@pytest.mark.parametrize(("upto", "tested"), [(10, 1), (99, 9), (1000, 100)])
def test_every_number_is_in_one_of_the_parts(upto, tested):
    train, test = number_words(upto, "train"), number_words(upto, "test")
    assert len(test) == tested and len(train) == upto - tested
    assert sorted(train + test) == sorted(number_words(upto, "all"))


def test_the_seed_draws_the_parts_and_touches_nobody_elses_numbers():
    state = random.getstate()
    first, again, other = (number_words(split="test", seed=seed) for seed in (0, 0, 1))
    assert first == again and set(first) != set(other) and random.getstate() == state
    every = number_words(split="all")
    held_out = sorted(every.index(pair) for pair in first)
    assert held_out[0] < 100 and held_out[-1] > 900, "from all over"


def test_refusals():
    with pytest.raises(ValueError, match=r"upto must be at least 10, for a tenth .*; got 9"):
        number_words(9)
    with pytest.raises(ValueError, match="upto must be a whole number"):
        number_words(10.5)
    with pytest.raises(ValueError, match="split must be 'train', 'test' or 'all'; got 'val'"):
        number_words(split="val")
